"""The rows of a text file to blocks of words and numbers: fast where they are clean, else patient."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from latentcli.errors import FormatError, shown
from latentcli.files.formats.dialects import BLANKS, Dialect
from latentcli.files.reading import BLOCK, MAX_DIMENSIONS, Block, Findings, decode
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

try:
    import simdjson
except ImportError:  # Python 3.14: no wheel yet; Python's float reads the same numbers
    simdjson = None  # type: ignore[assignment]

BOM = b"\xef\xbb\xbf"

MAX_LINE = 32 << 20
"""Bytes from which a line is no row of vectors."""

MAX_FIELDS = 2 * MAX_DIMENSIONS
"""Blanks, commas and semicolons from which a line is no row: two before each number."""


def too_many(line: bytes) -> bool:
    """Tell a line that has more separators than a row of vectors can have."""
    return (
        len(line) > MAX_FIELDS and sum(map(line.count, (b" ", b"\t", b",", b";"))) > MAX_FIELDS
    )


_GAP = re.compile(rb"[ \t]+")
_NO_WORD = (b"", b" ", b"\t")


class Layout(NamedTuple):
    """How the rows of a text file are laid out."""

    separator: bytes
    dimensions: int
    declared: tuple[int, int] | None
    trailing: bool  # rows end with a blank, as the C tools write them
    wordless: bool  # rows are numbers only
    carriage: bool = False  # lines end with CR alone, as old spreadsheets write them
    dialect: Dialect | None = None  # how rows are written that are not "word 0.1 0.2"


def fields_of(row: bytes) -> list[bytes]:
    """Part a row at its blanks."""
    return _GAP.split(row.strip(BLANKS))


def is_number(field: bytes) -> bool:
    """Tell whether Python's float takes a field ("1_0", which it takes too, is a word)."""
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field


def blocks(stream: Stream, found: Layout, findings: Findings) -> Iterator[Block]:
    """Yield the rows of a stream that is laid out as `found`; count what is dropped or mended."""
    number = 1  # of the next line
    parser = _Parser(found, findings)
    for chunk in chunks(stream, carriage=found.carriage):
        if found.declared and number == 1:
            chunk = chunk[chunk.index(b"\n") + 1 :]
            number = 2
            if not chunk:
                continue
        if not chunk.strip():
            findings.add("blank", chunk.count(b"\n"))
            number += chunk.count(b"\n")
            continue
        # Trailing blanks and CRLF are ordinary; clear them here so that most rows are clean.
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n")
        if found.trailing:
            chunk = chunk.replace(b" \n", b"\n")
        block = _parse_clean(chunk, found, findings)
        if block is None:
            lines = chunk.removesuffix(b"\n").split(b"\n")
            block = parser.parse(lines, number)
            number += len(lines)
        else:
            parser.good += len(block.values)
            number += len(block.values)
        if len(block.values):
            yield block
    parser.check(stream)


def chunks(stream: Stream, *, carriage: bool = False) -> Iterator[bytes]:
    """Yield blocks of whole lines; each ends with a line break. With `carriage`, CR ends lines."""
    rest = b""
    first = True
    while part := stream.read(BLOCK):
        if first:
            part = part.removeprefix(BOM)
            first = False
        if carriage:
            part = part.replace(b"\r", b"\n")
        cut = part.rfind(b"\n") + 1
        if cut == 0:
            rest += part
            if len(rest) > MAX_LINE:
                raise stream.error(f"a line is longer than {MAX_LINE >> 20} MB; not vectors")
            continue
        yield b"".join((rest, memoryview(part)[:cut]))  # one copy
        rest = part[cut:]
    if rest:
        yield rest + b"\n"


def _parse_clean(chunk: bytes, found: Layout, findings: Findings) -> Block | None:
    """Parse a chunk whose every line is one word, D numbers, and single separators.

    Such a chunk becomes one JSON array by overwriting words and separators in place, which
    simdjson reads about five times as fast as Python's float, to the same bits. None if any
    line is otherwise, or any number is not as JSON writes it.
    """
    if simdjson is None or found.wordless or found.dialect is not None:
        return None
    dimensions = found.dimensions
    text = np.frombuffer(chunk, dtype=np.uint8)
    gaps = np.flatnonzero(text <= 32)
    if gaps.size % (dimensions + 1):
        return None
    table = gaps.reshape(-1, dimensions + 1)
    ends = table[:, -1]
    if not (text[ends] == 10).all() or (text[table[:, :-1]] != found.separator[0]).any():
        return None
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = table[:, 0] - starts
    named = _positions(starts, lengths + 1)
    json = text.copy()
    json[table[:, 1:]] = 44  # commas between numbers, and for the line breaks
    json[named] = 32  # blanks for the words
    json[-1] = 93
    if np.count_nonzero(json == 44) != len(table) * dimensions - 1:
        return None  # a comma inside a number
    values = _parse_json(json.tobytes(), len(table), dimensions)
    if values is None:
        return None
    words = text[named]
    words[np.cumsum(lengths + 1) - 1] = 10  # a line break for each separator
    findings.add("empty", int(np.count_nonzero(lengths == 0)))
    return Block(decode(words.tobytes()[:-1].split(b"\n"), findings), values)


