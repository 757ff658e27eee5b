"""Tables of labels in JSON: records, one a line or in a list; named columns; and what data frames write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from latentcli.errors import shown
from latentcli.files import bounds, records
from latentcli.files.cells import as_word
from latentcli.files.formats import json_lines
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_MAX_BYTES = 1 << 30

Columns = dict[str, Array]
"""Columns by name: int64, float64, bool or text (object) arrays of the same length."""

_IDS = "id"
"""The column with the keys of an object of records, {"a.png": {"age": 30}, ...}."""


def sniff(stream: Stream) -> bool:
    """Tell a file that is named .json and begins as one, and JSON lines."""
    named = ".json" in map(str.lower, stream.path.suffixes)
    begun = stream.head(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    return (named and begun) or json_lines.sniff(stream)


def parsed(stream: Stream) -> Any:
    """Return what a file of JSON holds; the records of its lines as a list.

    Raises FormatError for what is no JSON, and for a line that is none.
    """
    by_line = json_lines.sniff(stream)
    raw = stream.read_exactly(_MAX_BYTES + 1)
    if len(raw) > _MAX_BYTES:
        raise stream.error("more than 1 GB of JSON; save the labels as Parquet")
    bounds.check_parsed(stream.name, raw)
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "backslashreplace")
    if not by_line:
        return _loaded(stream, text)
    numbered = enumerate(text.split("\n"), 1)
    return [
        _loaded(stream, line, f"line {number:,} is ")
        for number, line in numbered
        if line.strip()
    ]


def _loaded(stream: Stream, text: str, where: str = "") -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise stream.error(f"{where}not JSON ({shown(error, 60)})") from error


def read_columns(stream: Stream) -> Columns:
    """Read the columns of a table: numbers with NaN, texts with None where one is missing.

    Fields that hold lists or objects, such as the vectors of the same records, are left out.
    """
    found = columns_of(parsed(stream))
    if not found:
        raise stream.error(
            "JSON, but no table of labels: neither records nor columns of one length"
        )
    return found


def columns_of(content: Any) -> Columns:
    """Return the columns of parsed JSON; {} where it is no table.

    >>> columns_of([{"age": 30, "sex": "f"}, {"age": 31, "sex": None}])
    {'age': array([30, 31]), 'sex': array(['f', None], dtype=object)}
    >>> columns_of({"age": {"0": 30, "1": 31}})
    {'age': array([30, 31])}
    """
    cells = _cells(content)
    if len({*map(len, cells.values())}) != 1:
        return {}
    return {
        name: _column(column)
        for name, column in cells.items()
        if not any(isinstance(cell, (list, dict)) for cell in column)
    }


def _cells(content: Any) -> Mapping[str, Sequence[Any]]:
    """Return the cells of each column of a table."""
    if isinstance(content, list):
        return _of_list(content)
    if not isinstance(content, dict) or not content:
        return {}
    names, rows = content.get("columns"), content.get("data")
    if isinstance(names, list) and isinstance(rows, list):  # orient="split" of Pandas
        return _of_rows([as_word(name) for name in names], rows)
    values = [*content.values()]
    if all(isinstance(one, dict) for one in values):
        return _of_objects(content)
    if all(isinstance(one, list) for one in values) and not records.inside(values[0]):
        return content
    found = records.inside(content)
    if found is None or found == [content]:
        return {}
    index = (content.get("schema") or {}).get("primaryKey")  # orient="table" of Pandas
    return {name: cells for name, cells in records.samples_of(found).items() if [name] != index}


def _of_list(content: list[Any]) -> Mapping[str, Sequence[Any]]:
    if all(isinstance(one, list) for one in content):
        width = len(content[0]) if content else 0
        return _of_rows([f"column{place}" for place in range(width)], content)
    if any(isinstance(one, (list, dict)) for one in content):
        return records.samples_of(records.inside(content) or [])
    return {"column0": content}


def _of_rows(names: list[str], rows: list[Any]) -> Mapping[str, Sequence[Any]]:
    if len({*names}) < len(names) or not all(
        isinstance(row, list) and len(row) == len(names) for row in rows
    ):
        return {}
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _of_objects(content: dict[str, dict[str, Any]]) -> Mapping[str, Sequence[Any]]:
    """Return the columns of an object of objects: of columns with a cell for each row, or of rows.

    Rows are those that are numbered; where neither are, those that there are more of.
    """
    names = [*dict.fromkeys(name for one in content.values() for name in one)]
    by_column = _are_numbered(names) or (
        not _are_numbered([*content]) and len(names) > len(content)
    )
    if by_column:
        keys = names
        columns = {name: [one.get(key) for key in names] for name, one in content.items()}
    else:
        keys = [*content]
        columns = records.samples_of(content.values())
    if _are_numbered(keys) or _IDS in columns:
        return columns
    return {_IDS: keys, **columns}


def _are_numbered(keys: list[str]) -> bool:
    return bool(keys) and all(key.isdecimal() for key in keys)


def _column(cells: Sequence[Any]) -> Array:
    """Return a column as an array of the narrowest kind that holds it."""
    kinds = {type(cell) for cell in cells}
    if kinds == {bool}:
        return np.array(cells, dtype=bool)
    if kinds == {int} and all(-(1 << 63) <= cell < 1 << 63 for cell in cells):
        return np.array(cells, dtype=np.int64)
    if kinds <= {int, float, bool, type(None)} and kinds != {type(None)}:
        with suppress(OverflowError):  # a number of 400 digits is a text
            return np.array([np.nan if cell is None else float(cell) for cell in cells])
    texts = np.empty(len(cells), dtype=object)
    texts[:] = [None if cell is None else as_word(cell) for cell in cells]
    return texts
