"""Text whose columns a separator parts, to an Arrow table: CSV, TSV, and what spreadsheets and NumPy write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from latentcli.files import bounds, delimited
from latentcli.files import table_checks as checks
from latentcli.files.stream import Stream
from latentcli.files.vector_columns import WORD_NAMES

_MAX_BYTES = 1 << 30
_MAX_COLUMNS = 16_384
"""More columns take a table gigabytes for each of them; such an array is no table."""

_PADDED = re.compile(rb"""(?:\A|[,;\t\n"])[ ]*0\d""")

_MINUS = "\N{MINUS SIGN}".encode()
"""What typesetters write before numbers below 0."""

_BEFORE_NUMBER = re.compile(rb"(?<![^,;\t\n\"| ])" + _MINUS + rb"(?=[\d.,])")


def read_table(stream: Stream, notes: list[str], *, literal: bool) -> Any:
    """Read a text whose columns a separator parts as an Arrow table; `notes` say how it was taken.

    With `literal`, an empty text is a word; else it is missing.
    """
    import pyarrow as pa
    from pyarrow import csv

    text = stream.read_exactly(_MAX_BYTES + 1)
    bounds.check_parsed(stream.name, text)
    if len(text) > _MAX_BYTES:
        raise stream.error("a table of more than 1 GB; save it as Parquet or .npy")
    text = text.removeprefix(delimited.BOM)
    if b"\n" not in text[: delimited.HEAD]:
        text = text.replace(b"\r", b"\n")
    if _MINUS in text:
        text = _BEFORE_NUMBER.sub(b"-", text)
    text, found, lines = _laid_out(stream, text)
    names, headed = _names(found, lines)
    counted = delimited.counts_columns(names) and text.count(b"\n") > 1
    if counted and not headed:
        few = b", ".join(names[:3] if names[0] else names[1:4]).decode("utf-8", "replace")
        notes.append(f"its first line, {few}, ..., is read as the names of its columns")
    if found.decimal == b",":
        notes.append("its numbers have decimal commas")

    def parsed(texts: Iterable[str]) -> Any:
        return csv.read_csv(
            pa.BufferReader(text),
            read_options=csv.ReadOptions(
                column_names=None
                if headed or counted
                else [f"column{i}" for i in range(len(names))],
            ),
            parse_options=csv.ParseOptions(
                delimiter=found.separator.decode(), newlines_in_values=b'"' in text
            ),
            convert_options=csv.ConvertOptions(
                strings_can_be_null=not literal,
                decimal_point=found.decimal.decode(),
                column_types=dict.fromkeys(texts, pa.string()),
            ),
        )

    table = parsed(())
    texts = _padded(text, table, parsed)
    if literal:
        texts += _words(table, named=headed or counted)
    return parsed(texts) if texts else table


def _laid_out(stream: Stream, text: bytes) -> tuple[bytes, delimited.Layout, list[bytes]]:
    """Return a text whose columns one separator parts, how it is laid out, and its first lines."""
    lines = delimited.first_lines(text[: delimited.HEAD * 16]) or [b""]
    if max(map(lines[0].count, (b"\t", b",", b";"))) >= _MAX_COLUMNS:
        raise stream.error(f"a table of more than {_MAX_COLUMNS:,} columns; save it as .npy")
    found = delimited.layout(lines) or delimited.layout_of_factors(lines)
    if found is None:
        return text, delimited.Layout(b","), lines
    if found.separator == b" ":
        text = delimited.with_single_blanks(text)
        lines = delimited.first_lines(text[: delimited.HEAD * 16])
    return text, found, lines


def _names(found: delimited.Layout, lines: list[bytes]) -> tuple[list[bytes], bool]:
    """Return the cells of the first line, and whether they are names of columns."""
    names = [field.strip() for field in delimited.split(lines[0], found.separator)]
    rows = [delimited.split(line, found.separator) for line in lines[1:]]
    if delimited.holds_lists(names, rows):
        return names, True
    ends = len(names) > 2 and not names[-1] and all(not row[-1].strip() for row in rows)
    return names, all(names[1 : -1 if ends else None]) and delimited.are_names(names, found)


def _words(table: Any, *, named: bool) -> list[str]:
    """Return the columns of numbers that are words: "3" under the name "word", or alone beside lists without names."""
    import pyarrow.types as kinds

    numbers = [
        field.name
        for field in table.schema
        if kinds.is_integer(field.type) or kinds.is_floating(field.type)
    ]
    if named:
        return [name for name in numbers if name.strip().lower() in WORD_NAMES]
    first = [(name, str(table[name][0])) for name in table.column_names if table.num_rows]
    lists = [name for name, cell in first if delimited.is_list(cell.encode())]
    texts = [field.name for field in table.schema if kinds.is_string(field.type)]
    return numbers if len(numbers) == 1 and lists == texts else []


def _padded(text: bytes, table: Any, parsed: Callable[[Iterable[str]], Any]) -> list[str]:
    """Return the columns of whole numbers some of which begin with 0: codes such as 007, not numbers.

    Where no other column is left for the vectors, they are numbers.
    """
    import pyarrow as pa

    whole = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    if not whole or _PADDED.search(text) is None:
        return []
    cells = parsed(whole)
    codes = [name for name in whole if any(map(checks.is_padded, cells[name].to_pylist()))]
    left = (field for field in table.schema if field.name not in codes)
    return codes if any(not pa.types.is_null(field.type) for field in left) else []
