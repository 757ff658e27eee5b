"""Words for the rows of an array: a file with one on each line, or a named array or column."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from latentcli.errors import FormatError, ParameterError, counted, shown
from latentcli.files.addresses import split_address
from latentcli.files.cells import as_word

if TYPE_CHECKING:
    from latentcli.files.stream import Stream

SPACY = ("vectors", "key2row", "strings.json")
"""The files of spaCy's vectors in a folder: the array, the rows of the hashes of its words, the words."""

_LABELS = "a text file with one label on each line"


def beside(path: Path) -> Path:
    """Return where the words of an array file are kept: `FILE.words.txt`."""
    return path.with_name(path.name + ".words.txt")


def all_beside(path: Path) -> list[Path]:
    """Return the files that have words for the rows of an array file, as far as they are there."""
    names = SPACY[1:] if path.name == SPACY[0] else ()
    files = [beside(path), *map(path.with_name, names)]
    return [file for file in files if os.path.isfile(file)]  # noqa: PTH113


def read(labels: str, of: Path, rows: int | None = None) -> list[str]:
    """Read the words that `labels` names: FILE, FILE::KEY, or a KEY of the array file `of`.

    A FILE has one on each line, or is JSON with the tokens of a model (`json_labels`); where it is a table of so many `rows` under a line of names, its column of
    text is taken.
    """
    from latentcli.files import json_labels, json_tables, lines
    from latentcli.files.stream import Stream  # decompressors: not for every query

    path, key = split_address(labels)
    if not key and not os.path.exists(path):  # noqa: PTH110
        path, key = of, labels
    with Stream(path) as stream:
        if key:
            return _column(stream, key)
        if stream.archive or _is_columnar(stream):
            raise ParameterError(f"say which of {stream.name} are the words: {path}::KEY")
        if json_tables.sniff(stream):
            return json_labels.read(stream, rows)
        found = lines.lines_of(stream, _LABELS)
    if rows is None or len(found) != rows + 1 or not _has_columns(found):
        return found
    from latentcli.files import vector_columns

    table = read_table(str(path))
    chosen = vector_columns.choose_text(
        {name: values.tolist() for name, values in table.items()}
    )
    return [as_word(value) for value in table[chosen or next(iter(table))].tolist()]


def columns_of(labels: str, rows: int) -> dict[str, list[str]]:
    """Return the columns of a table of labels with names for so many rows; {} if `labels` is none."""
    from latentcli.files import lines
    from latentcli.files.stream import Stream

    path, key = split_address(labels)
    if key or not os.path.exists(path):  # noqa: PTH110
        return {}
    with Stream(path) as stream:
        found = lines.lines_of(stream, _LABELS)
    if len(found) != rows + 1 or not _has_columns(found):
        return {}
    return {
        name: [as_word(value) for value in values.tolist()]
        for name, values in read_table(labels).items()
    }


def _has_columns(lines: list[str]) -> bool:
    """Tell a table with a line of names from labels, one a line."""
    return any(
        lines[0].count(separator) and lines[0].count(separator) == lines[1].count(separator)
        for separator in "\t,;"
    )


def _column(stream: Stream, key: str) -> list[str]:
    """Read an array of text of an archive, or a column of a table, as words."""
    from latentcli.files.formats import npz, parquet

    if stream.archive:
        return npz.read_words(stream, key)
    if parquet.sniff(stream):
        return parquet.read_words(stream, key)
    if not is_table(stream):
        raise FormatError(
            f"no such file: {shown(key)}, and {stream.name} has no named arrays or columns"
        )
    table = read_table(str(stream.path))
    if key not in table:
        raise _no_column(stream.name, key, table)
    return [as_word(value) for value in table[key].tolist()]


def _no_column(name: str, key: str, table: Mapping[str, object]) -> FormatError:
    which = f"no column '{shown(key)}'" if key else "several columns; name one, FILE::COLUMN"
    return FormatError(f"{name}: {which}: it has {shown(', '.join(table))}")


def is_table(stream: Stream) -> bool:
    """Tell a table of labels (text, JSON, Parquet, Arrow) from archives and other files of arrays."""
    from latentcli.files.sniffing import is_binary

    return not stream.archive and (_is_columnar(stream) or not is_binary(stream.head(1 << 16)))


