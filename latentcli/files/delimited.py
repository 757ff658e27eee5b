"""How a text of columns is laid out: separators, decimal marks, names; and whether it is a table at all."""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

from latentcli.files.cells import is_missing, vector_of

HEAD = 1 << 18
"""Bytes that are looked at: a list of 4,096 numbers takes 80 kB."""

BOM = b"\xef\xbb\xbf"

DECIMAL_COMMA = re.compile(rb"\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*")
"""A number with a decimal comma."""

_LOOK = 16
_BARS = re.compile(rb"\d\"?[|;]\"?[-+]?[\d.,]")
_BLANK_COMMAS = re.compile(rb"\d,\d+[ \t]+[-+]?\d*,\d")
"""Numbers with decimal commas that blanks separate."""
NUMBERS_IN_BRACKETS = (
    rb"[\[({][ \t]*[-+]?[\d.]+(?:[ \t]+[-+]?[\d.]+(?:[eE][-+]?\d+)?)+[ \t]*[\])}]"
)
"""Two numbers or more that blanks separate, in brackets."""
_ENDS_IN_LIST = re.compile(rb"\S[:=]?[ \t]*\"?" + NUMBERS_IN_BRACKETS + rb"\"?$")
_ATTACHED = re.compile(rb"[^\d\s:=][^:=]*[:=][ \t]*[-+]?\d*\.\d+(?:[eE][-+]?\d+)?")
_NUMBERS_WITH_BARS = re.compile(
    rb"\"?[-+]?[\d.,]*\d\"?[ \t]*[|;](?:[ \t]*\"?[-+]?[\d.,]*\d\"?[ \t]*[|;]?)*"
)
"""Numbers that bars or semicolons separate or end, each maybe in quotes."""

_NUMBERS_WITH_COMMAS = re.compile(
    rb"[-+]?[\d.]+(?:[eE][-+]?\d+)?,(?:[-+]?[\d.]+(?:[eE][-+]?\d+)?,?)*"
)
"""A number and a comma, and maybe more of them: no name of a column."""

_HALF = re.compile(rb"\d+[ \t]+[-+]")
_BRACKETS = {b"[": b"]", b"(": b")", b"{": b"}"}


class Layout(NamedTuple):
    """How a table is written: what separates its columns, and the decimal mark of its numbers."""

    separator: bytes
    decimal: bytes = b"."


def is_table(head: bytes) -> bool:
    """Tell from the first bytes of a text whether it is a table of numbers, or of lists of them.

    Columns are separated by commas, semicolons, or tabs under a line of names. Rows of word vectors may
    look like it; where a cell holds more than one number, or half of something, it is none.
    """
    head = one_line_end(head.removeprefix(BOM))
    if b"\x00" in head or head.lstrip()[:1] in (b"[", b"{"):
        return False
    lines = first_lines(head)
    found = layout(lines)
    if found is None:
        return False
    names = split(lines[0], found.separator)
    rows = [split(line, found.separator) for line in lines[1:]] or [names]
    if len(names) != len(rows[0]) or len(names) < 2:
        return False
    if holds_lists(names, rows):
        return True
    return _is_of_numbers(found, lines, names, rows)


def _is_of_numbers(
    found: Layout, lines: list[bytes], names: list[bytes], rows: list[list[bytes]]
) -> bool:
    """Tell a table of numbers from rows of word vectors that are laid out like one."""
    headed = are_names(names, found)
    if found.separator == b"\t" and (len(lines) == 1 or not headed):
        return False  # rows of text without names
    every = [cell.strip() for row in [names, *rows] for cell in row]
    if _has_odd_quotes(lines) or any(map(_is_cut, every)):
        return False
    if headed and any(
        map(_are_glued, zip(*[row for row in rows if len(row) == len(names)], strict=True))
    ):
        return False
    if not headed and any(_ends_in_number(cell) or _begins_in_number(cell) for cell in every):
        return False
    if all(not row[-1].strip() for row in rows) and any(map(_ends_in_number, rows[0])):
        return False  # a separator at the end of each row
    if found.separator == b"," and any(map(_has_decimal_commas, lines)):
        return False
    if found.separator == b"," and all(map(_BLANK_COMMAS.search, lines[1:] or lines)):
        return False
    if any(_ENDS_IN_LIST.search(cell) and not is_list(cell) for cell in every):
        return False
    return any(is_number(pointed(cell, found)) or is_list(cell) for cell in rows[0])


