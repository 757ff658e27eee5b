"""Words for the rows of an array: a file with one on each line, or a named array or column."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from latentcli.errors import FormatError, UsageError, shown
from latentcli.files import samples

if TYPE_CHECKING:
    from latentcli.files.stream import Stream

_LABELS = "a text file with one label on each line"


def split_address(address: str) -> tuple[Path, str]:
    """Split `FILE::KEY`; the key is "" when there is none. A sample's name finds the sample."""
    address = samples.find(address)
    if os.path.exists(address):  # noqa: PTH110 - False, too, for names no file can have
        return Path(address), ""
    file, mark, key = address.rpartition("::")
    return (Path(file), key) if mark and file else (Path(address), "")


def beside(path: Path) -> Path:
    """Return where the words of an array file are kept: `FILE.words.txt`."""
    return path.with_name(path.name + ".words.txt")


def read(labels: str, of: Path) -> list[str]:
    """Read the words that `labels` names: FILE, FILE::KEY, or a KEY of the array file `of`."""
    from latentcli.files import lines
    from latentcli.files.stream import Stream  # decompressors: not for every query

    path, key = split_address(labels)
    if not key and not os.path.exists(path):  # noqa: PTH110
        path, key = of, labels
    with Stream(path) as stream:
        if key:
            return _column(stream, key)
        if stream.archive or stream.head(4) == b"PAR1":
            raise UsageError(f"say which of {stream.name} are the words: {path}::KEY")
        return lines.lines_of(stream, _LABELS)


def _column(stream: Stream, key: str) -> list[str]:
    from latentcli.files.formats import npz, parquet

    if stream.archive:
        return npz.read_words(stream, key)
    if parquet.sniff(stream):
        return parquet.read_words(stream, key)
    raise FormatError(
        f"no such file: {shown(key)}, and {stream.name} has no named arrays or columns"
    )


def read_table(address: str) -> dict[str, npt.NDArray[Any]]:
    """Read a table of labels: CSV, TSV, Parquet with names, or a list of labels without."""
    import csv

    from latentcli.files.formats import parquet, table
    from latentcli.files.stream import Stream

    with Stream(split_address(address)[0]) as stream:
        unusable = stream.error("not a CSV, TSV or Parquet table of labels")
        if stream.archive or (not parquet.sniff(stream) and _is_binary(stream)):
            raise unusable
        try:
            return table.read_columns(stream)
        except (csv.Error, UnicodeError) as error:
            raise unusable from error


def read_classes(address: str, rows: int) -> list[object]:
    """Read a label for each of `rows` rows: text, a number, or None.

    A file with one on each line; a column of a CSV, TSV or Parquet table, `FILE::COLUMN`, or its only
    one; an array of a .npy, .npz or other file of arrays, `FILE::KEY`.
    """
    path, key = split_address(address)
    found = _classes(address, path, key, rows)
    if len(found) != rows:
        labels = "1 label" if len(found) == 1 else f"{len(found):,} labels"
        raise FormatError(f"{address}: {labels} for {rows:,} rows")
    return found


def _classes(address: str, path: Path, key: str, rows: int) -> list[object]:
    from latentcli.files import lines
    from latentcli.files.formats import parquet
    from latentcli.files.stream import Stream

    with Stream(path) as stream:
        if not parquet.sniff(stream) and (stream.archive or _is_binary(stream)):
            return _array_of_classes(address, stream, key)
        if not key and not parquet.sniff(stream):
            found: list[object] = [*lines.lines_of(stream, _LABELS)]
            if len(found) == rows or not any(found):
                return found
    table = read_table(str(path))
    if not key and len(table) == 1:
        key = next(iter(table))
    if key not in table:
        which = (
            f"no column '{shown(key)}'" if key else "several columns; name one, FILE::COLUMN"
        )
        raise FormatError(f"{path.name}: {which}: it has {shown(', '.join(table))}")
    values: list[object] = table[key].tolist()
    return values


def _array_of_classes(address: str, stream: Stream, key: str) -> list[object]:
    """Read labels from a file of arrays: text, or numbers of one axis."""
    from latentcli.files import codes

    if stream.archive and key:
        with suppress(FormatError):
            return [*_column(stream, key)]
    values = codes.load(address, axes="", finite=False).values
    if values.size != max(values.shape):
        raise FormatError(f"{address}: shape {values.shape} is not one label for each row")
    found: list[object] = values.ravel().tolist()
    return found


def _is_binary(stream: Stream) -> bool:
    """Tell bytes that no text has: NUL and other controls but tab, line ends and form feed."""
    controls = bytes(set(range(32)) - set(b"\t\n\v\f\r"))
    head = stream.head(1 << 16)
    return len(head.translate(None, controls)) < len(head)