def _is_columnar(stream: Stream) -> bool:
    """Tell Parquet and Arrow, whose columns have names."""
    from latentcli.files.formats import arrow, parquet

    return parquet.sniff(stream) or arrow.sniff(stream)


def read_table(address: str, notes: list[str] | None = None) -> dict[str, npt.NDArray[Any]]:
    """Read a table of labels: CSV, TSV, JSON, Parquet or Arrow with names, or a list of labels without."""
    import csv

    from latentcli.files import json_tables
    from latentcli.files.formats import table
    from latentcli.files.sniffing import is_pickle
    from latentcli.files.stream import Stream

    with Stream(split_address(address)[0]) as stream:
        unusable = stream.error("not a CSV, TSV, JSON, Parquet or Arrow table of labels")
        if not is_table(stream):
            if is_pickle(stream.head(64)):
                raise stream.error(
                    "a Python pickle, which can run code and is never loaded; save the labels as CSV "
                    "or Parquet"
                )
            raise unusable
        if json_tables.sniff(stream):
            return json_tables.read_columns(stream)
        try:
            return table.read_columns(stream, notes)
        except (csv.Error, UnicodeError) as error:
            raise unusable from error


def table_or_none(address: str) -> dict[str, npt.NDArray[Any]] | None:
    """Read a table of labels; None where the file is an array."""
    from latentcli.files.stream import Stream

    with Stream(split_address(address)[0]) as stream:
        if not is_table(stream):
            return None
    return read_table(address)


def read_numbers(address: str) -> npt.NDArray[Any]:
    """Read a number for each row (N,): an array, or a column of a table, its only one of numbers if not named."""
    import numpy as np

    from latentcli.files.load import read_array
    from latentcli.files.stream import Stream

    path, key = split_address(address)
    with Stream(path) as stream:
        of_columns = is_table(stream)
    if not of_columns:
        values = read_array(address).values
        if values.size != len(values):
            raise FormatError(f"{address}: shape {values.shape} is not one number for each row")
        return np.asarray(values).reshape(-1)
    table = read_table(str(path))
    numeric = [name for name, column in table.items() if column.dtype.kind in "fiub"]
    if not key and len(numeric) == 1:
        key = numeric[0]
    if key not in table:
        raise _no_column(path.name, key, table)
    if key not in numeric:
        raise FormatError(f"{path.name}: the column '{shown(key)}' is not of numbers")
    return table[key]


def read_classes(address: str, rows: int | None = None, of: str | None = None) -> list[object]:
    """Read a label for each of `rows` rows: text, a number, or None.

    A file with one on each line; a column of a CSV, TSV, JSON, Parquet or Arrow table, `FILE::COLUMN`, or its only
    one; an array of a .npy, .npz or other file of arrays, `FILE::KEY`; a KEY or COLUMN of the file `of` whose rows they are. Where the number of rows is not known, a .csv or .tsv file begins with a name.
    """
    path, key = split_address(address)
    if of is not None and not key and not os.path.exists(path):  # noqa: PTH110
        path, key = split_address(of)[0], address
        address = f"{of}::{key}"
    found = _classes(address, path, key, rows)
    if rows is not None and len(found) != rows:
        raise FormatError(
            f"{address}: {counted(len(found), 'label')} for {counted(rows, 'row')}"
        )
    return found


def _classes(address: str, path: Path, key: str, rows: int | None) -> list[object]:
    from latentcli.files import json_tables, lines
    from latentcli.files.stream import Stream

    with Stream(path) as stream:
        if not is_table(stream):
            return _array_of_classes(address, stream, key)
        if not key and not _is_columnar(stream) and not json_tables.sniff(stream):
            found: list[object] = [*lines.lines_of(stream, _LABELS)]
            table_like = path.suffix.lower() in (".csv", ".tsv")
            if not any(found) or (not table_like if rows is None else len(found) == rows):
                return found
    table = read_table(str(path))
    if not key and len(table) == 1:
        key = next(iter(table))
    if key not in table:
        raise _no_column(path.name, key, table)
    values: list[object] = table[key].tolist()
    return values


def _array_of_classes(address: str, stream: Stream, key: str) -> list[object]:
    """Read labels from a file of arrays: text, or numbers of one axis."""
    from latentcli.files.load import array_in

    values = array_in(stream, key, text=True).values
    if values.size != max(values.shape):
        raise FormatError(f"{address}: shape {values.shape} is not one label for each row")
    found: list[object] = values.ravel().tolist()
    return found
