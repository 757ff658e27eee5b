"""Long work in several threads, with a word on how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from latentcli.numerics.types import Progress

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(
    work: Callable[[Item], Result], items: Sequence[Item], progress: Progress | None = None
) -> list[Result]:
    """Do the work for all items, as many at a time as there are processors; results in order.

    NumPy, and the trees of scikit-learn, let other threads run while they calculate.
    """
    results = []
    pool = ThreadPoolExecutor(processors())
    try:
        for done, result in enumerate(pool.map(work, items), start=1):
            results.append(result)
            if progress is not None:
                progress(done, len(items))
    finally:
        # Ctrl-C does not wait for work that has begun: a fit may take minutes.
        pool.shutdown(wait=len(results) == len(items), cancel_futures=True)
    return results


class Steps:
    """Counts steps that several threads take, and tells how far they are."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        self._lock = Lock()

    def one(self) -> None:
        """Count a step."""
        if self._progress is not None:
            with self._lock:
                self._done += 1
                self._progress(self._done, self._total)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
