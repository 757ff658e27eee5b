"""How far a number would be off with other rows: the jackknife and the bootstrap."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array

GROUPS = 20
"""How many groups of rows are left out in turn."""

_RESAMPLES = 500
_LEAST = 8
"""Fewer values than this say nothing about how they vary."""

Interval = tuple[float, float] | tuple[None, None]


@dataclass(frozen=True)
class Estimate:
    """A value and the interval around it; None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


def groups(count: int, seed: int) -> list[Array]:
    """Part `count` rows by chance into up to `GROUPS` groups of row numbers, each ascending."""
    shuffled = np.random.default_rng(seed).permutation(count)
    return [np.sort(part) for part in np.array_split(shuffled, min(GROUPS, count))]


def jackknife(
    value: float, left_out: Sequence[float | None], level: float, *, limit: float = math.inf
) -> Interval:
    """Return the interval of a value by the delete-a-group jackknife.

    Parameters
    ----------
    value
        The estimate from all rows.
    left_out
        The estimates with one group of rows left out in turn; None where there is none, and then
        there is no interval.
    level
        Of confidence, in (0, 1): a t interval with as many degrees of freedom as groups less one.
    limit
        The value is in [-limit, limit], and so is the interval.

    Notes
    -----
    Tukey (1958); Kott (2001) for groups. Unlike the bootstrap it repeats no row: a row that comes
    twice is its own neighbour, and comparing rows with themselves is what measures of pairs
    must not do.
    """
    estimates = np.array([one for one in left_out if one is not None])
    count = len(estimates)
    if count < 2 or count < len(left_out):
        return None, None
    from scipy.special import stdtrit

    spread = float(((estimates - estimates.mean()) ** 2).sum())
    error = math.sqrt((count - 1) / count * spread)
    reach = error * float(stdtrit(count - 1, (1 + level) / 2))
    return max(-limit, value - reach), min(limit, value + reach)


def means(resampled: Array) -> Array:
    """Return the mean of each resample (B, n)."""
    found: Array = resampled.mean(axis=1)
    return found


def bootstrap(
    values: Array, level: float, seed: int, statistic: Callable[[Array], Array] = means
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
            for part in spans(_RESAMPLES, len(values))
        ]
    )
    found = found[np.isfinite(found)]
    if not found.size:
        return None, None
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
