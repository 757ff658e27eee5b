"""What the compressed buffers of Arrow's messages unpack to, before any of them is unpacked.

Arrow takes the memory that a buffer promises and then unpacks it. So the messages are looked at first: each has a
FlatBuffers table of its buffers' places (https://arrow.apache.org/docs/format/Columnar.html, Message.fbs), and the
first eight bytes of a compressed buffer say its length. The file is mapped here, so that a message that promises more
than there is takes no memory: Arrow says so by an exception. Other damage is passed over: Arrow refuses it later.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

_HEADER, _DICTIONARY, _RECORDS = 2, 2, 3
_BUFFERS, _COMPRESSION = 2, 3
FILE_HEADER = 8
"""Bytes before the messages of a file; a stream has none."""


class Table(NamedTuple):
    """A FlatBuffers table: the bytes that it is in, and where it begins."""

    data: bytes
    at: int

    def place(self, field: int) -> int:
        """Return where a field is, 0 if the table has none."""
        table = self.at - _number("<i", self.data, self.at)
        entry = table + 4 + 2 * field
        if entry + 2 > table + _number("<H", self.data, table):
            return 0
        offset = _number("<H", self.data, entry)
        return self.at + offset if offset else 0

    def inside(self, field: int) -> Table | None:
        """Return the table that a field points to."""
        place = self.place(field)
        return Table(self.data, place + _number("<I", self.data, place)) if place else None


def unpacked(path: Path, *, is_file: bool) -> Iterator[int]:
    """Yield for each message the bytes that its compressed buffers unpack to, 0 where nothing is compressed."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        source.seek(FILE_HEADER if is_file else 0)
        reader = pa.ipc.MessageReader.open_stream(source)
        while (message := _next(reader)) is not None:
            yield _unpacked(message)


def _next(reader: Any) -> Any:
    """Return the next message; None at the end."""
    try:
        return reader.read_next_message()
    except (StopIteration, EOFError):
        return None


def _unpacked(message: Any) -> int:
    if message.body is None:
        return 0
    try:
        places = _places(message.metadata.to_pybytes())
    except (struct.error, ValueError):
        return 0
    body = np.frombuffer(message.body, np.uint8)
    starts = places[(places >= 0) & (places <= len(body) - 8)]
    lengths = body[starts[:, None] + np.arange(8)].copy().view("<i8")
    return sum(length for length in lengths.ravel().tolist() if length > 0)


def _places(data: bytes) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return where the compressed buffers of a message begin in its body (n,), none where none is compressed."""
    message = Table(data, _number("<I", data, 0))
    kind = message.place(1)
    batch = message.inside(_HEADER)
    if batch is not None and kind and data[kind] == _DICTIONARY:
        batch = batch.inside(1)
    elif not kind or data[kind] != _RECORDS:
        batch = None
    buffers = batch and batch.inside(_BUFFERS)
    if batch is None or buffers is None or not batch.place(_COMPRESSION):
        return np.zeros(0, np.int64)
    count = _number("<I", data, buffers.at)
    pairs = np.frombuffer(data, "<i8", 2 * count, buffers.at + 4).reshape(-1, 2)
    return pairs[pairs[:, 1] > 0, 0]


def _number(kind: str, data: bytes, at: int) -> int:
    """Return a number of the bytes. Raises struct.error where it does not lie in them."""
    if at < 0:
        raise struct.error("before the first byte")
    found: int = struct.unpack_from(kind, data, at)[0]
    return found
