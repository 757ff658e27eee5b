"""The word embedding association test, WEAT (Caliskan, Bryson and Narayanan, 2017)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

_AT_ONCE = 4096
_EXACT = 100_000
_ALIKE = 1e-12


@dataclass(frozen=True)
class Association:
    """How much more targets X than Y lean to attributes A rather than B.

    `effect_size` is in [-2, 2] for targets of equal number; None if all lean alike. `p` is the
    share of partitions of the targets with a difference as large, of which `partitions` were
    looked at: all there are if `exact`, else drawn by the seed.
    """

    effect_size: float | None
    difference: float
    p: float
    partitions: int
    exact: bool


def associate(
    x: Array, y: Array, a: Array, b: Array, *, samples: int = 100_000, seed: int = 0
) -> Association:
    """Test the association of targets `x`, `y` (n, D) with attributes `a`, `b` (m, D).

    A word's leaning is its mean cosine with `a` less that with `b`. The effect size is the
    difference of the mean leanings of `x` and `y` over the standard deviation (of the
    population) of all; the permutation test is one-sided. Raises LatentError if a list is empty.
    """
    if not min(map(len, (x, y, a, b))):
        raise LatentError("a list of the test has no words with a vector")
    targets = unit(np.concatenate([x, y]))
    leanings = (targets @ unit(a).T).mean(axis=1) - (targets @ unit(b).T).mean(axis=1)
    difference = float(leanings[: len(x)].mean() - leanings[len(x) :].mean())
    spread = float(leanings.std())
    partitions = math.comb(len(targets), len(x))
    exact = partitions <= _EXACT
    count = partitions if exact else samples
    chosen = _all(len(targets), len(x)) if exact else _drawn(leanings, len(x), samples, seed)
    as_large = sum(
        int((_difference(leanings, rows) >= difference - _ALIKE).sum()) for rows in chosen
    )
    return Association(
        effect_size=difference / spread if spread > _ALIKE else None,
        difference=difference,
        # Drawn partitions do not hold the one that was seen, which is counted in.
        p=as_large / count if exact else (as_large + 1) / (count + 1),
        partitions=count,
        exact=exact,
    )


def _difference(leanings: Array, rows: Array) -> Array:
    """Return the difference of means for partitions (P, n), the rows taken for X."""
    chosen: Array = leanings[rows].sum(axis=1)
    size = rows.shape[1]
    rest = (leanings.sum() - chosen) / (len(leanings) - size)
    difference: Array = chosen / size - rest
    return difference


def _all(count: int, size: int) -> Iterator[Array]:
    every = combinations(range(count), size)
    while part := list(islice(every, _AT_ONCE)):
        yield np.array(part)


def _drawn(leanings: Array, size: int, samples: int, seed: int) -> Iterator[Array]:
    rng = np.random.default_rng(seed)
    for start in range(0, samples, _AT_ONCE):
        rows = min(_AT_ONCE, samples - start)
        keys = rng.random((rows, len(leanings)))
        yield np.argpartition(keys, size - 1, axis=1)[:, :size]
