"""Vectors as lines of text: word2vec (header "N D"), fastText .vec (the same) and GloVe (none).

A row is a word and D numbers. The last D fields are the numbers and all before them is the
word, so words may hold spaces. Only ASCII space and tab part fields: a no-break space or U+0085
inside a word stays there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import IO, Any, NamedTuple

import numpy as np

from latentcli.errors import FormatError
from latentcli.files.reading import (
    BLOCK,
    MAX_DIMENSIONS,
    Array,
    Block,
    Findings,
    Reading,
    decode,
    shown,
)
from latentcli.files.stream import HEAD, Stream

try:
    import simdjson
except ImportError:  # Python 3.14: no wheel yet; Python's float reads the same numbers
    simdjson = None  # type: ignore[assignment]

_HEADER = re.compile(rb"[ \t]{0,9}(\d{1,20})[ \t]{1,9}(\d{1,20})[ \t]{0,9}\r?")
_GAP = re.compile(rb"[ \t]+")
_BLANKS = b" \t\r"  # around a row
_NO_WORD = (b"", b" ", b"\t")
_BOM = b"\xef\xbb\xbf"
_SAMPLE = 64
_MAX_LINE = 32 << 20


_NAMES = {
    (True, False): "word2vec text",
    (False, False): "GloVe text",
    (False, True): "numbers as text",
}


class Layout(NamedTuple):
    """How the rows of a text file are laid out."""

    separator: bytes
    dimensions: int
    declared: tuple[int, int] | None
    trailing: bool  # rows end with a blank, as the C tools write them
    wordless: bool  # rows are numbers only


def sniff(stream: Stream) -> bool:
    """Tell whether the first lines are rows of a word and numbers."""
    return layout(stream) is not None


def layout(stream: Stream) -> Layout | None:
    """Work out header, separator and dimensions from the first lines; None if it is not text.

    A header is exactly two integers on line 1, unless line 2 has two fields as well (then the
    file is one-dimensional GloVe). Dimensions come from the rows, not from the header.
    """
    lines = _first_lines(stream)
    if not lines or b"\x00" in lines[0]:
        return None
    declared = _header(lines)
    rows = [line for line in lines[1 if declared else 0 :] if line.strip(_BLANKS)][:_SAMPLE]
    if not rows:
        return None
    wordless = not declared and _all_numbers(rows)
    counts = Counter(_numbers_at_end(row, wordless) for row in rows)
    dimensions = _likeliest(counts, declared)
    fitting = sum(times for count, times in counts.items() if count >= dimensions)
    if not 0 < dimensions <= MAX_DIMENSIONS or fitting * 2 <= len(rows):
        return None
    tabs = sum(row.count(b"\t") for row in rows)
    spaces = sum(row.count(b" ") for row in rows)
    return Layout(
        separator=b"\t" if tabs > spaces else b" ",
        dimensions=dimensions,
        declared=declared,
        trailing=any(row.rstrip(b"\r").endswith(b" ") for row in rows),
        wordless=wordless,
    )


def read(stream: Stream, key: str = "") -> Reading:
    """Read word2vec text, fastText .vec or GloVe text."""
    if key:
        raise stream.error(f"a text file has no arrays to pick '{key}' from")
    found = layout(stream)
    if found is None:
        raise stream.error("not lines of a word and numbers")
    findings = Findings()
    return Reading(
        format=_NAMES[bool(found.declared), found.wordless],
        dimensions=found.dimensions,
        blocks=lambda: _blocks(stream, found, findings),
        findings=findings,
        declared=found.declared,
    )


def write_header(out: IO[bytes], rows: int, dimensions: int) -> None:
    """Write word2vec's first line."""
    out.write(b"%d %d\n" % (rows, dimensions))


def write_rows(out: IO[bytes], words: list[str], values: Array) -> None:
    """Write rows as text: the shortest digits that read back as the same number."""
    lines = [
        f"{storable(word)} {' '.join(digits(row))}\n"
        for word, row in zip(words, values, strict=True)
    ]
    out.write("".join(lines).encode("utf-8"))


def storable(word: str) -> str:
    """Return the word as a row can hold it: line breaks made visible, blanks at its end as "_"."""
    word = one_line(word)
    bare = word.rstrip(" \t")
    # A word that is nothing but blanks is read back as it is.
    return bare + "_" * (len(word) - len(bare)) if bare else word


def one_line(word: str) -> str:
    """Return the word with line breaks made visible."""
    return word.replace("\r", "\\r").replace("\n", "\\n")


