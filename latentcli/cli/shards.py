"""`--dask`: the cluster that reads shards, for as long as a command runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output

if TYPE_CHECKING:
    from latentcli.distributed._session import Session
    from latentcli.results import Record
    from latentcli.words._space import Space


_sessions: list[Session] = []

_stack = ExitStack()
"""What is left when a command has ended."""


def connected(where: str, output: Output) -> Session:
    """Connect to a cluster; it is left, and its bar taken away, when the command has ended."""
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
