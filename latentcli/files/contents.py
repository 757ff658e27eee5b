"""What is written of a space or an array, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.errors import ParameterError
from latentcli.files import arrays, formats
from latentcli.files.addresses import split_address
from latentcli.files.stream import Stream
from latentcli.numerics.named_vectors import Columns, NamedVectors
from latentcli.numerics.types import Array

ALL = slice(None)
"""All rows."""

Batch = tuple[list[str] | None, Array]

_ROWS = 4096

_ARRAYS = {"npy", "npz", "safetensors", "parquet", "arrow", "json_lines"}
"""Formats that keep the dtype of an array."""

SHAPED = {"npy", "npz", "safetensors"}
"""Formats that keep its shape, too."""

_ARCHIVES = ("npz", "safetensors", "torch", "hdf5")
"""Formats whose files may have several arrays, each with `shapes`."""


@dataclass
class Content:
    """What is to be written: `rows` x `dimensions`, of an array of `shape`, in batches.

    `named` tells whether the batches have words; `notes` collects what could not be kept; `metadata`
    holds columns of text by name, a text for each row, where rows have more than their words. `columns`
    are those of the table that the rows come from; `numbers` the place of each row in them, if not its own.
    With `scaled`, the rows are written as int8 with a scale for each. Where the rows are part of a set, `first`
    is the number of the first of them in it. `batches` takes a slice of rows, where there may be parts; so does
    `listed`, which yields the words of batches, where they are known without reading the rows.
    """

    rows: int
    dimensions: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    named: bool
    batches: Callable[..., Iterator[Batch]]
    notes: list[str] = field(default_factory=list)
    metadata: dict[str, list[str]] = field(default_factory=dict)
    columns: Columns | None = None
    numbers: Sequence[int] | None = None
    scaled: bool = False
    first: int = 0
    listed: Callable[..., Iterator[list[str]]] | None = None

    def part(self, rows: slice) -> Content:
        """Return consecutive rows of it, with what they have beside them, and no notes yet."""
        first, end, _ = rows.indices(self.rows)
        each = self.shape[1:] if self.shape[0] == self.rows else (self.dimensions,)
        return replace(
            self, rows=end - first, shape=(end - first, *each), notes=[], first=self.first + first,
            batches=partial(self.batches, rows),
            listed=None if self.listed is None else partial(self.listed, rows),
            metadata={name: cells[rows] for name, cells in self.metadata.items()},
            numbers=(range(self.rows) if self.numbers is None else self.numbers)[rows],
        )  # fmt: skip

    def full_batches(
        self,
    ) -> Iterator[tuple[list[str] | None, Array, Mapping[str, Sequence[Any]]]]:
        """Yield batches with the other columns of their rows, cells by name."""
        done = 0
        for words, values in self.batches():
            rows = range(done, done + len(values))
            numbers = rows if self.numbers is None else self.numbers[rows.start : rows.stop]
            yield words, values, {} if self.columns is None else self.columns.cells(numbers)
            done = rows.stop

    def named_batches(self) -> Iterator[tuple[list[str], Array]]:
        """Yield batches with words; rows without any are called by their numbers."""
        done = self.first
        for words, values in self.batches():
            yield words or [str(done + i) for i in range(len(values))], values
            done += len(values)

    def word_batches(self) -> Iterator[list[str]]:
        """Yield the words of batches, without reading the rows where that can be."""
        if self.listed is not None:
            yield from self.listed()
        else:
            yield from (words or [] for words, _ in self.batches())

    def words(self) -> list[str]:
        """Return all words."""
        return [word for words in self.word_batches() for word in words]

    def names(self) -> Iterator[str]:
        """Yield all words; rows without any are called by their numbers."""
        if self.named:
            yield from (word for words in self.word_batches() for word in words)
        else:
            yield from map(str, range(self.first, self.first + self.rows))


def named_rows(words: Sequence[str], vectors: Array) -> Content:
    """Return words and their vectors (N, D) as they are in memory."""

    def batches(part: slice = ALL) -> Iterator[Batch]:
        chosen, rows_of = words[part], vectors[part]
        for start in range(0, len(chosen), _ROWS):
            yield list(chosen[start : start + _ROWS]), rows_of[start : start + _ROWS]

    rows, dimensions = vectors.shape
    return Content(rows, dimensions, (rows, dimensions), vectors.dtype, True, batches)


def arrays_in(path: Path) -> str:
    """Return the arrays of a file that may have several, text too, in a phrase; "" of a single one."""
    shapes = shapes_in(path)
    return arrays.listed(shapes) if len(shapes) > 1 else ""


def shapes_in(path: Path) -> arrays.Shapes:
    """Return shape and dtype of the arrays of a file that may have several; {} of any other file."""
    with Stream(path) as stream:
        name = formats.format_of(stream)
        if name not in _ARCHIVES:
            return {}
        shapes: arrays.Shapes = formats.reader_of(name).shapes(stream)
        return shapes


def content_of(address: str, entry: NamedVectors, name: str) -> Content:
    """Return what is written in the format `name`: an array as it is in its file, or rows of float32."""
    array = (
        entry.meta["is_array"] and name in _ARRAYS and len(entry.matrix) == entry.meta["rows"]
    )
    again = entry.path.is_file()  # a pipe is read once
    content = array_of(address, entry) if array and again else words_of(entry)
    kept = entry.meta["dtype"] == "float32" and tuple(entry.meta["shape"]) == content.shape
    if array and not again and not kept:
        content.notes.append(f"{address} can be read only once: written as rows of float32")
    return content


def words_of(entry: NamedVectors) -> Content:
    """Return a space's rows as they are in memory: float32, dropped rows left out."""
    usable = [row for row, _ in entry.vocabulary.items()]
    named = entry.vocabulary.named

    def chosen(part: slice) -> list[list[int]]:
        some = usable[part]
        return [some[start : start + _ROWS] for start in range(0, len(some), _ROWS)]

    def listed(part: slice = ALL) -> Iterator[list[str]]:
        return map(entry.vocabulary.words, chosen(part))

    def batches(part: slice = ALL) -> Iterator[Batch]:
        parts = chosen(part)
        laid = getattr(entry.matrix, "in_order", None)  # rows that lie elsewhere
        found = laid(parts) if laid else (np.asarray(entry.matrix[rows]) for rows in parts)
        for rows, values in zip(parts, found, strict=True):
            yield entry.vocabulary.words(rows) if named else None, values

    dimensions = entry.matrix.shape[1]
    shape = (len(usable), dimensions)
    return Content(
        len(usable), dimensions, shape, np.dtype("<f4"), named, batches,
        columns=entry.columns, numbers=usable, listed=listed if named else None,
    )  # fmt: skip


