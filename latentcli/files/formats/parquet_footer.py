"""The sizes in a Parquet file's footer, read without Arrow.

Arrow's object for a column's metadata ends the process when a statistic in it is damaged
(a C++ exception that nobody catches), so the few numbers that are needed are read here: Thrift's
compact protocol, https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md,
as https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift uses it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

_MOST_DEPTH = 16
_MOST_VALUES = 20_000_000
_ROW_GROUPS, _COLUMNS, _ROWS = 4, 1, 3
_METADATA, _VALUES, _UNPACKED = 3, 5, 6


class Chunk(NamedTuple):
    """A column of a group of rows: its rows, its numbers (of lists, all of them), its bytes unpacked."""

    rows: int
    values: int
    unpacked: int


def chunks(footer: bytes) -> list[Chunk]:
    """Return each column of each group of rows. Raises ValueError for a damaged footer."""
    whole = _Reader(footer).struct(0)
    try:
        return [
            Chunk(group.get(_ROWS, 0), meta.get(_VALUES, 0), meta.get(_UNPACKED, 0))
            for group in whole.get(_ROW_GROUPS, [])
            for column in group.get(_COLUMNS, [])
            for meta in [column.get(_METADATA, {})]
        ]
    except (AttributeError, TypeError):
        raise ValueError("its footer is not of row groups and columns") from None


class _Reader:
    """Reads Thrift's compact protocol: structs as {field: value}, texts passed over."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.left = _MOST_VALUES

    def byte(self) -> int:
        if self.place >= len(self.data):
            raise ValueError("its footer ends early")
        self.place += 1
        return self.data[self.place - 1]

    def varint(self) -> int:
        found = shift = 0
        while shift < 70:
            byte = self.byte()
            found |= (byte & 127) << shift
            if byte < 128:
                return found
            shift += 7
        raise ValueError("its footer has a number that is too long")

    def integer(self) -> int:
        found = self.varint()
        return (found >> 1) ^ -(found & 1)

    def skip(self, count: int) -> None:
        self.place += count
        if self.place > len(self.data):
            raise ValueError("its footer ends early")

    def struct(self, depth: int) -> dict[int, Any]:
        found: dict[int, Any] = {}
        field = 0
        while head := self.byte():
            field = field + (head >> 4) if head >> 4 else self.integer()
            found[field] = self.value(head & 15, depth + 1)
        return found

    def value(self, kind: int, depth: int) -> Any:
        self.left -= 1
        if depth > _MOST_DEPTH or self.left < 0:
            raise ValueError("its footer is nested too deep, or too long")
        if kind in (1, 2):  # true, false: the kind is the value
            return None
        if kind == 3:
            return self.byte()
        if kind in (4, 5, 6):
            return self.integer()
        if kind in (7, 8):
            self.skip(8 if kind == 7 else self.varint())
            return None
        if kind in (9, 10):
            return self.list(depth)
        if kind == 12:
            return self.struct(depth)
        raise ValueError("its footer has values of an unknown kind")

    def list(self, depth: int) -> list[Any]:
        head = self.byte()
        count = head >> 4 if head >> 4 < 15 else self.varint()
        kind = head & 15
        if kind in (1, 2):  # in lists, truth takes a byte
            self.skip(count)
            return []
        if count > len(self.data) - self.place:
            raise ValueError("its footer ends early")
        return [self.value(kind, depth + 1) for _ in range(count)]
