"""Dimensions in blocks, each a latent that is a vector: what a block is called, and importances of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from latentcli.disentanglement._data import Data
from latentcli.errors import ParameterError
from latentcli.numerics.types import Array

Blocks = tuple[tuple[int, ...], ...]
"""The dimensions of each block."""


def checked(blocks: Sequence[Sequence[int]] | None, dimensions: int) -> Blocks:
    """Return blocks of all dimensions; those that are in none are blocks of one.

    Raises ParameterError for an empty block, and for a dimension that is not there or in two.

    >>> checked([[1, 2]], 4)
    ((1, 2), (0,), (3,))
    """
    given = [tuple(int(j) for j in block) for block in blocks or ()]
    named = [j for block in given for j in block]
    if not all(given) or any(not 0 <= j < dimensions for j in named):
        raise ParameterError("blocks", _text(given), f"dimensions from 0 to {dimensions - 1:,}")
    if len(set(named)) < len(named):
        raise ParameterError("blocks", _text(given), "each dimension in one block")
    return (*given, *((j,) for j in range(dimensions) if j not in set(named)))


def named_blocks(data: Data, blocks: Blocks) -> Data:
    """Return the data with a name for each block: that of its first and last dimension."""
    names = tuple(
        data.names[one[0]] if len(one) == 1 else f"{data.names[one[0]]}-{data.names[one[-1]]}"
        for one in blocks
    )
    return replace(
        data, names=names, alive=np.array([data.alive[list(b)].any() for b in blocks])
    )


def summed(importances: Array, blocks: Blocks) -> Array:
    """Return the importances (B, K) of blocks: the sums of those of their dimensions (D, K).

    >>> summed(np.eye(3), ((0, 2), (1,))).tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    return np.stack([importances[list(block)].sum(axis=0) for block in blocks])


def _text(blocks: Sequence[Sequence[int]]) -> str:
    return ",".join("+".join(map(str, block)) for block in blocks)[:80]
