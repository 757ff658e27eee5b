"""Predictions of a factor from the nearest rows in one dimension (Fix and Hodges, 1951), by sorting."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from latentcli.numerics.types import Array


class Neighbors(NamedTuple):
    """A dimension in ascending order (n,) with the classes (n,), or the targets (n, T), of its rows."""

    values: Array
    goal: Array
    nearest: int


def predict(neighbors: Neighbors, values: Array) -> Array:
    """Return what the nearest rows say of values (m,): their mean (m, T), or their majority (m,).

    The rows nearest to a value lie side by side in the order; of classes that are as frequent the
    one with the lowest number is taken, as scikit-learn does.

    >>> predict(Neighbors(np.arange(4.0), np.array([[0.0], [1.0], [2.0], [3.0]]), 2), np.array([2.4]))
    array([[2.5]])
    """
    count = min(neighbors.nearest, len(neighbors.values))
    places = windows(neighbors.values, values, count)[:, None] + np.arange(count)
    goals = neighbors.goal[places]
    if neighbors.goal.ndim > 1:
        return np.asarray(goals.mean(axis=1))
    votes = (goals[:, :, None] == goals[:, None, :]).sum(axis=2)
    first = np.where(votes == votes.max(axis=1, keepdims=True), goals, np.iinfo(np.intp).max)
    return np.asarray(first.min(axis=1))


def windows(ordered: Array, values: Array, count: int) -> Array:
    """Return where the `count` values nearest to each of some (m,) begin in an ordered array (n,)."""
    after = np.searchsorted(ordered, values)
    best, reach = np.zeros(len(values), dtype=np.intp), np.full(len(values), np.inf)
    for before in range(count + 1):
        start = np.clip(after - before, 0, len(ordered) - count)
        ends = np.abs(np.stack([ordered[start], ordered[start + count - 1]]) - values).max(
            axis=0
        )
        closer = ends < reach
        best[closer], reach[closer] = start[closer], ends[closer]
    return best