def _positions(starts: Array, lengths: Array) -> Array:
    """List every index that lies in the spans [start, start + length)."""
    before = np.cumsum(lengths) - lengths
    positions: Array = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
    return positions


@cache
def _json_parser() -> Any:
    """Keep one parser: its buffers are several times the block, and cost more than the parsing."""
    return simdjson.Parser()


def _parse_json(text: bytes, rows: int, dimensions: int) -> Array | None:
    """Parse the inside of a JSON array to float32 (rows, D); None if it is not just numbers."""
    if b"[" in text:  # simdjson would take lists in lists for one list
        return None
    try:
        array = _json_parser().parse(b"[" + text)
        flat = np.frombuffer(array.as_buffer(of_type="d"), dtype=np.float64)
    except (ValueError, TypeError, RuntimeError):
        return None
    if flat.size != rows * dimensions:
        return None
    if not flat.all() and (b"-0," in text or text.endswith(b"-0]")):
        return None  # simdjson takes the sign off an integer -0
    return _to_float32(flat.reshape(rows, dimensions))


class _Parser:
    """Lines to words and numbers, for blocks in which some line is not clean."""

    def __init__(self, found: Layout, findings: Findings) -> None:
        self.found = found
        self.findings = findings
        self.good = 0
        self.bad = 0

    def parse(self, lines: list[bytes], number: int) -> Block:
        """Parse a block whose first line has this number in the file."""
        words: list[bytes] = []
        rows: list[list[bytes]] = []
        numbers: list[int] = []
        for index, line in enumerate(lines):
            if not line.strip(BLANKS):
                self.findings.add("blank")
                continue
            split = self._split(line)
            if split is None:
                self._drop(number + index, line)
                continue
            words.append(split[0])
            rows.append(split[1])
            numbers.append(number + index)
        values = self._as_json(rows)
        if values is None:
            words, values = self._row_by_row(words, rows, numbers)
        self.good += len(words)
        if self.found.wordless:
            return Block(None, values)
        self.findings.add("empty", sum(not word.strip(BLANKS) for word in words))
        return Block(decode(words, self.findings), values)

    def check(self, stream: Stream) -> None:
        """Refuse a file that is mostly not rows: what could be read of it means nothing."""
        if self.good <= self.bad:
            first = self.findings.first.get("malformed", "")
            what = "numbers" if self.found.wordless else "a word and numbers"
            raise FormatError(
                f"{stream.name}: {self.bad:,} of {self.good + self.bad:,} lines are not "
                f"{self.found.dimensions} dimensions of {what} ({first})"
            )

    def _split(self, line: bytes) -> tuple[bytes, list[bytes]] | None:
        """Split a row into its word and its last D fields, whatever blanks are in or between."""
        dimensions = self.found.dimensions
        if self.found.dialect is not None:
            return self.found.dialect.split(line, dimensions)
        if self.found.wordless:
            fields = fields_of(line)
            return (b"", fields) if len(fields) == dimensions else None
        line = line.rstrip(BLANKS)
        word, *fields = line.rsplit(b" ", dimensions)
        if len(fields) == dimensions and word[-1:] not in _NO_WORD and not _odd(line, fields):
            return word, fields
        gaps = list(_GAP.finditer(line))
        if len(gaps) < dimensions:
            return None
        gap = gaps[-dimensions]
        # Of blanks that begin a row, the last is the separator, and the others are the word.
        word = line[: gap.start()] or line[: gap.end() - 1]
        return word, _GAP.split(line[gap.end() :])

    def _as_json(self, rows: list[list[bytes]]) -> Array | None:
        text = b",".join([field for row in rows for field in row])
        fields = len(rows) * self.found.dimensions
        if simdjson is None or text.count(b",") != fields - 1:
            return None
        return _parse_json(text + b"]", len(rows), self.found.dimensions)

    def _row_by_row(
        self, words: list[bytes], rows: list[list[bytes]], numbers: list[int]
    ) -> tuple[list[bytes], Array]:
        """Parse with Python's float, which knows "nan", "+1" and ".5", and find the bad rows."""
        kept = []
        values = []
        for word, row, number in zip(words, rows, numbers, strict=True):
            if all(map(is_number, row)):
                kept.append(word)
                values.append([float(field) for field in row])
            else:
                self._drop(number, word + b" " + b" ".join(row))
        shaped = np.array(values, dtype=np.float64).reshape(len(kept), self.found.dimensions)
        return kept, _to_float32(shaped)

    def _drop(self, number: int, line: bytes) -> None:
        self.bad += 1
        start = shown(line[:24].decode("utf-8", "backslashreplace"))
        self.findings.add("malformed", where=f"first: line {number:,}, '{start}'")


def _to_float32(values: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(np.float32)


def _odd(line: bytes, fields: list[bytes]) -> bool:
    """Tell whether anything but one space parts the fields of a line."""
    return b"" in fields or b"\t" in line
