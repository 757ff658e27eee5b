"""How sure a score is: intervals by a jackknife over counts, and what chance alone would give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from latentcli.core.information import Counts
from latentcli.core.metrics.data import GROUPS, Data

Array = npt.NDArray[Any]

Statistic = Callable[[Array, Array], float]
"""A score of mutual information (D, K) and factor entropies (K,)."""

PERMUTATIONS = 10
"""How often the factors are shuffled to see what chance gives."""


class Estimate(NamedTuple):
    """A bias-corrected score, and the ends of its interval; None without one."""

    corrected: float
    low: float | None
    high: float | None


def quantile(ci: float) -> float:
    """Return how many standard errors an interval of coverage `ci` goes to either side."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + ci / 2))


def jackknife(
    statistic: Statistic, data: Data, *, ci: float | None, seed: int, **settings: Any
) -> Estimate:
    """Estimate a score of mutual information with its interval.

    Information is corrected by Miller and Madow; the interval is Student's, over leaving each of
    `GROUPS` random parts of the rows out in turn (delete-a-group jackknife: Kott, 2001). A bootstrap
    would not do: resampled rows repeat, which looks like information.
    """
    counts = data.counts(**settings)
    value = statistic(*counts.bounded)
    if ci is None or data.rows < 2 * GROUPS:
        return Estimate(value, None, None)
    from scipy.special import stdtrit

    parts = data.grouped(seed, **settings)
    others = Counts(tuple(t.sum(axis=0) - t for t in parts.tables), data.rows)
    scores = np.array(
        [statistic(mutual, entropy) for mutual, entropy in zip(*others.bounded, strict=True)]
    )
    error = float(np.sqrt((GROUPS - 1) / GROUPS * ((scores - scores.mean()) ** 2).sum()))
    margin = float(stdtrit(GROUPS - 1, 0.5 + ci / 2)) * error
    return Estimate(value, value - margin, value + margin)


def chance(statistic: Statistic, data: Data, *, seed: int, **settings: Any) -> float:
    """Return the mean plug-in score when the factors' rows are shuffled: what no relation gives."""
    random = np.random.default_rng(seed)
    scores = []
    for _ in range(PERMUTATIONS):
        counts = data.shuffled(random.permutation(data.rows), **settings)
        scores.append(statistic(counts.mutual, counts.factor_entropy))
    return float(np.mean(scores))
