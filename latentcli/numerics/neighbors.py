"""The nearest rows by Euclidean distance, exact, in blocks: of some rows, or of any vectors.

`numerics.search` keeps whatever may tie with the best, which is few rows among words. Here ties
may be the rule (one-hot rows are all equally far from each other), so a fixed number is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from latentcli.numerics.blocks import spans
from latentcli.numerics.parallel import processors, threads
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array, Progress

_QUERIES = 512
SEEN = 1024
"""Queries, and rows that they are compared with, at a time: their scores, 4 MB, stay in the cache."""


@dataclass(frozen=True)
class Neighbors:
    """The k nearest of each query, nearest first; itself left out.

    `queries` (Q,) are the rows whose neighbors they are, `rows` (Q, k) int64 their neighbors, `distances`
    (Q, k) float64 the Euclidean distances, exact for equal rows. Of rows that are
    equally far the earlier comes first, and which are among the k is open.
    """

    queries: Array
    rows: Array
    distances: Array


def nearest(
    points: Points, queries: Array, k: int, progress: Progress | None = None
) -> Neighbors:
    """Find the `k` < N nearest other rows of the rows `queries` (Q,), ascending."""
    laid = getattr(points.rows, "nearest", None)
    if laid is not None and points.which is None:
        return laid(points, queries, k)
    center = points.take(slice(0, SEEN)).mean(axis=0)
    parts = [queries[start : start + _QUERIES] for start in range(0, len(queries), _QUERIES)]
    best = [_Best(points.take(part) - center, part, k) for part in parts]
    _scan(best, len(points), lambda seen: points.take(seen) - center, progress)
    found = np.concatenate([one.rows for one in best])
    away = _exact(points, lambda part: points.take(queries[part]), found)
    return _ordered(queries, found, away, k)


def nearest_in_block(
    block: Points, first: int, values: Array, queries: Array, k: int, center: Array
) -> Neighbors:
    """Find the `k` rows of a block, the first of which is row `first`, that are nearest to other rows.

    Those are the rows `queries` (Q,), with `values` (Q, D); a block of fewer rows has some at an infinite distance.
    """
    k = min(k, len(block))
    parts = [slice(start, start + _QUERIES) for start in range(0, len(queries), _QUERIES)]
    best = [_Best(values[part] - center, queries[part] - first, k) for part in parts]
    _scan(best, len(block), lambda seen: block.take(seen) - center, None)
    found = np.concatenate([one.rows for one in best])
    away = _exact(block, lambda part: values[part], found)
    away[np.isinf(np.concatenate([one.scores for one in best]))] = np.inf
    return _ordered(queries, found + first, away, k)


def nearer(one: Neighbors, other: Neighbors, k: int) -> Neighbors:
    """Return the `k` nearest of two lists of neighbors of the same queries."""
    found = np.concatenate([one.rows, other.rows], axis=1)
    return _ordered(
        one.queries, found, np.concatenate([one.distances, other.distances], axis=1), k
    )


def _ordered(queries: Array, found: Array, away: Array, k: int) -> Neighbors:
    """Return the `k` nearest of rows found (Q, n), the nearest first, equal ones in their order."""
    order = np.lexsort((found, away), axis=1)[:, :k]
    return Neighbors(
        queries,
        np.take_along_axis(found, order, axis=1),
        np.take_along_axis(away, order, axis=1),
    )


class Nearest(NamedTuple):
    """The nearest rows of one vector, the nearest first: `rows` (k,) and `distances` (k,)."""

    rows: Array
    distances: Array


_SPARE = 8
"""Rows kept beyond k, so that rounding and a few ties decide nothing."""


def nearest_to(
    matrix: Array,
    rows: Array,
    vectors: Array,
    k: int,
    exclude: Sequence[tuple[int, ...]],
    *,
    norms: Array,
    progress: Progress | None = None,
) -> list[Nearest | None]:
    """Find the `k` rows of a matrix that are nearest to each vector; equal ones in their order.

    Parameters
    ----------
    matrix : (N, D)
    rows : (M,) int64
        The rows that may be answers, ascending.
    vectors : (Q, D) float64
    k
        From 1; there are fewer answers where there are not so many rows.
    exclude
        For each vector, rows that are not its answers.
    norms : (N,) float64
        Of the matrix's rows: they bound the rounding.

    Returns
    -------
    One `Nearest` for each vector, None where more rows are as far as the k-th, given the rounding,
    than are kept: then it is open which of them come first.
    """
    most = max((len(one) for one in exclude), default=0)
    needed = min(k + most + _SPARE, len(rows))
    if not needed:
        return [Nearest(rows[:0], np.zeros(0)) for _ in vectors]
    center = matrix[rows[:SEEN]].astype(np.float64).mean(axis=0)
    parts = [slice(start, start + _QUERIES) for start in range(0, len(vectors), _QUERIES)]
    nobody = np.full(_QUERIES, -1)
    best = [
        _Best(vectors[part] - center, nobody[: len(vectors[part])], needed) for part in parts
    ]
    _scan(
        best, len(rows), lambda seen: matrix[rows[seen]].astype(np.float64) - center, progress
    )
    # Bounds the rounding of the scores, which are products of the centered vectors.
    size = float(norms[rows].max()) + 2 * float(np.linalg.norm(center))
    rounding = 4 * (matrix.shape[1] + 8) * float(np.finfo(np.float64).eps)
    found: list[Nearest | None] = []
    for part, one in zip(parts, best, strict=True):
        mine = vectors[part]
        own = ((mine - center) ** 2).sum(axis=1)
        error = rounding * (size + np.linalg.norm(mine, axis=1)) ** 2
        last = one.scores[:, -1] if needed < len(rows) else np.full(len(mine), np.inf)
        # Rows that were not kept are at least so far, squared.
        beyond = own + 2 * (last - error)
        found += _decide(matrix, rows[one.rows], mine, exclude[part], beyond, k)
    return found


def _scan(
    best: Sequence[_Best],
    count: int,
    take: Callable[[slice], Array],
    progress: Progress | None,
) -> None:
    """Show `count` rows, which `take` returns less the center, to all that keep their best.

    Each thread has its share of those. BLAS has one thread then: on products of this size its own wait
    for each other, by spinning, several times as long as they compute.
    """
    shares = [best[first :: processors()] for first in range(min(processors(), len(best)))]
    rooms = [np.empty((_QUERIES, SEEN)) for _ in shares]
    with threads(len(shares)) as each_of:
        for start in range(0, count, SEEN):
            block = take(slice(start, start + SEEN))
            half = np.einsum("ij,ij->i", block, block) / 2
            seen = np.column_stack([-block, half]).T
            each_of(partial(_show, seen, start), shares, rooms)
            if progress:
                progress(min(start + SEEN, count), count)


def _show(seen: Array, start: int, best: Sequence[_Best], room: Array) -> None:
    """Show a block of rows to some of those that keep their best."""
    for one in best:
        one.see(seen, start, room)


def _decide(
    matrix: Array,
    rows: Array,
    vectors: Array,
    exclude: Sequence[tuple[int, ...]],
    beyond: Array,
    k: int,
) -> list[Nearest | None]:
    """Return the k nearest of the rows (Q, w) that were kept for each vector (Q, D).

    None where a row that was not kept, which is `beyond` (Q,) at least, might be as near.
    """
    rows = np.sort(rows, axis=1)
    squares = np.empty(rows.shape)
    for part in spans(len(rows), rows.shape[1] * matrix.shape[1]):
        kept = matrix[rows[part].ravel()].astype(np.float64).reshape(*rows[part].shape, -1)
        squares[part] = ((kept - vectors[part, None]) ** 2).sum(axis=2)
    for mine, numbers, barred in zip(squares, rows, exclude, strict=True):
        for row in barred:
            mine[numbers == row] = np.inf
    order = np.argsort(squares, axis=1, kind="stable")[:, :k]
    squares = np.take_along_axis(squares, order, axis=1)
    rows = np.take_along_axis(rows, order, axis=1)
    decided = (squares[:, -1] < beyond) | np.isinf(beyond)
    distances, there = np.sqrt(squares), np.isfinite(squares)
    return [
        Nearest(rows[index][there[index]], distances[index][there[index]]) if sure else None
        for index, sure in enumerate(decided)
    ]


def _exact(points: Points, take: Callable[[slice], Array], found: Array) -> Array:
    """Return the distances (Q, k) of the queries that `take` returns to the rows found, by differences."""
    away = np.empty(found.shape)
    for part in spans(len(found), points.dimensions * found.shape[1]):
        others = points.take(found[part].ravel()).reshape(*found[part].shape, -1)
        away[part] = np.linalg.norm(others - take(part)[:, None], axis=2)
    return away


class _Best:
    """The best so far of some of the queries.

    A score is half the squared distance, less half the query's own squared length: what is less
    is nearer. One product gives it, of the queries with a 1 behind and of those seen, negative,
    with half their squared length behind.
    """

    def __init__(self, values: Array, numbers: Array, k: int) -> None:
        self.values = np.column_stack([values, np.ones(len(values))])
        self.numbers = numbers
        self.scores = np.full((len(values), k), np.inf)
        self.rows = np.full((len(values), k), -1, dtype=np.int64)

    def see(self, block: Array, start: int, room: Array) -> None:
        """Take up those of a block of rows (D + 1, n), the first of which is row `start`.

        `room` is written over: making new arrays would cost as much as the products.
        """
        scores = room[: len(self.values), : block.shape[1]]
        np.matmul(self.values, block, out=scores)
        mine = np.flatnonzero((self.numbers >= start) & (self.numbers < start + block.shape[1]))
        scores[mine, self.numbers[mine] - start] = np.inf
        first = 0
        if not np.isfinite(self.scores[:, -1]).all():
            first = 8 * self.scores.shape[1]  # enough to know which of the rest are hopeful
            self._merge_all(scores[:, :first], start)
        if np.isfinite(self.scores[:, -1]).all():
            self._merge(scores[:, first:], start + first)
        else:
            self._merge_all(scores[:, first:], start + first)

    def _merge_all(self, scores: Array, start: int) -> None:
        """Merge whole rows of scores (Q, n)."""
        k = self.scores.shape[1]
        merged = np.concatenate([self.scores, scores], axis=1)
        numbers = np.broadcast_to(np.arange(start, start + scores.shape[1]), scores.shape)
        rows = np.concatenate([self.rows, numbers], axis=1)
        best = np.argpartition(merged, k - 1, axis=1)[:, :k]
        order = np.take_along_axis(
            best, np.argsort(np.take_along_axis(merged, best, axis=1), axis=1), axis=1
        )
        self.scores = np.take_along_axis(merged, order, axis=1)
        self.rows = np.take_along_axis(rows, order, axis=1)

    def _merge(self, scores: Array, start: int) -> None:
        """Merge those of the scores (Q, n) that are less than the worst that is kept."""
        k = self.scores.shape[1]
        flat = np.flatnonzero(scores < self.scores[:, -1:])
        if not flat.size:
            return
        question, place = np.divmod(flat, scores.shape[1])
        which = np.unique(question)
        questions = np.concatenate([np.repeat(which, k), question])
        values = np.concatenate([self.scores[which].ravel(), scores.ravel()[flat]])
        rows = np.concatenate([self.rows[which].ravel(), place + start])
        order = np.lexsort((rows, values, questions))
        first = np.searchsorted(questions[order], which)
        kept = order[first[:, None] + np.arange(k)]
        self.scores[which] = values[kept]
        self.rows[which] = rows[kept]
