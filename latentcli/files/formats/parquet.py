"""Parquet: a column of vectors (lists of numbers), or one column per dimension, and words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latentcli.files import arrays, arrow_columns, bounds
from latentcli.files.formats import parquet_footer
from latentcli.files.reading import MAX_DIMENSIONS, Block, Findings, Reading
from latentcli.files.stream import Stream

MAGIC = b"PAR1"
_BATCH_BYTES = 4 << 20
_MAX_FOOTER = 256 << 20
_LOOK = 64


def sniff(stream: Stream) -> bool:
    """Tell by the magic bytes."""
    return stream.head(4) == MAGIC


def read(stream: Stream, key: str = "") -> Reading:
    """Read the column of vectors that is meant, or all number columns, with the words."""
    with arrow_columns.damage(stream, "Parquet"):
        file = _open(stream)
        columns = arrow_columns.choose(stream.name, file.schema_arrow, key)
        kind = columns.look(file.iter_batches(batch_size=_LOOK, columns=columns.vectors))
        if kind is None:
            raise stream.error("no rows in it")
        rows = file.metadata.num_rows
        arrays.rows_of(stream.name, (rows, columns.dimensions), kind)
        size = stream.unpacked().stat().st_size

    def blocks() -> Iterator[Block]:
        letters = 0
        others = reading.with_columns
        with arrow_columns.damage(stream, "Parquet"):
            requested = columns.requested(others=others)
            texts = [name for name in requested if _is_text(file.schema_arrow.field(name).type)]
            widest = max(columns.dimensions * 8, *(_longest(stream, name) for name in texts), 1)
            step = max(1, _BATCH_BYTES // widest)
            for batch in file.iter_batches(batch_size=step, columns=requested):
                bounds.check_ratio(stream.name, batch.nbytes, size, "a batch of it")
                block = columns.block(batch, others=others)
                letters += sum(map(len, block.words or ()))
                bounds.check_ratio(stream.name, letters, size, f"column '{columns.words}'")
                yield block
        columns.check()

    reading = Reading(
        format="Parquet",
        dimensions=columns.dimensions,
        blocks=blocks,
        findings=columns.findings,
        dtype=str(kind),
        key=key or (columns.vectors[0] if columns.lists else ""),
        shape=(rows, columns.dimensions),
        notes=columns.notes,
    )
    return reading


def read_words(stream: Stream, key: str) -> list[str]:
    """Read a column as a list of words."""
    with arrow_columns.damage(stream, "Parquet"):
        file = _open(stream)
        if key not in file.schema_arrow.names:
            have = ", ".join(file.schema_arrow.names)
            raise stream.error(f"no column '{key}'; it has {have}")
        step = max(1, _BATCH_BYTES // _longest(stream, key))
        size = stream.unpacked().stat().st_size
        words: list[str] = []
        letters = 0
        for batch in file.iter_batches(batch_size=step, columns=[key]):
            found = arrow_columns.words_of(batch.column(key), Findings())
            letters += sum(map(len, found))
            bounds.check_ratio(stream.name, letters, size, f"column '{key}'")
            words += found
        return words


def names_in(stream: Stream) -> dict[str, list[object]]:
    """Return the columns that may name rows, of text and of whole numbers; the others are not read."""
    from pyarrow import types as kinds

    file = _open(stream)
    names = [
        field.name
        for field in file.schema_arrow
        if _is_text(field.type) or kinds.is_integer(field.type)
    ]
    return {name: file.read(columns=[name]).column(0).to_pylist() for name in names}


def _is_text(kind: Any) -> bool:
    import pyarrow.types as kinds

    binary = kinds.is_binary(kind) or kinds.is_large_binary(kind)
    text = kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_dictionary(kind)
    return bool(binary or text)


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
    numbers. Arrow does not read a column's metadata: see `parquet_footer`.
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
