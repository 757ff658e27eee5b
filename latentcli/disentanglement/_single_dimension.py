"""Predictors of a factor from one dimension, and how their predictions are scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from latentcli.disentanglement import _single_intervals as single_intervals
from latentcli.disentanglement import _single_neighbors as single_neighbors
from latentcli.disentanglement._data import Factor
from latentcli.disentanglement._predictors import score_terms
from latentcli.disentanglement._squared_correlation import standardize
from latentcli.disentanglement._train_test_split import (
    Split,
    split,
)
from latentcli.numerics import linear_svm
from latentcli.numerics.linear_svm import Ordered
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array

PENALTY = 0.01
"""C of the support vector machine (Locatello et al., 2019)."""

_NOISE = 5
"""Dimensions of noise whose mean score is that of a dimension without information."""


class Predictor(NamedTuple):
    """A classifier of one variable.

    `fit` takes a sorted variable, `predict` the model and values (n,); `terms` takes predictions
    and labels, and returns (n,) numbers whose mean is the score.
    """

    score: str
    fit: Callable[[Ordered], Any]
    predict: Callable[[Any, Array], Any]
    terms: Callable[[Any, Array], Array]


def accuracy_terms(predicted: Array, labels: Array) -> Array:
    """Return 1 where a prediction is right, else 0; the mean is the accuracy."""
    return (predicted == labels).astype(np.float64)


def balanced_terms(predicted: Array, labels: Array) -> Array:
    """Return terms (n,) whose mean is the balanced accuracy: the mean recall of the classes.

    >>> float(balanced_terms(np.zeros(4), np.array([0, 0, 0, 1])).mean())
    0.5
    """
    counts = np.bincount(labels)
    weights = len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return (predicted == labels) * weights[labels]


def _fit_svm(ordered: Ordered) -> tuple[Array, Array, Array]:
    return (*linear_svm.svm(ordered, penalty=PENALTY), ordered.classes)


def _predict_svm(planes: tuple[Array, Array, Array], values: Array) -> Array:
    return linear_svm.decide(*planes, values)


PREDICTORS = {
    "svm": Predictor("accuracy", _fit_svm, _predict_svm, accuracy_terms),
    "threshold": Predictor(
        "Youden's J",
        single_intervals.fit_intervals,
        single_intervals.in_intervals,
        single_intervals.youden_terms,
    ),
}
"""Predictors of classes; "r2" takes all rows and needs no fit, and "knn" predicts values, too."""


@dataclass(frozen=True, eq=False)
class Task:
    """A factor to be predicted: by which estimator, from which training rows (a mask)."""

    factor: Factor
    estimator: str
    split: Split
    train: Array
    neighbors: int

    @classmethod
    def of(
        cls,
        factor: Factor,
        repeats: Repeats,
        estimator: str,
        test: float,
        limit: int | None,
        seed: int,
        neighbors: int,
    ) -> Task:
        by_values = estimator == "svm" and factor.kind == "continuous"
        parts = split(factor.labels, test=test, seed=seed, limit=limit, repeats=repeats)
        train = np.zeros(repeats.rows, dtype=bool)
        train[parts.train] = True
        return cls(factor, "r2" if by_values else estimator, parts, train, neighbors)

    @property
    def tested(self) -> bool:
        """Whether there is a row to score it on."""
        return self.estimator == "r2" or len(self.split.test) > 0

    @property
    def test_labels(self) -> Array:
        return self.factor.labels[self.split.test]

    @property
    def regresses(self) -> bool:
        """Whether values are predicted, and not classes."""
        return self.estimator == "knn" and self.factor.kind == "continuous"

    @property
    def score_name(self) -> str:
        """What a dimension is scored by."""
        if self.estimator == "knn":
            return "r2" if self.regresses else "accuracy"
        return "r2" if self.estimator == "r2" else PREDICTORS[self.estimator].score

    @property
    def baseline(self) -> float:
        """The score of a dimension without information: accuracy is the most frequent class's share."""
        if self.score_name != "accuracy" or not self.tested:
            return 0.0
        return float(np.bincount(self.test_labels).max() / len(self.split.test))

    def fit(self, order: Array, ascending: Array) -> Any:
        """Fit the predictor to a dimension: its rows in ascending `order`, and their values."""
        train = self.train.take(order)
        rows, values = order.compress(train), ascending.compress(train)
        if self.estimator == "knn":
            goal = self.factor.targets if self.regresses else self.factor.labels
            return single_neighbors.Neighbors(values, goal[rows], self.neighbors)
        labels = self.factor.labels.take(rows)
        return PREDICTORS[self.estimator].fit(linear_svm.order(values, labels))

    def predict(self, model: Any, values: Array) -> Any:
        """Return what a fitted model predicts for the test rows of a dimension (N,)."""
        tested = values.take(self.split.test)
        if self.estimator == "knn":
            return single_neighbors.predict(model, tested)
        return PREDICTORS[self.estimator].predict(model, tested)

    @property
    def goal(self) -> Array:
        """What is to be predicted for the test rows: values, or labels."""
        return self.factor.targets[self.split.test] if self.regresses else self.test_labels

    def terms(self, predicted: Any, goal: Array) -> Array:
        """Return terms (n,) of the test rows whose mean is the score of what was predicted for a goal."""
        if self.estimator == "knn":
            return score_terms(predicted, goal, self.regresses)
        return PREDICTORS[self.estimator].terms(predicted, goal)

    def scores(self, predicted: Any, goals: Array) -> Array:
        """Return the scores (P,) of what was predicted for several goals (P, n), at least 0."""
        if self.estimator == "svm":  # all at once: there are thousands of fits
            found = (goals == predicted).mean(axis=1)
        else:
            found = np.array([self.terms(predicted, goal).mean() for goal in goals])
        return np.maximum(0.0, found)

    def score(self, model: Any, values: Array) -> float:
        """Return the score of a fitted model on the test rows of a dimension (N,)."""
        return float(self.terms(self.predict(model, values), self.goal).mean())

    def largest_gap(self, seed: int) -> float | None:
        """Return the gap of the factor itself, standardized, to dimensions of Gaussian noise."""
        if not self.tested:
            return None
        random = np.random.default_rng([seed, 2])
        itself = standardize(np.maximum(self.factor.labels, 0).astype(np.float64))
        noise = random.normal(size=(_NOISE, len(itself)))
        scores = [
            self.score(self.fit(order := np.argsort(one), one[order]), one)
            for one in (itself, *noise)
        ]
        return max(0.0, scores[0] - float(np.mean(scores[1:])))
