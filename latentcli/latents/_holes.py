"""Does a path cross a hole of a set of codes? Distances to the k-th nearest code (no decoder needed)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError, ParameterError
from latentcli.numerics.neighbors import nearest, nearest_to
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array, Progress


@dataclass(frozen=True)
class Holes:
    """A path compared with reference codes.

    `distances` (T,) to the k-th nearest of them; `percentiles` (T,) of those among the
    reference's own; `nearest` (T,) the row that is nearest; `limit` the distance beyond which
    a step is in a hole; `holes` (T,) whether it is.
    """

    distances: Array
    percentiles: Array
    nearest: Array
    limit: float
    holes: Array


class Reference:
    """Codes (N, D) with which a path is compared, part by part.

    A step is in a hole when its k-th nearest reference code is farther than that of all but
    1 - `percentile`/100 of the reference codes themselves (each without itself). A step that
    is a reference code is judged without it as well.
    """

    def __init__(
        self,
        codes: Array,
        *,
        k: int = 5,
        percentile: float = 99.0,
        progress: Progress | None = None,
    ) -> None:
        if not 0 <= percentile <= 100:
            raise ParameterError("hole_percentile", percentile, "from 0 to 100")
        if k < 1:
            raise ParameterError("k", k, "a whole number from 1")
        count = len(codes)
        if k >= count:
            raise LatentError(
                f"`k` must be from 1 to {count - 1:,}, one less than the reference's rows"
            )
        self.codes = codes
        self.k = k
        self.rows = np.arange(count)
        self.norms = np.linalg.norm(np.asarray(codes, np.float64), axis=1)
        self.own = nearest(Points(codes), self.rows, k, progress)
        own = self.own.distances[:, -1]
        self.ranked = np.sort(own)
        self.limit = float(np.percentile(own, percentile))
        self._found: list[tuple[Array, Array]] = []

    def look(self, path: Array) -> None:
        """Take the next steps (T, D)."""
        path = np.asarray(path, dtype=np.float64)
        if path.shape[1] != self.codes.shape[1]:
            raise LatentError(
                f"the reference has {self.codes.shape[1]:,} dimensions, the path {path.shape[1]:,}"
            )
        first = kth_nearest(self.codes, self.norms, path, 1, [()] * len(path))[1]
        same: list[tuple[int, ...]] = [
            (int(row),)
            if np.array_equal(step.astype(self.codes.dtype), self.codes[row])
            else ()
            for step, row in zip(path, first, strict=True)
        ]
        self._found.append((kth_nearest(self.codes, self.norms, path, self.k, same)[0], first))

    def holes(self) -> Holes:
        """Return what was found of all steps."""
        distances = np.concatenate([found for found, _ in self._found])
        rows = np.concatenate([first for _, first in self._found])
        shares = np.searchsorted(self.ranked, distances, side="right") / len(self.ranked)
        # Distances of equal rows differ in the last digits by the way they are summed.
        beyond = distances > self.limit * (1 + 1e-9)
        return Holes(distances, 100.0 * shares, rows, self.limit, beyond)


def kth_nearest(
    codes: Array, norms: Array, path: Array, k: int, exclude: list[tuple[int, ...]]
) -> tuple[Array, Array]:
    """Return of each step (T, D) the distance to its k-th nearest code (N, D), and the nearest code."""
    found = nearest_to(codes, np.arange(len(codes)), path, k, exclude, norms=norms)
    distances, rows = np.empty(len(path)), np.empty(len(path), dtype=np.int64)
    for index, hits in enumerate(found):
        if hits is None:  # many codes are equally far
            away = np.linalg.norm(np.asarray(codes, np.float64) - path[index], axis=1)
            away[list(exclude[index])] = np.inf
            order = np.argsort(away, kind="stable")[:k]
            distances[index], rows[index] = away[order[-1]], order[0]
        else:
            distances[index], rows[index] = hits.distances[-1], hits.rows[0]
    return distances, rows


def find_holes(
    path: Array,
    reference: Array,
    *,
    k: int = 5,
    percentile: float = 99.0,
    progress: Progress | None = None,
) -> Holes:
    """Compare the steps of a path (T, D) with reference codes (N, D), as `Reference` says."""
    found = Reference(reference, k=k, percentile=percentile, progress=progress)
    found.look(np.asarray(path).reshape(len(path), -1))
    return found.holes()
