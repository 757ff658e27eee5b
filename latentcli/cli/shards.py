"""`--dask`: the cluster that reads shards, for as long as a command runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import Dask, SkipBadShards
from latentcli.cli.output import Output
from latentcli.errors import counted
from latentcli.results import Record, Report, Result

if TYPE_CHECKING:
    from latentcli.distributed._files import Taken
    from latentcli.distributed._session import Session
    from latentcli.latents import CodesResult
    from latentcli.numerics.named_rows import NamedRows
    from latentcli.numerics.types import Array
    from latentcli.words._space import Space


_sessions: list[Session] = []

_stack = ExitStack()
"""What is left when a command has ended."""


def connected(where: str, output: Output) -> Session:
    """Connect to a cluster, once; it is left, and its bar taken away, when the command has ended."""
    if _sessions and _sessions[-1].where == where:
        return _sessions[-1]
    from latentcli.distributed import Session

    progress = _stack.enter_context(output.progress("shards", rate="rows"))
    session = _stack.enter_context(Session(where, progress))
    _sessions.append(session)
    return session


def settings() -> Record:
    """Return what a report records of the cluster that is connected."""
    return dict(_sessions[-1].settings()) if _sessions else {}


def leave() -> None:
    """Leave the clusters of a command that has ended."""
    _sessions.clear()
    _stack.close()


def prefetch(space: Space, lines: Iterable[str]) -> None:
    """Read the vectors of all words of some queries in one pass, where rows lie in shards."""
    prefetched: Any = getattr(getattr(space, "matrix", None), "prefetch", None)
    if prefetched is None:
        return
    words = {part.strip('"') for line in lines for part in (line, *re.split(r"[\s*]+", line))}
    found = (space.find(word) for word in words)
    prefetched([row for row in found if row is not None])


def check_alone(dask: str | None, skip_bad_shards: bool) -> None:
    """Refuse what has a meaning with a cluster only."""
    if skip_bad_shards and not dask:
        raise UsageError("--skip-bad-shards goes with --dask")


@dataclass(frozen=True)
class Cluster:
    """Whether codes are shards, which workers read."""

    dask: Dask = None
    skip_bad_shards: SkipBadShards = False

    def given(self, **excluded: object) -> bool:
        """Tell whether there is a cluster; refuse options that shards do not take."""
        check_alone(self.dask, self.skip_bad_shards)
        if self.dask:
            for name, value in excluded.items():
                if value not in (None, False):
                    raise UsageError(f"--{name.replace('_', '-')} does not go with --dask")
        return bool(self.dask)

    def each_of(
        self, address: str, function: Callable[[Any], Any], output: Output, *, axes: str = ""
    ) -> tuple[list[Any], Record]:
        """Call a function of the codes of each shard; return what it gave, and settings."""
        from latentcli.distributed import each_of

        session = connected(self.dask or "", output)
        taken = each_of(session, [address], function, axes=axes, skip_bad=self.skip_bad_shards)
        return taken.found, _settings_of(taken, session, output)

    def mean(self, address: str, output: Output, *, axes: str = "") -> Array:
        """Return the mean code of shards: sums by workers, merged in the order of the shards."""
        import numpy as np

        from latentcli.latents import sum_of_block

        parts, _ = self.each_of(address, sum_of_block, output, axes=axes)
        total = sum(part.total for part in parts)
        return np.asarray(total / sum(part.rows for part in parts))

    def points(self, address: str, output: Output) -> NamedRows:
        """Open shards as points, which stay where they are, and tell what was noticed."""
        from latentcli.distributed import open_points

        session = connected(self.dask or "", output)
        found, notes = open_points(session, [address], skip_bad=self.skip_bad_shards)
        for text in notes:
            output.note(text)
        output.carry(notes if found.vectors is not None else ())
        return found

    def convert(
        self, address: str, folder: str, to: str, output: Output, *, dtype: str
    ) -> tuple[list[Any], str, Record]:
        """Write shards in another format; return what is known of each, what the format is called, and settings."""
        from latentcli.distributed import converted, notes_of, written_as
        from latentcli.files.folders import check_folder

        title = written_as(to, dtype).title
        check_folder(folder)
        session = connected(self.dask or "", output)
        taken = converted(
            session, [address], Path(folder), to, dtype=dtype, skip_bad=self.skip_bad_shards
        )
        for text in notes_of(taken):
            output.note(text)
        return taken.found, title, _settings_of(taken, session, output)

    def rewrite(
        self,
        verb: str,
        address: str,
        change: Callable[[Any], CodesResult],
        folder: str | None,
        output: Output,
        *,
        measures: Iterable[str],
        settings: Record,
        axes: str = "",
    ) -> None:
        """Write new shards of changed codes, and show the report of all."""
        from latentcli.distributed import rewritten
        from latentcli.files.folders import check_folder
        from latentcli.latents import changed_shard, report_of_shards

        if folder is None:
            raise UsageError("-o names the folder that new shards go to: -o out/")
        check_folder(folder)
        session = connected(self.dask or "", output)
        named = tuple(measures)
        taken = rewritten(
            session, [address], lambda codes: changed_shard(change(codes), named), Path(folder),
            axes=axes, skip_bad=self.skip_bad_shards,
        )  # fmt: skip
        found: Result = report_of_shards(verb, taken.found, [one.name for one in taken.shards])
        more = {**settings, **_settings_of(taken, session, output), "output": folder}
        output.note(f"wrote {folder}: {counted(len(taken.shards), 'shard')}")
        output.show(Report.of(verb, found, settings=more))


def _settings_of(taken: Taken, session: Session, output: Output) -> Record:
    """Return the settings of what was taken of shards; say which were left out."""
    for text in taken.notes:
        output.note(text)
    return {**taken.settings(session)}
