"""Paired rows as centered sides, and the sums that measures are made of; the sums add up.

Rows are read a block at a time. A block gives `Moments`, moments of different rows are added,
and those of some rows can be taken from the whole, which leaves the moments of the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from latentcli.numerics.blocks import Rows, blocks, parts
from latentcli.numerics.types import Array, Progress

_SAME = 1e-12
"""Rows that differ by less, relative to their size, are the same but for rounding."""


@dataclass(frozen=True)
class Side:
    """One of the two spaces: n rows of a matrix, centered, at a root mean square length of 1.

    `center` (D,) is the mean of the rows, `scale` the root mean square distance from it; 0 when
    all rows are the same. With fewer rows than dimensions, `matrix` has the rows, about their
    mean, in their own span, and `basis` (D, n) leads back: that is a rotation, which no measure
    sees, and much smaller.
    """

    matrix: Array
    rows: Rows
    center: Array
    scale: float
    basis: Array | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimensions(self) -> int:
        """Of the rows as they are used, at most n."""
        return int(self.matrix.shape[1])

    @property
    def dimensions_given(self) -> int:
        """Of the rows as they were given."""
        return len(self.center)

    def take(self, which: Rows) -> Array:
        """Return some of the rows (by their place among the n), centered and scaled, in float64."""
        values = self.matrix[self.rows[which]].astype(np.float64)
        if self.basis is None:
            values -= self.center
        return values / self.scale if self.scale else np.zeros_like(values)


def side_of(matrix: Array, rows: Rows) -> Side:
    """Make a side of the given rows of a matrix (N, D), all of them finite."""
    count, dimensions = len(rows), matrix.shape[1]
    total = np.zeros(dimensions)
    for _, values in blocks(matrix, rows):
        total += values.sum(axis=0)
    center = total / count
    squares = largest = 0.0
    for _, values in blocks(matrix, rows):
        largest = max(largest, float(np.abs(values).max()))
        values -= center
        squares += float((values * values).sum())
    scale = math.sqrt(squares / count)
    if scale <= largest * math.sqrt(dimensions) * _SAME:
        scale = 0.0
    if count >= dimensions:
        return Side(matrix, rows, center, scale)
    basis, upper = np.linalg.qr((matrix[rows].astype(np.float64) - center).T)
    return Side(upper.T, np.arange(count), center, scale, basis)


@dataclass(frozen=True)
class Moments:
    """Sums over n paired rows x (D1,) and y (D2,).

    `cross` is the sum of x y^T (D1, D2); `x_by_y` that of |y|^2 x (D1,) and `y_by_x` that of
    |x|^2 y (D2,); `products` that of |x|^2 |y|^2.
    """

    count: float
    x: Array
    y: Array
    cross: Array
    x_squares: float
    y_squares: float
    products: float
    x_by_y: Array
    y_by_x: Array

    @classmethod
    def of(cls, x: Array, y: Array) -> Moments:
        """Sum over the rows of x (n, D1) and y (n, D2)."""
        x_squares, y_squares = (x * x).sum(axis=1), (y * y).sum(axis=1)
        return cls(
            count=len(x),
            x=x.sum(axis=0),
            y=y.sum(axis=0),
            cross=x.T @ y,
            x_squares=float(x_squares.sum()),
            y_squares=float(y_squares.sum()),
            products=float(x_squares @ y_squares),
            x_by_y=y_squares @ x,
            y_by_x=x_squares @ y,
        )

    def __add__(self, other: Moments) -> Moments:
        return Moments(*(a + b for a, b in self._with(other)))

    def __sub__(self, other: Moments) -> Moments:
        return Moments(*(a - b for a, b in self._with(other)))

    def _with(self, other: Moments) -> Iterator[tuple[Any, Any]]:
        return ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))

    @property
    def centered_cross(self) -> Array:
        """The cross products (D1, D2) about the means of these rows."""
        centered: Array = self.cross - np.outer(self.x, self.y) / self.count
        return centered


@dataclass(frozen=True)
class Triple:
    """The moments of X with X, X with Y and Y with Y."""

    xx: Moments
    xy: Moments
    yy: Moments

    def __add__(self, other: Triple) -> Triple:
        return Triple(self.xx + other.xx, self.xy + other.xy, self.yy + other.yy)

    def __sub__(self, other: Triple) -> Triple:
        return Triple(self.xx - other.xx, self.xy - other.xy, self.yy - other.yy)


def triple(x: Side, y: Side, which: Rows, progress: Progress | None = None) -> Triple:
    """Sum over some of the paired rows, block by block."""
    found: Triple | None = None
    done = 0
    for part in parts(which, max(x.dimensions, y.dimensions)):
        a, b = x.take(part), y.take(part)
        block = Triple(Moments.of(a, a), Moments.of(a, b), Moments.of(b, b))
        found = block if found is None else found + block
        done += len(part)
        if progress:
            progress(done, len(which))
    if found is None:
        raise ValueError("no rows to sum over")
    return found
