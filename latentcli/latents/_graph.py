"""The graph of nearest codes of a reference: how far two codes are along it, and the way between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from latentcli.errors import LatentError
from latentcli.latents._holes import Reference
from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array
from latentcli.results import Record

_SMOOTHED = 2


@dataclass(frozen=True)
class Geodesic:
    """The shortest way between two codes along a graph.

    `rows` (n,) of the reference that it goes through; `length`, with the ways from and to the ends.
    """

    rows: Array
    length: float


def geodesic(start: Array, end: Array, known: Reference) -> Geodesic | None:
    """Find the shortest way from a code (D,) to another one along the graph of a reference.

    Each of its codes is joined to its k nearest, and so are the two ends (Isomap: Tenenbaum et al., 2000).
    None where the graph does not join them.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    count, k = len(known.codes), known.k
    first = [np.repeat(np.arange(count), k)]
    second, away = [known.own.rows.ravel()], [known.own.distances.ravel()]
    for number, code in enumerate((start, end)):
        lengths = _lengths(known.codes, code)
        near = np.argsort(lengths, kind="stable")[:k]
        first.append(np.full(k, count + number))
        second.append(near)
        away.append(lengths[near])
    distances = np.maximum(np.concatenate(away), 1e-300)  # 0 would be no edge
    edges = coo_array(
        (distances, (np.concatenate(first), np.concatenate(second))), shape=(count + 2,) * 2
    ).tocsr()
    gone, before = dijkstra(edges, directed=False, indices=count, return_predecessors=True)
    if not np.isfinite(gone[count + 1]):
        return None
    rows, at = [], int(before[count + 1])
    while at != count:
        rows.append(at)
        at = int(before[at])
    return Geodesic(np.array(rows[::-1], dtype=np.int64), float(gone[count + 1]))


def _lengths(codes: Array, code: Array) -> Array:
    """Return the distances (N,) of codes from one of them."""
    found = np.empty(len(codes))
    for part in spans(*codes.shape):
        found[part] = np.linalg.norm(codes[part].astype(np.float64) - code, axis=1)
    return found


def smoothed(points: Array) -> Array:
    """Return waypoints (P, D) with each inner one drawn to its neighbors, (1/4, 1/2, 1/4), twice."""
    smooth = np.array(points, dtype=np.float64)
    for _ in range(_SMOOTHED):
        smooth[1:-1] = smooth[1:-1] / 2 + (smooth[:-2] + smooth[2:]) / 4
    return smooth


def waypoints(start: Array, end: Array, known: Reference) -> Array:
    """Return the codes (P, D) that a smoothed geodesic goes through, both ends included."""
    found = geodesic(start, end, known)
    if found is None:
        raise LatentError(
            f"the graph of {known.k} nearest codes of the reference does not join the two ends; take a larger `k`"
        )
    return smoothed(np.concatenate([start[None], known.codes[found.rows], end[None]]))


@dataclass(frozen=True)
class Ways:
    """How long a path's legs are straight, and along the graph; None where it does not join all of them."""

    straight: float
    along_graph: float | None

    @classmethod
    def along(cls, points: Sequence[Array], known: Reference, *, loop: bool) -> Ways:
        """Measure the legs of a path through waypoints."""
        flat = [np.asarray(one, np.float64).ravel() for one in points]
        legs = list(pairwise([*flat, flat[0]] if loop else flat))
        straight = sum(float(np.linalg.norm(b - a)) for a, b in legs)
        found = [geodesic(a, b, known) for a, b in legs]
        lengths = [one.length for one in found if one is not None]
        return cls(straight, sum(lengths) if len(lengths) == len(legs) else None)

    @property
    def summary(self) -> Record:
        """The numbers for a summary: the length along the graph, and how straight that way is."""
        graph = self.along_graph
        ratio = min(1.0, self.straight / graph) if graph else None
        return {"graph_length": graph, "graph_straightness": ratio}
