"""Rows of a large matrix a block at a time, so that memory does not grow with it."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from latentcli.numerics.types import Array, Progress

Rows = npt.NDArray[np.int64]

_Block = TypeVar("_Block")
_Partial = TypeVar("_Partial")

_NUMBERS = 1 << 20
"""Numbers of a block of rows; a block of float64 is then 8 MB."""


def spans(count: int, width: int) -> Iterator[slice]:
    """Yield slices of 0 .. `count` whose rows of `width` numbers fill a block of about 8 MB."""
    step = max(1, _NUMBERS // max(1, width))
    for start in range(0, count, step):
        yield slice(start, min(start + step, count))


def let_go(values: Array) -> None:
    """Give back the memory of what was read of a file that is mapped for reading.

    Its pages stay in the page cache, and come back when they are read again. Other arrays keep theirs.
    """
    base: Any = values
    mapped = False
    while isinstance(base, np.ndarray):
        mapped = mapped or (isinstance(base, np.memmap) and base.mode == "r")
        base = base.base
    if mapped and isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


def parts(rows: Rows, dimensions: int) -> Iterator[Rows]:
    """Yield parts of a list of rows, each of about 8 MB in float64."""
    for part in spans(len(rows), dimensions):
        yield rows[part]


def blocks(
    matrix: Array, rows: Rows, *, progress: Progress | None = None
) -> Iterator[tuple[Rows, Array]]:
    """Yield (row numbers, values in float64) of some rows of a matrix (N, D).

    `progress` is called with how many of the rows are done, after each block.
    """
    done = 0
    for part in parts(rows, matrix.shape[1]):
        yield part, matrix[part].astype(np.float64)
        done += len(part)
        if progress:
            progress(done, len(rows))


def some_of(rows: Array, which: Array) -> Array:
    """Return some rows of a matrix (N, D) by their numbers; of rows that lie elsewhere in ascending order, and there."""
    laid: Callable[[Array], Array] | None = getattr(rows, "chosen", None)
    return rows[which] if laid is None else laid(np.sort(which))


def sampled(count: int, most: int, seed: int) -> Rows:
    """Return row numbers (n,) int64, ascending: all, or `most` of them drawn without repetition."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def reduced(
    blocks: Iterable[_Block],
    partial: Callable[[_Block], _Partial],
    merge: Callable[[_Partial, _Partial], _Partial],
) -> _Partial | None:
    """Return what blocks give together: `partial` of each, merged from the first to the last; None of none.

    >>> reduced([[1, 2], [3]], sum, lambda a, b: a + b)
    6
    """
    found: _Partial | None = None
    for block in blocks:
        one = partial(block)
        found = one if found is None else merge(found, one)
    return found
