"""Neighbor overlap: how many of the nearest neighbors of a row are the same in both spaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import Rows
from latentcli.numerics.neighbors import nearest
from latentcli.numerics.points import Points
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array, Progress

METRICS = ("cosine", "euclidean")
"""What "near" can mean."""

_SAME = 1e-6
"""Distances nearer than this, relative to the k-th, are ties: rows may be float32."""

_SPARE = 10

_CONSTANT = 8
"""Steps of the rows' dtype, relative to their length, within which all points are the same."""


@dataclass(frozen=True)
class Overlap:
    """The share of common neighbors of each query (q,), in [0, 1].

    `tied` counts queries with more ties at the k-th
    neighbor than were looked at, so that which of them were taken is arbitrary.
    """

    shares: Array
    tied: int

    @property
    def mean(self) -> float | None:
        """The mean share; None where all neighbors are arbitrary."""
        return float(self.shares.mean()) if self.tied < len(self.shares) else None


def overlap(
    x: Points, y: Points, queries: Rows, *, k: int, progress: Progress | None = None
) -> Overlap | None:
    """Compare the k nearest other rows in X (n, D1) and in Y (n, D2); points at length 1 for the cosine.

    `queries` are places among the n paired rows, and k < n. The search is exact. Ties, also those
    that rounding has made unequal, go to the row that comes first. None where all points of a
    space are the same: they have no neighbors.
    """
    if is_constant(x) or is_constant(y):
        return None
    near_x, tied_x = _nearest(x, queries, k, progress)
    near_y, tied_y = _nearest(y, queries, k, progress)
    common = [len(np.intersect1d(a, b)) for a, b in zip(near_x, near_y, strict=True)]
    return Overlap(
        shares=np.array(common) / k,
        tied=int((tied_x | tied_y).sum()),
    )


def overlap_by_chance(repeats: Repeats, k: int) -> float:
    """Return the mean overlap of unrelated spaces of n rows, k < n: k / (n - 1) where no row is repeated.

    The copies of a row, at a distance of 0, are its neighbors in both spaces; the others are drawn at random.

    >>> overlap_by_chance(Repeats(11), 2)
    0.2
    """
    copies = np.minimum(repeats.times - 1, k)
    rest = k - copies
    shared = copies + rest**2 / np.maximum(repeats.rows - 1 - copies, 1)
    return float(shared.mean() / k)


def is_constant(points: Points) -> bool:
    """Tell whether all points (n, D) are the same but for rounding."""
    first = points.take(slice(0, 1))
    away = largest = 0.0
    for _, block in points.blocks():
        away = max(away, float(((block - first) ** 2).sum(axis=1).max()))
        largest = max(largest, float((block**2).sum(axis=1).max()))
    # Rows set to length 1 may come from float32, whatever holds them.
    exact = not points.unit and points.rows.dtype == np.float64
    step = float(np.finfo(np.float64 if exact else np.float32).eps)
    return away <= (_CONSTANT * step) ** 2 * largest


def _nearest(
    points: Points, queries: Rows, k: int, progress: Progress | None
) -> tuple[list[Rows], Array]:
    """Return the k nearest of each query, and which queries have too many ties."""
    most = len(points) - 1
    found = nearest(points, queries, min(2 * k + _SPARE, most), progress)
    # Half of the squared distance of unit rows is 1 - cosine.
    away = found.distances**2 / 2 if points.unit else found.distances
    taken = [
        _first(rows, distances, k, most, relative=not points.unit)
        for rows, distances in zip(found.rows, away, strict=True)
    ]
    return [near for near, _ in taken], np.array([tied for _, tied in taken], dtype=bool)


def _first(
    rows: Rows, distances: Array, k: int, most: int, *, relative: bool
) -> tuple[Rows, bool]:
    """Take what is surely nearer than the k-th, and of its ties those that come first."""
    reach = distances[k - 1]
    slack = _SAME * (reach if relative else 1.0)
    nearer = rows[distances < reach - slack]
    ties = np.sort(rows[np.abs(distances - reach) <= slack])
    tied = len(rows) < most and bool(distances[-1] - reach <= slack)
    return np.concatenate([nearer, ties[: k - len(nearer)]]), tied
