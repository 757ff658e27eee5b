"""Predictors of a factor from one dimension, and how their predictions are scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from latentcli.disentanglement import _single_intervals as single_intervals
from latentcli.disentanglement import _single_neighbors as single_neighbors
from latentcli.disentanglement._data import Data, Factor
from latentcli.disentanglement._predictors import score_terms
from latentcli.disentanglement._squared_correlation import Targets, standardize
from latentcli.disentanglement._train_test_split import (
    Split,
    influence,
    permuted_test_rows,
    split,
)
from latentcli.numerics import linear_svm
from latentcli.numerics.linear_svm import Ordered
from latentcli.numerics.parallel import each
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array, Progress

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

    def terms(self, predicted: Any, order: Array | None = None) -> Array:
        """Return terms (n,) of the test rows whose mean is the score; with their factor in another order."""
        goal = self.factor.targets[self.split.test] if self.regresses else self.test_labels
        goal = goal if order is None else goal[order]
        if self.estimator == "knn":
            return score_terms(predicted, goal, self.regresses)
        return PREDICTORS[self.estimator].terms(predicted, goal)

    def score(self, model: Any, values: Array) -> float:
        """Return the score of a fitted model on the test rows of a dimension (N,)."""
        return float(self.terms(self.predict(model, values)).mean())

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


class _Dimension(NamedTuple):
    """Scores (K,) of one dimension, also balanced, with shuffled factors (P, K), and its models."""

    scores: Array
    balanced: Array
    r2: Array
    null: Array
    models: list[Any]


@dataclass(frozen=True, eq=False)
class Predictability:
    """Scores (D, K) of every dimension for every factor; `null` is (P, D, K)."""

    data: Data
    tasks: Sequence[Task]
    targets: Sequence[Targets]
    scores: Array
    balanced: Array
    r2: Array
    null: Array
    models: list[list[Any]]
    elsewhere: Any = None
    """Who computes squared correlations of rows that are not at hand."""

    @classmethod
    def of(
        cls,
        data: Data,
        tasks: Sequence[Task],
        seed: int,
        progress: Progress | None,
        *,
        null: bool = True,
    ) -> Predictability:
        """Score all; `null` also with shuffled factors."""
        targets = [Targets.of(factor) for factor in data.factors]
        tested = [
            data.repeats.of(t.factor.known if t.estimator == "r2" else t.split.test)
            for t in tasks
        ]
        drawn = permuted_test_rows(tested, seed) if null else iter(())
        by_r2 = all(task.estimator == "r2" for task in tasks)
        if by_r2 and (found := data.correlated(targets, drawn)) is not None:
            r2 = found.r2 * data.alive[:, None]
            return cls(data, tasks, targets, r2, r2, r2, found.null, [], found)
        orders = [*drawn]

        def score(j: int) -> _Dimension:
            column = data.codes[:, j].astype(np.float64)
            return _score_dimension(column, bool(data.alive[j]), tasks, targets, orders)

        scored = each(score, range(data.dimensions), progress)
        scores, balanced, r2, shuffled, models = zip(*scored, strict=True)
        return cls(
            data, tasks, targets, np.stack(scores), np.stack(balanced), np.stack(r2),
            np.stack(shuffled, axis=1), list(models),
        )  # fmt: skip

    def best(self, k: int) -> Array:
        """Return the two dimensions that predict factor k best, or the only one."""
        return np.argsort(-self.scores[:, k], kind="stable")[:2]

    def deviations(self) -> tuple[float, list[float]]:
        """Return the standard deviations of the rows' influences: on the mean gap of the tested factors, and on each gap."""
        if self.elsewhere is not None:
            return self.elsewhere.deviations([self.best(k) for k in range(len(self.tasks))])
        moved = np.stack([self.influence(k) for k in range(len(self.tasks))])
        tested = moved[[task.tested for task in self.tasks]]
        each_gap = [float(one.std()) for one in moved]
        return float(tested.mean(axis=0).std()) if len(tested) else 0.0, each_gap

    def influence(self, k: int) -> Array:
        """Return the influence (G,) of each distinct row on the gap of factor k."""
        moved = [self._influence(int(j), k) for j in self.best(k)]
        return self.data.repeats.summed(moved[0] - moved[1] if len(moved) > 1 else moved[0])

    def _influence(self, j: int, k: int) -> Array:
        column, task = self.data.codes[:, j].astype(np.float64), self.tasks[k]
        if task.estimator == "r2":
            return self.targets[k].influence(column)
        if not task.tested:
            return np.zeros(self.data.rows)
        terms = task.terms(task.predict(self.models[j][k], column))
        return influence(terms, task.split.test, self.data.rows)


def _score_dimension(
    column: Array,
    alive: bool,
    tasks: Sequence[Task],
    targets: Sequence[Targets],
    orders: Sequence[Sequence[Array]],
) -> _Dimension:
    """Score one dimension (N,), sorted once, for all factors."""
    whole = standardize(column)
    codes = [whole if one.factor.complete else one.of_column(column) for one in targets]
    r2 = np.array([one.share(code) for one, code in zip(targets, codes, strict=True)]) * alive
    scores, balanced, null = r2.copy(), r2.copy(), np.zeros((len(orders), len(tasks)))
    models: list[Any] = [None] * len(tasks)
    fitted = any(task.estimator != "r2" for task in tasks)
    order = np.argsort(column) if fitted else np.empty(0, dtype=np.intp)
    ascending = column.take(order)
    for k, task in enumerate(tasks):
        if task.estimator == "r2":
            for p, shuffled in enumerate(orders):
                null[p, k] = targets[k].share(codes[k].take(shuffled[k]))
            continue
        models[k] = task.fit(order, ascending)
        scores[k] = balanced[k] = 0.0
        if not task.tested:
            continue
        predicted = task.predict(models[k], column)
        scores[k] = max(0.0, float(task.terms(predicted).mean()))
        if task.estimator == "svm":
            balanced[k] = float(balanced_terms(predicted, task.test_labels).mean())
        for p, shuffled in enumerate(orders):
            null[p, k] = max(0.0, float(task.terms(predicted, shuffled[k]).mean()))
    return _Dimension(scores, balanced, r2, null, models)
