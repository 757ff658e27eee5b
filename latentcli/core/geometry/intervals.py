"""Intervals of sampled numbers: the percentile bootstrap, and the jackknife of groups."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from latentcli.core.geometry.points import spans
from latentcli.core.vectors import Array

_DRAWN = 500
_LEAST = 8
"""Fewer values than this say nothing about how they vary."""

Interval = tuple[float, float] | tuple[None, None]


def means(resampled: Array) -> Array:
    """Return the mean of each resample (B, n)."""
    found: Array = resampled.mean(axis=1)
    return found


def bootstrap(
    values: Array, ci: float, seed: int, statistic: Callable[[Array], Array] = means
) -> Interval:
    """Return the percentile interval (Efron, 1979) of a statistic of `values` (n,).

    `statistic` takes resamples (B, n) and returns (B,); fewer than 8 values have no interval.
    """
    if len(values) < _LEAST:
        return None, None
    rng = np.random.default_rng([seed, 2])
    found = np.concatenate(
        [
            statistic(
                values[rng.integers(0, len(values), (part.stop - part.start, len(values)))]
            )
            for part in spans(_DRAWN, len(values))
        ]
    )
    found = found[np.isfinite(found)]
    if not found.size:
        return None, None
    low, high = np.quantile(found, [(1 - ci) / 2, (1 + ci) / 2])
    return float(low), float(high)


def jackknife(value: float, without: Array, ci: float) -> Interval:
    """Return the normal interval from the values (G,) with one of G groups left out (Tukey, 1958)."""
    groups = len(without)
    if not np.isfinite(without).all():
        return None, None
    error = math.sqrt((groups - 1) / groups * ((without - without.mean()) ** 2).sum())
    reach = NormalDist().inv_cdf((1 + ci) / 2) * error
    return value - reach, value + reach
