"""Trials with a seed each, and what they gave in a file of JSON lines: a run that was stopped goes on."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

Kept = dict[tuple[Any, ...], dict[int, Any]]
"""What has been found, by what was tried (texts and numbers) and the seeds of trials."""


def read(path: Path | None) -> Kept:
    """Return what a file keeps."""
    kept: Kept = defaultdict(dict)
    if path is not None and path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            *tried, seed, found = json.loads(line)
            kept[tuple(tried)][seed] = found
    return kept


def missing(
    kept: Kept, tried: Sequence[tuple[Any, ...]], count: int
) -> Iterator[tuple[tuple[Any, ...], int]]:
    """Yield the trials that are still to be made, with their seeds."""
    for one in tried:
        for seed in range(count):
            if seed not in kept[one]:
                yield one, seed


def fill(
    kept: Kept,
    tried: Sequence[tuple[Any, ...]],
    count: int,
    trial: Callable[[tuple[Any, ...], int], Any],
    path: Path,
    workers: int,
) -> None:
    """Make what is missing of so many trials of each, in processes, and keep what `trial` returns at once."""
    tasks = list(missing(kept, tried, count))
    path.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool, path.open("a", encoding="utf-8") as stream:
        found = pool.map(trial, *zip(*tasks, strict=True), chunksize=4) if tasks else ()
        for (one, seed), made in zip(tasks, found, strict=True):
            kept[one][seed] = made
            stream.write(json.dumps([*one, seed, made]) + "\n")
            stream.flush()
            if seed == count - 1:
                print(*one, file=sys.stderr)
