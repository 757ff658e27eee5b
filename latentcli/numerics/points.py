"""Rows as they are measured: float64, block by block, and at length 1 where that is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from latentcli.numerics.blocks import reduced, spans
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

_Partial = TypeVar("_Partial")


@dataclass(frozen=True)
class Points:
    """Rows (N, D), maybe mapped from a file; at length 1 if `unit`. Zero rows stay zero.

    Rows that lie elsewhere have methods `reduced`, `reduced_parts` and `nearest` of their own. With `which` (M,) int64 the points are those rows only, read when they are needed.
    """

    rows: Array
    unit: bool = False
    which: Array | None = None

    def __len__(self) -> int:
        return len(self.rows) if self.which is None else len(self.which)

    @property
    def dimensions(self) -> int:
        """The length of each row."""
        return int(self.rows.shape[1])

    def take(self, which: Array | slice) -> Array:
        """Return some rows (n, D) float64."""
        chosen = which if self.which is None else self.which[which]
        with np.errstate(invalid="ignore"):  # NaN may be of the kind that signals
            values = np.asarray(self.rows[chosen], dtype=np.float64)
        return unit(values) if self.unit else values

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield all rows in order, in blocks that stay small in memory."""
        for part in spans(len(self), self.dimensions):
            yield part, self.take(part)

    def reduced(
        self,
        partial: Callable[[Array], _Partial],
        merge: Callable[[_Partial, _Partial], _Partial],
    ) -> _Partial:
        """Return `partial` of blocks of all rows (n, D), merged in their order; there are rows."""
        laid = None if self.which is not None else getattr(self.rows, "reduced", None)
        if laid is not None:
            return laid(self.unit, partial, merge)
        found = reduced((block for _, block in self.blocks()), partial, merge)
        assert found is not None
        return found

    def reduced_parts(
        self,
        parts: Sequence[Array | None],
        partials: Sequence[Callable[[Array], _Partial]],
        merge: Callable[[_Partial, _Partial], _Partial],
    ) -> list[_Partial]:
        """Return for each part of the rows, a mask (N,) or None for all, what its own partial gives of it.

        Rows that lie elsewhere are read once for all parts. No part is empty.
        """
        laid = None if self.which is not None else getattr(self.rows, "reduced_parts", None)
        if laid is not None:
            found: list[_Partial] = laid(self.unit, parts, partials, merge)
            return found
        return [
            self._part(part).reduced(one, merge)
            for part, one in zip(parts, partials, strict=True)
        ]

    def _part(self, part: Array | None) -> Points:
        if part is None:
            return self
        which = np.flatnonzero(part)
        return Points(self.rows, self.unit, which if self.which is None else self.which[which])


def sums(block: Array) -> Array:
    """Return the sums (D,) of rows, which add up over blocks."""
    return np.asarray(block.sum(axis=0))


def products(mean: Array, block: Array) -> Array:
    """Return the products (D, D) of rows about a mean, which add up over blocks."""
    block = block - mean
    return np.asarray(block.T @ block)


def squares(a: Array, b: Array) -> Array:
    """Return the squared Euclidean distances (n, m) between the rows of two blocks, never below 0.

    Distances that are small compared with the length of the rows lose digits: center the rows first.
    """
    found = a @ b.T
    found *= -2.0
    found += np.einsum("ij,ij->i", a, a)[:, None]
    found += np.einsum("ij,ij->i", b, b)
    np.maximum(found, 0.0, out=found)
    return found


def distances(values: Array) -> Iterator[tuple[slice, Array]]:
    """Yield the Euclidean distances (b, n) of blocks of rows to all rows (n, D), 0 with itself."""
    centered = values - values.mean(axis=0)
    for part in spans(len(centered), max(1, len(centered))):
        found = np.sqrt(squares(centered[part], centered))
        found[np.arange(len(found)), np.arange(part.start, part.stop)] = 0.0
        yield part, found


_STEPS = 2
"""Float32 steps per number within which two rows are copies of each other."""


def originals(points: Points) -> Array:
    """Return for each row (N,) the one it repeats but for rounding: of a group always the same, else itself.

    Rows are copies where they are no farther apart than two float32 steps of their usual length
    (of their distance from the mean, for float64). Their projections onto one direction are then as
    near, so that only neighbors in the order of the projections are compared.
    """
    direction = np.random.default_rng(0).standard_normal(points.dimensions)
    direction /= np.linalg.norm(direction)
    center = points.take(slice(0, 1000)).mean(axis=0)
    projected, squared = np.empty(len(points)), 0.0
    for part, block in points.blocks():
        away = block - center
        projected[part] = away @ direction
        squared += float(
            (
                (away if points.rows.dtype == np.float64 and not points.unit else block) ** 2
            ).sum()
        )
    within = _STEPS * float(np.finfo(np.float32).eps) * (squared / len(points)) ** 0.5
    active = np.argsort(projected, kind="stable")
    repeated = np.zeros(len(points), dtype=bool)
    original = np.arange(len(points))
    step = 1
    while step < len(active):
        near = np.flatnonzero(projected[active[step:]] - projected[active[:-step]] <= within)
        if not near.size:
            break
        same = _apart(points, active[near], active[near + step]) <= within
        found = active[near + step][same]
        repeated[found], original[found] = True, active[near][same]
        active = active[~repeated[active]]
        step = 1 if found.size else step + 1
    while (original != original[original]).any():
        original = original[original]
    return original


def _apart(points: Points, first: Array, second: Array) -> Array:
    """Return the distances (n,) between rows, pair by pair."""
    found = np.empty(len(first))
    for part in spans(len(first), points.dimensions):
        found[part] = np.linalg.norm(
            points.take(first[part]) - points.take(second[part]), axis=1
        )
    return found
