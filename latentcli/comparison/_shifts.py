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

    Welch's test of the means; of the variances by their own standard errors, which need no normal
    distribution. Two-sided, for one dimension by itself. `rows_x` and `rows_y` are how many of the rows are distinct, by default all.
    """
    from scipy.special import ndtr

    moments = [
        _moments(np.asarray(side, np.float64), count or len(side))
        for side, count in ((x, rows_x), (y, rows_y))
    ]
    (mean, variance, error, fourth), (mean_y, variance_y, error_y, fourth_y) = moments
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = (mean_y - mean) / np.sqrt(variance)
        ratio = np.sqrt(variance_y / variance)
        z_mean = (mean_y - mean) / np.sqrt(error + error_y)
        z_variance = (variance_y - variance) / np.sqrt(fourth + fourth_y)
    p_values = [2 * ndtr(-np.abs(z)) for z in (z_mean, z_variance)]
    return shift, ratio, p_values[0], p_values[1]


def _moments(rows: Array, count: int) -> tuple[Array, Array, Array, Array]:
    """Return means, variances, and the squared standard errors of both (D,), of so many distinct rows."""
    centered = rows - rows.mean(axis=0)
    variance = (centered**2).sum(axis=0) / (len(rows) - 1)
    fourth = (centered**4).mean(axis=0)
    return (
        rows.mean(axis=0),
        variance,
        variance / count,
        np.maximum(fourth - variance**2, 0.0) / count,
    )
