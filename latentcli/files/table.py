"""Tables with named columns: CSV, TSV and Parquet, for labels, factors, and codes in columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentcli.errors import reason
from latentcli.files import arrays, parquet
from latentcli.files.reading import Array, Findings, Reading
from latentcli.files.stream import Stream

Columns = dict[str, Array]
"""Columns by name: float64, int64, bool or text (object) arrays of the same length."""


def sniff(stream: Stream) -> bool:
    """Tell delimited text with numbers: commas, or tabs under a line of names."""
    head = stream.head(1 << 16).removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in head:
        return False
    lines = [line for line in head.split(b"\n")[:3] if line.strip()]
    if not lines:
        return False
    data = lines[1] if len(lines) > 1 else lines[0]
    if b"," in lines[0] and lines[0].count(b",") == data.count(b","):
        fields = data.split(b",")
        return any(map(_is_number, fields)) and not any(map(_ends_in_number, fields))
    names = lines[0].split(b"\t")
    named = len(names) > 1 and len(lines) > 1 and not any(map(_is_number, names))
    return (
        named
        and any(map(_is_number, data.split(b"\t")))
        and data.count(b"\t") == len(names) - 1
    )


def read(stream: Stream, key: str = "") -> Reading:
    """Read the number columns as the dimensions of rows; a lone text column as their words."""
    columns = read_columns(stream)
    numbers = {name: values for name, values in columns.items() if values.dtype.kind in "fib"}
    texts = {name: values for name, values in columns.items() if values.dtype.kind == "O"}
    if key:
        raise stream.error(f"a table has no array '{key}': its columns are the dimensions")
    if not numbers:
        raise stream.error("no columns of numbers")
    words = next((name for name in arrays.WORD_KEYS if name in texts), "")
    words = words or (next(iter(texts)) if len(texts) == 1 else "")
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
        notes=[f"the words are its column '{words}'"] if words else [],
    )


def read_columns(stream: Stream) -> Columns:
    """Read a table whole; columns without names are called column0, column1, ..."""
    import pyarrow as pa

    try:
        if parquet.sniff(stream):
            import pyarrow.parquet as pq

            table = pq.read_table(stream.unpacked())
        else:
            table = _delimited(stream)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise stream.error(f"not a table ({reason(error)[:160]})") from error
    return {name: _column(table.column(name)) for name in table.column_names}


def _delimited(stream: Stream) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    text = stream.read_exactly(1 << 32).removeprefix(b"\xef\xbb\xbf")
    first = text.split(b"\n", 1)[0].rstrip(b"\r")
    separator = "\t" if first.count(b"\t") > first.count(b",") else ","
    names = [field.strip().strip(b'"') for field in first.split(separator.encode())]
    headed = not any(map(_is_number, names)) and all(names)
    return csv.read_csv(
        pa.BufferReader(text),
        read_options=csv.ReadOptions(
            column_names=None if headed else [f"column{i}" for i in range(len(names))],
        ),
        parse_options=csv.ParseOptions(delimiter=separator),
        convert_options=csv.ConvertOptions(strings_can_be_null=True),
    )


def _column(column: Any) -> Array:
    """Return a column as an array; missing numbers as NaN, missing text as None."""
    import pyarrow.types as kinds

    if kinds.is_floating(column.type) or kinds.is_integer(column.type):
        return np.asarray(column.to_numpy())
    if kinds.is_boolean(column.type) and column.null_count == 0:
        return np.asarray(column.to_numpy())
    texts = column.to_pylist()
    return np.array([None if text is None else str(text) for text in texts], dtype=object)


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
