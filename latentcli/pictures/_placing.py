"""Rows on the plane: which of them, and where, of all rows that are at hand or lie in shards."""

from __future__ import annotations

import operator
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.numerics.neighbors import nearest
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import check_squares, unit
from latentcli.pictures._map_quality import MapQuality, map_quality
from latentcli.pictures._projection import METHODS, Projection, neighbors_needed, principal


def chosen_of(
    array: Array, sample: int | None, by_frequency: bool, unit_rows: bool, seed: int
) -> tuple[Array, int]:
    """Return the numbers of the rows to show, ascending, and how many cannot be shown."""
    usable = np.concatenate(Points(array).reduced(partial(_usable, unit_rows), operator.add))
    rows = np.flatnonzero(usable)
    if len(rows) < 2:
        raise LatentError(f"a map takes two usable rows or more; there are {len(rows)}")
    if sample is not None and len(rows) > sample:
        if by_frequency:
            rows = rows[:sample]
        else:
            random = np.random.default_rng(seed)
            rows = np.sort(random.choice(rows, sample, replace=False))
    return rows, int(len(array) - usable.sum())


def _usable(unit_rows: bool, block: Array) -> list[Array]:
    """Return which rows of a block can be shown, as a list, which adds up."""
    usable = np.isfinite(block).all(axis=1)
    return [np.asarray(usable & block.any(axis=1) if unit_rows else usable)]


def path_of(path: npt.ArrayLike, rows: Array, unit_rows: bool) -> Array:
    """Return the steps of a path (M, D) as they are mapped."""
    steps = np.asarray(path, dtype=np.float64)
    if steps.ndim != 2 or steps.shape[1] != rows.shape[1] or not np.isfinite(steps).all():
        raise LatentError(
            f"a path over rows of {rows.shape[1]} numbers is (M, {rows.shape[1]}) finite numbers, not {steps.shape}"
        )
    return unit(steps) if unit_rows else steps


class Placed(NamedTuple):
    """Rows on the plane (N, 2) with a path over them, their neighbors in the full space, and how true the map is."""

    made: Projection
    coordinates: Array
    path: Array | None
    neighbors: Array
    distances: Array
    quality: MapQuality | None


def placed_here(
    rows: Array, steps: Array, method: str, neighbors: int, seed: int, progress: Progress | None
) -> Placed:
    """Place rows, with the steps of a path (M, D) over them."""
    everything = np.concatenate([rows, steps])
    needed = neighbors_needed(method)
    found, away = _neighbors(everything, max(neighbors, needed), progress)
    made = METHODS[method](everything, found, away, seed)
    if len(steps):  # which are no neighbors of anyone
        found, away = _neighbors(rows, neighbors, progress)
    coordinates, line = made.coordinates[: len(rows)], made.coordinates[len(rows) :]
    quality = map_quality(rows, coordinates, seed=seed)
    return Placed(
        made, coordinates, line if len(steps) else None,
        found[:, :neighbors], away[:, :neighbors], quality,
    )  # fmt: skip


def placed_far(points: Points) -> Placed:
    """Place all rows of shards by PCA, without neighbors."""
    made = principal(points)
    nobody = np.zeros((len(points), 0))
    return Placed(made, made.coordinates, None, nobody.astype(np.int64), nobody, None)


def rows_of(chosen: Array, unit_rows: bool) -> Array:
    """Return rows (n, D) as they are mapped."""
    rows = chosen.astype(np.float64)
    check_squares(rows, "x")
    return unit(rows) if unit_rows else rows


def check_far(method: str, neighbors: int, path: object) -> None:
    """Refuse what needs all rows of shards in the memory of one machine."""
    if method != "pca":
        raise ParameterError("method", method, "pca for all rows of shards; set `sample`")
    if neighbors:
        raise ParameterError(
            "neighbors", neighbors, "0 for all rows of shards, whose pairs are too many; or set `sample`"
        )  # fmt: skip
    if path is not None:
        raise ParameterError(
            "`path` goes with a `sample` of shards, not with all of their rows"
        )


def _neighbors(rows: Array, count: int, progress: Progress | None) -> tuple[Array, Array]:
    count = min(count, len(rows) - 1)
    if count < 1:
        return np.zeros((len(rows), 0), dtype=np.int64), np.zeros((len(rows), 0))
    found = nearest(Points(rows), np.arange(len(rows)), count, progress)
    return found.rows, found.distances
