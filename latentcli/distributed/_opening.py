"""Open shards as a space of words, or as an array of codes: one pass over them says what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from latentcli.distributed import _shards
from latentcli.distributed._rows import ShardedRows
from latentcli.errors import FileError, FormatError, counted
from latentcli.files import addresses
from latentcli.files.reading import Findings, Reading
from latentcli.files.store.build import Sink
from latentcli.files.store.columns import Columns, ColumnsBuilder
from latentcli.numerics.types import Array
from latentcli.words._space import Space

if TYPE_CHECKING:
    from latentcli.distributed._session import Session
    from latentcli.distributed._shards import Shard, Survey


def open_space(
    session: Session,
    paths: Sequence[str],
    *,
    labels: str | None = None,
    vector_column: str | None = None,
    text_column: str | None = None,
    ignore_case: bool = False,
    exact: bool = False,
    skip_bad: bool = False,
    found: Surveyed | None = None,
    columns: bool = False,
) -> Space:
    """Open the shards of files, folders and patterns as one space, as `latentcli.open` does.

    The words, and a norm for each row, are kept on this machine; the vectors stay where they are. With `skip_bad`
    shards that cannot be read are left out, and counted in a note. `found` is what a pass over them has found, if
    there was one. The other `columns` of tables are brought here when they are first needed, or now.
    """
    named = [addresses.with_columns(one, vector_column, text_column) for one in paths]
    found = found or survey(session, named, skip_bad=skip_bad)
    path = _path_of(paths)
    sink = _Sink(path.name, found.reading, None, mapped=True)
    for one in found.surveys:
        if one.words is not None:
            sink._add_words(one.words)
        sink.norms.add(one.norms)
        sink.rows += one.rows
    sink.finish(path, labels)
    entry = sink.entry(path, SimpleNamespace(compression="", member=""))  # type: ignore[arg-type]
    entry.meta["bytes"] = sum(one.size for one in found.surveys)
    entry.matrix = found.rows(session, np.dtype("<f4"), np.flatnonzero(~(entry.norms > 0)))  # type: ignore[assignment]
    if columns:
        entry.columns = _columns(session, found.shards)
    space = Space(entry, address=" + ".join(paths), ignore_case=ignore_case, exact=exact)
    space.read_columns = lambda: _columns(session, found.shards)
    return space


def _columns(session: Session, shards: Sequence[Shard]) -> Columns:
    """Bring the other columns of tables here, in the order of the rows."""
    builder = ColumnsBuilder(None)
    for blocks in session.each(_shards.columns_of, shards):
        for rows, cells in blocks:
            builder.add(cells, rows)
    return builder.finish()


@dataclass
class Surveyed:
    """The shards that can be read, what a pass over them found, and by their place why others cannot."""

    shards: list[Shard]
    surveys: list[Survey]
    reading: Reading
    bad: dict[int, str] = field(default_factory=dict)

    @property
    def skipped(self) -> list[str]:
        """Why shards are left out."""
        return [*self.bad.values()]

    def rows(self, session: Session, kind: np.dtype[Any], unusable: Array) -> ShardedRows:
        return ShardedRows(
            session,
            tuple(self.shards),
            self.reading.dimensions,
            kind,
            unusable,
            tuple(self.skipped),
        )


def survey(session: Session, paths: Sequence[str], *, skip_bad: bool) -> Surveyed:
    """Read the shards of files, folders and patterns once; those that cannot be read end it, or are left out."""
    listed = _shards.listed(paths, with_missing=skip_bad)
    bad: dict[int, str] = {}
    readable: list[Shard] = []
    surveys: list[Survey] = []
    answers = session.each(_shards.survey, listed, failures=skip_bad)
    for place, (shard, one) in enumerate(zip(listed, answers, strict=True)):
        error = (
            one if isinstance(one, FileError) else _other_width(shard, one, readable, surveys)
        )
        if error is not None and not skip_bad:
            raise error
        if error is not None:
            bad[place] = str(error)
            continue
        readable.append(replace(shard, rows=one.rows))
        surveys.append(one)
    if not surveys:
        raise FileError(next(iter(bad.values()), "no shards"))
    return Surveyed(placed(readable), surveys, _together(readable, surveys, bad), bad)


def placed(shards: Sequence[Shard]) -> list[Shard]:
    """Return shards, each beginning where the one before it ends."""
    found, first = [], 0
    for shard in shards:
        found.append(replace(shard, first=first))
        first += shard.rows
    return found


def _other_width(
    shard: Shard, one: Survey, before: list[Shard], surveys: list[Survey]
) -> FormatError | None:
    """Return the error of a shard whose vectors have another length than those before."""
    length = one.reading.dimensions
    if not surveys or length == surveys[0].reading.dimensions:
        return None
    return FormatError(
        f"shard {shard.name}: vectors of {counted(length, 'number')}; those of {before[0].name} have "
        f"{surveys[0].reading.dimensions:,}"
    )


def _together(shards: list[Shard], surveys: list[Survey], bad: dict[int, str]) -> Reading:
    """Return what is said of all shards: the first one's reading with the findings of all."""
    first = surveys[0].reading
    findings, notes = Findings(), []
    for shard, one in zip(shards, surveys, strict=True):
        if (one.words is None) != (surveys[0].words is None):
            having = shards[0].name if surveys[0].words is not None else shard.name
            raise FormatError(f"shard {shard.name}: only some shards have words, {having} has")
        for what, count in one.reading.findings.counts.items():
            where = one.reading.findings.first.get(what, "")
            findings.add(what, count, f"{shard.name}, {where}" if where else "")
        notes += [note for note in one.reading.notes if note not in notes]
    notes += _shards.note_of([*bad.values()])
    if len(shards) == 1:
        return replace(first, findings=findings, notes=notes)
    return replace(
        first, findings=findings, declared=None, notes=notes, shape=None,
        table=first.table or first.shape is not None,
    )  # fmt: skip


def _path_of(paths: Sequence[str]) -> Path:
    if len(paths) == 1:
        return Path(addresses.separated(paths[0])[0])
    return Path(" + ".join(Path(one).name for one in paths))


class _Sink(Sink):
    """What gathers words and norms of a file, given those of shards."""

    def finish(self, path: Path, labels: str | None) -> None:
        """Name the rows, once all shards were added."""
        if self.rows == 0:
            raise FormatError(f"{path.name}: no vectors in it")
        self._name_rows(path, labels)

    def _finish_vectors(self) -> Array:
        return np.empty((0, self.reading.dimensions), dtype="<f4")  # they stay in their shards
