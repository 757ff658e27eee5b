"""Intervals of what rows give with their neighbors, spectra or fits: random halves, computed afresh."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from latentcli.numerics.repeats import Repeats
from latentcli.numerics.resampling import HALVES, half_sample_interval
from latentcli.numerics.types import Array
from latentcli.results import Interval

_HALF = 1000
"""Rows of a part at most on which a statistic is computed afresh."""


def parts_of(
    repeats: Repeats, seed: int, draws: int = HALVES, most: int = _HALF
) -> list[Array]:
    """Draw random halves of rows, each ascending, of at most so many rows; none of fewer than 40.

    Of rows that repeat each other a part has all, or none.
    """
    units = repeats.distinct
    if units // 2 <= most:
        return repeats.halves(seed, count=draws)
    rng = np.random.default_rng([seed, 4])
    return [
        repeats.whole(np.sort(rng.choice(units, most, replace=False))) for _ in range(draws)
    ]


class Halves:
    """Statistics of random halves of the rows, each computed afresh.

    `compute` is given row numbers (m,), ascending, and returns each statistic by name. Parts have at
    most `most` rows (1,000); `draws` says how many there are: the deviation of a mean over parts of m of n rows, times
    sqrt(m / (n - m)), is its standard error on all (Politis, Romano and Wolf, 1999). There are none of
    fewer than 40 rows. Of rows that repeat each other a part has all or none, and `rows` says which do.
    """

    def __init__(
        self,
        rows: int | Repeats,
        compute: Callable[[Array], Mapping[str, float | None]],
        *,
        ci: float | None,
        seed: int,
        draws: int = HALVES,
        most: int = _HALF,
    ) -> None:
        repeats = Repeats(rows) if isinstance(rows, int) else rows
        units = repeats.distinct
        size = min(units // 2, most)
        parts = parts_of(repeats, seed, draws, most) if ci is not None else []
        self._found = [compute(part) for part in parts]
        self._level = ci or 0.0
        self._scale = math.sqrt(size / (units - size)) if parts else 0.0

    def interval(
        self,
        name: str,
        value: float | None,
        low: float = -math.inf,
        high: float = math.inf,
        *,
        widened: float = 1.0,
        lasting: str = "",
    ) -> Interval | None:
        """Return the interval of a statistic whose value on all rows, and bounds, are given.

        `widened`: see `half_sample_interval`. `lasting` names the part of the statistic, a term of its
        sum, that varies as much for any number of rows, as ratios of noise do.
        """
        found = [one.get(name) for one in self._found]
        terms = [one.get(lasting) or 0.0 for one in self._found]
        known = [one for one in found if one is not None]
        middle = sum(known) / len(known) if known else 0.0
        usual = sum(terms) / len(terms) if terms else 0.0
        kept = max(0.0, 1 - self._scale)
        scaled = [
            None if one is None else (one - middle) * self._scale + (term - usual) * kept
            for one, term in zip(found, terms, strict=True)
        ]
        return half_sample_interval(
            value, scaled, self._level, low=low, high=high, widened=widened
        )
