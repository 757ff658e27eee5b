"""Shards written in another format, each by a worker: a shard in, a shard out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from latentcli.distributed import _files, _shards, _zarr
from latentcli.errors import FormatError, LatentError, counted, unknown_choice
from latentcli.files import contents, joining, writing
from latentcli.files.folders import check_running, made_folder
from latentcli.files.outputs import written_beside
from latentcli.files.parts import bare
from latentcli.files.store.axes import FIRST
from latentcli.files.writers import FLOATS, WORDS, Writer

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


_REPORTED = 5
"""Different notes of shards that are reported."""


def notes_of(taken: _files.Taken) -> list[str]:
    """Return what is to be said of shards that were written: what is so of several once, with their number."""
    alike: dict[str, list[str]] = {}
    for shard, one in zip(taken.shards, taken.found, strict=True):
        for note in one.notes:
            alike.setdefault(note.removeprefix(f"{shard.name}: "), []).append(note)
    reported = [
        first if not more else f"{first} (the first of {1 + len(more):,} shards)"
        for first, *more in alike.values()
    ]
    if len(reported) > _REPORTED:
        reported[_REPORTED:] = [
            f"{len(reported) - _REPORTED:,} more notes of single shards are left out"
        ]
    return reported


def written_as(to: str, dtype: str = "") -> Writer:
    """Return how a format is written, Zarr among them; a ParameterError for one, or a dtype, that is not."""
    writers = writing.WRITERS | {"zarr": _ZARR}
    if to not in writers:
        raise unknown_choice("format", to, writers)
    writing.check_dtype(to, dtype, writers)
    return writers[to]


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
    ending = written_as(to, dtype).endings[0]
    listed = _shards.listed(paths, with_missing=skip_bad)
    names = _files.distinct([
        f"{bare(_files.name_of(one))}{ending}" for one in listed
    ])  # fmt: skip
    with made_folder(folder) as part:
        given = [(str(part / name), to, dtype) for name in names]
        return _files.taken(session, listed, _convert, lambda at: given[at], skip_bad)


def _convert(shard: Shard, target: str, to: str, dtype: str) -> _files.Of:
    path = Path(target)
    check_running(path.parent)
    content, notes = _content(shard, to)
    try:
        if to == "zarr":
            _write_zarr(contents.as_dtype(content, dtype) if dtype else content, path)
        else:
            writing.write(content, path, to, dtype=dtype)
    except LatentError:
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        raise
    found = Converted(
        content.rows,
        content.dimensions,
        dtype or str(content.dtype),
        sum(one.stat().st_size for one in (path, *path.rglob("*")) if one.is_file()),
        (*notes, *content.notes),
    )
    return _files.Of(found, content.rows, tuple(content.shape[1:]))


def _content(shard: Shard, to: str) -> tuple[contents.Content, tuple[str, ...]]:
    """Return what is written of a shard, and what is to be said of it."""
    from latentcli import opening

    if _zarr.is_zarr(shard.address):
        return _content_of_zarr(shard), ()
    shaped = to in contents.SHAPED or to == "zarr"
    columns = to != "zarr" and writing.WRITERS[to].columns
    space = opening.open(
        shard.address, columns=columns, cache=False, axes=FIRST if shaped else ""
    )
    content = contents.content_of(shard.address, space.entry, "npy" if to == "zarr" else to)
    return content, tuple(space.entry.notes)


def _content_of_zarr(shard: Shard) -> contents.Content:
    """Return the rows of a Zarr array, with the words beside it."""
    reading = _zarr.read(shard.address)
    words = joining.words_beside(Path(shard.address))

    def batches() -> Iterator[contents.Batch]:
        done = 0
        for block in reading.blocks():
            stop = done + len(block.values)
            yield None if words is None else words[done:stop], block.values
            done = stop

    assert reading.shape is not None
    rows, dimensions = reading.shape
    if words is not None and len(words) != rows:
        raise FormatError(f"{counted(len(words), 'word')} beside it for {counted(rows, 'row')}")
    return contents.Content(
        rows, dimensions, reading.shape, np.dtype(reading.dtype), words is not None, batches
    )


def _write_zarr(content: contents.Content, path: Path) -> None:
    """Write an array, with its words beside it."""
    values = (part for _, part in content.batches())
    _zarr.write(path, values, content.shape, content.dtype)
    if content.named:
        with written_beside(WORDS.place(path)) as part:
            WORDS.write(content, part)


_ZARR = Writer(
    (_zarr.ENDING,), "Zarr array, words in FILE.words.txt", _write_zarr, WORDS, FLOATS
)
