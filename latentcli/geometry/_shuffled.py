"""What chance gives: the same statistic of the same rows, their labels or partners shuffled."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np

from latentcli.numerics.types import Array

SHUFFLES = 199
_FEW = 6
SIGNIFICANT = 0.05
"""A reading claims structure only where p is at most this."""


def p_value(
    observed: float,
    statistic: Callable[[Array], float],
    count: int,
    seed: int,
    *,
    shuffles: int = SHUFFLES,
) -> float:
    """Return the share of shuffles, the observed order among them, that give as much or more.

    `statistic` is given an order (`count`,) of the labels or partners. Of up to six, all orders are
    taken; of more, `shuffles` at random (Phipson and Smyth, 2010).

    >>> p_value(1.0, lambda order: 0.0, 50, 0)
    0.005
    """
    least = observed - 1e-9 * abs(observed)
    if count <= _FEW:
        every = [statistic(np.array(order)) >= least for order in permutations(range(count))]
        return sum(every) / len(every)
    rng = np.random.default_rng([seed, 4])
    as_much = sum(statistic(rng.permutation(count)) >= least for _ in range(shuffles))
    return (1 + as_much) / (1 + shuffles)
