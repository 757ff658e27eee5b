"""Shards written in another format, each by a worker: a shard in, a shard out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from latentcli.distributed import _files, _shards
from latentcli.errors import FileError, LatentError
from latentcli.files import contents, writing
from latentcli.files.parts import bare
from latentcli.files.store.axes import FIRST

if TYPE_CHECKING:
    from latentcli.distributed._session import Session
    from latentcli.distributed._shards import Shard


class Converted(NamedTuple):
    """What is known of a shard that was written."""

    rows: int
    dimensions: int
    dtype: str
    size: int
    notes: tuple[str, ...]


def converted(
    session: Session,
    paths: Sequence[str],
    folder: Path,
    to: str,
    *,
    dtype: str = "",
    skip_bad: bool = False,
) -> _files.Taken:
    """Write a shard in another format for each, of the same name with another ending.

    Each is what `convert` makes of that shard alone. The folder is there when all is well, or not at all.
    """
    ending = writing.WRITERS[to].endings[0]
    listed = _shards.listed(paths, with_missing=skip_bad)
    names = _files.distinct([
        f"{bare(_files.name_of(one))}{ending}" for one in listed
    ])  # fmt: skip
    with _files.made_folder(folder) as part:
        given = [(str(part / name), to, dtype) for name in names]
        return _files.taken(session, listed, _convert, lambda at: given[at], skip_bad)


def _convert(shard: Shard, target: str, to: str, dtype: str) -> _files.Of:
    from latentcli import opening

    path = Path(target)
    if not path.parent.is_dir():
        raise FileError("the run has ended")
    columns = writing.WRITERS[to].columns
    space = opening.open(
        shard.address, columns=columns, cache=False, axes=FIRST if to in contents.SHAPED else ""
    )
    content = contents.content_of(shard.address, space.entry, to)
    try:
        writing.write(content, path, to, dtype=dtype)
    except LatentError:
        path.unlink(missing_ok=True)
        raise
    notes = (*space.entry.notes, *content.notes)
    found = Converted(
        content.rows,
        content.dimensions,
        dtype or str(content.dtype),
        path.stat().st_size,
        notes,
    )
    return _files.Of(found, content.rows, tuple(content.shape[1:]))
