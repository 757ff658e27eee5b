"""Sets of vectors: which one does not belong, and whether offsets of pairs share one direction.

Offsets are compared by the mean cosine of all pairs of them, the offset concentration score of
Fournier, Dupoux and Dunbar (2020), against its null there: the same starts and ends paired at
random. Offsets that share a vector, or the difference of two topics, agree under the null as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, permutations

import numpy as np

from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

LEVEL = 0.05
"""p-values above this are no evidence of a common direction."""

STRONG, LOOSE = 0.5, 0.25
"""Mean cosines of offsets from which pairs are called one direction, and loosely related."""

ABOVE = 0.1
"""How far above chance the mean cosine has to be: differences of topics are no relation."""

PERMUTATIONS = 5040
"""Pairings at most: all of them where there are not more, which is up to seven pairs."""

_FEWEST = 4
"""Pairs from which p can be below `LEVEL`: three can be paired in six ways only."""

_SAME = 1e-6
"""Unit vectors nearer than this are one: float32 rows cannot tell them apart."""

_TIE = 1e-9


@dataclass(frozen=True)
class PairingTest:
    """The mean cosine of offsets, and what the same vectors give when paired at random.

    `mean_cosine` in [-1, 1]; `chance` its mean over the pairings, and `p_value` the share of them
    with at least as large a mean cosine; `pairings` how many there were, `exact` whether they are
    all there are.
    """

    mean_cosine: float
    chance: float
    p_value: float
    pairings: int
    exact: bool


def belonging(vectors: Array) -> Array:
    """Return each vector's cosine with the mean of the unit vectors (n,); the least is the odd one.

    >>> int(belonging(np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]])).argmin())
    2
    """
    directions = unit(vectors)
    cosines: Array = np.clip(directions @ unit(directions.mean(axis=0)), -1.0, 1.0)
    return cosines


def cosines_to_others(offsets: Array) -> Array:
    """Return each offset's cosine with the mean of the others (n,); NaN where that is zero.

    >>> cosines_to_others(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])).round(4).tolist()
    [0.8944, 0.7071, 0.0]
    """
    others = offsets.sum(axis=0) - offsets
    gone = np.linalg.norm(others, axis=1) <= 1e-12 * np.abs(offsets).sum()
    cosines: Array = np.clip((unit(offsets) * unit(others)).sum(axis=1), -1.0, 1.0)
    return np.where(gone, np.nan, cosines)


def mean_cosine(directions: Array) -> float:
    """Return the mean cosine of all pairs of unit vectors (n, D), n from 2.

    >>> mean_cosine(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])).__round__(4)
    0.3333
    """
    count, total = len(directions), directions.sum(axis=0)
    return float((total @ total - count) / (count * (count - 1)))


def distinct_pairs(starts: Array, ends: Array) -> Array:
    """Return the numbers of pairs (n, D) that repeat no earlier one, ascending."""
    vectors = np.hstack([unit(starts), unit(ends)])
    kept: list[int] = []
    for number, vector in enumerate(vectors):
        if not kept or np.abs(vectors[kept] - vector).max(axis=1).min() > _SAME:
            kept.append(number)
    return np.array(kept, dtype=np.int64)


def pairing_test(starts: Array, ends: Array, *, seed: int = 0) -> PairingTest:
    """Test whether offsets `ends` - `starts` (n, D), n from 2, agree more than by chance.

    Pairings of a vector with itself are left out.
    """
    count = len(starts)
    distances = np.stack([np.linalg.norm(ends - start, axis=1) for start in starts])
    scale = max(
        float(np.linalg.norm(starts, axis=1).max()), float(np.linalg.norm(ends, axis=1).max())
    )
    none = distances <= 1e-9 * scale
    inverse = np.divide(1.0, distances, out=np.zeros_like(distances), where=~none)
    exact = math.factorial(min(count, 20)) <= PERMUTATIONS
    found = np.concatenate(
        [
            _mean_cosines(starts, ends, inverse, part)
            for part in _parts(_pairings(count, exact, seed), count * starts.shape[1])
        ]
    )
    found = found[np.isfinite(found)]
    observed = float(found[0])
    return PairingTest(
        mean_cosine=observed,
        chance=float(found.mean()),
        p_value=float(np.mean(found >= observed - _TIE)),
        pairings=len(found),
        exact=exact,
    )


def _pairings(count: int, exact: bool, seed: int) -> Iterator[tuple[int, ...]]:
    """Yield which end goes with each start: first as given, then all others or some at random."""
    if exact:
        yield from permutations(range(count))
        return
    yield tuple(range(count))
    rng = np.random.default_rng(seed)
    for _ in range(PERMUTATIONS - 1):
        yield tuple(rng.permutation(count).tolist())


def _parts(pairings: Iterator[tuple[int, ...]], size: int) -> Iterator[Array]:
    step = max(1, (1 << 22) // size)
    while part := list(islice(pairings, step)):
        yield np.array(part)


def _mean_cosines(starts: Array, ends: Array, inverse: Array, pairings: Array) -> Array:
    """Return the mean cosine of the offsets of each pairing (B, n); NaN with a pair of equals."""
    count = len(starts)
    weights = inverse[np.arange(count), pairings]  # (B, n): one over the offsets' lengths
    offsets = ends[pairings] - starts
    total = np.einsum("bn,bnd->bd", weights, offsets)
    means: Array = ((total * total).sum(axis=1) - count) / (count * (count - 1))
    return np.where((weights > 0).all(axis=1), means, np.nan)


def verdict(mean: float | None, test: PairingTest | None = None, pairs: int = _FEWEST) -> str:
    """Judge the mean cosine of the offsets of some pairs, by its test if there is one.

    >>> [verdict(0.6, PairingTest(0.6, 0.1, p, 5040, True), 8) for p in (0.01, 0.2)]
    ['one direction', 'no common direction']
    """
    if mean is None or pairs < 2:
        return "a single pair"
    if test is not None and test.p_value > LEVEL:
        return "too few pairs" if pairs < _FEWEST else "no common direction"
    if mean < LOOSE or (test is not None and mean - test.chance < ABOVE):
        return "no common direction"
    return "one direction" if mean >= STRONG else "loosely related"
