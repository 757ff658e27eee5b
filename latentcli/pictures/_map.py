"""A map of a space: a projection onto the plane, with how far it can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.blocks import some_of
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit
from latentcli.pictures._map_quality import MapQuality, torn_apart
from latentcli.pictures._placing import (
    check_far,
    chosen_of,
    path_of,
    placed_far,
    placed_here,
    rows_of,
)
from latentcli.pictures._projection import check_method
from latentcli.results import Listing, Picture, Plane, Record, Result

COLUMNS = ("row", "word", "label", "x", "y")

_NAMED = 60
"""Points whose names are tried in a picture."""

SHOWN = 10
"""Neighbors of each point that are kept with the map."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MapResult(Result):
    """A map.

    `coordinates` (N, 2); `rows` (N,) are the numbers of the rows shown; `names` and `labels` theirs;
    `path` (M, 2) the coordinates of a path over the map; `neighbors` (N, k) the places on the map of each one's nearest in the full space, nearest first, and
    `distances` theirs; `quality` says how far the map can be trusted, None for fewer than four rows.
    """

    coordinates: Array
    rows: Array
    names: tuple[str, ...]
    labels: tuple[str, ...] | None
    path: Array | None
    neighbors: Array
    distances: Array
    quality: MapQuality | None

    @cached_property
    def torn(self) -> Array | None:
        """The share of each point's neighbors that are not near it on the map (N,); None without neighbors."""
        return torn_apart(self.coordinates, self.neighbors) if self.neighbors.size else None

    def pictures(self) -> tuple[Picture, ...]:
        """Return the points on the plane."""
        xy = self.coordinates
        names = [*self.names[:_NAMED], *[""] * (len(self.names) - _NAMED)]
        return (
            Plane(self.title, "first axis", "second axis", names, xy[:, 0].tolist(), xy[:, 1].tolist()),
        )  # fmt: skip


def space_map(
    vectors: npt.ArrayLike,
    *,
    names: Sequence[str] | None = None,
    labels: Sequence[object] | None = None,
    path: npt.ArrayLike | None = None,
    method: str = "pca",
    sample: int | None = 20_000,
    by_frequency: bool = False,
    unit_rows: bool = False,
    neighbors: int = SHOWN,
    seed: int = 0,
    progress: Progress | None = None,
) -> MapResult:
    """Project vectors onto the plane, with their exact neighbors in the full space.

    Parameters
    ----------
    vectors
        (N, D), one row for each word or code, a space of words, or the name of a file. Rows with NaN or
        infinity are left out.
    names, labels
        A name and a label for each row.
    path
        (M, D): codes of a path, which are projected with the rows and drawn over them.
    method
        "pca", "tsne" or "umap".
    sample
        Rows that are shown at most; None: all, and of large sets in shards by PCA alone, without neighbors. Random ones, or the first with `by_frequency`.
    by_frequency
        Whether the first rows are the most frequent words; those of a space are.
    unit_rows
        Whether directions count, not lengths, as for words: neighbors are then by cosine.
    neighbors
        How many neighbors of each row are kept, 0 for none.
    seed
        Random seed of the sample and the projection: the same seed gives the same map.
    progress
        Called with (done, total) while neighbors are found.

    Returns
    -------
    MapResult
        On the plane, only neighborhoods mean something for t-SNE and UMAP: distances between groups and
        their sizes do not. The quality says how many neighborhoods are true.

    Raises
    ------
    LatentError
        For fewer than two rows that can be shown.

    Examples
    --------
    >>> import numpy as np
    >>> found = space_map(np.eye(4), neighbors=2)
    >>> found.coordinates.shape
    (4, 2)
    """
    check_method(method)
    if sample is not None and sample < 2:
        raise ParameterError("sample", sample, "at least 2, or 0 for all")
    if neighbors < 0:
        raise ParameterError("neighbors", neighbors, "at least 0")
    entry = getattr(vectors, "entry", None)
    if entry is not None:  # a space: its words, whose directions count, the first ones first
        vectors = entry.matrix
        if entry.vocabulary.named:
            names = entry.vocabulary.words(range(len(entry.matrix))) if names is None else names
            by_frequency = unit_rows = True
    array: Array = vectors if hasattr(vectors, "reduced") else np.asarray(vectors)  # type: ignore[assignment]
    if array.ndim != 2 or array.dtype.kind not in "fiub":
        raise LatentError(
            f"a map takes rows (N, D) of numbers, not an array of shape {array.shape}"
        )
    chosen, left_out = chosen_of(array, sample, by_frequency, unit_rows, seed)
    if sample is None and not getattr(array, "here", True):
        check_far(method, neighbors, path)
        placed = placed_far(Points(some_of(array, chosen), unit_rows))
    else:
        rows = rows_of(array[chosen], unit_rows)
        steps = np.zeros((0, rows.shape[1])) if path is None else path_of(path, rows, unit_rows)
        placed = placed_here(rows, steps, method, neighbors, seed, progress)
    kept_names = tuple(
        str(row) if names is None else str(names[row]) for row in chosen.tolist()
    )
    kept_labels = None if labels is None else tuple(str(labels[row]) for row in chosen.tolist())
    quality = placed.quality
    summary = _summary(len(array), len(chosen), placed.made.variance_kept, quality)
    return MapResult(
        coordinates=placed.coordinates,
        path=placed.path,
        rows=chosen,
        names=kept_names,
        labels=kept_labels,
        neighbors=placed.neighbors,
        distances=placed.distances,
        quality=quality,
        title=f"{len(chosen):,} of {len(array):,} rows by {_FULL[method]}",
        columns=COLUMNS if kept_labels else tuple(c for c in COLUMNS if c != "label"),
        records=_Records(chosen, kept_names, kept_labels, placed.coordinates),
        summary=summary,
        settings={
            "method": method, "library": placed.made.library, "sample": sample, "unit": unit_rows,
            "neighbors": neighbors, "seed": seed,
        },
        notes=_notes(left_out, len(array), len(chosen), by_frequency, method, quality),
        views=(Listing(tuple(summary), summary),),
    )  # fmt: skip