def changed(content: Content, dimensions: int, change: Callable[[Array], Array]) -> Content:
    """Return content whose rows (n, D) are changed, batch by batch, to (n, `dimensions`)."""

    def batches(part: slice = ALL) -> Iterator[Batch]:
        for words, values in content.batches(part):
            yield words, change(values).astype(content.dtype)

    return replace(
        content, dimensions=dimensions, shape=(content.rows, dimensions), batches=batches
    )


def as_dtype(content: Content, dtype: str) -> Content:
    """Return content whose numbers are float32 or float16, or int8 with a scale for each row."""
    if dtype == "int8":
        return replace(content, scaled=True)
    kind = np.dtype(dtype)

    def batches(part: slice = ALL) -> Iterator[Batch]:
        for words, values in content.batches(part):
            with np.errstate(over="ignore"):
                narrow = values.astype(kind)
            if (np.isinf(narrow) & np.isfinite(values)).any():
                raise ParameterError(
                    f"`dtype` is {dtype}, which holds numbers to {np.finfo(kind).max:,.4g}; there are "
                    "larger ones"
                )
            yield words, narrow

    return replace(content, dtype=kind, batches=batches)


def array_of(address: str, entry: NamedVectors) -> Content:
    """Return an array file's rows as they are in the file, with its own dtype and shape."""
    path, key = split_address(address)
    meta = entry.meta

    def batches(part: slice = ALL) -> Iterator[Batch]:
        first, end, _ = part.indices(meta["rows"])
        done = 0
        with Stream(path) as stream:
            for _, block, _ in formats.read(stream, key).blocks():
                numbers = range(max(first, done), min(end, done + len(block)))
                if numbers:
                    words = entry.vocabulary.words(numbers) if entry.vocabulary.named else None
                    yield words, block[numbers.start - done : numbers.stop - done]
                done += len(block)
                if done >= end:
                    return

    kind = "float32" if meta["dtype"] == "bfloat16" else meta["dtype"]
    return Content(
        rows=meta["rows"],
        dimensions=meta["dimensions"],
        shape=tuple(meta["shape"]),
        dtype=np.dtype(kind),
        named=entry.vocabulary.named,
        batches=batches,
        columns=entry.columns,
    )