def digits(row: Array) -> list[str]:
    """Write each number with the fewest digits that give it back at its own precision."""
    if row.dtype == np.float64:
        return list(map(repr, row.tolist()))
    shortest: list[str] = row.astype(np.float32).astype(str).tolist()
    return shortest


def _first_lines(stream: Stream) -> list[bytes]:
    head = stream.head(HEAD)
    while b"\n" not in head and b"\x00" not in head and HEAD <= len(head) < _MAX_LINE:
        longer = stream.head(min(len(head) * 4, _MAX_LINE))
        if len(longer) == len(head):
            break
        head = longer
    whole = len(head) < HEAD
    lines = head.removeprefix(_BOM).split(b"\n")
    if not whole and len(lines) > 1:
        lines.pop()  # cut by the look-ahead
    return lines[: _SAMPLE + 1] if lines != [b""] else []


def _header(lines: list[bytes]) -> tuple[int, int] | None:
    match = _HEADER.fullmatch(lines[0])
    if not match or len(lines) < 2:
        return None
    declared = int(match[1]), int(match[2])
    if len(_fields(lines[1])) != 2:
        return declared
    rows = sum(bool(line.strip(_BLANKS)) for line in lines[1:])
    return declared if declared == (rows, 1) and rows < _SAMPLE else None


def _likeliest(counts: Counter[int], declared: tuple[int, int] | None) -> int:
    """Choose the dimensions: the header's if some row has no more numbers, else the usual.

    Rows with more numbers than that are words that end in one.
    """
    if declared and declared[1] == min(counts):
        return declared[1]
    return counts.most_common(1)[0][0]


def _numbers_at_end(row: bytes, wordless: bool) -> int:
    """Count the fields at the end of a row that are numbers, leaving one field for the word."""
    fields = _fields(row)
    count = 0
    while count < len(fields) and _is_number(fields[-1 - count]):
        count += 1
    # After a blank at the start of a row, the word is empty.
    return count if wordless or row[:1] in (b" ", b"\t") else min(count, len(fields) - 1)


def _all_numbers(rows: list[bytes]) -> bool:
    """Tell whether rows begin with numbers such as 0.25 or 1e-3, which are hardly words."""
    starts = [_fields(row)[0] for row in rows]
    finite = [start for start in starts if start not in (b"nan", b"inf", b"-inf")]
    return bool(finite) and all(
        _is_number(start) and (b"." in start or b"e" in start) for start in finite
    )


def _odd(line: bytes, fields: list[bytes]) -> bool:
    """Tell whether anything but one space parts the fields of a line."""
    return b"" in fields or b"\t" in line


def _fields(row: bytes) -> list[bytes]:
    return _GAP.split(row.strip(_BLANKS))


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field


def _blocks(stream: Stream, found: Layout, findings: Findings) -> Iterator[Block]:
    number = 1  # of the next line
    if found.declared:
        _skip_line(stream)
        number = 2
    parser = _Parser(found, findings)
    for chunk in _chunks(stream):
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


def _chunks(stream: Stream) -> Iterator[bytes]:
    """Yield blocks of whole lines; each ends with a line break."""
    rest = b""
    first = True
    while part := stream.read(BLOCK):
        if first:
            part = part.removeprefix(_BOM)
            first = False
        cut = part.rfind(b"\n") + 1
        if cut == 0:
            rest += part
            if len(rest) > _MAX_LINE:
                raise stream.error(f"a line is longer than {_MAX_LINE >> 20} MB; not vectors")
            continue
        yield rest + part[:cut]
        rest = part[cut:]
    if rest:
        yield rest + b"\n"


def _skip_line(stream: Stream) -> None:
    head = stream.head(HEAD)
    stream.read(head.index(b"\n") + 1)


def _parse_clean(chunk: bytes, found: Layout, findings: Findings) -> Block | None:
    """Parse a chunk whose every line is one word, D numbers, and single separators.

    Such a chunk becomes one JSON array by overwriting words and separators in place, which
    simdjson reads about five times as fast as Python's float, to the same bits. None if any
    line is otherwise, or any number is not as JSON writes it.
    """
    if simdjson is None or found.wordless:
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
            if not line.strip(_BLANKS):
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
        self.findings.add("empty", sum(not word.strip(_BLANKS) for word in words))
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
        if self.found.wordless:
            fields = _fields(line)
            return (b"", fields) if len(fields) == dimensions else None
        line = line.rstrip(_BLANKS)
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
            if all(map(_is_number, row)):
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
