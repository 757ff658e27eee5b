"""Parquet: a column of vectors (lists of numbers), or one column per dimension, and words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.errors import FormatError, LatentError, reason
from latentcli.files import arrays
from latentcli.files.reading import MAX_DIMENSIONS, Block, Findings, Reading, decode
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

MAGIC = b"PAR1"
_BATCH_BYTES = 4 << 20


def sniff(stream: Stream) -> bool:
    """Tell by the magic bytes."""
    return stream.head(4) == MAGIC


def read(stream: Stream, key: str = "") -> Reading:
    """Read the column of vectors that is meant, or all number columns, with the words."""
    with _damage(stream):
        file = _open(stream)
        columns, words = _columns(stream.name, file.schema_arrow, key)
        first = next(file.iter_batches(batch_size=1, columns=columns), None)
        if first is None:
            raise stream.error("no rows in it")
        sample = _values(stream.name, first, columns)
        dimensions = sample.shape[1]
        rows = file.metadata.num_rows
        arrays.rows_of(stream.name, (rows, dimensions), sample.dtype)
    step = max(1, _BATCH_BYTES // (dimensions * 8))
    findings = Findings()

    def blocks() -> Iterator[Block]:
        wanted = [*columns, words] if words else columns
        with _damage(stream):
            for batch in file.iter_batches(batch_size=step, columns=wanted):
                values = _values(stream.name, batch, columns)
                if values.shape[1] != dimensions:
                    raise stream.error(f"'{columns[0]}' holds vectors of different lengths")
                yield Block(_words(batch, words, findings) if words else None, values)

    return Reading(
        format="Parquet",
        dimensions=dimensions,
        blocks=blocks,
        findings=findings,
        dtype=str(sample.dtype),
        key=columns[0] if len(columns) == 1 else "",
        shape=(rows, dimensions),
        notes=[f"the words are its column '{words}'"] if words else [],
    )


def read_words(stream: Stream, key: str) -> list[str]:
    """Read a column as a list of words."""
    with _damage(stream):
        file = _open(stream)
        if key not in file.schema_arrow.names:
            have = ", ".join(file.schema_arrow.names)
            raise stream.error(f"no column '{key}'; it has {have}")
        return [
            word
            for batch in file.iter_batches(columns=[key])
            for word in _words(batch, key, Findings())
        ]


def _open(stream: Stream) -> Any:
    """Open the file, unless its footer promises vectors of more dimensions than there are."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(stream.unpacked())
    footer = file.metadata
    for group in range(footer.num_row_groups):
        rows = footer.row_group(group).num_rows
        for column in range(footer.num_columns):
            values = footer.row_group(group).column(column).num_values
            if values > MAX_DIMENSIONS * max(1, rows):
                raise stream.error(f"its footer promises {values:,} numbers in {rows:,} rows")
    return file


@contextmanager
def _damage(stream: Stream) -> Iterator[None]:
    """Say in one line what pyarrow trips over."""
    import pyarrow as pa

    try:
        yield
    except LatentError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise stream.error(f"a damaged Parquet file ({reason(error)})") from error


def write(
    path: Path, batches: Iterator[tuple[list[str] | None, Array]], dimensions: int
) -> None:
    """Write batches as a column `vector` of fixed length, and a column `word` if there is one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer = None
    try:
        for words, values in batches:
            native = values.dtype.newbyteorder("=")
            try:
                flat = pa.array(np.ascontiguousarray(values, dtype=native).ravel())
            except pa.ArrowException:
                raise FormatError(f"Parquet cannot hold {native}; write .npy instead") from None
            vector = pa.FixedSizeListArray.from_arrays(flat, dimensions)
            names, data = ["vector"], [vector]
            if words is not None:
                names, data = ["word", "vector"], [pa.array(words, pa.string()), vector]
            table = pa.table(data, names=names)
            writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _columns(name: str, schema: Any, key: str) -> tuple[list[str], str]:
    """Choose the vector column(s) and the word column of a schema."""
    import pyarrow.types as kinds

    def numeric(kind: Any) -> bool:
        return bool(kinds.is_floating(kind) or kinds.is_integer(kind))

    def vector(kind: Any) -> bool:
        lists = (
            kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind)
        )
        return bool(lists and (numeric(kind.value_type) or kinds.is_boolean(kind.value_type)))

    def text(kind: Any) -> bool:
        return bool(kinds.is_string(kind) or kinds.is_large_string(kind))

    fields = {field.name: field.type for field in schema}
    vectors = [field for field, kind in fields.items() if vector(kind)]
    numbers = [field for field, kind in fields.items() if numeric(kind)]
    texts = [field for field, kind in fields.items() if text(kind)]
    words = next((known for known in arrays.WORD_KEYS if known in texts), "")
    words = words or (texts[0] if len(texts) == 1 else "")
    if key:
        if key not in vectors:
            raise FormatError(
                f"{name}: no column of vectors '{key}'. It has {', '.join(fields) or 'none'}."
            )
        return [key], words
    if len(vectors) == 1:
        return vectors, words
    known = [
        column for column in ("vector", "embedding", *arrays.KNOWN_KEYS) if column in vectors
    ]
    if known:
        return known[:1], words
    if vectors:
        raise FormatError(
            f"{name}: several columns of vectors ({', '.join(vectors)}). "
            f"Pick one: {name}::{vectors[0]}"
        )
    floats = [column for column in numbers if kinds.is_floating(fields[column])]
    if not floats:
        raise FormatError(f"{name}: no column of vectors and no columns of numbers")
    return floats, words


def _values(name: str, batch: Any, columns: list[str]) -> Array:
    """Turn a batch into (rows, D); missing numbers become NaN."""
    if len(columns) == 1 and hasattr(batch.column(columns[0]).type, "value_type"):
        column = batch.column(columns[0])
        flat = column.flatten()
        if column.null_count or len(flat) % max(1, len(column)):
            raise FormatError(f"{name}: '{columns[0]}' holds vectors of different lengths")
        if hasattr(column, "offsets"):
            lengths = np.diff(column.offsets.to_numpy(zero_copy_only=False))
            if len(lengths) and (lengths != lengths[0]).any():
                raise FormatError(f"{name}: '{columns[0]}' holds vectors of different lengths")
        values = flat.to_numpy(zero_copy_only=False)
        return np.asarray(values).reshape(len(column), -1)
    return np.column_stack(
        [batch.column(column).to_numpy(zero_copy_only=False) for column in columns]
    )


def _words(batch: Any, column: str, findings: Findings) -> list[str]:
    """Take a column as words: text as it is, anything else as it is written."""
    import pyarrow as pa

    values = batch.column(column)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        raw = values.cast(pa.large_binary()).to_pylist()
        return decode([word or b"" for word in raw], findings)
    return ["" if word is None else str(word) for word in values.to_pylist()]
