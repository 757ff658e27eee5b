"""A connection to a Dask cluster, and tasks over shards on it: results in the order of the shards."""

from __future__ import annotations

import logging
import queue
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from latentcli.errors import FileError, LatentError, ParameterError, counted, reason, shown
from latentcli.files.pending import holding

if TYPE_CHECKING:
    from latentcli.distributed._shards import Shard
    from latentcli.numerics.types import Progress

_AHEAD = 4
"""Tasks for each thread that are submitted before the first of them is merged."""

_PATIENCE = 30.0
"""Seconds that a cluster may be without workers, and a scheduler silent."""

_LOOK = 0.5
"""Seconds between looks at a cluster from which no result comes."""

_LOCAL = re.compile(r"local(?::([1-9][0-9]*))?")


class Session:
    """A cluster: `local` (worker processes of this machine), or a scheduler that is there.

    Parameters
    ----------
    where
        "local", "local:N" (N workers) or the address of a scheduler ("tcp://host:8786").
    progress
        Called with rows done and in all.

    Raises
    ------
    ParameterError
        For what is no address.
    FileError
        Where Dask is not installed, or nobody answers.
    """

    def __init__(self, where: str, progress: Progress | None = None) -> None:
        if find_spec("distributed") is None:
            raise FileError(
                "`dask` needs Dask; install it with: pip install 'latentcli[distributed]'"
            )
        self.where = where
        self.progress = progress
        self.taken: dict[str, int] = {}
        self._stack = ExitStack()
        self._stack.enter_context(holding())  # on Ctrl-C workers are ended first
        try:
            self.client = self._connected()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster; end it, if it was begun here."""
        with suppress(TimeoutError, OSError):
            self._stack.close()

    def _connected(self) -> Any:
        import dask
        from distributed import Client, LocalCluster

        logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
        local = _LOCAL.fullmatch(self.where)
        if local is None and (":" not in self.where or self.where.startswith("local:")):
            raise ParameterError(
                "dask", self.where, "local, local:N or a scheduler's address, tcp://HOST:PORT"
            )
        self._stack.enter_context(
            dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"})
        )
        try:
            if local is None:
                client = Client(self.where, timeout=_PATIENCE, set_as_default=False)
                return self._stack.enter_context(client)
            cluster = LocalCluster(
                n_workers=int(local[1]) if local[1] else None,
                threads_per_worker=1,
                processes=True,
                dashboard_address="127.0.0.1:0",  # any port: that of the dashboard may be taken
                silence_logs=logging.CRITICAL + 1,
            )
            self._stack.enter_context(cluster)
            return self._stack.enter_context(Client(cluster, set_as_default=False))
        except (OSError, ValueError, TimeoutError) as error:
            raise FileError(
                f"no Dask scheduler at {shown(self.where)}: {reason(error)}"
            ) from error

    @property
    def workers(self) -> int:
        """How many workers there are now."""
        return len(self.client.nthreads())

    def share(self, value: Any) -> Any:
        """Return a handle of a value that many tasks take: workers get it once, and again if lost."""
        return self.client.submit(_same, value, pure=False)

    def each(
        self,
        function: Callable[..., Any],
        shards: Sequence[Shard],
        given: Callable[[int], tuple[Any, ...]] = lambda _: (),
        *,
        failures: bool = False,
        sizes: Sequence[int] | None = None,
    ) -> Iterator[Any]:
        """Yield `function(shard, *given(place))` of each shard, in their order, whoever is first.

        At most a few tasks for each thread are ahead of what was yielded, so that memory does not grow
        with the shards. A shard that fails ends it with one line that names it; with `failures`, that error
        is yielded in its place. `sizes` are the rows of each that it is about, for progress, if not all.
        """
        threads = max(1, sum(self.client.nthreads().values()))
        answers: queue.SimpleQueue[int] = queue.SimpleQueue()
        futures: dict[int, Any] = {}
        ready: set[int] = set()
        begun = done = 0
        sizes = [shard.rows for shard in shards] if sizes is None else sizes
        total = sum(sizes) or len(shards)
        try:
            for place, shard in enumerate(shards):
                while begun < min(len(shards), place + _AHEAD * threads):
                    future = self.client.submit(
                        _on_worker, function, shards[begun], *given(begun), pure=False
                    )
                    future.add_done_callback(lambda _, at=begun: answers.put(at))
                    futures[begun] = future
                    begun += 1
                while place not in ready:
                    at = self._next(answers)
                    ready.add(at)
                    done += sizes[at] or 1
                    if self.progress:
                        self.progress(min(done, total), total)
                ready.discard(place)
                try:
                    found = self._result(futures.pop(place), shard)
                except FileError as error:
                    if not failures or self.client.status != "running":
                        raise
                    found = error
                yield found
        finally:
            for future in futures.values():
                with suppress(Exception):  # the scheduler may be gone
                    future.cancel()

    def _next(self, answers: queue.SimpleQueue[int]) -> int:
        """Wait for a result; an error when there is nobody left to give one."""
        alone = 0.0
        while True:
            with suppress(queue.Empty):
                return answers.get(timeout=_LOOK)
            alone = 0.0 if self._known_workers() else alone + _LOOK
            if alone > _PATIENCE:
                raise FileError(f"no worker is left at {shown(self.where)}")

    def _known_workers(self) -> int:
        """Return how many workers there are; an error when the scheduler has gone."""
        try:
            if self.client.status == "running":
                return self.workers
        except (OSError, TimeoutError, RuntimeError):
            pass
        raise self._gone()

    def _gone(self) -> FileError:
        return FileError(
            f"the Dask scheduler at {shown(self.where)} has gone; nothing is written"
        )

    def _result(self, future: Any, shard: Shard) -> Any:
        from concurrent.futures import CancelledError

        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        try:
            return future.result()
        except LatentError:
            raise
        except KilledWorker as error:
            raise FileError(
                f"shard {shard.name}: every worker that took it has ended "
                f"({counted(error.allowed_failures + 1, 'time')}): out of memory, or killed"
            ) from error
        except (CancelledError, FutureCancelledError, OSError, TimeoutError) as error:
            raise self._gone() from error

    def count(self, shards: Sequence[Shard], skipped: Sequence[str]) -> None:
        """Count shards that a command reads, for its report, and those that it leaves out."""
        counts = {"shards": len(shards), "rows": sum(one.rows for one in shards)}
        if skipped:
            counts["skipped_shards"] = len(skipped)
        for name, number in counts.items():
            self.taken[name] = self.taken.get(name, 0) + number

    def settings(self) -> dict[str, str | int]:
        """Return what a report records of it."""
        return {"dask": self.where, "workers": self.workers, **self.taken}


def _same(value: Any) -> Any:
    return value


def _on_worker(function: Callable[..., Any], shard: Shard, *given: Any) -> Any:
    """Call a function of a shard, on a worker; what is wrong with the shard is said in one line."""
    try:
        return function(shard, *given)
    except (LatentError, OSError) as error:
        text = str(error) if isinstance(error, LatentError) else reason(error)
        raise FileError(f"shard {shard.name}: {text.removeprefix(f'{shard.name}: ')}") from None
    except MemoryError:
        raise FileError(f"shard {shard.name}: a worker is out of memory") from None
