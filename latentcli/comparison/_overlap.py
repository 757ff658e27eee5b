"""How many of the nearest neighbors of a thing are the same in both spaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import Rows
from latentcli.numerics.scoring import COSINE, EUCLIDEAN, Scorer
from latentcli.numerics.search import Hits, Question, search
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

METRICS: dict[str, Scorer] = {"cosine": COSINE, "euclidean": EUCLIDEAN}
"""What "near" can mean."""

_SAME = 1e-6
"""Distances nearer than this, relative to the k-th, are ties: rows are float32."""

_SPARE = 10


@dataclass(frozen=True)
class Paired:
    """One space: its matrix (N, D) float32, norms (N,), and the n rows that have a partner.

    A row's place among `rows` is what it shares with its partner.
    """

    matrix: Array
    norms: Array
    rows: Rows


@dataclass(frozen=True)
class Overlap:
    """The share of common neighbors of each query (q,), in [0, 1].

    `chance` is what unrelated spaces have; `torn` counts queries with more ties at the k-th
    neighbor than were looked at, so that which of them were taken is arbitrary.
    """

    shares: Array
    chance: float
    torn: int


def overlap(
    x: Paired,
    y: Paired,
    queries: Rows,
    *,
    k: int,
    metric: str = "cosine",
    progress: Progress | None = None,
) -> Overlap:
    """Compare the k nearest other rows, of the paired ones, in X and in Y.

    `queries` are places among the n paired rows, and k < n. The search is exact. Ties, also those
    that rounding has made unequal, go to the row that comes first in X.
    """
    near_x, torn_x = _nearest(x, queries, k, metric, progress)
    near_y, torn_y = _nearest(y, queries, k, metric, progress)
    common = [len(np.intersect1d(a, b)) for a, b in zip(near_x, near_y, strict=True)]
    return Overlap(
        shares=np.array(common) / k,
        chance=k / (len(x.rows) - 1),
        torn=int((torn_x | torn_y).sum()),
    )


def _nearest(
    space: Paired, queries: Rows, k: int, metric: str, progress: Progress | None
) -> tuple[list[Rows], Array]:
    """Return the places of the k nearest of each query, and which queries have too many ties."""
    hits = search(
        space.matrix,
        space.norms,
        [_question(space, int(row)) for row in space.rows[queries]],
        top=2 * k + _SPARE,
        scorer=METRICS[metric],
        rows=np.sort(space.rows),
        progress=progress,
    )
    places = np.full(len(space.norms), -1, dtype=np.int64)
    places[space.rows] = np.arange(len(space.rows))
    whole = len(space.rows) - 1
    found = [_first(one, places, k, metric, whole) for one in hits]
    return [near for near, _ in found], np.array([torn for _, torn in found], dtype=bool)


def _question(space: Paired, row: int) -> Question:
    vector = space.matrix[row].astype(np.float64)
    norm = float(np.linalg.norm(vector))
    return Question(unit(vector)[None], (row,), norm, vector)


def _first(hits: Hits, places: Rows, k: int, metric: str, whole: int) -> tuple[Rows, bool]:
    """Take what is surely nearer than the k-th, and of its ties those that come first in X."""
    distances = 1 - hits.scores if metric == "cosine" else hits.scores
    reach = distances[k - 1]
    slack = _SAME * (reach if metric == "euclidean" else 1.0)
    candidates = places[hits.rows]
    nearer = candidates[distances < reach - slack]
    ties = np.sort(candidates[np.abs(distances - reach) <= slack])
    torn = len(hits.rows) < whole and bool(distances[-1] - reach <= slack)
    return np.concatenate([nearer, ties[: k - len(nearer)]]), torn
