"""A connection to a Dask cluster, and tasks over shards on it: results in the order of the shards."""

from __future__ import annotations

import asyncio
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from latentcli.distributed._cluster import PATIENCE, connected
from latentcli.errors import FileError, LatentError, counted, reason, shown
from latentcli.files.pending import holding

if TYPE_CHECKING:
    from latentcli.distributed._shards import Shard
    from latentcli.numerics.types import Progress

_AHEAD = 4
"""Tasks for each thread that are submitted before the first of them is merged."""

_LOOK = 0.5
"""Seconds between looks at a cluster from which no result comes."""


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
            self.client = self._stack.enter_context(connected(where))
            with self._there():
                self.workers = len(self.client.nthreads())
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

    def share(self, value: Any) -> Any:
        """Return a handle of a value that many tasks take: workers get it once, and again if lost."""
        with self._there():
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
        answers: queue.SimpleQueue[int] = queue.SimpleQueue()
        futures: dict[int, Any] = {}
        ready: set[int] = set()
        begun = done = 0
        sizes = [shard.rows for shard in shards] if sizes is None else sizes
        total = sum(sizes) or len(shards)
        try:
            with self._there():
                threads = self.client.nthreads()
            self.workers, ahead = len(threads), _AHEAD * max(1, sum(threads.values()))
            for place, shard in enumerate(shards):
                while begun < min(len(shards), place + ahead):
                    with self._there():
                        future = self.client.submit(
                            _on_worker, function, shards[begun], *given(begun), pure=False
                        )
                    future.add_done_callback(lambda _, at=begun: answers.put(at))
                    futures[begun] = future
                    begun += 1
                while place not in ready:
                    at = self._next(answers, shard)
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

    def _next(self, answers: queue.SimpleQueue[int], shard: Shard) -> int:
        """Wait for a result; an error when there is nobody left to give one."""
        began = time.monotonic()
        while True:
            with suppress(queue.Empty):
                return answers.get(timeout=_LOOK)
            trouble = self._trouble()
            if not trouble:
                began = time.monotonic()
            elif time.monotonic() - began > PATIENCE:
                raise FileError(f"shard {shard.name}: {trouble} at {shown(self.where)}")

    def _trouble(self) -> str:
        """Return why no worker works, if none does; an error when the scheduler has gone."""
        with self._there():
            if self.client.status != "running":
                raise self._gone()
            workers = self.client.scheduler_info()["workers"].values()
        if not workers:
            return "no worker is left"
        if any(one["status"] == "running" or _executing(one) for one in workers):
            return ""
        limits = ", ".join({f"{(one['memory_limit'] or 0) >> 20:,} MB" for one in workers})
        return f"every worker is out of memory (its limit is {limits}) and takes no more"

    @contextmanager
    def _there(self) -> Iterator[None]:
        """Say in a line that the scheduler has gone, whatever comes of asking it."""
        try:
            yield
        except LatentError:
            raise
        except Exception as error:
            if isinstance(error, OSError | TimeoutError) or self.client.status != "running":
                raise self._gone() from error
            raise

    def _gone(self) -> FileError:
        return FileError(
            f"the Dask scheduler at {shown(self.where)} has gone; nothing is written"
        )

    def _result(self, future: Any, shard: Shard) -> Any:
        """Bring a result here; whoever waits for one without looking waits for ever when the scheduler goes."""
        from concurrent.futures import CancelledError, wait

        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        brought = asyncio.run_coroutine_threadsafe(
            self.client.gather(future, asynchronous=True), self.client.loop.asyncio_loop
        )
        try:
            while not wait([brought], timeout=_LOOK).done:
                self._trouble()
            return brought.result()
        except LatentError:
            raise
        except KilledWorker as error:
            raise FileError(
                f"shard {shard.name}: every worker that took it has ended "
                f"({counted(error.allowed_failures + 1, 'time')}): out of memory, or killed"
            ) from error
        except MemoryError as error:
            raise FileError(f"shard {shard.name}: out of memory: {reason(error)}") from error
        except (CancelledError, FutureCancelledError, OSError, TimeoutError) as error:
            raise self._gone() from error
        finally:
            brought.cancel()

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


def _executing(worker: dict[str, Any]) -> bool:
    """Tell whether a worker works on a task, maybe its last."""
    return bool(worker["metrics"].get("task_counts", {}).get("executing"))


def _same(value: Any) -> Any:
    return value


def _on_worker(function: Callable[..., Any], shard: Shard, *given: Any) -> Any:
    """Call a function of a shard, on a worker; what is wrong with the shard is said in one line."""
    try:
        return function(shard, *given)
    except LatentError as error:
        text = str(error).removeprefix(f"{shard.name}: ")
    except OSError as error:
        text = reason(error)
    except MemoryError:
        text = "a worker is out of memory"
    # Here it has no context: errors of servers, which it may come from, cannot be sent.
    raise FileError(f"shard {shard.name}: {text}")
