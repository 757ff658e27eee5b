"""A map in the forms that other programs open: Parquet for embedding-atlas, and TensorBoard's projector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.files.formats import projector
from latentcli.numerics.types import Array

PROJECTOR = ".projector.tsv"
"""How the name of a file for the projector ends."""


def beside(path: Path) -> tuple[Path, ...]:
    """Return what is written beside a map: of one for the projector, the file of names.

    >>> [file.name for file in beside(Path("map.projector.tsv"))]
    ['map.projector.metadata.tsv']
    """
    return (projector.metadata_of(path),) if path.name.endswith(PROJECTOR) else ()


def write_parquet(
    path: Path, columns: Mapping[str, Sequence[Any]], neighbors: Array, distances: Array
) -> None:
    """Write the columns of a map, and the nearest rows of each as embedding-atlas takes them.

    `neighbors` (N, k) are numbers of rows of the file, from 0, and `distances` (N, k) theirs: a column of
    `{"ids": [...], "distances": [...]}`, which is not written for k = 0.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: list(values) for name, values in columns.items()})
    count, k = neighbors.shape
    if k:
        ends = pa.array(np.arange(0, count * k + 1, k, dtype=np.int32))
        parts = [
            pa.ListArray.from_arrays(ends, pa.array(values.ravel()))
            for values in (neighbors.astype(np.int32), distances.astype(np.float32))
        ]
        nearest = pa.StructArray.from_arrays(parts, ["ids", "distances"])
        table = table.append_column("neighbors", nearest)
    pq.write_table(table, path)


def write_projector(path: Path, coordinates: Array) -> list[str]:
    """Write the coordinates (N, 2) as a tensor of the projector; return what is to be noted."""
    projector.write(path, [coordinates.astype(np.float32)])
    if len(coordinates) <= projector.MOST:
        return []
    return [f"the projector shows the first {projector.MOST:,} of {len(coordinates):,} points"]


def write_names(path: Path, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write the names of points, and what else is known of them, under a line of the columns' names."""
    projector.write_table(path, {name: [*map(str, rows)] for name, rows in columns.items()})
