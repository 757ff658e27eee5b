"""How means and spreads of two sets of codes differ, over all dimensions and by dimension."""

from __future__ import annotations

import numpy as np

from latentcli.comparison._frechet import Gaussian
from latentcli.numerics.types import Array

_SAME = 1e-24
"""A variance below this part of the squared mean is rounding."""


def is_constant(x: Gaussian) -> bool:
    """Tell whether all rows of x are the same but for rounding: nothing is in units of its spread."""
    return float(np.trace(x.covariance)) <= _SAME * float(x.mean @ x.mean)


def mean_shift(x: Gaussian, y: Gaussian) -> float:
    """Return the distance of the means over the root of the total variance of x; without it, the distance."""
    spread = float(np.trace(x.covariance))
    away = float(np.linalg.norm(y.mean - x.mean))
    return away / spread**0.5 if spread > 0 else away


def covariance_shift(x: Gaussian, y: Gaussian) -> float:
    """Return |Cy - Cx| / |Cx|, Frobenius norms; 0 where x has no covariance (random halves of few distinct rows)."""
    size = float(np.linalg.norm(x.covariance))
    return float(np.linalg.norm(y.covariance - x.covariance)) / size if size > 0 else 0.0


def by_dimension(
    x: Array, y: Array, rows_x: int | None = None, rows_y: int | None = None
) -> tuple[Array, Array, Array, Array]:
    """Return of each dimension the shift of the mean in standard deviations of x, the ratio of standard deviations, and p-values of both.

    Welch's (1947) test of the means; of the spreads Brown and Forsythe's (1974), which is Student's t of
    the distances from the median and needs no normal distribution. Two-sided, for one dimension by itself. `rows_x`
    and `rows_y` are how many of the rows are distinct, by default all.
    """
    from scipy.special import stdtr

    sides = [np.asarray(side, np.float64) for side in (x, y)]
    counts = rows_x or len(x), rows_y or len(y)
    (mean, variance), (mean_y, variance_y) = map(_moments, sides)
    errors = variance / counts[0], variance_y / counts[1]
    (away, spread), (away_y, spread_y) = (
        _moments(np.abs(side - np.median(side, axis=0))) for side in sides
    )
    freedom = sum(counts) - 2
    pooled = ((counts[0] - 1) * spread + (counts[1] - 1) * spread_y) / freedom
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = (mean_y - mean) / np.sqrt(variance)
        ratio = np.sqrt(variance_y / variance)
        t_mean = (mean_y - mean) / np.sqrt(errors[0] + errors[1])
        t_spread = (away_y - away) / np.sqrt(pooled * (1 / counts[0] + 1 / counts[1]))
        freedoms = (errors[0] + errors[1]) ** 2 / (
            errors[0] ** 2 / (counts[0] - 1) + errors[1] ** 2 / (counts[1] - 1)
        )
        p_mean, p_spread = (
            2 * stdtr(degrees, -np.abs(t))
            for degrees, t in ((freedoms, t_mean), (freedom, t_spread))
        )
    return shift, ratio, p_mean, p_spread


def _moments(rows: Array) -> tuple[Array, Array]:
    """Return the means and variances (D,) of rows."""
    return rows.mean(axis=0), rows.var(axis=0, ddof=1)
