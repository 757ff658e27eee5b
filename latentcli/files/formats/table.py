"""Tables with named columns: CSV, TSV, Parquet and Arrow, for labels, factors, and codes in columns.

Longer than 300 lines: columns of numbers and a column of vectors are two readings of one table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from latentcli.errors import LatentError, reason, shown
from latentcli.files import arrays, delimited, vector_columns
from latentcli.files import table_checks as checks
from latentcli.files.cells import as_word
from latentcli.files.formats import arrow, parquet, separated
from latentcli.files.reading import Findings, Reading
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_KNOWN = 1 << 16
"""Texts of a column of which equal ones are one object: columns of many rows have few, or long ones."""


Columns = dict[str, Array]
"""Columns by name: float64, int64, bool or text (object) arrays of the same length."""


def sniff(stream: Stream) -> bool:
    """Tell delimited text with numbers, or with lists of numbers."""
    return delimited.is_table(stream.head(delimited.HEAD))


def read(stream: Stream, key: str = "") -> Reading:
    """Read a column of vectors, or the columns of numbers as the dimensions, with a column of words."""
    columns, notes = _read(stream, literal=True)
    texts = {name: values for name, values in columns.items() if values.dtype.kind == "O"}
    vectors, text = vector_columns.split_key(key, columns)
    if (vectors and vectors not in texts) or (text and text not in columns):
        raise stream.error(
            f"a table has no array '{key}': its columns of numbers are the dimensions"
        )
    samples = {
        name: column[: vector_columns.SAMPLE].tolist() for name, column in columns.items()
    }
    sampled = vector_columns.choose(stream.name, samples, key)
    if sampled is not None:
        return _of_vectors(stream, columns, sampled, key, notes)
    numbers = _dimensions(columns, text, notes)
    checks.check_halves(stream, numbers)
    for name, cells in texts.items():
        checks.check_no_numbers(stream, name, cells)
    if not numbers:
        raise stream.error("no columns of numbers")
    words = vector_columns.choose_text(texts, text)
    checks.check_cells(stream, texts, words, numbers)
    if words:
        notes.append(f"the words are its column '{words}'")
    if left := [name for name in texts if name != words]:
        which = (
            "" if words or text is not None else "; `text_column` names the one with the words"
        )
        notes.append(f"columns of text are left out: {', '.join(left)}{which}")
    return _of_numbers(stream, columns, numbers, words, notes)


def _of_numbers(
    stream: Stream, columns: Columns, numbers: Columns, words: str, notes: list[str]
) -> Reading:
    """Read a table in which each column of numbers is a dimension."""
    values = np.column_stack([column.astype(np.float64) for column in numbers.values()])
    labels = _Labels(columns[words]) if words else None
    left = {name: cells for name, cells in columns.items() if name not in numbers}
    columns.clear()
    rows, dimensions = arrays.rows_of(stream.name, values.shape, values.dtype)

    def blocks() -> Any:
        done = 0
        for block in arrays.in_blocks(values):
            part = labels.part(done, done + len(block.values)) if labels else None
            yield block._replace(words=part, columns=others(done, done + len(block.values)))
            done += len(block.values)

    def others(start: int, stop: int) -> dict[str, list[object]] | None:
        if not reading.with_columns:
            return None
        return {name: cells[start:stop].tolist() for name, cells in left.items()}

    reading = Reading(
        format="table",
        dimensions=dimensions,
        blocks=blocks,
        findings=Findings(),
        dtype="float64",
        shape=(rows, dimensions),
        notes=notes,
    )
    return reading


def _dimensions(columns: Columns, text: str, notes: list[str]) -> Columns:
    """Return the columns of numbers but those that number the rows, which a note names."""
    numbers = {
        name: values
        for name, values in columns.items()
        if values.dtype.kind in "fib" and name != text
    }
    ids = [
        name
        for name, values in numbers.items()
        if vector_columns.is_id(name) and values.dtype.kind == "i"
    ]
    if ids and len(ids) < len(numbers):
        notes.append(_left_out(ids))
        numbers = {name: values for name, values in numbers.items() if name not in ids}
    if others := vector_columns.besides_series([*numbers]):
        notes.append(vector_columns.not_dimensions(others))
        numbers = {name: values for name, values in numbers.items() if name not in others}
    return numbers


def _of_vectors(
    stream: Stream,
    columns: Columns,
    sampled: vector_columns.Choice,
    key: str,
    notes: list[str],
) -> Reading:
    """Read a table in which one column holds lists of numbers, as far as its first rows say.

    All rows choose it again; where most of them hold no vector, `blocks_of` says which is the first.
    """
    cells = {name: values.tolist() for name, values in columns.items()}
    choice = vector_columns.choose(stream.name, cells, key) or sampled
    findings = Findings()
    texts = _Labels(columns[choice.text]) if choice.text else None
    vectors = cells[choice.vectors]
    step = max(1, vector_columns.BATCH_NUMBERS // choice.dimensions)

    def batches() -> Iterator[vector_columns.Batch]:
        for start in range(0, len(vectors), step):
            part = slice(start, start + step)
            others = {
                name: column[part] for name, column in cells.items() if name != choice.vectors
            }
            yield vector_columns.Batch(
                texts.part(start, start + step) if texts else None,
                vectors[part],
                others if reading.with_columns else None,
            )

    reading = Reading(
        format="table of vectors",
        dimensions=choice.dimensions,
        blocks=lambda: vector_columns.blocks_of(
            stream.name, batches(), choice.dimensions, findings
        ),
        findings=findings,
        dtype="float64",
        key=key or choice.vectors,
        shape=(len(vectors), choice.dimensions),
        notes=[*notes, choice.note],
    )
    return reading


def read_columns(stream: Stream, notes: list[str] | None = None) -> Columns:
    """Read a table whole; columns without names are called column0, column1, ...; `notes` say how it was taken.

    A first column that only numbers the rows, with the name of a data frame's index, is left out.
    """
    columns, found = _read(stream)
    if notes is not None:
        notes += found
    return columns


def _read(stream: Stream, *, literal: bool = False) -> tuple[Columns, list[str]]:
    """Read a table whole, with notes on how it was taken.

    With `literal`, "NA" and "null" in a column of text are words; else they are missing.
    """
    import pyarrow as pa

    notes: list[str] = []
    try:
        if parquet.sniff(stream):
            import pyarrow.parquet as pq

            table = _without_lists(stream, pq.read_table(stream.unpacked()))
        elif arrow.sniff(stream):
            table = _without_lists(stream, arrow.read_table(stream))
        else:
            table = separated.read_table(stream, notes, literal=literal)
        names = [name.strip() for name in table.column_names]
    except LatentError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise stream.error(f"not a table ({reason(error)[:160]})") from error
    if twice := next((name for name, count in Counter(names).items() if count > 1), None):
        raise stream.error(f"two columns are named '{twice}'")
    columns = {
        name: _column(values, literal=literal)
        for name, values in zip(names, table.columns, strict=True)
    }
    for name, values in columns.items():
        if values.dtype.kind == "O" and all(
            text is None or text[:1] == " " or text[-1:] == " " for text in values
        ):
            columns[name] = np.array([_bare(text) for text in values], dtype=object)
    return _without_empty(columns, notes), notes


def _without_empty(columns: Columns, notes: list[str]) -> Columns:
    """Leave out a last column that holds nothing, and a first that numbers the rows; name one of texts without a name."""
    first, *_, last = [*columns, *columns]
    if len(columns) > 1 and _is_blank(last, columns[last]):
        del columns[last]  # a separator at the end of each line
    if not first and columns[first].dtype.kind == "O":
        # What Pandas calls an index without a name, once it is a column.
        return {(name or _free("index", columns)): one for name, one in columns.items()}
    unnamed = len(columns) > 1 and first in vector_columns.UNNAMED
    if unnamed and vector_columns.counts_rows(columns[first]):
        notes.append(_left_out([first]))
        del columns[first]
    return columns


def _is_blank(name: str, values: Array) -> bool:
    """Tell a column without a name, or with one made here, that holds nothing."""
    unnamed = not name or re.fullmatch(r"column\d+", name)
    return bool(unnamed) and values.dtype.kind == "O" and not any(values)


def _free(name: str, taken: Columns) -> str:
    """Return a name, with as many bars behind it as make it one that is not taken."""
    while name in taken:
        name += "_"
    return name


def _without_lists(stream: Stream, table: Any) -> Any:
    """Return a table without the vectors that may stand beside the labels."""
    import pyarrow.types as kinds

    flat = [field.name for field in table.schema if not kinds.is_nested(field.type)]
    if not flat:
        raise stream.error("no column of labels: all its columns are of lists")
    return table.select(flat)


def _bare(text: str | None) -> str | None:
    """Return a text without the blank that stands before it, and the quotes behind that."""
    bare = text.strip() if text else text
    quoted = bare is not None and len(bare) > 1 and bare[0] == bare[-1] == '"'
    return bare[1:-1].replace('""', '"') if bare and quoted else bare


def _left_out(columns: list[str]) -> str:
    names = ", ".join(name or "the first, which has no name" for name in columns)
    return f"columns that number the rows are left out: {shown(names)}"


class _Labels:
    """A column as words, part by part, without the single quotes that stand around all of them."""

    def __init__(self, column: Array) -> None:
        self._column = column
        self._quoted = len(column) > 1 and all(
            len(word) > 2 and word[0] == word[-1] == "'" for word in map(as_word, column)
        )

    def part(self, start: int, stop: int) -> list[str]:
        words = [*map(as_word, self._column[start:stop].tolist())]
        return [word[1:-1] for word in words] if self._quoted else words


def _column(column: Any, *, literal: bool) -> Array:
    """Return a column as an array; missing numbers as NaN, missing text as None (with `literal`, empty text)."""
    import pyarrow.types as kinds

    if kinds.is_decimal(column.type):
        return np.asarray(column.cast("float64").to_numpy())
    if kinds.is_floating(column.type) or kinds.is_integer(column.type):
        return np.asarray(column.to_numpy())
    if kinds.is_boolean(column.type) and column.null_count == 0:
        return np.asarray(column.to_numpy())
    texts = np.empty(len(column), dtype=object)
    known: dict[str | None, str | None] = {}
    done = 0
    for chunk in column.chunks:
        cells = [*map(_text, chunk.to_pylist())]
        cells = [cell or None for cell in cells] if literal else cells
        if len(known) < _KNOWN:
            known.update(zip(cells[:_KNOWN], cells[:_KNOWN], strict=True))
        texts[done : done + len(cells)] = [known.get(cell, cell) for cell in cells]
        done += len(cells)
    return texts


def _text(value: object) -> str | None:
    """Return a value as text; bytes that are not UTF-8 with their odd ones escaped."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return None if value is None else str(value)
