"""The nearest other rows of some rows, exact, in blocks.

`core.search` keeps whatever may tie with the best, which is few rows among words. Here ties may
be the rule (one-hot rows are all equally far from each other), so never more than k are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import spans
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array, Progress

_ASKED = 512
_SEEN = 4096
"""Rows that are asked, and rows that are seen, at a time: their scores are 16 MB."""


@dataclass(frozen=True)
class Neighbours:
    """The k nearest of each asked row, nearest first; itself left out.

    `asked` (Q,) are the rows that were asked, `rows` (Q, k) int64 their neighbours, `distances`
    (Q, k) float64 the Euclidean distances, exact for equal rows. Of rows that are
    equally far the earlier comes first, and which are among the k is open.
    """

    asked: Array
    rows: Array
    distances: Array


def nearest(
    points: Points, asked: Array, k: int, progress: Progress | None = None
) -> Neighbours:
    """Find the `k` < N nearest other rows of the rows `asked` (Q,), ascending."""
    centre = points.take(slice(0, _SEEN)).mean(axis=0)
    parts = [asked[start : start + _ASKED] for start in range(0, len(asked), _ASKED)]
    best = [_Best(points.take(part) - centre, part, k) for part in parts]
    for start in range(0, len(points), _SEEN):
        block = points.take(slice(start, start + _SEEN)) - centre
        half = np.einsum("ij,ij->i", block, block) / 2
        seen = np.column_stack([-block, half]).T
        for one in best:
            one.see(seen, start)
        if progress:
            progress(min(start + _SEEN, len(points)), len(points))
    found = np.concatenate([one.rows for one in best])
    away = _exact(points, asked, found)
    order = np.lexsort((found, away), axis=1)
    return Neighbours(
        asked, np.take_along_axis(found, order, axis=1), np.take_along_axis(away, order, axis=1)
    )


def _exact(points: Points, asked: Array, found: Array) -> Array:
    """Return the distances (Q, k) to the rows found, by differences."""
    away = np.empty(found.shape)
    for part in spans(len(asked), points.dimensions * found.shape[1]):
        others = points.take(found[part].ravel()).reshape(*found[part].shape, -1)
        away[part] = np.linalg.norm(others - points.take(asked[part])[:, None], axis=2)
    return away


class _Best:
    """The best so far of some of the asked rows.

    A score is half the squared distance, less half the asked row's own squared length: what is less
    is nearer. One product gives it, of the asked rows with a 1 behind and of those seen, negative,
    with half their squared length behind.
    """

    def __init__(self, values: Array, numbers: Array, k: int) -> None:
        self.values = np.column_stack([values, np.ones(len(values))])
        self.numbers = numbers
        self.scores = np.full((len(values), k), np.inf)
        self.rows = np.full((len(values), k), -1, dtype=np.int64)

    def see(self, block: Array, start: int) -> None:
        """Take up those of a block of rows (D + 1, n), the first of which is row `start`."""
        scores = self.values @ block
        mine = np.flatnonzero((self.numbers >= start) & (self.numbers < start + block.shape[1]))
        scores[mine, self.numbers[mine] - start] = np.inf
        known = np.isfinite(self.scores[:, -1]).all()
        self._merge(scores, start) if known else self._merge_all(scores, start)

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
