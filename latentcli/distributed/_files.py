"""Shards of codes, each taken whole by a worker: what is known of each comes back, or new shards are written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from latentcli.distributed import _shards
from latentcli.errors import FileError, FormatError, reason
from latentcli.files import codes
from latentcli.files.addresses import is_remote, separated, split_address
from latentcli.files.outputs import written_beside
from latentcli.files.pending import holding
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._session import Session
    from latentcli.distributed._shards import Shard

_WRITTEN = (".npy", ".parquet", ".pq")
"""Kinds of shards of which new ones are written, by their endings."""

_TRIES = 5
"""How often a folder is removed to which a worker may still write."""


@dataclass
class Taken:
    """What functions of shards gave, in the order of the shards; `skipped` says why others did not."""

    shards: list[Shard] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    rows: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """How many shards are left out, and why the first."""
        return _shards.note_of(self.skipped)

    def settings(self, session: Session) -> dict[str, str | int]:
        """Return what a report records."""
        settings = {**session.settings(), "shards": len(self.shards), "rows": self.rows}
        return settings | ({"skipped_shards": len(self.skipped)} if self.skipped else {})


class Of(NamedTuple):
    """What a function gave of a shard, how many codes it has, and the shape of one of them."""

    value: Any
    rows: int
    shape: tuple[int, ...]


def each_of(
    session: Session,
    paths: Sequence[str],
    function: Callable[[Any], Any],
    *,
    axes: str = "",
    skip_bad: bool = False,
) -> Taken:
    """Call a function of the codes of each shard, by workers."""
    listed = _shards.listed(paths, with_missing=skip_bad)
    return taken(session, listed, _of, lambda _: (function, axes), skip_bad)


def rewritten(
    session: Session,
    paths: Sequence[str],
    function: Callable[[Any], tuple[Array, Any]],
    folder: Path,
    *,
    axes: str = "",
    skip_bad: bool = False,
) -> Taken:
    """Write new shards, of the same names, of the codes that a function makes of those of each shard.

    The function returns codes, as many as it was given, and what else is to be known. Shards are .npy or Parquet, of
    which the other columns stay. The folder is there when all is well, or not at all.
    """
    listed = _shards.listed(paths, with_missing=skip_bad)
    names = [name_of(shard) for shard in listed]
    for name in names:
        if Path(name).suffix.lower() not in _WRITTEN:
            raise FormatError(
                f"shard {name}: new shards are written of .npy and Parquet; `convert` makes those"
            )
    names = distinct(names)
    with made_folder(folder) as part:
        given = [(function, axes, str(part / name)) for name in names]
        return taken(session, listed, _rewrite, lambda at: given[at], skip_bad)


def name_of(shard: Shard) -> str:
    """Return the name of a shard's file."""
    return separated(shard.address)[0].rsplit("/", 1)[-1]


def distinct(names: list[str]) -> list[str]:
    """Return names for new shards: these, with their places in front where two are the same."""
    if len(set(names)) == len(names):
        return names
    return [f"{place:05d}-{name}" for place, name in enumerate(names)]


def check_folder(folder: Path) -> None:
    """Refuse a folder of shards that is there already, or has no place."""
    if is_remote(str(folder)):
        raise FileError(
            f"cannot write {folder}: shards are written to a folder that workers share"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileError(f"{folder} is there already; shards go to a new folder")
    if not folder.absolute().parent.is_dir():
        raise FileError(f"cannot write {folder}: there is no folder {folder.parent}")


def taken(
    session: Session,
    listed: Sequence[Shard],
    function: Callable[..., Of],
    given: Callable[[int], tuple[Any, ...]],
    skip_bad: bool,
) -> Taken:
    """Call a function of each shard, by workers; all have codes of one shape."""
    found, shape = Taken(), None
    for shard, one in zip(
        listed, session.each(function, listed, given, failures=skip_bad), strict=True
    ):
        error = one if isinstance(one, FileError) else None
        if error is None and shape is not None and one.shape != shape:
            error = FormatError(
                f"shard {shard.name}: codes of shape {one.shape}; those of {found.shards[0].name} "
                f"have {shape}"
            )
        if error is not None:
            if not skip_bad:
                raise error
            found.skipped.append(str(error))
            continue
        shape = one.shape
        found.shards.append(shard)
        found.found.append(one.value)
        found.rows += one.rows
    if not found.shards:
        raise FileError(found.skipped[0] if found.skipped else "no shards")
    return found


@contextmanager
def made_folder(folder: Path) -> Iterator[Path]:
    """Give a folder beside one that is to be made; it takes its place when all went well."""
    check_folder(folder)
    whole = folder.absolute()
    with holding():
        try:
            part = Path(
                tempfile.mkdtemp(prefix=f".{whole.name}.", suffix=".part", dir=whole.parent)
            )
        except OSError as error:
            raise FileError(f"cannot write {folder}: {reason(error)}") from error
        try:
            yield part
            mask = os.umask(0)
            os.umask(mask)
            part.chmod(0o777 & ~mask)
            if whole.exists():
                whole.rmdir()
            part.replace(whole)
        finally:
            for _ in range(_TRIES):
                if part.exists():
                    shutil.rmtree(part, ignore_errors=True)


def _loaded(shard: Shard, axes: str) -> codes.Codes:
    """Read the codes of a shard; two axes are codes and features."""
    found = codes.read(shard.address)
    return codes.load(shard.address, axes=axes or ("ND" if found.values.ndim == 2 else ""))


def _of(shard: Shard, function: Callable[[Any], Any], axes: str) -> Of:
    loaded = _loaded(shard, axes)
    return Of(function(loaded), len(loaded.values), tuple(loaded.values.shape[1:]))


def _rewrite(
    shard: Shard, function: Callable[[Any], tuple[Array, Any]], axes: str, target: str
) -> Of:
    loaded = _loaded(shard, axes)
    made, known = function(loaded)
    if len(made) != len(loaded.values):
        raise FormatError(f"{len(made):,} codes of {len(loaded.values):,}")
    path = Path(target)
    if not path.parent.is_dir():
        raise FileError("the run has ended")
    kind = path.suffix.lower()
    with written_beside(path) as part:
        if kind == ".npy":
            with part.open("wb") as file:
                np.lib.format.write_array(file, np.ascontiguousarray(made), allow_pickle=False)
        else:
            _write_parquet(shard, made, part)
    return Of(known, len(loaded.values), tuple(loaded.values.shape[1:]))


def _write_parquet(shard: Shard, made: Array, part: Path) -> None:
    """Write a table with new vectors, its other columns as they are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from latentcli.files import arrow_columns

    path, key = split_address(shard.address)
    table = pq.read_table(path)
    columns = arrow_columns.choose(path.name, table.schema, key)
    if columns.lists:
        flat = pa.array(np.ascontiguousarray(made).ravel())
        new = [pa.FixedSizeListArray.from_arrays(flat, made.shape[1])]
    else:
        new = [pa.array(np.ascontiguousarray(column)) for column in made.T]
    for name, column in zip(columns.vectors, new, strict=True):
        table = table.set_column(table.schema.get_field_index(name), name, column)
    pq.write_table(table, part)