def are_names(cells: list[bytes], found: Layout) -> bool:
    """Tell whether no cell of a line is a number, a list, or numbers with commas."""
    return not any(
        is_number(pointed(cell, found))
        or is_list(cell)
        or _NUMBERS_WITH_COMMAS.fullmatch(cell.replace(b'"', b"").strip())
        for cell in cells
    )


def _are_glued(column: tuple[bytes, ...]) -> bool:
    """Tell a column under a name most of whose cells are a word and a number; "House 12" is a word."""
    numbers = [cell for cell in column if _ends_in_number(cell)]
    plain = all(cell.split()[-1].isdigit() for cell in numbers)
    return len(numbers) * 2 > len(column) and not plain


def layout(lines: list[bytes]) -> Layout | None:
    """Work out the separator of columns from a table's first two lines; None if there is none."""
    if not lines:
        return None
    first, data = lines[0], lines[1] if len(lines) > 1 else lines[0]
    for separator in (b";", b"\t", b","):
        names, fields = split(first, separator), split(data, separator)
        if not 1 < len(names) == len(fields):
            continue
        cells = [field.strip() for field in fields]
        points = any(b"." in cell and is_number(cell) for cell in cells)
        commas = separator != b"," and any(map(DECIMAL_COMMA.fullmatch, cells)) and not points
        found = Layout(separator, b"," if commas else b".")
        if separator != b";" or any(
            is_number(pointed(cell, found)) or is_list(cell) for cell in cells
        ):
            return found
    if first.count(b"\t") > first.count(b","):
        return Layout(b"\t")
    return Layout(b",") if b"," in first else None


def separator_of(lines: list[bytes]) -> bytes:
    """Return what separates the columns of a table of labels, by its first lines."""
    found = layout(lines) or layout_of_factors(lines)
    return b"," if found is None else found.separator


def layout_of_factors(lines: list[bytes]) -> Layout | None:
    """Work out whether bars, or blanks beside a column of numbers, separate columns; None if neither does.

    A line of names comes first, maybe behind a "#", or the columns are all of numbers.
    """
    counts = {line.count(b"|") for line in lines}
    if len(lines) > 1 and counts != {0} and len(counts) == 1:
        return Layout(b"|")
    first, *rows = (line.removeprefix(b"#").split() for line in lines)
    if len(first) < 2 or not rows or any(len(row) != len(first) for row in rows):
        return None
    numbers = [all(map(is_number, column)) for column in zip(*rows, strict=True)]
    named = any(numbers) and not any(map(is_number, first))
    return Layout(b" ") if named or (all(numbers) and all(map(is_number, first))) else None


def with_single_blanks(text: bytes) -> bytes:
    """Return a text whose columns one blank separates, without blanks around lines or a "#" before the first."""
    lines = text.removeprefix(b"#").split(b"\n")
    return b"\n".join(b" ".join(line.split()) for line in lines)


def holds_lists(names: list[bytes], rows: list[list[bytes]]) -> bool:
    """Tell by a column of lists under a name: whatever the texts beside it hold, it is a table."""
    columns = [*zip(*(row for row in rows if len(row) == len(names)), strict=True)]
    for name, column in zip(names, columns, strict=False):
        there = [
            cell for cell in column if not is_missing(cell.strip().decode("utf-8", "replace"))
        ]
        if there and not is_list(name) and all(map(is_list, there)):
            return True
    return False


def first_lines(text: bytes) -> list[bytes]:
    """Return the first lines that are not blank, of those that are whole; one may go on within quotes."""
    lines = text.lstrip(b"\r\n").split(b"\n", _LOOK)
    if _has_odd_quotes(lines[:_LOOK]):
        lines = _joined(text) or lines
    if len(lines) > 2 and len(text) >= HEAD:
        lines.pop()  # cut by the look-ahead
    return [stripped for line in lines[:_LOOK] if (stripped := line.rstrip(b"\r")).strip()]


