"""Rows of a large matrix a block at a time, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]
Progress = Callable[[int, int], None]

_BLOCK_BYTES = 16 << 20


def parts(rows: Rows, dimensions: int) -> Iterator[Rows]:
    """Yield parts of a list of rows, each of about 16 MB in float64."""
    size = max(1, _BLOCK_BYTES // (8 * max(1, dimensions)))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def blocks(
    matrix: Array, rows: Rows, *, progress: Progress | None = None
) -> Iterator[tuple[Rows, Array]]:
    """Yield (row numbers, values in float64) of the wanted rows of a matrix (N, D).

    `progress` is told how many of the rows are done, after each block.
    """
    done = 0
    for part in parts(rows, matrix.shape[1]):
        yield part, matrix[part].astype(np.float64)
        done += len(part)
        if progress:
            progress(done, len(rows))


def sampled(rows: Rows, most: int, seed: int) -> Rows:
    """Return `most` of the rows, drawn without repetition and in ascending order; or all."""
    if len(rows) <= most:
        return rows
    drawn = np.random.default_rng(seed).choice(len(rows), size=most, replace=False)
    return rows[np.sort(drawn)]
