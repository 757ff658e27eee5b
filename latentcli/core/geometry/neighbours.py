"""The nearest other rows of some rows, exact, in blocks.

`core.search` keeps whatever may tie with the best, which is few rows among words. Here ties may
be the rule (one-hot rows are all equally far from each other), so never more than k are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.core.geometry.points import Points, spans
from latentcli.core.search import Progress
from latentcli.core.vectors import Array

_ASKED = 1024
_SCORES = 1 << 21


@dataclass(frozen=True)
class Neighbours:
    """The k nearest of each asked row, nearest first, ties to the earlier row; itself left out.

    `asked` (Q,) are the rows that were asked, `rows` (Q, k) int64 their neighbours, `distances`
    (Q, k) float64 the Euclidean distances, exact for equal rows.
    """

    asked: Array
    rows: Array
    distances: Array


def nearest(
    points: Points, asked: Array, k: int, progress: Progress | None = None
) -> Neighbours:
    """Find the `k` < N nearest other rows of the rows `asked` (Q,), ascending."""
    size = max(256, min(_SCORES // _ASKED, len(points)))
    centre = points.take(slice(0, _ASKED)).mean(axis=0)
    best = [
        _Best(points.take(part) - centre, part, k)
        for part in (asked[start : start + _ASKED] for start in range(0, len(asked), _ASKED))
    ]
    for start in range(0, len(points), size):
        block = points.take(slice(start, start + size)) - centre
        for part in best:
            part.see(block, start)
        if progress:
            progress(min(start + size, len(points)), len(points))
    found = np.concatenate([part.rows for part in best])
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

    Scores are half the squared distance less half the asked row's own squared length.
    """

    def __init__(self, values: Array, numbers: Array, k: int) -> None:
        self.values = values
        self.numbers = numbers
        self.scores = np.full((len(values), k), np.inf)
        self.rows = np.full((len(values), k), -1, dtype=np.int64)

    def see(self, block: Array, start: int) -> None:
        """Take up those of a block of rows, the first of which is row `start`."""
        scores = self.values @ block.T
        np.subtract(np.einsum("ij,ij->i", block, block) / 2, scores, out=scores)
        mine = np.flatnonzero((self.numbers >= start) & (self.numbers < start + len(block)))
        scores[mine, self.numbers[mine] - start] = np.inf
        hopeful = np.flatnonzero(scores.min(axis=1) < self.scores[:, -1])
        if not hopeful.size:
            return
        if np.isinf(self.scores[hopeful, -1]).any():
            self._merge_all(hopeful, scores[hopeful], start)
        else:
            self._merge_few(hopeful, scores[hopeful], start)

    def _merge_all(self, which: Array, scores: Array, start: int) -> None:
        """Merge whole rows of scores (n, m)."""
        k = self.scores.shape[1]
        merged = np.concatenate([self.scores[which], scores], axis=1)
        numbers = np.broadcast_to(np.arange(start, start + scores.shape[1]), scores.shape)
        rows = np.concatenate([self.rows[which], numbers], axis=1)
        order = np.argsort(merged, axis=1, kind="stable")[:, :k]
        self.scores[which] = np.take_along_axis(merged, order, axis=1)
        self.rows[which] = np.take_along_axis(rows, order, axis=1)

    def _merge_few(self, which: Array, scores: Array, start: int) -> None:
        """Merge those of the scores (n, m) that are better than the worst kept."""
        k = self.scores.shape[1]
        flat = np.flatnonzero(scores < self.scores[which, -1:])
        question, place = np.divmod(flat, scores.shape[1])
        questions = np.concatenate([np.repeat(np.arange(len(which)), k), question])
        values = np.concatenate([self.scores[which].ravel(), scores.ravel()[flat]])
        rows = np.concatenate([self.rows[which].ravel(), place + start])
        order = np.lexsort((rows, values, questions))
        first = np.searchsorted(questions[order], np.arange(len(which)))
        kept = order[first[:, None] + np.arange(k)]
        self.scores[which] = values[kept]
        self.rows[which] = rows[kept]
