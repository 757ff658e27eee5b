"""How much can be told apart: one unit for each concept, against patterns of all units.

A local code gives each concept a unit of its own, so n units name n concepts; in a distributed
code each concept is a pattern of all units, and n units of L levels have L^n patterns (Hinton,
McClelland and Rumelhart, 1986). A real space is measured by its patterns of signs, and by how
much room its directions leave each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import Rows, blocks, sampled
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

TYPICAL_DENSE = (100, 300)
"""Dimensions that dense word vectors usually have: a custom, not a bound."""

EXACT = 2**53
"""Whole numbers up to here are exact in every reader of JSON."""


@dataclass(frozen=True)
class Code:
    """A way to write concepts down.

    `dims` units have `patterns` different states (None where there is no such count, or where
    it is beyond `EXACT`), which is `bits` = log2(patterns).
    """

    name: str
    dims: int
    patterns: int | None
    bits: float | None


def patterns_of(dims: int, levels: int = 2) -> list[Code]:
    """Return what `dims` units can tell apart: one-hot, binary, and in `levels` levels.

    >>> [code.patterns for code in patterns_of(5)]
    [5, 32]
    >>> patterns_of(5, levels=3)[-1].patterns
    243
    """
    codes = [Code("one-hot", dims, dims, math.log2(dims)), _distributed(dims, 2)]
    return codes if levels == 2 else [*codes, _distributed(dims, levels)]


def room_for(concepts: int, levels: int = 2) -> list[Code]:
    """Return how many units it takes to tell `concepts` apart, and the usual dense sizes.

    >>> [code.dims for code in room_for(50_000)]
    [50000, 16, 100, 300]
    """
    codes = [Code("one-hot", concepts, concepts, math.log2(concepts))]
    codes += [
        _distributed(_digits(concepts, base), base) for base in dict.fromkeys((2, levels))
    ]
    names = ("dense, usually from", "dense, usually to")
    return codes + [
        Code(name, dims, None, None) for name, dims in zip(names, TYPICAL_DENSE, strict=True)
    ]


def _distributed(dims: int, levels: int) -> Code:
    bits = dims * math.log2(levels)
    patterns = levels**dims if bits <= math.log2(EXACT) else None
    return Code("binary" if levels == 2 else f"{levels} levels", dims, patterns, bits)


def _digits(concepts: int, levels: int) -> int:
    """Return the least n of levels^n >= concepts, and at least 1; in whole numbers, so exactly."""
    digits, room = 1, levels
    while room < concepts:
        digits, room = digits + 1, room * levels
    return digits


@dataclass(frozen=True)
class Signs:
    """The patterns of signs (above zero or not) of N rows in D dimensions.

    `distinct` of them are there, of at most `possible` = min(N, 2^D); `bits` is the sum over
    dimensions of the entropy of the sign, at most D; `perplexity` is 2^H of the patterns: as
    many that are equally frequent would be as hard to guess.
    """

    rows: int
    dimensions: int
    distinct: int
    possible: int
    bits: float
    perplexity: float


def signs(matrix: Array, rows: Rows, *, progress: Progress | None = None) -> Signs:
    """Count the patterns of signs in the wanted rows (one or more) of a matrix (N, D)."""
    dimensions = matrix.shape[1]
    positive = np.zeros(dimensions)
    packed = []
    for _, values in blocks(matrix, rows, progress=progress):
        above = values > 0
        positive += above.sum(axis=0)
        packed.append(np.packbits(above, axis=1))
    coded = np.concatenate(packed)
    whole = coded.view(np.dtype((np.void, coded.shape[1]))).ravel()
    counts = np.unique(whole, return_counts=True)[1]
    share = positive / len(rows)
    return Signs(
        rows=len(rows),
        dimensions=dimensions,
        distinct=len(counts),
        possible=min(len(rows), 2**dimensions if dimensions < 63 else len(rows)),
        bits=float(_entropies(np.stack([share, 1 - share])).sum()),
        perplexity=float(2 ** _entropies(counts / len(rows))),
    )


def _entropies(shares: Array) -> Array:
    """Return the entropy in bits along the first axis, in which shares sum to 1."""
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    entropies: Array = -(shares * logs).sum(axis=0) + 0.0
    return entropies


@dataclass(frozen=True)
class Room:
    """How far directions are from orthogonal to each other.

    `rms` is the root mean square cosine of all pairs, exactly; `welch` what it is at least for N
    directions in D dimensions; `mean` and `largest` are of the absolute cosines of `pairs` pairs;
    `random` is the mean absolute cosine of random directions.
    """

    rms: float
    welch: float
    mean: float
    largest: float
    pairs: int
    random: float


def room(
    matrix: Array,
    rows: Rows,
    *,
    sample: int = 3000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Room:
    """Measure the cosines of the wanted rows (two or more, none of them zero).

    All pairs among `sample` rows, drawn by `seed`, are looked at for the mean and the largest;
    with no more rows than that, all pairs there are.
    """
    chosen = rows[sampled(len(rows), sample, seed)]
    mean, largest = _absolute_cosines(unit(matrix[chosen].astype(np.float64)))
    return Room(
        rms=_rms_cosine(matrix, rows, progress),
        welch=welch_bound(len(rows), matrix.shape[1]),
        mean=mean,
        largest=largest,
        pairs=len(chosen) * (len(chosen) - 1) // 2,
        random=random_cosine(matrix.shape[1]),
    )


def _rms_cosine(matrix: Array, rows: Rows, progress: Progress | None) -> float:
    """Return the root mean square cosine of all pairs: the sum of squares is that of U^T U."""
    count, dimensions = len(rows), matrix.shape[1]
    if count <= dimensions:
        directions = unit(matrix[rows].astype(np.float64))
        products = directions @ directions.T
    else:
        products = np.zeros((dimensions, dimensions))
        for _, values in blocks(matrix, rows, progress=progress):
            directions = unit(values)
            products += directions.T @ directions
    squares = float((products * products).sum()) - count
    return math.sqrt(max(0.0, squares) / (count * (count - 1)))


def _absolute_cosines(directions: Array) -> tuple[float, float]:
    """Return the mean and the largest absolute cosine of unit vectors (n, D) with each other."""
    count = len(directions)
    total, largest = 0.0, 0.0
    for start in range(0, count, 512):
        cosines = np.abs(directions[start : start + 512] @ directions.T)
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = 0.0
        total += float(cosines.sum())
        largest = max(largest, float(cosines.max()))
    return total / (count * (count - 1)), min(largest, 1.0)


def welch_bound(count: int, dimensions: int) -> float:
    """Return the least that the largest cosine of `count` > 1 directions can be (Welch, 1974).

    The root mean square cosine obeys it, too; 0 where all can be orthogonal.

    >>> round(welch_bound(10_000, 512), 4)
    0.0431
    """
    if count <= dimensions:
        return 0.0
    return math.sqrt((count - dimensions) / (dimensions * (count - 1)))


def random_cosine(dimensions: int) -> float:
    """Return the mean absolute cosine of random directions.

    >>> round(random_cosine(2), 6)  # 2 / pi
    0.63662
    """
    logs = math.lgamma(dimensions / 2) - math.lgamma((dimensions + 1) / 2)
    return math.exp(logs) / math.sqrt(math.pi)
