"""Precision, recall, density and coverage of a set of codes by nearest neighbors of another."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.points import squares
from latentcli.numerics.types import Array

NAMES = ("precision", "recall", "density", "coverage")

_ROUNDING = 1e-12
"""Squared distances that differ by less than this part of the largest are equal."""


def distances(rows: Array) -> Array:
    """Return the distances (N, N) of all pairs of rows (N, D)."""
    centered = rows - rows.mean(axis=0)
    away: Array = np.sqrt(squares(centered, centered))
    np.fill_diagonal(away, 0.0)
    return away


def coverage(away: Array, x: Array, y: Array, k: int) -> dict[str, float]:
    """Measure rows `y` against rows `x`, given by their numbers in a matrix of distances.

    A ball about each row reaches to its k-th nearest other row of its own set. Precision: the share of y in a
    ball of x. Recall: the share of x in a ball of y (Kynkaanniemi et al., 2019). Density: in how many
    balls of x a row of y is, over k. Coverage: the share of balls of x that hold a row of y (Naeem
    et al., 2020).
    """
    # Rounding parts distances that are equal, as those of whole numbers often are.
    across = away[np.ix_(x, y)] ** 2 - _ROUNDING * float(away.max()) ** 2
    inside_x = across <= _radii(away, x, k)[:, None] ** 2
    inside_y = across <= _radii(away, y, k)[None, :] ** 2
    shares = (
        inside_x.any(axis=0).mean(),
        inside_y.any(axis=1).mean(),
        inside_x.sum(axis=0).mean() / k,
        inside_x.any(axis=1).mean(),
    )
    return dict(zip(NAMES, map(float, shares), strict=True))


def _radii(away: Array, rows: Array, k: int) -> Array:
    """Return how far the k-th nearest other row of a set is from each (n,); itself is the nearest."""
    radii: Array = np.partition(away[np.ix_(rows, rows)], k, axis=1)[:, k]
    return radii
