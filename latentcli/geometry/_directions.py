"""Directions of rows without a mean and the first components, and their sum, which adds up over blocks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

_GONE = 1e-7
"""What is left of a row, in parts of the rows' usual length, that is rounding error only."""


class DirectionSum(NamedTuple):
    """The sum (D,) of rows at length 1, and how many have a direction."""

    total: Array
    rows: int

    @property
    def mean_cosine(self) -> float | None:
        """The mean cosine of all pairs of distinct rows; None for fewer than two."""
        if self.rows < 2:
            return None
        pairs = self.rows * (self.rows - 1)
        return float((self.total @ self.total - self.rows) / pairs)


def direction_sum(mean: Array, axes: Array, block: Array) -> DirectionSum:
    """Sum the directions of rows (n, D) without a mean (D,) and axes (D, R), orthonormal."""
    found, _ = directions(block, mean, axes)
    return DirectionSum(found.sum(axis=0), len(found))


def added(one: DirectionSum, other: DirectionSum) -> DirectionSum:
    """Add the sums of two blocks."""
    return DirectionSum(one.total + other.total, one.rows + other.rows)


def directions(block: Array, mean: Array, axes: Array) -> tuple[Array, Array]:
    """Return the rows that are left without a mean and axes, at length 1, and which those are."""
    left = block - mean
    left -= (left @ axes) @ axes.T
    lengths = np.linalg.norm(left, axis=1)
    kept = np.flatnonzero(lengths > _GONE * np.linalg.norm(block, axis=1))
    return unit(left[kept]), kept


def none_removed(dimensions: int) -> tuple[Array, Array]:
    """Return a mean (D,) and axes (D, 0) without which rows are as they were."""
    return np.zeros(dimensions), np.zeros((dimensions, 0))
