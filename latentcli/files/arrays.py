"""What the array formats share: which array of a file is meant, and how it becomes rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from latentcli.errors import FormatError, shown
from latentcli.files.reading import Block
from latentcli.files.stream import Readable, read_exactly
from latentcli.numerics.types import Array

KNOWN_KEYS = (
    "vectors", "z", "w", "ws", "wp", "latents", "latent_tensor", "codes", "embeddings",
    "features", "X", "arr_0",
)  # fmt: skip
"""Names that are taken for the array that is meant, in this order, when a file has several."""

KNOWN_KEYS_LOWER = frozenset(map(str.lower, KNOWN_KEYS))

WORD_KEYS = ("words", "word", "labels", "label", "tokens", "token", "vocab", "names", "text")
"""Names of arrays or columns that are taken for the words of the rows."""

_BLOCK_BYTES = 4 << 20
_LARGEST_ROW = 1 << 31
"""Numbers of a row of an array: a video latent has millions."""

_LISTED = 12

_EMBEDDING = re.compile(r"emb|\bwte\b|lookup|vocab", re.IGNORECASE)
"""Parts of the names that the matrix of a model's tokens has."""

Shapes = dict[str, tuple[tuple[int, ...], np.dtype[Any]]]
"""The arrays of a file: name -> (shape, dtype)."""


class AmbiguousError(FormatError):
    """A file has several arrays, and none is plainly the one that is meant."""

    def __init__(self, name: str, shapes: Shapes, first: str) -> None:
        alike = _like_embeddings(shapes)
        self.shapes = {**{key: shapes[key] for key in alike}, **shapes}
        self.name, self.first = name, shown(alike[0] if alike else first)
        shown_first = len(alike) if alike and len(shapes) > _LISTED else _LISTED
        super().__init__(
            f"{name}: several arrays ({listed(self.shapes, shown_first)}). Pick one: {name}::{self.first}"
        )


def choose(name: str, shapes: Shapes, key: str) -> str:
    """Choose the array that is meant.

    `FILE::key` if given; else the only array; else the only one of floating-point numbers with
    at least one axis; else a well-known name; else an error that lists them all.
    """
    if key:
        if key not in shapes:
            raise FormatError(f"{name}: no array '{shown(key)}'. It holds {listed(shapes)}.")
        return key
    if not shapes:
        raise FormatError(f"{name}: no arrays in it")
    numeric = [
        key
        for key, (shape, kind) in shapes.items()
        if np.issubdtype(kind, np.floating) and len(shape) >= 1
    ]
    if len(shapes) == 1:
        return next(iter(shapes))
    if len(numeric) == 1:
        return numeric[0]
    for known in KNOWN_KEYS:
        if known in shapes:
            return known
    raise AmbiguousError(name, shapes, (numeric or list(shapes))[0])


def _like_embeddings(shapes: Shapes) -> list[str]:
    """Return the arrays of a model's weights that hold a vector for each token, the one of most rows first."""
    alike = [
        key
        for key, (shape, kind) in shapes.items()
        if len(shape) == 2 and np.issubdtype(kind, np.floating) and _EMBEDDING.search(key)
    ]
    return sorted(alike, key=lambda key: -shapes[key][0][0])[:_LISTED]


def listed(shapes: Shapes, most: int = _LISTED) -> str:
    """Describe arrays in a phrase: "w (1, 18, 512) float32, seed () int64"."""
    phrases = [f"{shown(key)} {shape} {kind}" for key, (shape, kind) in shapes.items()]
    more = [f"and {len(phrases) - most:,} more"] if len(phrases) > most else []
    return ", ".join(phrases[:most] + more)


def rows_of(name: str, shape: tuple[int, ...], kind: np.dtype[Any]) -> tuple[int, int]:
    """Return (rows, dimensions) of an array: one axis is one row, further axes are flattened.

    Raises FormatError for arrays that hold objects, text or nothing.
    """
    if kind.hasobject:
        raise FormatError(
            f"{name}: holds Python objects (a pickle), which are never loaded; "
            "save plain numbers with numpy.save(..., allow_pickle=False)"
        )
    if kind.kind not in "fiub":
        raise FormatError(f"{name}: holds {shown(kind)}, not real numbers")
    if len(shape) == 0:
        raise FormatError(f"{name}: a single number, not an array of vectors")
    rows = 1 if len(shape) == 1 else shape[0]
    dimensions = 1
    for length in shape[-1:] if len(shape) == 1 else shape[1:]:
        dimensions *= length
    if rows == 0 or dimensions == 0:
        raise FormatError(f"{name}: an empty array of shape {shown(shape)}")
    if dimensions > _LARGEST_ROW:
        raise FormatError(
            f"{name}: shape {shown(shape)} makes rows of {dimensions:,} dimensions"
        )
    return rows, dimensions


def flattened_note(shape: tuple[int, ...]) -> list[str]:
    """Say how an array of one axis is read; of several, who opens it says so."""
    return [f"an array of shape {shape} is read as one row"] if len(shape) == 1 else []


def in_blocks(values: Array) -> Iterator[Block]:
    """Yield the rows of an array that is at hand (or mapped)."""
    rows = _rows_per_block(values.shape[1] * values.dtype.itemsize)
    for start in range(0, len(values), rows):
        yield Block(None, values[start : start + rows])


def stream_rows(
    stream: Readable, name: str, kind: np.dtype[Any], rows: int, dimensions: int
) -> Iterator[Block]:
    """Yield rows of a C-ordered array whose bytes come next in a stream."""
    width = dimensions * kind.itemsize
    step = _rows_per_block(width)
    for start in range(0, rows, step):
        count = min(step, rows - start)
        data = read_exactly(stream, count * width)
        if len(data) < count * width:
            have = start + len(data) // width
            raise FormatError(f"{name}: truncated: {have:,} of {rows:,} rows are there")
        yield Block(None, np.frombuffer(data, dtype=kind).reshape(count, dimensions))


def _rows_per_block(width: int) -> int:
    return max(1, _BLOCK_BYTES // max(1, width))
