"""Predictors of a factor from one dimension, and how their predictions are scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from latentcli.disentanglement._data import Data, Factor
from latentcli.disentanglement._scaling import scales, standardized
from latentcli.disentanglement._train_test_split import (
    Split,
    influence,
    permuted_test_rows,
    split,
)
from latentcli.numerics import linear_svm
from latentcli.numerics.linear_svm import Ordered
from latentcli.numerics.parallel import each
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
    predict: Callable[[Any, Array], Array]
    terms: Callable[[Array, Array], Array]


def squared_correlations(column: Array, values: Array) -> Array:
    """Return r^2 (K,) of a column (N,) with standardized values (N, K), at most 1.

    >>> values = standardize(np.array([[1.0, 1.0], [0.0, 2.0], [1.0, 3.0]]))
    >>> squared_correlations(np.array([1.0, 2.0, 3.0]), values).round(6)
    array([0., 1.])
    """
    return np.minimum((standardize(column) @ values / len(column)) ** 2, 1.0)


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


def youden_terms(inside: Array, labels: Array) -> Array:
    """Return terms (n,) whose mean is Youden's J (1950), mean over classes.

    `inside` (n, M) says which values are in the interval of each class; J is the share of the class
    that is inside less the share of the rest. Classes without a row are left out.
    """
    counts = np.bincount(labels, minlength=inside.shape[1])
    occurring = np.flatnonzero(counts)
    own, rest = counts[occurring], np.maximum(len(labels) - counts[occurring], 1)
    weights = np.where(labels[:, None] == occurring, len(labels) / own, -len(labels) / rest)
    return (inside[:, occurring] * weights).sum(axis=1) / max(len(occurring), 1)


def standardize(values: Array) -> Array:
    """Return columns (N, ...) with mean 0 and deviation 1; 0 where they never change."""
    return standardized(values, *scales(values))


def r2_influence(column: Array, values: Array) -> Array:
    """Return the influence (N,) of each row on the squared correlation with standardized values."""
    code = standardize(column)
    r = float(code @ values) / len(code)
    return 2 * r * (code * values - r * (code**2 + values**2) / 2)


def _fit_svm(ordered: Ordered) -> tuple[Array, Array, Array]:
    return (*linear_svm.svm(ordered, penalty=PENALTY), ordered.classes)


def _predict_svm(planes: tuple[Array, Array, Array], values: Array) -> Array:
    return linear_svm.decide(*planes, values)


class _Intervals(NamedTuple):
    """The best interval for each class (M,)."""

    low: Array
    high: Array


def _fit_intervals(ordered: Ordered) -> _Intervals:
    size = int(ordered.classes[-1]) + 1
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    low[ordered.classes], high[ordered.classes] = linear_svm.intervals(ordered)
    return _Intervals(low, high)


def _inside(intervals: _Intervals, values: Array) -> Array:
    return (values[:, None] >= intervals.low) & (values[:, None] <= intervals.high)


PREDICTORS = {
    "svm": Predictor("accuracy", _fit_svm, _predict_svm, accuracy_terms),
    "threshold": Predictor("Youden's J", _fit_intervals, _inside, youden_terms),
}
"""Predictors that are fitted to training rows; "r2" takes all rows and needs no fit."""


@dataclass(frozen=True, eq=False)
class Task:
    """A factor to be predicted: by which estimator, from which training rows (a mask)."""

    factor: Factor
    estimator: str
    split: Split
    train: Array

    @classmethod
    def of(
        cls,
        factor: Factor,
        rows: int,
        estimator: str,
        test: float,
        limit: int | None,
        seed: int,
    ) -> Task:
        by_values = estimator == "svm" and factor.kind == "continuous"
        parts = split(factor.labels, test=test, seed=seed, limit=limit)
        train = np.zeros(rows, dtype=bool)
        train[parts.train] = True
        return cls(factor, "r2" if by_values else estimator, parts, train)

    @property
    def tested(self) -> bool:
        """Whether there is a row to score it on."""
        return self.estimator == "r2" or len(self.split.test) > 0

    @property
    def test_labels(self) -> Array:
        return self.factor.labels[self.split.test]

    @property
    def baseline(self) -> float:
        """The score of a dimension without information: accuracy is the most frequent class's share."""
        if self.estimator != "svm" or not self.tested:
            return 0.0
        return float(np.bincount(self.test_labels).max() / len(self.split.test))

    def fit(self, order: Array, ascending: Array) -> Any:
        """Fit the predictor to a dimension: its rows in ascending `order`, and their values."""
        train = self.train.take(order)
        labels = self.factor.labels.take(order.compress(train))
        ordered = linear_svm.order(ascending.compress(train), labels)
        return PREDICTORS[self.estimator].fit(ordered)

    def score(self, model: Any, values: Array) -> float:
        """Return the score of a fitted model on the test rows of a dimension (N,)."""
        predictor = PREDICTORS[self.estimator]
        predicted = predictor.predict(model, values.take(self.split.test))
        return float(predictor.terms(predicted, self.test_labels).mean())

    def largest_gap(self, seed: int) -> float | None:
        """Return the gap of the factor itself, standardized, to dimensions of Gaussian noise."""
        if not self.tested:
            return None
        random = np.random.default_rng([seed, 2])
        itself = standardize(self.factor.labels.astype(np.float64))
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
    values: Array
    scores: Array
    balanced: Array
    r2: Array
    null: Array
    models: list[list[Any]]

    @classmethod
    def of(
        cls, data: Data, tasks: Sequence[Task], seed: int, progress: Progress | None
    ) -> Predictability:
        values = standardize(np.stack([f.values for f in data.factors], axis=1))
        orders = permuted_test_rows(
            [data.rows if t.estimator == "r2" else len(t.split.test) for t in tasks], seed
        )

        def score(j: int) -> _Dimension:
            column = data.codes[:, j].astype(np.float64)
            return _score_dimension(column, bool(data.alive[j]), tasks, values, orders)

        found = each(score, range(data.dimensions), progress)
        scores, balanced, r2, null, models = zip(*found, strict=True)
        return cls(
            data, tasks, values, np.stack(scores), np.stack(balanced), np.stack(r2),
            np.stack(null, axis=1), list(models),
        )  # fmt: skip

    def influence(self, k: int) -> Array:
        """Return the influence (N,) of each row on the gap of factor k."""
        first, *second = np.argsort(-self.scores[:, k], kind="stable")[:2]
        moved = self._influence(int(first), k)
        return moved - self._influence(int(second[0]), k) if second else moved

    def _influence(self, j: int, k: int) -> Array:
        column, task = self.data.codes[:, j].astype(np.float64), self.tasks[k]
        if task.estimator == "r2":
            return r2_influence(column, self.values[:, k])
        if not task.tested:
            return np.zeros(self.data.rows)
        predictor = PREDICTORS[task.estimator]
        predicted = predictor.predict(self.models[j][k], column[task.split.test])
        terms = predictor.terms(predicted, task.test_labels)
        return influence(terms, task.split.test, self.data.rows)


