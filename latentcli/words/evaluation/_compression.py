"""Smaller vectors: the first dimensions only (Matryoshka), eight bits or one bit for each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from latentcli.numerics.types import Array

QUANTIZATIONS = ("float32", "int8", "binary")
"""How a number is kept: in 32 bits, in 8, or as its sign."""

_LEVELS = 255


class Variant(NamedTuple):
    """The first `dims` numbers of each vector, kept as `quantization`."""

    dims: int
    quantization: str

    @property
    def bytes_each(self) -> int:
        """Bytes of one vector."""
        bits = {"float32": 32, "int8": 8, "binary": 1}[self.quantization]
        return -(-self.dims * bits // 8)

    @property
    def name(self) -> str:
        """What a table calls it."""
        return f"{self.quantization} x {self.dims}"


def variants(
    dims: int, truncated: Sequence[int], quantizations: Sequence[str]
) -> list[Variant]:
    """Return the vectors as they are, and each smaller form of them.

    >>> [one.name for one in variants(8, [4], ["binary"])]
    ['float32 x 8', 'float32 x 4', 'binary x 8', 'binary x 4']
    """
    lengths = [dims, *(one for one in truncated if one < dims)]
    kinds = ["float32", *(one for one in quantizations if one != "float32")]
    return [Variant(length, kind) for kind in kinds for length in lengths]


def compress(queries: Array, documents: Array, variant: Variant) -> tuple[Array, Array]:
    """Return queries (Q, d) and documents (N, d) as a search sees them that keeps them so, float32.

    int8: each dimension in 255 equal steps between the documents' least and greatest value, as
    sentence-transformers calibrates it. binary: the signs, so that cosines order as Hamming
    distances do.
    """
    first, second = queries[:, : variant.dims], documents[:, : variant.dims]
    if variant.quantization == "float32":
        return np.ascontiguousarray(first), np.ascontiguousarray(second)
    if variant.quantization == "binary":
        return _signs(first), _signs(second)
    low, high = second.min(axis=0), second.max(axis=0)
    step = np.where(high > low, (high - low) / _LEVELS, 1.0).astype(np.float32)
    return _stepped(first, low, step), _stepped(second, low, step)


def _signs(values: Array) -> Array:
    signs: Array = np.where(values > 0, np.float32(1), np.float32(-1))
    return signs


def _stepped(values: Array, low: Array, step: Array) -> Array:
    steps = np.clip(np.trunc((values - low) / step), 0, _LEVELS)
    kept: Array = (low + (steps + 0.5) * step).astype(np.float32)
    return kept
