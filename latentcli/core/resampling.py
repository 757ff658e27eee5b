"""How far a number would be off with other rows: the jackknife and the bootstrap."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

GROUPS = 20
"""How many groups of rows are left out in turn."""

_RESAMPLES = 2000


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


def jackknife(value: float, left_out: list[float | None], level: float) -> Estimate:
    """Return the interval of a value in [-1, 1] by the delete-a-group jackknife.

    Parameters
    ----------
    value
        The estimate from all rows.
    left_out
        The estimates with one group of rows left out in turn; None where there is none.
    level
        Of confidence, in (0, 1): a t interval with as many degrees of freedom as groups less one.

    Notes
    -----
    Tukey (1958); Kott (2001) for groups. Unlike the bootstrap it repeats no row: a row that comes
    twice is its own neighbour, and comparing rows with themselves is what measures of pairs
    must not do.
    """
    estimates = np.array([one for one in left_out if one is not None])
    count = len(estimates)
    if count < 2 or count < len(left_out):
        return Estimate(value)
    from scipy.special import stdtrit

    spread = float(((estimates - estimates.mean()) ** 2).sum())
    error = math.sqrt((count - 1) / count * spread)
    reach = error * float(stdtrit(count - 1, (1 + level) / 2))
    return Estimate(value, max(-1.0, value - reach), min(1.0, value + reach))


def bootstrap_mean(values: Array, level: float, seed: int) -> Estimate:
    """Return the mean of values (n,) with its percentile interval (Efron, 1979)."""
    values = np.asarray(values, dtype=np.float64)
    value = float(values.mean())
    if len(values) < 2:
        return Estimate(value)
    rng = np.random.default_rng(seed)
    means = [
        values[rng.integers(0, len(values), len(values))].mean() for _ in range(_RESAMPLES)
    ]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high))