def _has_odd_quotes(lines: list[bytes]) -> bool:
    """Tell lines one of which ends within quotes."""
    return any(line.count(b'"') % 2 for line in lines)


def _joined(text: bytes) -> list[bytes]:
    """Return the first lines, those together in which quotes go on; none where the quotes do not end."""
    lines: list[bytes] = []
    start = place = 0
    inside = False
    while len(lines) <= _LOOK and place < len(text):
        end = text.find(b"\n", place)
        end = len(text) if end < 0 else end
        inside ^= text.count(b'"', place, end) % 2 == 1
        place = end + 1
        if not inside:
            lines.append(text[start:end])
            start = place
    whole = start >= len(text) or len(lines) > 1
    return lines if whole else []


def one_line_end(text: bytes) -> bytes:
    """Return a text whose lines end in LF where it has none but CR."""
    return text if b"\n" in text else text.replace(b"\r", b"\n")


def pointed(field: bytes, found: Layout) -> bytes:
    """Return a field with a decimal point for a decimal comma."""
    return field.replace(b",", b".") if found.decimal == b"," else field


def counts_columns(names: list[bytes]) -> bool:
    """Tell 0, 1, 2, ... as Pandas names columns, after the name of its index if it is there."""
    numbers = names if is_number(names[0]) else names[1:]
    named = len(numbers) > 2 or names[0].lower() in (
        b"",
        b"word",
        b"words",
        b"token",
        b"index",
        b"id",
    )
    return (
        len(numbers) > 1
        and (numbers == names or named)
        and numbers == [str(i).encode() for i in range(len(numbers))]
    )


def split(line: bytes, separator: bytes) -> list[bytes]:
    """Split a line, leaving separators within double quotes."""
    if b'"' not in line:
        return line.split(separator)
    text = line.decode("utf-8", "surrogateescape")
    try:
        (fields,) = csv.reader([text], delimiter=separator.decode())
    except (csv.Error, ValueError):  # a quote that never ends, or a line in a line
        return line.split(separator)
    return [field.encode("utf-8", "surrogateescape") for field in fields]


def _ends_in_number(field: bytes) -> bool:
    """Tell "000 0.5", the end of a row of word vectors whose word has a comma, and "king:0.5"."""
    if _ATTACHED.fullmatch(field.strip()):
        return True
    parts = field.split()
    last = parts[-1].strip(b"\"'") if len(parts) > 1 else b""
    return bool(last) and not is_list(field) and is_number(last.replace(b",", b"."))


def _begins_in_number(field: bytes) -> bool:
    """Tell "0.5 word", the end of a row of word vectors whose word comes last."""
    parts = field.split()
    first = parts[0].rstrip(b",;:").strip(b"\"'").replace(b",", b".") if len(parts) > 1 else b""
    return bool(first) and not is_list(field) and is_number(first)


def _has_decimal_commas(line: bytes) -> bool:
    """Tell a line whose numbers have decimal commas and are separated by a comma and a blank."""
    cells = [cell.strip() for cell in re.split(rb",[ \t]+", line.rstrip(b", \t\r"))]
    decimals = sum(DECIMAL_COMMA.fullmatch(cell) is not None for cell in cells)
    return len(cells) > 1 and decimals >= len(cells) - 1


def is_list(cell: bytes) -> bool:
    """Tell a list of numbers in a cell, which may each be in quotes."""
    return vector_of(cell.replace(b'"', b"").decode("utf-8", "replace")) is not None


def _is_cut(cell: bytes) -> bool:
    """Tell a list that is cut by the separator of the columns: "[0.5" or "0.5]"; or "709 -" of ",709 -,001"."""
    if is_list(cell):
        return False
    if _HALF.fullmatch(cell) or _NUMBERS_WITH_BARS.fullmatch(cell):
        return True
    if _BARS.search(cell):
        return True
    uneven = any(cell.count(left) != cell.count(right) for left, right in _BRACKETS.items())
    return uneven and any(
        is_number(token.strip(b"[](){}\"'").replace(b",", b".")) for token in cell.split()
    )


def is_number(field: bytes) -> bool:
    """Tell whether Python's float takes a field."""
    try:
        float(field)
    except ValueError:
        return False
    return True