def _score_dimension(
    column: Array,
    alive: bool,
    tasks: Sequence[Task],
    values: Array,
    orders: Sequence[Sequence[Array]],
) -> _Dimension:
    """Score one dimension (N,), sorted once, for all factors."""
    r2 = squared_correlations(column, values) if alive else np.zeros(len(tasks))
    scores, balanced, null = r2.copy(), r2.copy(), np.zeros((len(orders), len(tasks)))
    models: list[Any] = [None] * len(tasks)
    fitted = any(task.estimator != "r2" for task in tasks)
    order = np.argsort(column) if fitted else np.empty(0, dtype=np.intp)
    ascending = column.take(order)
    code = standardize(column)
    for k, task in enumerate(tasks):
        if task.estimator == "r2":
            for p, shuffled in enumerate(orders):
                null[p, k] = (code.take(shuffled[k]) @ values[:, k] / len(code)) ** 2
            continue
        predictor = PREDICTORS[task.estimator]
        models[k] = task.fit(order, ascending)
        scores[k] = balanced[k] = 0.0
        if not task.tested:
            continue
        labels = task.test_labels
        predicted = predictor.predict(models[k], column.take(task.split.test))
        scores[k] = max(0.0, float(predictor.terms(predicted, labels).mean()))
        if task.estimator == "svm":
            balanced[k] = float(balanced_terms(predicted, labels).mean())
        for p, shuffled in enumerate(orders):
            terms = predictor.terms(predicted, labels.take(shuffled[k]))
            null[p, k] = max(0.0, float(terms.mean()))
    return _Dimension(scores, balanced, r2, null, models)
