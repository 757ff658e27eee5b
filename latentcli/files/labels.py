"""Words for the rows of an array: a file with one on each line, or a named array or column."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from latentcli.errors import FormatError, UsageError, shown
from latentcli.files import samples

if TYPE_CHECKING:
    from latentcli.files.stream import Stream


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
        return lines.lines_of(stream, "a text file with one label on each line")


def _column(stream: Stream, key: str) -> list[str]:
    from latentcli.files import npz, parquet

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

    from latentcli.files import parquet, table
    from latentcli.files.stream import Stream

    with Stream(split_address(address)[0]) as stream:
        unusable = stream.error("not a CSV, TSV or Parquet table of labels")
        if stream.archive or (not parquet.sniff(stream) and _is_binary(stream)):
            raise unusable
        try:
            return table.read_columns(stream)
        except (csv.Error, UnicodeError) as error:
            raise unusable from error


def _is_binary(stream: Stream) -> bool:
    """Tell bytes that no text has: NUL and other controls but tab, line ends and form feed."""
    controls = bytes(set(range(32)) - set(b"\t\n\v\f\r"))
    head = stream.head(1 << 16)
    return len(head.translate(None, controls)) < len(head)
