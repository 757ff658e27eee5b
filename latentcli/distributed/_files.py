"""Shards of codes, each taken whole by a worker: what is known of each comes back, or new shards are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from latentcli.distributed import _rewriting, _shards, _zarr
from latentcli.errors import FileError, FormatError
from latentcli.files import codes
from latentcli.files.addresses import separated
from latentcli.files.folders import check_running, made_folder
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._session import Session
    from latentcli.distributed._shards import Shard


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

    The function returns codes, as many as it was given, and what else is to be known. A new shard is of the kind of
    the old: .npy, Zarr, or Parquet or Arrow, of which the other columns stay. The folder is there when all is
    well, or not at all.
    """
    listed = _shards.listed(paths, with_missing=skip_bad)
    names = [name_of(shard) for shard in listed]
    for name in names:
        if _rewriting.kind_of(name) is None:
            raise FormatError(
                f"shard {name}: new shards are written of {_rewriting.KINDS}; the command convert makes those"
            )
    names = distinct(names)
    with made_folder(folder) as part:
        given = [(function, axes, str(part / name)) for name in names]
        return taken(session, listed, _rewrite, lambda at: given[at], skip_bad)


def name_of(shard: Shard) -> str:
    """Return the name of a shard's file."""
    return separated(shard.address)[0].rstrip("/").rsplit("/", 1)[-1]


def distinct(names: list[str]) -> list[str]:
    """Return names for new shards: these, with their places in front where two are the same."""
    if len(set(names)) == len(names):
        return names
    return [f"{place:05d}-{name}" for place, name in enumerate(names)]


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


def _loaded(shard: Shard, axes: str) -> codes.Codes:
    """Read the codes of a shard; two axes are codes and features."""
    if _zarr.is_zarr(shard.address):
        values = _zarr.whole(shard.address)
        return codes.of(shard.address, values, axes or ("ND" if values.ndim == 2 else ""))
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
    check_running(path.parent)
    _rewriting.write(shard, made, path)
    return Of(known, len(loaded.values), tuple(loaded.values.shape[1:]))
