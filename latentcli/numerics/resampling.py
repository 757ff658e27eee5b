"""How far a number would be off with other rows: the jackknife and the bootstrap."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from latentcli import results
from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import LARGEST

GROUPS = 20
"""How many groups of rows are left out in turn."""

_RESAMPLES = 500
_LEAST = 8
"""Fewer values than this say nothing about how they vary."""

HALVES = 20
"""How many random halves of the rows say how much a score varies."""

_ALIKE = 30
"""Times that halves differ less than their mean from the value, from which they are all alike: at a bound."""

_LARGE = 5_000_000
"""Numbers from which half as many are drawn."""

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
    twice is its own neighbor, and comparing rows with themselves is what measures of pairs
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


def half_samples(rows: int, seed: int, numbers: int = 0, count: int = HALVES) -> list[Array]:
    """Draw random halves of row numbers, without replacement, each ascending.

    `count` of them, half as many where the data hold more than five million `numbers`; none of
    fewer than 40 rows, whose halves are too small to compute anything of.
    """
    if rows < 2 * GROUPS:
        return []
    random = np.random.default_rng([seed, 3])
    draws = count if numbers <= _LARGE else max(2, count // 2)
    return [np.sort(random.permutation(rows)[: rows // 2]) for _ in range(draws)]


def half_sample_interval(
    value: float | None,
    halves: Sequence[float | None],
    level: float,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    widened: float = 1.0,
    relative: bool = False,
    unbiased: bool = False,
) -> results.Interval | None:
    """Return the interval of a value from what the same protocol gives on random halves.

    Parameters
    ----------
    value
        The estimate from all rows, at the middle of the interval.
    halves
        The estimates from random halves of the rows, drawn without replacement (`half_samples`),
        everything fitted afresh; None where there is none.
    level
        Of confidence, in (0, 1): a t interval with as many degrees of freedom as halves less one.
    low, high
        The bounds of the value, and so of the interval.
    widened
        What the reach is multiplied by, where the deviation over halves is known to be short.
    relative
        The deviation is in proportion to a score of 0 or more: where halves score less than the value,
        the reach is at least as much longer.
    unbiased
        The estimate is meant to be the same on average for any number of rows: what halves score less or
        more than the value is the error of that, and the interval reaches as far; where halves hardly differ, it is
        taken for the standard error.

    Notes
    -----
    The deviation over halves of a mean is its standard error on all rows (Politis, Romano and
    Wolf, 1999, chapter 2: subsampling of half the rows needs no other scale). No row is repeated, so
    that information and neighbors are not made up, as the bootstrap makes them. There is no interval of
    a value without halves, or where a fifth of them have no estimate.

    >>> half_sample_interval(0.5, [0.4, 0.6], 0.95, low=0.0, high=1.0)
    Interval(low=0.0, high=1.0)
    """
    known = np.array([one for one in halves if one is not None])
    if value is None or len(known) < 2 or len(known) < 0.8 * len(halves):
        return None
    from scipy.special import stdtrit

    middle = float(known.mean())
    unit = max(1.0, float(np.abs(known).max()) / LARGEST)  # squares of the largest overflow
    spread = unit * float((known / unit).std(ddof=1))
    if relative and 0 < middle < value:
        # Few rows or few values: either is why halves score less.
        widened = max(widened, value / middle)
    quantile = float(stdtrit(len(known) - 1, (1 + level) / 2))
    reach = widened * spread * quantile
    if unbiased:
        error = abs(value - middle)
        reach = max(reach, error * (quantile if spread < error / _ALIKE else 1.0))
    return results.Interval(max(low, value - reach), min(high, value + reach))


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
