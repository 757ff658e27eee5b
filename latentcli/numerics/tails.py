"""Values of which a few are far beyond the rest, and what that does to intervals from halves of the rows."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array

WIDENED = 2.0
"""What the deviation over halves is multiplied by where tails are heavy: it is short, as one value may be all that
differs, and the scores are skewed. By simulation, with Student's t of 2.5 degrees of freedom."""

LOOKED_AT = 10_000
"""Rows that are enough to see where most of them lie."""

EXTREME = 1.37
"""How many times the deviation of the largest of many values over samples is that over halves: with exponential tails its
variance is pi^2 / 6, and over halves, which have the same largest value or one of the next, 0.877 on average."""


def heavy_tailed(few: Array, least: float, most: float, count: int) -> bool:
    """Tell whether the ends of values are far beyond their quartiles for exponential tails, of `count` numbers.

    The largest of n values with exponential tails (Laplace) is about log(n) / log(4) times the
    interquartile range from the quartile; values of a normal distribution do not come near to it.

    >>> few = np.arange(100.0)
    >>> heavy_tailed(few, 0.0, 99.0, 100), heavy_tailed(few, 0.0, 999.0, 100)
    (False, True)
    """
    low, high = np.percentile(few, [25, 75])
    reach = (high - low) * np.log(count) / np.log(4)
    return bool(high > low and (most > high + reach or least < low - reach))
