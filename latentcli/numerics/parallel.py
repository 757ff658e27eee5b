"""Work in several threads, with its progress."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from latentcli.numerics.types import Progress

if TYPE_CHECKING:
    from concurrent.futures import Future

AHEAD = 3
"""Items that wait for a thread, so that none waits for whoever takes the results."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(
    work: Callable[[Item], Result], items: Sequence[Item], progress: Progress | None = None
) -> list[Result]:
    """Do the work for all items, as many at a time as there are processors; results in order.

    Threads serve, as NumPy and scikit-learn's trees release the interpreter while they compute.
    """
    from concurrent.futures import (
        ThreadPoolExecutor,  # imports logging: longer than a query's scan
    )

    results = []
    pool = ThreadPoolExecutor(processors())
    try:
        try:
            found: Iterable[Result] = pool.map(work, items)
        except RuntimeError:  # no thread can be started: memory or processes are limited
            pool.shutdown(cancel_futures=True)
            found = map(work, items)
        for done, result in enumerate(found, start=1):
            results.append(result)
            if progress is not None:
                progress(done, len(items))
    finally:
        # Ctrl-C does not wait for work that has begun: a fit may take minutes.
        pool.shutdown(wait=len(results) == len(items), cancel_futures=True)
    return results


def in_order(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield the results of work for all items in order, made by threads a few items ahead."""
    from concurrent.futures import Future, ThreadPoolExecutor

    count = processors()
    with ThreadPoolExecutor(count) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            try:
                waiting.append(pool.submit(work, item))
            except RuntimeError:  # no thread can be started
                waiting.append(Future())
                waiting[-1].set_result(work(item))
            if len(waiting) > count + AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def threads(count: int) -> Iterator[Callable[..., object]]:
    """Give what does work for all items at once, each in a thread whose BLAS has one thread itself.

    It takes the work and lists of its arguments, as `map` does, and returns when all is done. For one
    item there is no thread, and BLAS has its own.
    """
    if count == 1:
        yield lambda work, *items: deque(map(work, *items), maxlen=0)
        return
    from concurrent.futures import ThreadPoolExecutor

    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(count) as pool:
        yield lambda work, *items: deque(pool.map(work, *items), maxlen=0)


@contextmanager
def processes() -> Iterator[Callable[..., Any]]:
    """Give what calls a function in another process, and returns its result: `call(function, *arguments)`.

    For long work of many short steps, during which threads would wait for the interpreter. Where no
    process can be started, it is done here.
    """
    if processors() == 1:
        yield lambda work, *arguments: work(*arguments)
        return
    from joblib.externals.loky import ProcessPoolExecutor  # comes with scikit-learn
    from joblib.externals.loky.process_executor import BrokenProcessPool

    pool: Any = None
    with suppress(OSError, ImportError):  # no semaphores
        pool = ProcessPoolExecutor(processors())

    def call(work: Callable[..., Any], *arguments: Any) -> Any:
        if pool is not None:
            with suppress(OSError, BrokenProcessPool):
                return pool.submit(work, *arguments).result()
        return work(*arguments)

    try:
        yield call
    finally:
        if pool is not None:
            pool.shutdown(kill_workers=True)


class Steps:
    """Counts the steps that several threads take, and reports how many of all are done."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        self._lock = Lock()

    def advance(self, steps: int = 1) -> None:
        """Count steps that are done."""
        if self._progress is not None:
            with self._lock:
                self._done += steps
                self._progress(self._done, self._total)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
