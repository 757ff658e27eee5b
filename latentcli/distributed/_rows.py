"""The rows of shards as one array: indexed as NumPy's arrays are, searched by workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from latentcli.distributed import _shards
from latentcli.distributed._searching import (
    NOTHING,
    best_of,
    better,
    by_distance,
    floors_of,
    name_of,
)
from latentcli.distributed._shards import inside
from latentcli.errors import LatentError
from latentcli.numerics.scoring import Scorer
from latentcli.numerics.search import Hits, Question
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._session import Session
    from latentcli.distributed._shards import Shard

_KEPT = 1 << 16
"""Single rows that are kept once they were read."""

_SENT = 32 << 20
"""Bytes of rows that a worker sends at a time."""

GATHERED = 256 << 20
"""Bytes of rows up to which they may be had in the memory of this machine."""


@dataclass(frozen=True, eq=False)
class ShardedRows:
    """Rows (N, D) in shards, in the order of the shards.

    Single rows and lists of rows are read by index; blocks of all rows stay where they are: functions of
    them go to the workers (`each`, `search`). `unusable` (M,) are the rows that are never answers.
    """

    session: Session
    shards: tuple[Shard, ...]
    dimensions: int
    dtype: np.dtype[Any]
    unusable: Array
    skipped: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_kept", {})

    ndim = 2

    def __len__(self) -> int:
        return sum(shard.rows for shard in self.shards)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and dimensions."""
        return len(self), self.dimensions

    @property
    def nbytes(self) -> int:
        """The bytes of all rows."""
        return len(self) * self.dimensions * self.dtype.itemsize

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return len(self) * self.dimensions

    def settings(self) -> dict[str, str | int]:
        """Return what a report records: where, how many workers, shards, shards left out."""
        found = {**self.session.settings(), "shards": len(self.shards), "rows": len(self)}
        return found | ({"skipped_shards": len(self.skipped)} if self.skipped else {})

    def __getitem__(self, which: Any) -> Array:
        if isinstance(which, tuple):
            return self[which[0]][(slice(None), *which[1:])]
        if isinstance(which, slice):
            rows = np.arange(*which.indices(len(self)))
            if len(rows) == len(self):
                return np.asarray(self)
            return self._astype(self._read(rows))
        rows = np.asarray(which)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        flat = np.where(rows < 0, rows + len(self), rows).ravel().astype(np.int64)
        self.prefetch(flat)
        kept: dict[int, Array] = self._kept  # type: ignore[attr-defined]
        if flat.size <= _KEPT:
            values = [kept[row] for row in flat.tolist()]
            found = np.stack(values) if values else np.empty((0, self.dimensions), self.dtype)
        else:
            distinct, place = np.unique(flat, return_inverse=True)
            found = self._astype(self._read(distinct))[place]
        return found.reshape(*rows.shape, self.dimensions)

    def prefetch(self, rows: Any) -> None:
        """Read rows that will be needed one by one, all in one pass."""
        kept: dict[int, Array] = self._kept  # type: ignore[attr-defined]
        requested = np.unique(np.asarray(rows, dtype=np.int64))
        if len(requested) > _KEPT:
            return
        new = np.array([row for row in requested.tolist() if row not in kept], dtype=np.int64)
        if not len(new):
            return
        if len(kept) + len(new) > _KEPT:
            for row in [row for row in kept if row not in set(requested.tolist())]:
                del kept[row]
            new = np.array(
                [row for row in requested.tolist() if row not in kept], dtype=np.int64
            )
        kept.update(zip(new.tolist(), self._astype(self._read(new)), strict=True))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return all rows, where they are few enough for the memory of this machine."""
        if self.nbytes > GATHERED:
            raise self.too_many()
        values = self._astype(self._read(np.arange(len(self))))
        return values if dtype is None else values.astype(dtype)

    def too_many(self) -> LatentError:
        """Return the error of what needs all rows at once."""
        return LatentError(
            f"{len(self):,} x {self.dimensions:,} numbers in shards: this needs all rows in the memory of "
            "one machine; leave out `dask`, or take a sample"
        )

    def _astype(self, values: Array) -> Array:
        with np.errstate(over="ignore"):
            return np.ascontiguousarray(values, dtype=self.dtype)

    def in_order(self, parts: Sequence[Sequence[int]]) -> Iterator[Array]:
        """Yield rows by their ascending numbers, part by part; workers read ahead of what is taken."""
        waiting = np.empty((0, self.dimensions), self.dtype)
        sent = self._sent(np.fromiter(chain.from_iterable(parts), dtype=np.int64))
        for part in parts:
            while len(waiting) < len(part):
                waiting = np.concatenate([waiting, self._astype(next(sent))])
            yield waiting[: len(part)]
            waiting = waiting[len(part) :]

    def _read(self, rows: Array) -> Array:
        """Return rows (n, D) by their ascending numbers."""
        found = [*self._sent(rows)]
        return np.concatenate(found) if found else np.empty((0, self.dimensions))

    def _sent(self, rows: Array) -> Iterator[Array]:
        """Yield rows by their ascending numbers, as many at a time as workers send."""
        edges = np.searchsorted(rows, [shard.first for shard in self.shards] + [len(self)])
        step = max(1, _SENT // (self.dimensions * self.dtype.itemsize))
        spans = [
            (a, b, shard) for (a, b), shard in zip(pairwise(edges), self.shards, strict=True)
        ]
        tasks = [
            (shard, rows[start : min(start + step, b)] - shard.first)
            for a, b, shard in spans
            for start in range(a, b, step)
        ]
        yield from self.session.each(
            _shards.take, [shard for shard, _ in tasks], lambda at: (tasks[at][1],),
            sizes=[len(mine) for _, mine in tasks],
        )  # fmt: skip

    def each(
        self,
        function: Callable[..., Any],
        given: Callable[[int], tuple[Any, ...]] = lambda _: (),
    ) -> Iterator[Any]:
        """Yield `function(shard, *given(place))` of each shard, in their order."""
        return self.session.each(function, self.shards, given)

    def search(
        self,
        questions: Sequence[Question],
        *,
        top: int,
        scorer: Scorer,
        rows: Array | None,
        limit: int | None,
        min_score: float | None,
    ) -> list[Hits]:
        """Find the best rows of each shard, and of those the best: what `numerics.search` does."""
        shared = self.session.share(tuple(questions))
        end = len(self) if limit is None else min(limit, len(self))
        shards = [shard for shard in self.shards if shard.first < end]

        merged = [NOTHING for _ in questions]

        def given(at: int) -> tuple[Any, ...]:
            span = shards[at].span
            among = None if rows is None else inside(rows, span)
            most = min(span.stop, end) - span.start
            return (
                shared,
                top,
                name_of(scorer),
                inside(self.unusable, span),
                among,
                most,
                min_score,
                floors_of(merged, top),
            )

        for found in self.session.each(best_of, shards, given):
            merged = [better(one, new, top) for one, new in zip(merged, found, strict=True)]
        if by_distance(scorer, len(questions), min_score):
            return [Hits(numbers, -scores) for numbers, scores in merged]
        return [Hits(numbers, scorer.shown(scores)) for numbers, scores in merged]
