"""Gradient boosting of decision trees on columns that are sorted once.

What scikit-learn's GradientBoostingClassifier does with its own settings (Friedman, 2001): 100 rounds
of a tree of depth 3 for each class, at a rate of 0.1. It sorts every column anew at every node, where
here the order of the rows is parted with them, so that each tree costs a few passes over the codes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from latentcli.numerics.types import Array

_SAME = np.float32(1e-7)
"""Values no farther apart are never parted."""
_EVEN = float(np.finfo(np.float64).eps)
"""A variance below which a node is a leaf."""
_FLAT = 1e-150


@dataclass(frozen=True, eq=False)
class Boosted:
    """What boosting found: importances (D,) that add to 1, or are 0 where no tree has a branch.

    `train` and `test` are the classes that it gives to the rows.
    """

    importances: Array
    train: Array
    test: Array


def boost(
    train: Array,
    labels: Array,
    test: Array,
    *,
    rounds: int = 100,
    depth: int = 3,
    rate: float = 0.1,
    seed: int = 0,
    step: Callable[[], None] | None = None,
) -> Boosted:
    """Boost trees on codes `train` (N, D) with `labels` (N,), and tell the classes of `test` (n, D).

    Importances are the fall of squared error that branches at a dimension bring, over all trees.
    `seed` decides between branches that are equally good; `step` is called after each round.
    """
    classes, target = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        return Boosted(np.zeros(train.shape[1]), labels, np.full(len(test), classes[0]))
    forest = _Forest(_columns(train), np.asarray(test.T, dtype=np.float32, order="C"), seed)
    loss = _Binary(target) if len(classes) == 2 else _Multinomial(target, len(classes))
    scores, told = loss.start(len(train)), loss.start(len(test))
    for _ in range(rounds):
        chances = loss.chances(scores)
        residuals = loss.target - chances
        for k in range(len(residuals)):
            for leaf in forest.grow(residuals[k], depth):
                value = rate * loss.leaf(residuals[k, leaf.rows], chances[k, leaf.rows])
                scores[k, leaf.rows] += value
                told[k, leaf.others] += value
        if step is not None:
            step()
    total = forest.gains.sum()
    importances = forest.gains / total if total > 0 else forest.gains
    return Boosted(importances, classes[loss.decide(scores)], classes[loss.decide(told)])


class _Multinomial:
    """Cross entropy of several classes: scores are logarithms of odds, a row (N,) for each class."""

    def __init__(self, target: Array, classes: int) -> None:
        self.target = (np.arange(classes)[:, None] == target).astype(np.float64)
        logs = np.log(self.target.mean(axis=1))
        self.prior = logs - logs.mean()
        self.scale = (classes - 1) / classes

    def start(self, rows: int) -> Array:
        return np.repeat(self.prior[:, None], rows, axis=1)

    def chances(self, scores: Array) -> Array:
        odds = np.exp(scores - scores.max(axis=0))
        chances: Array = odds / odds.sum(axis=0)
        return chances

    def leaf(self, residuals: Array, chances: Array) -> float:
        """Return the best constant by a step of Newton's; 0 where chances are certain."""
        curvature = float((chances * (1 - chances)).sum())
        return self.scale * float(residuals.sum()) / curvature if curvature > _FLAT else 0.0

    def decide(self, scores: Array) -> Array:
        decided: Array = scores.argmax(axis=0)
        return decided


class _Binary(_Multinomial):
    """Cross entropy of two classes: one score, the logarithm of the second's odds."""

    def __init__(self, target: Array) -> None:
        self.target = target[None, :].astype(np.float64)
        share = self.target.mean()
        self.prior = np.array([np.log(share / (1 - share))])
        self.scale = 1.0

    def chances(self, scores: Array) -> Array:
        tails = np.exp(-np.abs(scores))
        chances: Array = np.where(scores >= 0, 1.0, tails) / (1 + tails)
        return chances

    def decide(self, scores: Array) -> Array:
        decided: Array = (scores[0] >= 0).astype(np.intp)
        return decided


