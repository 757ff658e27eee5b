"""Vectors in Arrow's columns: lists of numbers, or a column for each dimension, and a column of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from latentcli.errors import FormatError, LatentError, reason, shown
from latentcli.files import scales, vector_columns
from latentcli.files.cells import vector_of
from latentcli.files.reading import Block, Findings, decode
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array


@dataclass
class Columns:
    """Which columns of a file are read, and how: `vectors` (one of lists, or several of numbers), `words`.

    `scale` is the column by which vectors of integers are multiplied, if there is one.
    `dimensions` is the usual length of the vectors; rows without such a vector are dropped and counted in
    `findings`.
    """

    name: str
    vectors: list[str]
    words: str
    lists: bool
    notes: list[str]
    others: tuple[str, ...] = ()
    scale: str = ""
    dimensions: int = 0
    findings: Findings = field(default_factory=Findings)
    written: bool = False
    """True for vectors that are written out: text that holds a list, bytes of float32."""
    rows: int = 0
    kept: int = 0

    def requested(self, *, others: bool = False) -> list[str]:
        """Return the columns to read."""
        requested = [*self.vectors, *filter(None, [self.words, self.scale])]
        return requested + [name for name in self.others if others and name not in requested]

    def look(self, batches: Iterable[Any]) -> np.dtype[Any] | None:
        """Find the usual length of the vectors, and their dtype, in the first rows that have any."""
        if not self.lists:
            first = next(iter(batches), None)
            self.dimensions = len(self.vectors)
            return None if first is None else self._numbers(first).dtype
        lengths: Counter[int] = Counter()
        kind = None
        for batch in batches:
            column = batch.column(self.vectors[0])
            kind = None if self.written else column.type.value_type
            lengths.update(self._lengths(column).tolist())
            if any(length > 0 for length in lengths):
                break
        usable = {length: times for length, times in lengths.items() if length > 0}
        self.dimensions = max(usable, key=lambda length: (usable[length], length), default=0)
        if self.written and not self.dimensions:
            where = f"column '{shown(self.vectors[0])}'"
            raise FormatError(f"{self.name}: {where} holds no vectors of one length")
        if self.written:
            return np.dtype(np.float32)
        if kind is None or self.scale:
            return None if kind is None else np.dtype(np.float32)
        return np.dtype(kind.to_pandas_dtype())

    def block(self, batch: Any, *, others: bool = False) -> Block:
        """Return the rows of a batch that have a vector, with their words and their other columns."""
        kept: Array | None = None
        if self.lists:
            column = batch.column(self.vectors[0])
            fit = self._lengths(column) == self.dimensions
            if not fit.all():
                kept = np.flatnonzero(fit)
                self._drop(column, fit)
                column = column.take(_indices(kept))
            values = self._flat(column).reshape(-1, self.dimensions)
        else:
            values = self._numbers(batch)
        self.rows += batch.num_rows
        self.kept += len(values)

        def rows_of(name: str) -> Any:
            column = batch.column(name)
            return column if kept is None else column.take(_indices(kept))

        if self.scale:
            scale = rows_of(self.scale).cast("float32").to_numpy(zero_copy_only=False)
            values = values.astype(np.float32) * scale[:, None]
        words = words_of(rows_of(self.words), self.findings) if self.words else None
        more = {name: rows_of(name).to_pylist() for name in self.others} if others else None
        return Block(words, values, more)

    def check(self) -> None:
        """Refuse a file most of whose rows were dropped."""
        dropped = self.rows - self.kept
        if dropped >= self.kept and dropped:
            where = next(iter(self.findings.first.values()), "")
            raise FormatError(
                f"{self.name}: '{shown(self.vectors[0])}' holds vectors of different lengths, or none: "
                f"{dropped:,} of {self.rows:,} rows have not {self.dimensions:,} numbers ({where})"
            )

    def _flat(self, column: Any) -> Array:
        """Return the numbers of vectors of one length."""
        if not self.written:
            return np.asarray(column.flatten().to_numpy(zero_copy_only=False))
        vectors = [
            vector for cell in column.to_pylist() if (vector := vector_of(cell)) is not None
        ]
        return np.concatenate(vectors) if vectors else np.empty(0)

    def _lengths(self, column: Any) -> Array:
        """Return the length of each vector; -1 where there is none."""
        import pyarrow.compute as pc

        if self.written:
            found = map(vector_of, column.to_pylist())
            return np.array([-1 if vector is None else vector.size for vector in found])
        return np.asarray(pc.fill_null(pc.list_value_length(column), -1).to_numpy(False))

    def _drop(self, column: Any, fit: Array) -> None:
        lengths = self._lengths(column)
        for place in np.flatnonzero(~fit):
            what = "length" if lengths[place] > 0 else "missing"
            self.findings.add(what, where=f"first: row {self.rows + int(place):,}")

    def _numbers(self, batch: Any) -> Array:
        return np.column_stack([_column(batch.column(name)) for name in self.vectors])


def choose(name: str, schema: Any, key: str = "") -> Columns:
    """Choose the vector column(s) and the word column of a schema; `key` names the vectors."""
    import pyarrow.types as kinds

    fields = {field.name: field.type for field in schema}
    vectors = [field for field, kind in fields.items() if _is_vector(kind)]
    requested, text = vector_columns.split_key(key, fields)
    written = (
        _written(fields, requested) if not vectors or requested not in ("", *vectors) else ""
    )
    texts = [field for field, kind in fields.items() if _is_text(kind) and field != written]
    if text and text not in fields:
        raise vector_columns.no_column(name, text, fields)
    words = vector_columns.choose_text(dict.fromkeys(texts, ()), text)
    notes = [f"the words are its column '{shown(words)}'"] if words else []

    def but(*chosen: str) -> tuple[str, ...]:
        return tuple(field for field in fields if field not in chosen)

    if written:
        notes.append(f"the vectors are its column '{shown(written)}'")
        return Columns(name, [written], words, True, notes, but(written), written=True)
    if requested:
        if requested not in vectors:
            have = shown(", ".join(fields) or "none")
            raise FormatError(
                f"{name}: no column of vectors '{shown(requested)}'. It has {have}."
            )
        return _of_lists(name, fields, requested, words, notes)
    if len(vectors) > 1:
        vectors = [vector_columns.only_or_known(name, vectors)]
        notes.append(f"the vectors are its column '{vectors[0]}'")
    if vectors:
        return _of_lists(name, fields, vectors[0], words, notes)
    numbers = [field for field, kind in fields.items() if _is_number(kind)]
    ids = [
        field
        for field in numbers
        if vector_columns.is_id(field) and kinds.is_integer(fields[field])
    ]
    dimensions = [field for field in numbers if field not in ids]
    others = vector_columns.besides_series(dimensions)
    dimensions = [field for field in dimensions if field not in others]
    if not dimensions:
        raise FormatError(f"{name}: no column of vectors and no columns of numbers")
    if left_out := [field for field in fields if field not in dimensions and field != words]:
        notes.append(f"columns are left out: {shown(', '.join(left_out))}")
    return Columns(name, dimensions, words, False, notes, but(*dimensions))


def _written(fields: dict[str, Any], requested: str) -> str:
    """Return the column of text or bytes that is called as vectors are, or requested; "" for none."""
    import pyarrow.types as kinds

    names = [requested] if requested else vector_columns.VECTOR_NAMES
    for name in names:
        kind = fields.get(name)
        if kind is not None and (
            _is_text(kind) or kinds.is_binary(kind) or kinds.is_large_binary(kind)
        ):
            return name
    return ""


def _of_lists(
    name: str, fields: dict[str, Any], column: str, words: str, notes: list[str]
) -> Columns:
    """Return a column of lists, with its scale where the numbers are integers."""
    import pyarrow.types as kinds

    scale = column + scales.SCALE
    whole = kinds.is_integer(fields[column].value_type)
    scaled = whole and scale in fields and kinds.is_floating(fields[scale])
    others = tuple(
        field for field in fields if field != column and not (scaled and field == scale)
    )
    if scaled:
        notes.append(scales.note(scale))
    return Columns(name, [column], words, True, notes, others, scale if scaled else "")


def words_of(column: Any, findings: Findings) -> list[str]:
    """Take a column as words: text as it is, anything else as it is written."""
    import pyarrow as pa

    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        raw = column.cast(pa.large_binary()).to_pylist()
        return decode([word or b"" for word in raw], findings)
    return ["" if word is None else str(word) for word in column.to_pylist()]


def letters_of(column: Any) -> int:
    """Return the bytes of text that the rows of a dictionary column have together; 0 for other columns.

    Where the dictionary holds lists or the like, it is the most that it may be.
    """
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    if not kinds.is_dictionary(column.type) or kinds.is_primitive(column.type.value_type):
        return 0
    words = column.dictionary
    if not _is_text(words.type):
        return int(words.nbytes) * len(column)
    lengths = pc.binary_length(words).cast("int64").take(column.indices)
    return pc.sum(lengths).as_py() or 0


def _is_text(kind: Any) -> bool:
    """Tell text, also where each word is kept once, and the categories of data frames."""
    import pyarrow.types as kinds

    if kinds.is_dictionary(kind):
        return bool(kinds.is_primitive(kind.value_type)) or _is_text(kind.value_type)
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind))


def _column(column: Any) -> Array:
    import pyarrow.types as kinds

    if kinds.is_decimal(column.type) or (kinds.is_boolean(column.type) and column.null_count):
        column = (
            column.cast("float64") if kinds.is_decimal(column.type) else column.cast("int8")
        )
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _is_number(kind: Any) -> bool:
    import pyarrow.types as kinds

    return bool(
        kinds.is_floating(kind)
        or kinds.is_integer(kind)
        or kinds.is_boolean(kind)
        or kinds.is_decimal(kind)
    )


def _is_vector(kind: Any) -> bool:
    import pyarrow.types as kinds

    lists = kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind)
    return bool(lists) and _is_number(kind.value_type) and not kinds.is_decimal(kind.value_type)


def _indices(rows: Array) -> Any:
    import pyarrow as pa

    return pa.array(rows, pa.int64())


@contextmanager
def damage(stream: Stream, kind: str) -> Iterator[None]:
    """Say in one line what pyarrow trips over in a file of this kind."""
    import pyarrow as pa

    try:
        yield
    except LatentError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise stream.error(f"a damaged {kind} file ({reason(error)})") from error
