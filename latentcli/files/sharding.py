"""Rows as shards: files of consecutive rows in a new folder, which say how many they are."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from latentcli.errors import ParameterError
from latentcli.files import writing
from latentcli.files.contents import Content
from latentcli.files.folders import made_folder


class Sharded(NamedTuple):
    """What was written: bytes of all shards, and what could not be kept in them."""

    size: int
    notes: tuple[str, ...]


def write_shards(
    content: Content, shards: int, folder: Path, to: str, *, dtype: str = ""
) -> Sharded:
    """Write rows to a new folder, as so many files in the format `to`: `part-00000-of-00016.parquet` and on.

    Lengths differ by one row at most, the first shards being the longer ones, as NumPy's `array_split` has
    them. The folder is there when all is well, or not at all. Raises ParameterError for more shards than
    rows, FileError where the folder has files.
    """
    rows = content.rows
    if not 1 <= shards <= rows:
        raise ParameterError("shards", shards, f"a whole number from 1 to {rows:,}, the rows")
    ending = writing.WRITERS[to].endings[0]
    notes: dict[str, None] = {}
    size = first = 0
    with made_folder(folder) as made:
        for place in range(shards):
            end = first + rows // shards + (place < rows % shards)
            part = content.part(slice(first, end))
            path = made / f"part-{place:05d}-of-{shards:05d}{ending}"
            writing.write(part, path, to, dtype=dtype)
            size += path.stat().st_size
            notes |= dict.fromkeys(f"{path.name}: {note}" for note in part.notes)
            first = end
    return Sharded(size, (*content.notes, *notes))
