"""How to measure, and which rows where all would be too many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from latentcli.geometry._spectrum import ORIGIN
from latentcli.numerics.blocks import sampled
from latentcli.numerics.halves import Halves, parts_of
from latentcli.numerics.neighbors import SEEN
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.resampling import bootstrap, means
from latentcli.numerics.types import Array
from latentcli.results import Interval

NEAREST = 20
"""How many neighbors the estimate of Levina and Bickel looks at, as in their paper."""

LEAST_ROWS = 3
_QUERIES = 2
"""How many times the sample is looked up for its neighbors; that costs less than all pairs do."""

_TESTED = 2000
"""Rows of which the null of hubness is drawn at most."""

_IN_MEMORY = 1 << 26
"""Numbers of the rows drawn or looked up at most: float64, so 0.5 GB."""


@dataclass(frozen=True)
class Settings:
    """How to measure.

    `k` neighbors; `sample` rows at most of which all pairs are taken, and twice as many whose
    neighbors are looked up; the random `seed`; the level `ci` of the intervals, None for none;
    `unit`: rows at length 1 where nearness counts.
    """

    k: int = 10
    sample: int = 5000
    seed: int = 0
    ci: float | None = 0.95
    unit: bool = False


@dataclass(frozen=True)
class Sampling:
    """The rows that are drawn of `rows` rows of `dimensions` numbers."""

    rows: int
    dimensions: int
    settings: Settings

    @cached_property
    def queries(self) -> Array:
        """The rows (Q,) whose neighbors are looked up among all: all, or a sample."""
        return self._chosen(_QUERIES * self.settings.sample)

    @cached_property
    def drawn(self) -> Array:
        """The rows (n,) of which all pairs are taken: all, or a sample."""
        return self._chosen(self.settings.sample)

    def _chosen(self, most: int) -> Array:
        least = max(LEAST_ROWS, min(most, _IN_MEMORY // self.dimensions))
        return sampled(self.rows, least, self.settings.seed)

    @cached_property
    def tested(self) -> Array:
        """The rows (n,) of which the null of hubness is drawn: all, or 2,000."""
        return sampled(self.rows, _TESTED, self.settings.seed)

    def single(self, repeats: Repeats) -> Array:
        """Return all rows (n,) that are read one by one: the first, and those of samples and of halves."""
        halves = parts_of(repeats, self.settings.seed) if self.settings.ci is not None else []
        first = np.arange(min(self.rows, max(ORIGIN, SEEN)))
        return np.unique(
            np.concatenate([first, self.queries, self.drawn, self.tested, *halves])
        )

    @property
    def k(self) -> int:
        """How many neighbors count: those requested, but less than half of the rows."""
        return max(1, min(self.settings.k, (len(self.drawn) - 1) // 2))

    @property
    def reach(self) -> int:
        """How many neighbors are found: one more than any measure counts, to see ties."""
        return min(max(self.k, NEAREST) + 1, self.rows - 1)


def bootstrap_interval(
    values: Array, settings: Settings, statistic: Callable[[Array], Array] = means
) -> Interval | None:
    """Return the percentile bootstrap interval of a statistic of independent values (n,)."""
    if settings.ci is None:
        return None
    low, high = bootstrap(values, settings.ci, settings.seed, statistic)
    return None if low is None or high is None else Interval(low, high)


def halves_of(
    rows: Array | int,
    settings: Settings,
    compute: Callable[[Array], Mapping[str, float | None]],
    repeats: Repeats | None = None,
) -> Halves:
    """Compute statistics of random halves of the rows (or of so many) afresh, as the settings have it.

    Rows that repeat each other, by `repeats`, are all in a half, or none is.
    """
    count = repeats or (rows if isinstance(rows, int) else len(rows))
    return Halves(count, compute, ci=settings.ci, seed=settings.seed)
