"""Arrow IPC: Feather files, and the streams that Hugging Face datasets keep their shards in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.files import arrays, arrow_columns, bounds, vector_columns
from latentcli.files.formats import arrow_messages
from latentcli.files.reading import Block, Reading
from latentcli.files.stream import Stream

_FILE = b"ARROW1"
_STREAM = b"\xff\xff\xff\xff"


def sniff(stream: Stream) -> bool:
    """Tell by the magic bytes of a file, or by the beginning of a stream's first message."""
    head = stream.head(8)
    length = int.from_bytes(head[4:8], "little")
    return head[:6] == _FILE or (head[:4] == _STREAM and 0 < length < 1 << 24)


def read(stream: Stream, key: str = "") -> Reading:
    """Read the column of vectors that is meant, or all number columns, with the words."""
    with arrow_columns.damage(stream, "Arrow"):
        path, size = _unpacked(stream)
        columns = arrow_columns.choose(stream.name, next(_batches(path, only_schema=True)), key)
        kind = columns.look(_checked(stream, path, size))
        if kind is None:
            raise stream.error("no rows in it")
        arrays.rows_of(stream.name, (1, columns.dimensions), kind)

    def blocks() -> Iterator[Block]:
        with arrow_columns.damage(stream, "Arrow"):
            for batch in _checked(stream, path, size):
                step = max(1, vector_columns.BATCH_NUMBERS // columns.dimensions)
                for start in range(0, batch.num_rows, step):
                    yield columns.block(batch.slice(start, step), others=reading.with_columns)
        columns.check()

    reading = Reading(
        format="Arrow",
        dimensions=columns.dimensions,
        blocks=blocks,
        findings=columns.findings,
        dtype=str(np.dtype(kind)),
        key=key or (columns.vectors[0] if columns.lists else ""),
        table=True,
        notes=columns.notes,
    )
    return reading


def read_table(stream: Stream) -> Any:
    """Read all columns of an open file or stream, which may be damaged."""
    import pyarrow as pa

    with arrow_columns.damage(stream, "Arrow"):
        path, size = _unpacked(stream)
        schema = next(_batches(path, only_schema=True))
        return pa.Table.from_batches(_checked(stream, path, size), schema)


def _unpacked(stream: Stream) -> tuple[Path, int]:
    """Return the path and size of the plain file, whose batches are in proportion to it."""
    is_file = stream.head(6) == _FILE
    path = stream.unpacked()
    size = path.stat().st_size
    for taken in arrow_messages.unpacked(path, is_file=is_file):
        bounds.check_ratio(stream.name, taken, size, "a batch of it")
    return path, size


def table_of(path: Path) -> Any:
    """Read a whole file or stream that holds Arrow IPC, with all its columns."""
    import pyarrow as pa

    schema = next(_batches(path, only_schema=True))
    return pa.Table.from_batches(_batches(path), schema)


def _checked(stream: Stream, path: Any, size: int) -> Iterator[Any]:
    """Yield batches whose offsets lie in their buffers, and that are in proportion to the file."""
    letters = 0
    for batch in _batches(path):
        batch.validate(full=True)
        bounds.check_ratio(stream.name, batch.nbytes, size, "a batch of it")
        letters += sum(map(arrow_columns.letters_of, batch.columns))
        bounds.check_ratio(stream.name, letters, size, "a dictionary of it")
        yield batch


def _batches(path: Any, *, only_schema: bool = False) -> Iterator[Any]:
    import pyarrow as pa

    with pa.OSFile(str(path)) as file:
        # A file is a stream between two marks; its footer could point to what `unpacked` has not seen.
        file.seek(arrow_messages.FILE_HEADER if file.read(6) == _FILE else 0)
        reader = pa.ipc.open_stream(file)
        if only_schema:
            yield reader.schema
            return
        yield from reader
