"""What units can represent: a unit for each concept, patterns of all units, and signs that are used."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import Rows, blocks
from latentcli.numerics.types import Array, Progress

TYPICAL_DENSE = (100, 300)
"""Dimensions that dense word vectors usually have: a custom, not a bound."""

EXACT = 2**53
"""Whole numbers up to here are exact in every reader of JSON."""


@dataclass(frozen=True)
class Code:
    """A way to represent concepts.

    `dims` units have `patterns` different states (None where there is no such count, or where
    it is beyond `EXACT`), which is `bits` = log2(patterns).
    """

    name: str
    dims: int
    patterns: int | None
    bits: float | None


def patterns_of(dims: int, levels: int = 2) -> list[Code]:
    """Return how many concepts `dims` units distinguish: one-hot, binary, and in `levels` levels.

    >>> [code.patterns for code in patterns_of(5)]
    [5, 32]
    >>> patterns_of(5, levels=3)[-1].patterns
    243
    """
    codes = [Code("one-hot", dims, dims, math.log2(dims)), _distributed(dims, 2)]
    return codes if levels == 2 else [*codes, _distributed(dims, levels)]


def room_for(concepts: int, levels: int = 2) -> list[Code]:
    """Return how many units it takes to distinguish `concepts`, and the usual dense sizes.

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
    """Count the patterns of signs in the given rows (one or more) of a matrix (N, D)."""
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
