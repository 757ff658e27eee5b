"""All pairs of rows whose cosine reaches a threshold, exact, in blocks of bounded memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

_ROWS, _COLUMNS = 4096, 1024
"""Rows of the two sides of a product: its scores, 16 MB of float32, are all that is kept of it."""

_WAITING = 1 << 18
"""Edges that wait until groups are merged."""

_PLAIN = (1e-15, 1e15)
"""Norms whose float32 rows can be scaled as they are."""


@dataclass(frozen=True)
class NearPairs:
    """Pairs of rows that are near.

    `first` and `second` (P,) int64 are rows, the earlier in front, `cosines` (P,) float64: the most
    similar pairs first, of equal ones the earlier. `count` is how many there are in all, and
    `groups` (N,) int64 the first row of the connected component of each row.
    """

    first: Array
    second: Array
    cosines: Array
    count: int
    groups: Array


def cosines_of(rows: Array, first: Array, second: Array) -> Array:
    """Return the cosines (P,) of pairs of rows, as 1 - |u - v|^2 / 2: exactly 1 for equal directions.

    >>> cosines_of(np.array([[3.0, 0.0], [1.0, 0.0], [0.0, 2.0]]), np.array([0, 0]), np.array([1, 2]))
    array([1., 0.])
    """
    found = np.empty(len(first))
    for part in spans(len(first), rows.shape[1]):
        apart = unit(rows[first[part]]) - unit(rows[second[part]])
        found[part] = 1.0 - np.einsum("ij,ij->i", apart, apart) / 2
    return found


def near_pairs(
    rows: Array,
    which: Array,
    threshold: float,
    top: int,
    weights: Array,
    progress: Progress | None = None,
) -> NearPairs:
    """Find the pairs of rows `which` (n,), ascending, of a matrix (N, D) with cosine >= `threshold`.

    The `top` most similar are kept. A row of `weights` (n,) w stands for w copies, for the count.
    """
    found = _Found(rows, which, threshold, top, weights)
    room = np.empty(_ROWS * _COLUMNS, dtype=np.float32)
    done, total = 0, len(which) * (len(which) + 1) // 2
    for start in range(0, len(which), _ROWS):
        left = _unit32(rows, which[start : start + _ROWS])
        for other in range(start, len(which), _COLUMNS):
            right = _unit32(rows, which[other : other + _COLUMNS])
            used = left[: other + len(right) - start]  # later rows see these columns as rows
            scores = room[: len(used) * len(right)].reshape(len(used), len(right))
            np.matmul(used, right.T, out=scores)
            found.see(scores, start, other)
            done += len(used) * len(right)
            if progress:
                progress(min(done, total), total)
    return found.result()


def _unit32(rows: Array, which: Array) -> Array:
    """Return rows at length 1, float32."""
    values = np.asarray(rows[which])
    if values.dtype == np.float32:
        squares = np.einsum("ij,ij->i", values, values, dtype=np.float64)
        norms = np.sqrt(squares)
        if _PLAIN[0] < norms.min() and norms.max() < _PLAIN[1]:
            scaled: Array = values * (1.0 / norms).astype(np.float32)[:, None]
            return scaled
    return unit(values).astype(np.float32)


class _Found:
    """The pairs so far: their number, the best of them, and the groups they make."""

    def __init__(
        self, rows: Array, which: Array, threshold: float, top: int, weights: Array
    ) -> None:
        self.rows, self.which, self.weights = rows, which, weights
        self.threshold, self.top = threshold, top
        # Bounds the error of a float32 product of unit vectors, with their scaling (Higham, 2002).
        self.error = (rows.shape[1] + 4) * float(np.finfo(np.float32).eps)
        self.floor = -np.inf
        self.count = 0
        self.best = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        self.groups = np.arange(len(which))
        self.edges: list[tuple[Array, Array]] = []

    def see(self, scores: Array, start: int, other: int) -> None:
        """Take up the scores (r, c) of rows from `start` with rows from `other`."""
        flat = np.flatnonzero(scores >= np.float32(self.threshold - self.error))
        if not flat.size:
            return
        first, second = np.divmod(flat, scores.shape[1])
        first, second = first + start, second + other
        ordered = first < second
        first, second, near = first[ordered], second[ordered], scores.ravel()[flat[ordered]]
        near = near.astype(np.float64)
        # What float32 leaves open is computed again, and so is what may be among the best.
        sure = near >= self.threshold + self.error
        again = np.flatnonzero(~sure | (near >= self.floor - self.error))
        exact = cosines_of(self.rows, self.which[first[again]], self.which[second[again]])
        sure[again] = exact >= self.threshold
        near[again] = exact
        first, second, near = first[sure], second[sure], near[sure]
        self.count += int((self.weights[first] * self.weights[second]).sum())
        self._keep(first, second, near)
        self._join(first, second)

    def _keep(self, first: Array, second: Array, cosines: Array) -> None:
        hopeful = cosines >= self.floor
        columns = zip(
            self.best, (first[hopeful], second[hopeful], cosines[hopeful]), strict=True
        )
        a, b, c = (np.concatenate(pair) for pair in columns)
        order = np.lexsort((b, a, -c))[: self.top]
        self.best = (a[order], b[order], c[order])
        if len(order) == self.top and self.top:
            self.floor = float(self.best[2][-1])

    def _join(self, first: Array, second: Array) -> None:
        apart = self.groups[first] != self.groups[second]
        if apart.any():
            self.edges.append((first[apart], second[apart]))
            if sum(len(one) for one, _ in self.edges) >= _WAITING:
                self._merge()

    def _merge(self) -> None:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        size = len(self.groups)
        first = np.concatenate([np.arange(size), *(one for one, _ in self.edges)])
        second = np.concatenate([self.groups, *(one for _, one in self.edges)])
        graph = coo_array((np.ones(len(first), np.int8), (first, second)), (size, size))
        labels = connected_components(graph, directed=False)[1]
        self.groups = np.unique(labels, return_index=True)[1][labels]
        self.edges = []

    def result(self) -> NearPairs:
        """Return what was found, as rows of the matrix."""
        if self.edges:
            self._merge()
        first, second, cosines = self.best
        groups = np.arange(len(self.rows))
        groups[self.which] = self.which[self.groups]
        return NearPairs(self.which[first], self.which[second], cosines, self.count, groups)
