"""Linear centered kernel alignment (Kornblith et al., 2019), debiased and biased.

With few rows and many dimensions the plain measure calls even independent noise alike (0.91 at
50 rows of 512 dimensions). The debiased one takes the unbiased HSIC of Song et al. (2012), which
leaves every row's product with itself out, and is 0 for independent spaces on average.
"""

from __future__ import annotations

import math

import numpy as np

from latentcli.comparison._moments import Moments, Side, Triple, triple
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.resampling import Estimate, jackknife
from latentcli.numerics.types import Progress

FEWEST = 4
"""Rows below which the unbiased HSIC does not exist."""

_NOTHING = 1e-10
"""HSIC of a side with itself, relative to its plain form, that is nothing but rounding."""


def biased_hsic(moments: Moments) -> float:
    """Return |X^T Y|_F^2 of the centered rows: n^2 times the plain HSIC, linear kernels."""
    return float((moments.centered_cross**2).sum())


def unbiased_hsic(moments: Moments) -> float:
    """Return the unbiased estimate of HSIC (Song et al., 2012, eq. 5), for 4 rows or more.

    With linear kernels K~ = X X^T and L~ = Y Y^T, each with a zero diagonal, all its sums are
    sums of moments: no n x n matrix is made. It does not depend on the origin.
    """
    n = moments.count
    trace = float((moments.cross**2).sum()) - moments.products
    totals = (float(moments.x @ moments.x) - moments.x_squares) * (
        float(moments.y @ moments.y) - moments.y_squares
    )
    rows = (
        float(moments.x @ moments.cross @ moments.y)
        - float(moments.x @ moments.x_by_y)
        - float(moments.y @ moments.y_by_x)
        + moments.products
    )
    return (trace + totals / ((n - 1) * (n - 2)) - 2 * rows / (n - 2)) / (n * (n - 3))


def biased_cka(sums: Triple) -> float | None:
    """Return linear CKA in [0, 1]; None if all rows of a side are the same."""
    own = math.sqrt(biased_hsic(sums.xx) * biased_hsic(sums.yy))
    return min(1.0, biased_hsic(sums.xy) / own) if own > 0 else None


def debiased_cka(sums: Triple) -> float | None:
    """Return debiased linear CKA in [-1, 1].

    None with fewer than 4 rows, and if all rows of a side are equally far from each other (the
    same, or one-hot): then there is no structure to compare.
    """
    if sums.xx.count < FEWEST:
        return None
    x, y = unbiased_hsic(sums.xx), unbiased_hsic(sums.yy)
    if x <= _rounding(sums.xx) or y <= _rounding(sums.yy):
        return None
    return float(np.clip(unbiased_hsic(sums.xy) / math.sqrt(x * y), -1.0, 1.0))


def _rounding(moments: Moments) -> float:
    """Return what a HSIC of a side with itself must exceed to be more than rounding."""
    return _NOTHING * (moments.x_squares / moments.count) ** 2


def interval(
    x: Side,
    y: Side,
    sums: Triple,
    value: float,
    *,
    level: float,
    seed: int = 0,
    repeats: Repeats | None = None,
    progress: Progress | None = None,
) -> Estimate:
    """Return the interval of debiased CKA, leaving groups of rows out in turn.

    `sums` are the moments of all rows, `value` the CKA of them; `level` is in (0, 1). Rows that repeat
    each other, by `repeats`, are left out together.
    """
    left_out = []
    parted = (repeats or Repeats(len(x))).parted(seed)
    for done, group in enumerate(parted, 1):
        left_out.append(debiased_cka(sums - triple(x, y, group)))
        if progress:
            progress(done, len(parted))
    return Estimate(value, *jackknife(value, left_out, level, limit=1.0))
