"""Tables with named columns: CSV, TSV and Parquet, for labels, factors, and codes in columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import Any

import numpy as np

from latentcli.errors import LatentError, reason
from latentcli.files import arrays
from latentcli.files.formats import parquet
from latentcli.files.reading import Findings, Reading
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_MAX_BYTES = 1 << 30
_MAX_COLUMNS = 16_384
"""More columns take a table gigabytes for each of them; such an array is no table."""

Columns = dict[str, Array]
"""Columns by name: float64, int64, bool or text (object) arrays of the same length."""


def sniff(stream: Stream) -> bool:
    """Tell delimited text with numbers: commas, or tabs under a line of names."""
    head = stream.head(1 << 16).removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in head or head.lstrip()[:1] in (b"[", b"{"):
        return False
    lines = [line.rstrip(b"\r") for line in head.split(b"\n")[:3] if line.strip()]
    if not lines:
        return False
    first, data = lines[0], lines[1] if len(lines) > 1 else lines[0]
    for separator in (b",", b";"):
        fields = _split(data, separator)
        if 1 < len(fields) == len(_split(first, separator)):
            numeric = any(_is_number(field.replace(b",", b".")) for field in fields)
            return numeric and not any(map(_ends_in_number, fields))
    names = first.split(b"\t")
    named = len(names) > 1 and len(lines) > 1 and not any(map(_is_number, names))
    return (
        named
        and any(_is_number(field.replace(b",", b".")) for field in data.split(b"\t"))
        and data.count(b"\t") == len(names) - 1
    )


def read(stream: Stream, key: str = "") -> Reading:
    """Read the number columns as the dimensions of rows; a lone text column as their words."""
    columns = read_columns(stream)
    numbers = {name: values for name, values in columns.items() if values.dtype.kind in "fib"}
    texts = {name: values for name, values in columns.items() if values.dtype.kind == "O"}
    if key:
        raise stream.error(f"a table has no array '{key}': its columns are the dimensions")
    for name, values in texts.items():
        _check_no_numbers(stream, name, values)
    if not numbers:
        raise stream.error("no columns of numbers")
    words = next((name for name in arrays.WORD_KEYS if name in texts), "")
    words = words or (next(iter(texts)) if len(texts) == 1 else "")
    notes = [f"the words are its column '{words}'"] if words else []
    if others := [name for name in texts if name != words]:
        notes.append(f"columns of text are left out: {', '.join(others)}")
    values = np.column_stack([column.astype(np.float64) for column in numbers.values()])
    labels = [str(word) for word in texts[words]] if words else None
    rows, dimensions = arrays.rows_of(stream.name, values.shape, values.dtype)

    def blocks() -> Any:
        done = 0
        for block in arrays.in_blocks(values):
            part = labels[done : done + len(block.values)] if labels else None
            done += len(block.values)
            yield block._replace(words=part)

    return Reading(
        format="table",
        dimensions=dimensions,
        blocks=blocks,
        findings=Findings(),
        dtype="float64",
        shape=(rows, dimensions),
        notes=notes,
    )


def read_columns(stream: Stream) -> Columns:
    """Read a table whole; columns without names are called column0, column1, ...

    A first column without a name that counts the rows, as Pandas writes it, is left out.
    """
    import pyarrow as pa

    try:
        if parquet.sniff(stream):
            import pyarrow.parquet as pq

            table = pq.read_table(stream.unpacked())
        else:
            table = _delimited(stream)
        names = table.column_names
    except LatentError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise stream.error(f"not a table ({reason(error)[:160]})") from error
    if twice := next((name for name, count in Counter(names).items() if count > 1), None):
        raise stream.error(f"two columns are named '{twice}'")
    columns = {name: _column(values) for name, values in zip(names, table.columns, strict=True)}
    if "" in columns and np.array_equal(columns[""], np.arange(len(columns[""]))):
        del columns[""]
    return columns


def _delimited(stream: Stream) -> Any:
    import pyarrow as pa
    from pyarrow import csv as arrow

    text = stream.read_exactly(_MAX_BYTES + 1)
    if len(text) > _MAX_BYTES:
        raise stream.error("a table of more than 1 GB; save it as Parquet or .npy")
    text = text.removeprefix(b"\xef\xbb\xbf")
    first = text.lstrip(b"\r\n").split(b"\n", 1)[0].rstrip(b"\r")
    if max(first.count(b"\t"), first.count(b",")) >= _MAX_COLUMNS:
        raise stream.error(f"a table of more than {_MAX_COLUMNS:,} columns; save it as .npy")
    separator = b"\t" if first.count(b"\t") > first.count(b",") else b","
    names = [field.strip() for field in _split(first, separator)]
    if separator == b"," and _has_semicolons(text.split(b"\n", 2)[:2]):
        raise stream.error(
            "its columns are parted by semicolons; write commas or tabs, and decimals with a point"
        )
    headed = all(names[1:]) and not any(map(_is_number, names))
    counted = _counts(names) and text.count(b"\n") > 1
    return arrow.read_csv(
        pa.BufferReader(text),
        read_options=arrow.ReadOptions(
            column_names=None
            if headed or counted
            else [f"column{i}" for i in range(len(names))],
        ),
        parse_options=arrow.ParseOptions(delimiter=separator.decode()),
        convert_options=arrow.ConvertOptions(strings_can_be_null=True),
    )


def _counts(names: list[bytes]) -> bool:
    """Tell 0, 1, 2, ... as Pandas names columns, after the empty name of its index if it is there."""
    numbers = names[1:] if names[0] == b"" else names
    return len(numbers) > 1 and numbers == [str(i).encode() for i in range(len(numbers))]


def _has_semicolons(lines: list[bytes]) -> bool:
    """Tell columns parted by semicolons, with points or commas in their decimals."""
    numeric = any(
        _is_number(field.replace(b",", b".")) for field in _split(lines[-1], b";")[1:]
    )
    return b";" in lines[0] and b";" in lines[-1] and numeric


def _split(line: bytes, separator: bytes) -> list[bytes]:
    """Split a line, leaving separators within double quotes."""
    if b'"' not in line:
        return line.split(separator)
    text = line.decode("utf-8", "surrogateescape")
    try:
        (fields,) = csv.reader([text], delimiter=separator.decode())
    except (csv.Error, ValueError):  # a quote that never ends, or a line in a line
        return line.split(separator)
    return [field.encode("utf-8", "surrogateescape") for field in fields]


def _check_no_numbers(stream: Stream, name: str, values: Array) -> None:
    """Refuse a column of text that is mostly numbers: a dimension would be lost."""
    texts = [(row, text) for row, text in enumerate(values.tolist()) if text is not None]
    odd = [(row, text) for row, text in texts if not _is_number(text.encode())]
    if not texts or 2 * len(odd) > len(texts) + sum(map(_has_decimal_comma, texts)):
        return
    row, text = odd[0]
    commas = "; write decimals with a point" if _has_decimal_comma(odd[0]) else ""
    raise stream.error(f"column '{name}': '{text}' in row {row:,} is not a number{commas}")


def _has_decimal_comma(item: tuple[int, str]) -> bool:
    return re.fullmatch(r"\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*", item[1]) is not None


def _column(column: Any) -> Array:
    """Return a column as an array; missing numbers as NaN, missing text as None."""
    import pyarrow.types as kinds

    if kinds.is_floating(column.type) or kinds.is_integer(column.type):
        return np.asarray(column.to_numpy())
    if kinds.is_boolean(column.type) and column.null_count == 0:
        return np.asarray(column.to_numpy())
    return np.array([_text(value) for value in column.to_pylist()], dtype=object)


def _text(value: object) -> str | None:
    """Return a value as text; bytes that are not UTF-8 with their odd ones escaped."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return None if value is None else str(value)


def _ends_in_number(field: bytes) -> bool:
    """Tell "000 0.5", the end of a row of word vectors whose word has a comma."""
    parts = field.split()
    return len(parts) > 1 and _is_number(parts[-1])


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
