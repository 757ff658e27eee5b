"""Gradient boosting of decision trees (Friedman, 2001) on columns that are sorted once.

It computes what scikit-learn's GradientBoostingClassifier does with its default settings: 100
boosting rounds, each with one regression tree of depth 3 for every class, at a learning rate of
0.1. scikit-learn sorts each column again at every node; here the sorted order is partitioned along
with the rows, so that a tree costs a few passes over the codes. docs/design.md has the ratio.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from latentcli.numerics.types import Array

_TOLERANCE = np.float32(1e-7)
"""Neighboring values that differ by no more are not separated (scikit-learn's FEATURE_THRESHOLD)."""

_MANY_TIES = 0.01
"""Share of ties in a column above which they are masked before the best split is sought."""

_PURE = float(np.finfo(np.float64).eps)
"""A node with no more variance is a leaf."""

_CERTAIN = 1e-150
"""A leaf whose probabilities have no more variance gets the value 0."""


@dataclass(frozen=True, eq=False)
class GradientBoosting:
    """A fitted model: its importances and its predictions.

    Attributes
    ----------
    importances
        (D,), the impurity decrease of the splits on each dimension as a share of all; zeros where
        no tree has a split.
    train_predictions, test_predictions
        The predicted class of each row.
    """

    importances: Array
    train_predictions: Array
    test_predictions: Array


def fit_predict(
    train: Array,
    labels: Array,
    test: Array,
    *,
    n_estimators: int = 100,
    max_depth: int = 3,
    learning_rate: float = 0.1,
    seed: int = 0,
    step: Callable[[], None] | None = None,
) -> GradientBoosting:
    """Fit boosted trees to codes `train` (N, D) with `labels` (N,), and predict `test` (n, D).

    Codes are compared in single precision, as scikit-learn does. `seed` decides between splits that
    are equally good; `step` is called after each boosting round.
    """
    classes, target = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        constant = np.full(len(test), classes[0])
        return GradientBoosting(np.zeros(train.shape[1]), labels, constant)
    trees = _Trees(_sorted_columns(train), np.asarray(test.T, np.float32, order="C"), seed)
    loss = _Binomial(target) if len(classes) == 2 else _Multinomial(target, len(classes))
    scores, test_scores = loss.initial(len(train)), loss.initial(len(test))
    added, test_added = np.empty(len(train)), np.empty(len(test))
    for _ in range(n_estimators):
        probabilities = loss.probabilities(scores)
        residuals = loss.target - probabilities
        for k, (residual, probability) in enumerate(zip(residuals, probabilities, strict=True)):
            for leaf in trees.grow(residual, max_depth):
                value = loss.leaf_value(residual.take(leaf.rows), probability.take(leaf.rows))
                added[leaf.rows] = test_added[leaf.test_rows] = learning_rate * value
            scores[k] += added
            test_scores[k] += test_added
        if step is not None:
            step()
    total = trees.decrease.sum()
    return GradientBoosting(
        trees.decrease / total if total > 0 else trees.decrease,
        classes[loss.predict(scores)],
        classes[loss.predict(test_scores)],
    )


class _Multinomial:
    """Cross entropy of several classes: scores (K, N) are log-odds up to a constant."""

    def __init__(self, target: Array, classes: int) -> None:
        self.target = (np.arange(classes)[:, None] == target).astype(np.float64)
        logs = np.log(self.target.mean(axis=1))
        self.prior = logs - logs.mean()
        self.scale = (classes - 1) / classes

    def initial(self, rows: int) -> Array:
        return np.repeat(self.prior[:, None], rows, axis=1)

    def probabilities(self, scores: Array) -> Array:
        odds = np.exp(scores - scores.max(axis=0))
        return odds / odds.sum(axis=0)

    def leaf_value(self, residuals: Array, probabilities: Array) -> float:
        """Return the best constant of a leaf, by one Newton step."""
        curvature = float((probabilities * (1 - probabilities)).sum())
        return self.scale * float(residuals.sum()) / curvature if curvature > _CERTAIN else 0.0

    def predict(self, scores: Array) -> Array:
        return scores.argmax(axis=0)


class _Binomial(_Multinomial):
    """Cross entropy of two classes: scores (1, N) are the log-odds of the second."""

    def __init__(self, target: Array) -> None:
        self.target = target[None, :].astype(np.float64)
        share = self.target.mean()
        self.prior = np.array([np.log(share / (1 - share))])
        self.scale = 1.0

    def probabilities(self, scores: Array) -> Array:
        tails = np.exp(-np.abs(scores))
        return np.where(scores >= 0, 1.0, tails) / (1 + tails)

    def predict(self, scores: Array) -> Array:
        return (scores[0] >= 0).astype(np.intp)


class _Columns(NamedTuple):
    """Codes by dimension: `values` and the sorted `order` of the rows, both (D, N).

    `tied` are the dimensions with many ties.
    """

    values: Array
    order: Array
    tied: Array


def _sorted_columns(codes: Array) -> _Columns:
    values = np.asarray(codes.T, dtype=np.float32, order="C")
    order = np.argsort(values, axis=1, kind="stable")
    ascending = np.take_along_axis(values, order, axis=1)
    ties = (ascending[:, 1:] <= ascending[:, :-1] + _TOLERANCE).sum(axis=1)
    return _Columns(values, order, np.flatnonzero(ties > _MANY_TIES * values.shape[1]))


class _Leaf(NamedTuple):
    """The training rows and the test rows that end in a leaf."""

    rows: Array
    test_rows: Array


class _Split(NamedTuple):
    """A split on `dimension` at `threshold`: the first `size` rows in its order go to the left."""

    dimension: int
    size: int
    threshold: float
    decrease: float


class _Trees:
    """Regression trees on the same columns, and the impurity decrease (D,) of all their splits."""

    def __init__(self, columns: _Columns, test: Array, seed: int) -> None:
        self.columns = columns
        self.test = test
        self.decrease = np.zeros(len(columns.values))
        self.random = np.random.default_rng(seed)
        self.is_left = np.zeros(columns.values.shape[1], dtype=bool)

    def grow(self, residual: Array, depth: int) -> list[_Leaf]:
        """Grow a tree on residuals (N,), and return its leaves."""
        test_rows = np.arange(self.test.shape[1])
        return self._leaves(residual, self.columns.order, test_rows, depth)

    def _leaves(
        self, residual: Array, order: Array, test_rows: Array, depth: int
    ) -> list[_Leaf]:
        split = self._best_split(residual, order) if depth else None
        if split is None:
            return [_Leaf(order[0], test_rows)]
        self.decrease[split.dimension] += split.decrease
        left, right = self._partition(order, split, last=depth == 1)
        below = self.test[split.dimension].take(test_rows) <= split.threshold
        return [
            *self._leaves(residual, left, test_rows.compress(below), depth - 1),
            *self._leaves(residual, right, test_rows.compress(~below), depth - 1),
        ]

    def _partition(self, order: Array, split: _Split, *, last: bool) -> tuple[Array, Array]:
        """Partition the order of rows (D, n); the last level needs the rows alone, in any order."""
        own = order[split.dimension]
        left, right = own[: split.size], own[split.size :]
        if last:
            return left[None, :], right[None, :]
        self.is_left[left] = True
        flat = order.ravel()
        mask = self.is_left.take(flat)
        self.is_left[left] = False
        # Every dimension has the same rows on either side, so both parts are rectangles again.
        shape = (len(order), -1)
        return flat.compress(mask).reshape(shape), flat.compress(~mask).reshape(shape)

    def _best_split(self, residual: Array, order: Array) -> _Split | None:
        """Find the split of rows (D, n) with the largest impurity decrease; None where none has."""
        rows = order.shape[1]
        sums = residual.take(order)
        mean = float(sums[0].sum()) / rows
        if rows < 2 or float(sums[0] @ sums[0]) / rows - mean * mean <= _PURE:
            return None
        np.cumsum(sums, axis=1, out=sums)
        size = np.arange(1, rows, dtype=np.float64)
        decrease = sums[:, :-1]
        decrease -= mean * size
        decrease *= decrease
        size *= rows - size
        decrease *= rows / size
        for j in self.columns.tied.tolist():
            self._mask_ties(decrease, order, j)
        best = decrease.max(axis=1)
        top = np.flatnonzero(best == best.max())
        while tied := [j for j in top.tolist() if self._is_tied(j, order[j], decrease[j])]:
            for j in tied:
                self._mask_ties(decrease, order, j)
                best[j] = decrease[j].max()
            top = np.flatnonzero(best == best.max())
        j = int(top[0] if len(top) == 1 else self.random.choice(top))
        if best[j] < 0:
            return None
        place = int(decrease[j].argmax())
        low, high = (float(self.columns.values[j, order[j, i]]) for i in (place, place + 1))
        middle = low / 2 + high / 2
        return _Split(j, place + 1, low if middle == high else middle, float(best[j]))

    def _mask_ties(self, decrease: Array, order: Array, j: int) -> None:
        """Rule out the splits of dimension j between equal values."""
        ascending = self.columns.values[j].take(order[j])
        decrease[j, ascending[1:] <= ascending[:-1] + _TOLERANCE] = -1.0

    def _is_tied(self, j: int, order: Array, decrease: Array) -> bool:
        """Tell whether the best split of dimension j is between equal values."""
        place = int(decrease.argmax())
        low, high = self.columns.values[j].take(order[place : place + 2])
        return bool(decrease[place] >= 0 and high <= low + _TOLERANCE)