_FULL = {"pca": "principal component analysis (PCA)", "tsne": "t-SNE", "umap": "UMAP"}


class _Records(Sequence[Record]):
    """The records of a map, made when they are looked at."""

    def __init__(
        self, rows: Array, names: Sequence[str], labels: Sequence[str] | None, xy: Array
    ) -> None:
        self._parts = rows, names, labels, xy

    def __len__(self) -> int:
        return len(self._parts[0])

    def __getitem__(self, place: int | slice) -> Record | list[Record]:  # type: ignore[override]
        if isinstance(place, slice):
            return [self._record(number) for number in range(*place.indices(len(self)))]
        return self._record(range(len(self))[place])

    def _record(self, place: int) -> Record:
        rows, names, labels, xy = self._parts
        label: Record = {} if labels is None else {"label": labels[place]}
        return {
            "row": int(rows[place]), "word": names[place], **label,
            "x": float(xy[place, 0]), "y": float(xy[place, 1]),
        }  # fmt: skip


def nearest_rows(
    vectors: npt.ArrayLike, rows: Sequence[int], count: int, unit_rows: bool
) -> Array:
    """Return the numbers (n,) of the `count` nearest of some rows, these first, each once."""
    array = np.asarray(vectors, dtype=np.float64)
    if unit_rows:
        array = unit(array)
    found = [np.asarray(rows)]
    for row in rows:
        away = ((array - array[row]) ** 2).sum(axis=1)
        away[~np.isfinite(away)] = np.inf
        found.append(np.argsort(away, kind="stable")[:count])
    every = np.concatenate(found)
    _, first = np.unique(every, return_index=True)
    return every[np.sort(first)]


def _summary(
    total: int, shown: int, variance: float | None, quality: MapQuality | None
) -> Record:
    summary: Record = {"rows": total, "shown": shown, "variance_kept": variance}
    if quality is not None:
        summary |= {
            "k": quality.k,
            "trustworthiness": quality.trustworthiness,
            "continuity": quality.continuity,
            "neighbors_kept": quality.neighbors_kept,
            "distance_correlation": quality.distance_correlation,
        }
    return summary


def _notes(
    left_out: int,
    total: int,
    shown: int,
    by_frequency: bool,
    method: str,
    quality: MapQuality | None,
) -> tuple[str, ...]:
    notes = []
    if left_out:
        rows = counted(left_out, "row is", "rows are")
        notes.append(f"{rows} left out: NaN, infinity or without a direction")
    if shown < total - left_out:
        which = f"the first, most frequent, {shown:,}" if by_frequency else f"{shown:,} random"
        notes.append(f"{which} rows of {total:,} are shown; `sample` shows more")
    if method != "pca":
        notes.append("distances between groups, and their sizes, mean nothing on this map")
    if quality is not None and quality.neighbors_kept < 0.1:
        notes.append(
            f"of the {quality.k} nearest of a point only {quality.neighbors_kept:.0%} are near it on "
            "the map: read the lists of neighbors, not the plane"
        )
    return tuple(notes)
