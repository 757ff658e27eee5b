"""What a number would be without structure, and how often it would be as large by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LEVEL = 0.01
"""p-values above this are no evidence of structure: a report has some thirty of them."""

PERMUTATIONS = 199
TESTED = 1000
"""Rows at most on which a permutation test is made."""


class Null(NamedTuple):
    """The mean of a number under its null, and how often it is as large, or as small, by chance.

    The p-values are None where one draw only was made, of very many rows: readings then depend on
    the size of the difference, which is far more than such numbers vary.
    """

    mean: float
    p_larger: float | None
    p_smaller: float | None

    @property
    def larger(self) -> bool:
        """Whether the number is larger than chance makes it."""
        return self.p_larger is None or self.p_larger <= LEVEL

    @property
    def smaller(self) -> bool:
        """Whether the number is smaller than chance makes it."""
        return self.p_smaller is None or self.p_smaller <= LEVEL


def permutation_null(value: float, draws: Sequence[float]) -> Null:
    """Compare a number with what permuted data give; the data themselves count as one more draw.

    >>> permutation_null(0.9, [0.1, 0.2, 0.3]).p_larger
    0.25
    """
    found = np.asarray(draws, dtype=np.float64)
    slack = 1e-9 * max(abs(value), 1e-12)
    return Null(
        float(found.mean()),
        float((1 + (found >= value - slack).sum()) / (1 + len(found))),
        float((1 + (found <= value + slack).sum()) / (1 + len(found))),
    )


def noise_null(value: float, draws: Sequence[float | None]) -> Null | None:
    """Compare a number with the same one of some sets of noise, which vary about normally.

    The p-value is that of one more draw under Student's t: (value - mean) / (sd sqrt(1 + 1/n)). None
    where noise has no such number.
    """
    known = [one for one in draws if one is not None]
    if not known or len(known) < len(draws):
        return None
    mean, count = float(np.mean(known)), len(known)
    if count < 3:
        return Null(mean, None, None)
    from scipy.special import stdtr

    error = float(np.std(known, ddof=1)) * math.sqrt(1 + 1 / count)
    if not error > 0:
        error = 1e-12 * max(abs(mean), 1e-12)
    larger = float(stdtr(count - 1, -(value - mean) / error))
    return Null(mean, larger, 1 - larger)
