"""Rows as they are measured: float64, block by block, and at length 1 where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit


@dataclass(frozen=True)
class Points:
    """Rows (N, D), maybe mapped from a file; at length 1 if `unit`. Zero rows stay zero."""

    rows: Array
    unit: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimensions(self) -> int:
        """The length of each row."""
        return int(self.rows.shape[1])

    def take(self, which: Array | slice) -> Array:
        """Return some rows (n, D) float64."""
        values = np.asarray(self.rows[which], dtype=np.float64)
        return unit(values) if self.unit else values

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield all rows in order, in blocks that stay small in memory."""
        for part in spans(len(self), self.dimensions):
            yield part, self.take(part)


def squares(a: Array, b: Array) -> Array:
    """Return the squared Euclidean distances (n, m) between the rows of two blocks, never below 0.

    Distances that are small beside the length of the rows lose digits: centre the rows first.
    """
    found = a @ b.T
    found *= -2.0
    found += np.einsum("ij,ij->i", a, a)[:, None]
    found += np.einsum("ij,ij->i", b, b)
    np.maximum(found, 0.0, out=found)
    return found


def distances(values: Array) -> Iterator[tuple[slice, Array]]:
    """Yield the Euclidean distances (b, n) of blocks of rows to all rows (n, D), 0 with itself."""
    centred = values - values.mean(axis=0)
    for part in spans(len(centred), max(1, len(centred))):
        found = np.sqrt(squares(centred[part], centred))
        found[np.arange(len(found)), np.arange(part.start, part.stop)] = 0.0
        yield part, found
