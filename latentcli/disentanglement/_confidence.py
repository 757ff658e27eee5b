"""How sure a score of information is: intervals from halves of the rows, and what noise gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from latentcli.disentanglement._data import BinnedCounts
from latentcli.disentanglement._mutual_information import Counts
from latentcli.disentanglement._score import Estimate, mean_of_halves
from latentcli.numerics.intervals import wilson
from latentcli.numerics.resampling import half_sample_interval
from latentcli.numerics.tails import EXTREME
from latentcli.results import Interval

Statistic = Callable[[Counts], float | None]
"""A score of counts; None where it is not defined."""


def normal_quantile(ci: float) -> float:
    """Return how many standard errors an interval of coverage `ci` goes to either side."""
    # SciPy's takes longer to import than MIG to compute.
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + ci / 2)


def as_wide_as_counted(interval: Interval, share: float, count: int, ci: float) -> Interval:
    """Return an interval of a share that reaches as far as Wilson's, of `count` that were counted.

    >>> as_wide_as_counted(Interval(1.0, 1.0), 1.0, 100, 0.95).low < 0.97
    True
    """
    low, high = wilson(share * count, count, normal_quantile(ci)) or interval
    return Interval(min(low, interval.low), max(high, interval.high))


def estimate(
    statistic: Statistic,
    binned: BinnedCounts,
    *,
    ci: float | None,
    seed: int,
    low: float = 0.0,
    high: float = 1.0,
    null: bool = True,
    significant: bool = False,
    relative: bool = False,
    corrected: bool = False,
    by_bins: bool = False,
) -> Estimate:
    """Return a score of counts, its interval, and the same score with shuffled factors.

    All three are by the same statistic on the same kind of bins: a score, its ceiling and its
    chance can be compared only if one estimator gives them. `significant`: see `Estimate`; `relative`: see
    `half_sample_interval`. A score of `corrected` information is meant to be unbiased, and has no interval where
    halves of the rows find less than half of the significant pairs. `by_bins`: it goes by how wide the bins are, and so by
    the largest and smallest values, of which halves vary less than samples do.
    """
    value = statistic(binned.counts)
    interval, halves, why = None, [], None
    if ci is not None and value is not None:
        halves = [_defined(statistic, counts) for counts in binned.halves(seed)]
        why = lost(binned, seed) if corrected else None
        if why is None:
            widened = binned.tail_factor
            if by_bins:
                held = [
                    _defined(statistic, counts) for counts in binned.halves(seed, afresh=False)
                ]
                widened = max(widened, _bin_factor(halves, held))
            interval = half_sample_interval(
                value, halves, ci, low=low, high=high, widened=widened, relative=relative,
                unbiased=corrected,
            )  # fmt: skip
    scores = chance(statistic, binned, seed=seed) if null else None
    return Estimate(
        value, interval, scores, significant, halves=mean_of_halves(halves), no_interval=why
    )


def _bin_factor(halves: Sequence[float | None], held: Sequence[float | None]) -> float:
    """Return what the deviation over halves is short by, given also that in bins of all rows.

    What is left of the variance comes from the ends of the bins; see `EXTREME`.
    """
    whole, within = (
        float(np.var([one for one in scores if one is not None] or [0.0]))
        for scores in (halves, held)
    )
    share = max(0.0, 1 - within / whole) if whole > 0 else 0.0
    return float(np.sqrt(1 + (EXTREME**2 - 1) * share))


def lost(binned: BinnedCounts, seed: int) -> str | None:
    """Say that halves of the rows find less than half of the pairs whose information is significant."""
    pairs = binned.counts.significant
    found = [(counts.significant & pairs).sum() for counts in binned.halves(seed)]
    if sum(found) >= pairs.sum() * len(found) / 2:
        return None
    return "half of the rows is too few to find most of what is significant in all rows"


def chance(statistic: Statistic, binned: BinnedCounts, *, seed: int) -> tuple[float, ...]:
    """Return the scores with the factors' rows in random orders."""
    found = [statistic(counts) for counts in binned.shuffled(seed)]
    return tuple(one for one in found if one is not None)


def _defined(statistic: Statistic, counts: Counts) -> float | None:
    """Return a score of a half of the rows; None where a factor is the same in all of them."""
    return statistic(counts) if counts.factor_entropy.all() else None
