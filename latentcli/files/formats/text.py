"""Vectors as lines of text: word2vec (header "N D"), fastText .vec (the same) and GloVe (none).

A row is a word and D numbers. The last D fields are the numbers and all before them is the
word, so words may hold spaces. Only ASCII space and tab part fields: a no-break space or U+0085
inside a word stays there.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import IO

import numpy as np

from latentcli.files.formats import dialects, json_array
from latentcli.files.formats.dialects import BLANKS
from latentcli.files.formats.text_rows import (
    BOM,
    MAX_LINE,
    Layout,
    blocks,
    fields_of,
    is_number,
    too_many,
)
from latentcli.files.reading import MAX_DIMENSIONS, Findings, Reading
from latentcli.files.stream import HEAD, Stream
from latentcli.numerics.types import Array

_HEADER = re.compile(rb"[ \t]{0,9}(\d{1,20})[ \t]{1,9}(\d{1,20})[ \t]{0,9}\r?")
_SEPARATED_HEADER = re.compile(
    rb"[ \t]{0,9}(\d{1,20})[ \t]{0,9}[,;][ \t]{0,9}(\d{1,20})[ \t]{0,9}\r?"
)
_JOINED = re.compile(rb".*[^:=][:=][-+]?[\d.]+", re.DOTALL)
"""A word and its first number, in one."""

_OF_WORDS = (b"word", b"words", b"token", b"tokens")
"""What a line of names calls the column of words, whatever numbers stand in it."""
_SAMPLE = 64


def sniff(stream: Stream) -> bool:
    """Tell whether the first lines are rows of a word and numbers."""
    return not json_array.is_long_line(stream) and layout(stream) is not None


def layout(stream: Stream) -> Layout | None:
    """Work out header, separators and dimensions from the first lines; None if it is not text.

    A header is exactly two integers on line 1, unless line 2 has two fields as well (then the
    file is one-dimensional GloVe). Dimensions come from the rows, not from the header; rows that are
    not "word 0.1 0.2" (see `dialects`) must have those of the header.
    """
    lines = first_lines(stream)
    if not lines or b"\x00" in lines[0] or any(map(too_many, lines)):
        return None
    declared = header(lines)
    rows = [line for line in lines[1 if declared else 0 :] if line.strip(BLANKS)][:_SAMPLE]
    if not rows or any(b"\x00" in row for row in rows):
        return None
    carriage = b"\r" in stream.head(HEAD) and b"\n" not in stream.head(HEAD)
    found = _plain(rows, declared)
    if found is None:
        chosen = dialects.choose(rows, declared)
        if chosen is None or chosen[1] > MAX_DIMENSIONS:
            return None
        dialect, dimensions = chosen
        found = Layout(b" ", dimensions, declared, False, dialect.wordless, dialect=dialect)
    return found._replace(carriage=carriage)


def _plain(rows: list[bytes], declared: tuple[int, int] | None) -> Layout | None:
    """Work out the layout of rows that are a word, blanks and numbers; None if they are not."""
    wordless = _is_wordless(rows, declared)
    counts = Counter(_numbers_at_end(row, wordless) for row in rows)
    dimensions = _likeliest(counts, declared)
    fitting = sum(times for count, times in counts.items() if count >= dimensions)
    if not 0 < dimensions <= MAX_DIMENSIONS or fitting * 2 <= len(rows):
        return None
    if dimensions == 1 and rows[0].lstrip()[:1] in (b"[", b"{"):
        return None  # JSON, perhaps cut short
    dialect = None
    if not wordless:
        fit = [row for row in rows if _numbers_at_end(row, wordless) >= dimensions]
        words = [word for row in fit if (word := _word(row, dimensions)) is not None]
        proven = declared is not None and declared[1] == dimensions
        if not proven and dialects.glued(words):
            return None
        if declared and not proven and words and all(map(_JOINED.fullmatch, words)):
            return None  # "king=1 2 3" of three dimensions
        if dimensions == 1 and words and all(map(dialects.is_bracketed_number, words)):
            return None  # the number may be in the brackets, and the word behind them
        dialect = dialects.finished(dialects.Dialect(), words)
        if dialect == dialects.Dialect():
            dialect = None
    tabs = sum(row.count(b"\t") for row in rows)
    spaces = sum(row.count(b" ") for row in rows)
    return Layout(
        separator=b"\t" if tabs > spaces else b" ",
        dimensions=dimensions,
        declared=declared,
        trailing=any(row.rstrip(b"\r").endswith(b" ") for row in rows),
        wordless=wordless,
        dialect=dialect,
    )


def _word(row: bytes, dimensions: int) -> bytes | None:
    """Return what is before the last numbers of a row, blanks between its parts as one."""
    fields = fields_of(row)
    return b" ".join(fields[:-dimensions]) if len(fields) > dimensions else None


def read(stream: Stream, key: str = "") -> Reading:
    """Read word2vec text, fastText .vec or GloVe text."""
    if key:
        raise stream.error(f"a text file has no arrays to pick '{key}' from")
    found = layout(stream)
    if found is None:
        raise stream.error("not lines of a word and numbers")
    findings = Findings()
    return Reading(
        format=_name(found),
        dimensions=found.dimensions,
        blocks=lambda: blocks(stream, found, findings),
        findings=findings,
        declared=found.declared,
        notes=[note] if found.dialect and (note := found.dialect.note()) else [],
    )


def _name(found: Layout) -> str:
    if found.wordless:
        return "numbers as text"
    return "word2vec text" if found.declared else "GloVe text"


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
    """Return the word as a row can hold it: as one line, and blanks at its end as "_"."""
    word = one_line(word)
    bare = word.rstrip(" \t")
    # A word that is nothing but blanks is read back as it is.
    return bare + "_" * (len(word) - len(bare)) if bare else word


def one_line(word: str) -> str:
    """Return the word with line breaks and NUL, which no text file has, made visible."""
    return word.replace("\r", "\\r").replace("\n", "\\n").replace("\0", "\\x00")


def digits(row: Array) -> list[str]:
    """Write each number with the fewest digits that give it back at its own precision."""
    if row.dtype == np.float64:
        return list(map(repr, row.tolist()))
    shortest: list[str] = row.astype(np.float32).astype(str).tolist()
    return shortest


def first_lines(stream: Stream) -> list[bytes]:
    """Return the first lines of a text file, whole; the ends of lines may be LF, CRLF or CR."""
    head = stream.head(HEAD)
    while (
        b"\n" not in head
        and b"\r" not in head
        and b"\x00" not in head
        and HEAD <= len(head) < MAX_LINE
    ):
        longer = stream.head(min(len(head) * 4, MAX_LINE))
        if len(longer) == len(head):
            break
        head = longer
    whole = len(head) < HEAD
    if b"\n" not in head:
        head = head.replace(b"\r", b"\n")
    lines = head.removeprefix(BOM).split(b"\n")
    if not whole and len(lines) > 1:
        lines.pop()  # cut by the look-ahead
    return lines[: _SAMPLE + 1] if lines != [b""] else []


def header(lines: list[bytes]) -> tuple[int, int] | None:
    """Return what a header on the first line declares, rows and dimensions; None without one."""
    below = [line for line in lines[1:] if line.strip(BLANKS)]
    if below and (match := _SEPARATED_HEADER.fullmatch(lines[0])):
        count, dimensions = int(match[1]), int(match[2])
        more = below[0].count(b",") + below[0].count(b";") > 1 or len(fields_of(below[0])) > 2
        right = count == len(below) < _SAMPLE or count >= len(below) >= _SAMPLE
        return (count, dimensions) if more and right else None
    match = _HEADER.fullmatch(lines[0])
    if not match or len(lines) < 2:
        return None
    declared = int(match[1]), int(match[2])
    second = fields_of(below[0]) if below else []
    if len(second) != 2 or not is_number(second[1]) or second[0][-1:] in (b",", b";"):
        return declared
    if len(below) >= _SAMPLE or declared[0] != len(below):
        return None
    word = not is_number(second[0]) and not second[0].isdigit()
    return declared if declared[1] in (1, 2) or word else None


def _likeliest(counts: Counter[int], declared: tuple[int, int] | None) -> int:
    """Choose the dimensions: the header's if some row has no more numbers, else the usual.

    Rows with more numbers than that are words that end in one.
    """
    if declared and declared[1] == min(counts):
        return declared[1]
    return counts.most_common(1)[0][0]


def _numbers_at_end(row: bytes, wordless: bool) -> int:
    """Count the fields at the end of a row that are numbers, leaving one field for the word."""
    fields = fields_of(row)
    count = 0
    while count < len(fields) and is_number(fields[-1 - count]):
        count += 1
    # After a blank at the start of a row, the word is empty.
    return count if wordless or row[:1] in (b" ", b"\t") else min(count, len(fields) - 1)


def _is_wordless(rows: list[bytes], declared: tuple[int, int] | None) -> bool:
    """Tell rows of numbers without words: by the header, or by a first number that is hardly a word.

    A line of as many names as the rows have numbers may stand before them.
    """
    fields = [fields_of(row) for row in rows]
    if declared:
        return all(len(row) == declared[1] and all(map(is_number, row)) for row in fields)
    if len(rows) > 1 and not any(map(is_number, fields[0])):
        if all(len(row) == len(fields[0]) and all(map(is_number, row)) for row in fields[1:]):
            return len(fields[0]) > 1 and fields[0][0].lower() not in _OF_WORDS
        rows = rows[1:]
    return _all_numbers(rows)


def _all_numbers(rows: list[bytes]) -> bool:
    """Tell whether rows begin with numbers such as 0.25 or 1e-3, which are hardly words."""
    starts = [fields_of(row)[0] for row in rows]
    finite = [start for start in starts if start not in (b"nan", b"inf", b"-inf")]
    return bool(finite) and all(
        is_number(start) and (b"." in start or b"e" in start) for start in finite
    )