class _Columns(NamedTuple):
    """Codes by dimension: `values` (D, N), rows in `order` (D, N), which dimensions have `ties`."""

    values: Array
    order: Array
    ties: Array


def _columns(codes: Array) -> _Columns:
    values = np.asarray(codes.T, dtype=np.float32, order="C")
    order = np.argsort(values, axis=1, kind="stable")
    ascending = np.take_along_axis(values, order, axis=1)
    ties = np.flatnonzero((ascending[:, 1:] <= ascending[:, :-1] + _SAME).any(axis=1))
    return _Columns(values, order, ties)


class _Leaf(NamedTuple):
    """Rows that end in a leaf, and rows of the test that do."""

    rows: Array
    others: Array


class _Branch(NamedTuple):
    """A best split: at `dimension`, after `place` rows, at `limit`, with the fall of squared error."""

    dimension: int
    place: int
    limit: float
    gain: float


class _Forest:
    """Trees on the same columns, and the gains (D,) of all their branches."""

    def __init__(self, columns: _Columns, test: Array, seed: int) -> None:
        self.columns = columns
        self.test = test
        self.gains = np.zeros(len(columns.values))
        self.random = np.random.default_rng(seed)
        self.mark = np.zeros(columns.values.shape[1], dtype=bool)

    def grow(self, residual: Array, depth: int) -> list[_Leaf]:
        """Grow a tree on residuals (N,), and return its leaves."""
        everyone = np.arange(self.test.shape[1])
        return self._leaves(residual, self.columns.order, everyone, depth)

    def _leaves(self, residual: Array, order: Array, others: Array, depth: int) -> list[_Leaf]:
        branch = self._branch(residual, order) if depth else None
        if branch is None:
            return [_Leaf(order[0], others)]
        self.gains[branch.dimension] += branch.gain
        parts = self._part(order, branch, last=depth == 1)
        below = self.test[branch.dimension, others] <= branch.limit
        return [
            leaf
            for part, side in zip(parts, (others[below], others[~below]), strict=True)
            for leaf in self._leaves(residual, part, side, depth - 1)
        ]

    def _part(self, order: Array, branch: _Branch, *, last: bool) -> tuple[Array, Array]:
        """Part the order of rows (D, n) in two; only one dimension's where nothing grows on it."""
        if last:
            own = order[branch.dimension : branch.dimension + 1]
            return own[:, : branch.place], own[:, branch.place :]
        below = order[branch.dimension, : branch.place]
        self.mark[below] = True
        flat = order.ravel()
        marked = self.mark.take(flat)
        self.mark[below] = False
        # Every dimension has the same rows on either side, so the parts are rectangles again.
        shape = (len(order), -1)
        return flat.compress(marked).reshape(shape), flat.compress(~marked).reshape(shape)

    def _branch(self, residual: Array, order: Array) -> _Branch | None:
        """Find the split of rows (D, n) that lowers squared error most; None where none does."""
        rows = order.shape[1]
        sums = residual.take(order)
        mean = float(sums[0].sum()) / rows
        if rows < 2 or float(sums[0] @ sums[0]) / rows - mean * mean <= _EVEN:
            return None
        np.cumsum(sums, axis=1, out=sums)
        below = np.arange(1, rows, dtype=np.float64)
        gains = sums[:, :-1]
        gains -= mean * below
        gains *= gains
        gains *= rows / (below * (rows - below))
        for j in self.columns.ties:
            ascending = self.columns.values[j, order[j]]
            gains[j, ascending[1:] <= ascending[:-1] + _SAME] = -1.0
        places = gains.argmax(axis=1)
        best = gains[np.arange(len(gains)), places]
        top = np.flatnonzero(best == best.max())
        j = int(top[0] if len(top) == 1 else self.random.choice(top))
        if best[j] < 0:
            return None
        place = int(places[j]) + 1
        low, high = (float(self.columns.values[j, order[j, i]]) for i in (place - 1, place))
        limit = low / 2 + high / 2
        return _Branch(j, place, low if limit == high else limit, float(best[j]))
