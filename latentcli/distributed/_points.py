"""The rows of shards as points: moments, and neighbors of a sample among all, by workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from latentcli.distributed import _rows, _shards
from latentcli.distributed._opening import open_space, survey
from latentcli.distributed._rows import ShardedRows
from latentcli.distributed._shards import inside
from latentcli.errors import LatentError
from latentcli.numerics import blocks
from latentcli.numerics.named_rows import NamedRows, are_zero, named_rows
from latentcli.numerics.neighbors import SEEN, Neighbors, nearer, nearest_in_block
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._session import Session
    from latentcli.distributed._shards import Shard


@dataclass(frozen=True, eq=False)
class PointsInShards:
    """Rows (N, D) in shards, of which `kept` (N,), ascending, count; None for all."""

    rows: ShardedRows
    kept: Array | None = None

    ndim = 2

    def __len__(self) -> int:
        return len(self.rows) if self.kept is None else len(self.kept)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and dimensions."""
        return len(self), self.rows.dimensions

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the rows."""
        return self.rows.dtype

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return len(self) * self.rows.dimensions

    def __getitem__(self, which: Any) -> Array:
        if isinstance(which, slice):
            which = np.arange(*which.indices(len(self)))
        chosen = np.asarray(which)
        return self.rows[chosen if self.kept is None else self.kept[chosen]]

    @property
    def here(self) -> bool:
        """Whether the rows are few enough for the memory of this machine."""
        return self.size * self.dtype.itemsize <= _rows.GATHERED

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return all rows, where they are few enough for the memory of this machine."""
        if not self.here:
            raise self.rows.too_many()
        values = np.asarray(self.rows) if self.kept is None else self.rows[self.kept]
        return values if dtype is None else values.astype(dtype)

    def chosen(self, kept: Array) -> PointsInShards:
        """Return some of these rows, by their ascending numbers."""
        return replace(self, kept=kept if self.kept is None else self.kept[kept])

    def prefetch(self, which: Array) -> None:
        """Read rows that will be needed, all in one pass."""
        self.rows.prefetch(which if self.kept is None else self.kept[which])

    def reduced(
        self, unit: bool, partial: Callable[[Array], Any], merge: Callable[[Any, Any], Any]
    ) -> Any:
        """Return `partial` of blocks of all rows, merged: on workers, then in the order of the shards."""
        dtype = str(self.dtype)
        parts = self.rows.each(
            _reduced, lambda at: (self._local(at), dtype, unit, partial, merge)
        )
        return blocks.reduced((one for one in parts if one is not None), _itself, merge)

    def reduced_parts(
        self,
        unit: bool,
        parts: Sequence[Array | None],
        partials: Sequence[Callable[[Array], Any]],
        merge: Callable[[Any, Any], Any],
    ) -> list[Any]:
        """Return what each partial gives of its part of the rows, a mask (N,) or None for all: in one reading."""
        dtype = str(self.dtype)

        def given(at: int) -> tuple[Any, ...]:
            local, first = self._local(at), self._first(at)
            end = first + (self.rows.shards[at].rows if local is None else len(local))
            masks = [None if one is None else np.packbits(one[first:end]) for one in parts]
            return local, dtype, unit, masks, partials, merge

        found: list[Any] = [None] * len(parts)
        for shard in self.rows.each(_reduced_parts, given):
            found = [
                new if old is None else old if new is None else merge(old, new)
                for old, new in zip(found, shard, strict=True)
            ]
        return found

    def nearest(self, points: Points, queries: Array, k: int) -> Neighbors:
        """Find the `k` nearest other rows of the rows `queries` (Q,), as `numerics.neighbors` does."""
        center = points.take(slice(0, SEEN)).mean(axis=0)
        shared = self.rows.session.share((points.take(queries), queries, center))
        dtype = str(self.dtype)
        parts = self.rows.each(
            _nearest,
            lambda at: (self._local(at), dtype, points.unit, self._first(at), shared, k),
        )
        found = blocks.reduced(
            (one for one in parts if one is not None), _itself, partial(nearer, k=k)
        )
        assert found is not None
        return found

    def _local(self, at: int) -> Array | None:
        return None if self.kept is None else inside(self.kept, self.rows.shards[at].span)

    def _first(self, at: int) -> int:
        first = self.rows.shards[at].first
        return first if self.kept is None else int(np.searchsorted(self.kept, first))


