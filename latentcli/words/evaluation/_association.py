"""The association of targets with attributes, and its permutation test (Caliskan, Bryson and Narayanan, 2017)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

_AT_ONCE = 4096
_EXACT = 100_000
_SAME = 1e-12


@dataclass(frozen=True)
class Association:
    """How much more targets X than Y are associated with attributes A rather than B.

    `effect_size` is in [-2, 2] for targets of equal number (in general within n / sqrt(nx ny) of n =
    nx + ny targets); None if all are associated alike. `p_value` is the share of partitions of the
    targets with a difference as large (one-sided, as published), `p_less` with one as small, of the
    `permutations` that were looked at: all there are if `exact`, else drawn by the seed.
    """

    effect_size: float | None
    difference: float
    p_value: float
    p_less: float
    permutations: int
    exact: bool


def associate(
    x: Array, y: Array, a: Array, b: Array, *, samples: int = 100_000, seed: int = 0
) -> Association:
    """Test the association of targets `x`, `y` (n, D) with attributes `a`, `b` (m, D).

    Raises LatentError if a list is empty.
    """
    if not min(map(len, (x, y, a, b))):
        raise LatentError("a list of the test has no words with a vector")
    associations = _associations(np.concatenate([x, y]), a, b)
    difference, effect_size = _effect(associations, len(x))
    partitions = math.comb(len(associations), len(x))
    exact = partitions <= _EXACT
    count = partitions if exact else samples
    chosen = (
        _all(len(associations), len(x))
        if exact
        else _drawn(associations, len(x), samples, seed)
    )
    as_large = as_small = 0
    for rows in chosen:
        differences = _difference(associations, rows)
        as_large += int((differences >= difference - _SAME).sum())
        as_small += int((differences <= difference + _SAME).sum())
    return Association(
        effect_size=effect_size,
        difference=difference,
        # Drawn partitions do not hold the one that was seen, which is counted in.
        p_value=as_large / count if exact else (as_large + 1) / (count + 1),
        p_less=as_small / count if exact else (as_small + 1) / (count + 1),
        permutations=count,
        exact=exact,
    )


def with_copies(tested: Association, x: Array, y: Array, a: Array, b: Array) -> Association:
    """Return an association, tested on distinct targets, with the size that all targets give it."""
    difference, effect_size = _effect(_associations(np.concatenate([x, y]), a, b), len(x))
    return replace(tested, difference=difference, effect_size=effect_size)


def _associations(targets: Array, a: Array, b: Array) -> Array:
    """Return how much more each target (n,) is associated with `a` than with `b`."""
    of_targets = unit(targets)
    found: Array = (of_targets @ unit(a).T).mean(axis=1) - (of_targets @ unit(b).T).mean(axis=1)
    return found


def _effect(associations: Array, first: int) -> tuple[float, float | None]:
    """Return the difference of the means of the first targets and of the others, and the effect size."""
    difference = float(associations[:first].mean() - associations[first:].mean())
    spread = float(associations.std())
    return difference, difference / spread if spread > _SAME else None


def _difference(associations: Array, rows: Array) -> Array:
    """Return the difference of means for partitions (P, n), the rows taken for X."""
    chosen: Array = associations[rows].sum(axis=1)
    size = rows.shape[1]
    rest = (associations.sum() - chosen) / (len(associations) - size)
    difference: Array = chosen / size - rest
    return difference


def _all(count: int, size: int) -> Iterator[Array]:
    every = combinations(range(count), size)
    while part := list(islice(every, _AT_ONCE)):
        yield np.array(part)


def _drawn(associations: Array, size: int, samples: int, seed: int) -> Iterator[Array]:
    rng = np.random.default_rng(seed)
    for start in range(0, samples, _AT_ONCE):
        rows = min(_AT_ONCE, samples - start)
        keys = rng.random((rows, len(associations)))
        yield np.argpartition(keys, size - 1, axis=1)[:, :size]
