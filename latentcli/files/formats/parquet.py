"""Parquet: a column of vectors (lists of numbers), or one column per dimension, and words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.errors import FormatError, LatentError, reason
from latentcli.files import arrays, bounds
from latentcli.files.formats import parquet_footer
from latentcli.files.reading import MAX_DIMENSIONS, Block, Findings, Reading, decode
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

MAGIC = b"PAR1"
_BATCH_BYTES = 4 << 20
_MAX_FOOTER = 256 << 20


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
        size = stream.unpacked().stat().st_size
        step = max(1, _BATCH_BYTES // max(dimensions * 8, _longest(stream, words)))
    findings = Findings()

    def blocks() -> Iterator[Block]:
        wanted = [*columns, words] if words else columns
        letters = 0
        with _damage(stream):
            for batch in file.iter_batches(batch_size=step, columns=wanted):
                values = _values(stream.name, batch, columns)
                if values.shape[1] != dimensions:
                    raise stream.error(f"'{columns[0]}' holds vectors of different lengths")
                found = _words(batch, words, findings) if words else None
                letters += sum(map(len, found or ()))
                bounds.check_ratio(stream.name, letters, size, f"column '{words}'")
                yield Block(found, values)

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
        step = max(1, _BATCH_BYTES // _longest(stream, key))
        size = stream.unpacked().stat().st_size
        words: list[str] = []
        letters = 0
        for batch in file.iter_batches(batch_size=step, columns=[key]):
            found = _words(batch, key, Findings())
            letters += sum(map(len, found))
            bounds.check_ratio(stream.name, letters, size, f"column '{key}'")
            words += found
        return words


def _longest(stream: Stream, words: str) -> int:
    """Return the bytes of the longest word that may be there many times: of the dictionaries of a column.

    A batch holds each word as often as it occurs, so that a small file can fill the memory with one.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    longest = 64
    if not words:
        return longest
    file = pq.ParquetFile(stream.unpacked(), read_dictionary=[words])
    for group in range(file.num_row_groups):
        first = next(file.iter_batches(batch_size=1, row_groups=[group], columns=[words]), None)
        if first is not None and hasattr(first.column(0), "dictionary"):
            longest = max(
                longest, pc.max(pc.binary_length(first.column(0).dictionary)).as_py() or 0
            )
    return longest


def _open(stream: Stream) -> Any:
    """Open the file, unless its footer promises more than there can be.

    What its columns unpack to is in proportion to the file, and no row has more than MAX_DIMENSIONS
    numbers. Arrow is not asked for a column's metadata: see `parquet_footer`.
    """
    import pyarrow.parquet as pq

    path = stream.unpacked()
    size = path.stat().st_size
    for chunk in parquet_footer.chunks(_footer(path, size)):
        if chunk.values > MAX_DIMENSIONS * max(1, chunk.rows):
            raise stream.error(
                f"its footer promises {chunk.values:,} numbers in {chunk.rows:,} rows"
            )
        unpacked = max(chunk.unpacked, 8 * chunk.values)
        bounds.check_ratio(stream.name, unpacked, size, "a column of it")
    return pq.ParquetFile(path)


def _footer(path: Path, size: int) -> bytes:
    """Return the bytes of the footer, whose length is before the magic at the end."""
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        length = int.from_bytes(file.read(4), "little")
        if not 0 < length <= min(size - 8, _MAX_FOOTER):
            raise ValueError("its footer is not there")
        file.seek(size - 8 - length)
        return file.read(length)


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