def open_points(
    session: Session, paths: Sequence[str], *, skip_bad: bool = False
) -> tuple[NamedRows, tuple[str, ...]]:
    """Open shards as points, with their words if they have any, and what is to be said of them."""
    found = survey(session, paths, skip_bad=skip_bad)
    session.count(found.shards, found.skipped)
    if found.surveys[0].words is not None:
        space = open_space(session, paths, found=found)
        named = named_rows(space, "x")
        whole: Any = PointsInShards(space.entry.matrix)  # type: ignore[arg-type]
        return replace(named, rows=whole), (*space.entry.notes, *space.notes)
    norms = np.concatenate([one.norms for one in found.surveys])
    without = np.flatnonzero(~(norms > 0))
    kind = np.dtype(found.reading.dtype)
    rows = found.rows(session, kind if kind.kind == "f" else np.dtype(np.float64), without)
    zero = np.zeros(len(norms), dtype=bool)
    zero[without] = are_zero(rows[without])
    points: Any = PointsInShards(rows)

    def find(word: str) -> int | None:
        raise LatentError(f"rows in shards have no words: {word}")

    finite = (norms > 0) | zero
    return NamedRows(points, finite, zero, points.shape, None, find), (*found.reading.notes,)


def _itself(part: Any) -> Any:
    return part


def _reduced(
    shard: Shard,
    kept: Array | None,
    dtype: str,
    unit: bool,
    partial: Callable[[Array], Any],
    merge: Callable[[Any, Any], Any],
) -> Any:
    """Reduce the rows of a shard; None where none counts."""
    parts = (
        block
        for _, piece in _shards.blocks_of(shard, kept)
        for _, block in Points(piece.astype(dtype, copy=False), unit).blocks()
    )
    return blocks.reduced(parts, partial, merge)


def _reduced_parts(
    shard: Shard,
    kept: Array | None,
    dtype: str,
    unit: bool,
    masks: Sequence[Array | None],
    partials: Sequence[Callable[[Array], Any]],
    merge: Callable[[Any, Any], Any],
) -> list[Any]:
    """Reduce parts of the rows of a shard, masks of those that count, as bits; None of a part without rows here."""
    found: list[Any] = [None] * len(masks)
    for before, piece in _shards.blocks_of(shard, kept):
        rows = piece.astype(dtype, copy=False)
        for place, (mask, partial_of) in enumerate(zip(masks, partials, strict=True)):
            mine = rows
            if mask is not None:
                mine = rows[_unpacked(mask, before, len(rows))]
            for _, block in Points(mine, unit).blocks():
                one = partial_of(block)
                found[place] = one if found[place] is None else merge(found[place], one)
    return found


def _unpacked(bits: Array, first: int, count: int) -> Array:
    """Return some of the bits of a mask, as booleans (n,)."""
    found = np.unpackbits(bits[first // 8 : (first + count + 7) // 8])
    return found[first % 8 :][:count].view(bool)


def _nearest(
    shard: Shard,
    kept: Array | None,
    dtype: str,
    unit: bool,
    first: int,
    shared: tuple[Array, Array, Array],
    k: int,
) -> Neighbors | None:
    """Find the rows of a shard that are nearest to some rows; None where none counts."""
    values, queries, center = shared
    found = (
        nearest_in_block(
            Points(piece.astype(dtype, copy=False), unit),
            first + before,
            values,
            queries,
            k,
            center,
        )
        for before, piece in _shards.blocks_of(shard, kept)
    )
    return blocks.reduced(found, _itself, partial(nearer, k=k))
