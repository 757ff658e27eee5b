"""New shards of changed codes, of the kind of the old: what else a table has of each code stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from latentcli.distributed import _zarr
from latentcli.errors import FormatError, counted
from latentcli.files import labels
from latentcli.files.addresses import separated, split_address
from latentcli.files.outputs import NEW, copy, written_beside
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._shards import Shard

KINDS = ".npy, Parquet, Arrow and Zarr"
"""Kinds of shards of which new ones are written, for people."""


def kind_of(name: str) -> Callable[[Shard, Array, Path], None] | None:
    """Return what writes shards of a name's kind; None where no new ones are written of it."""
    return _WRITE.get(Path(name).suffix.lower())


def write(shard: Shard, made: Array, path: Path) -> None:
    """Write new codes (N, ...) of a shard to `path`, with the words beside it, if it has any."""
    written = kind_of(path.name)
    assert written is not None
    written(shard, made, path)
    words = labels.beside(Path(separated(shard.address)[0]))
    if words.is_file():
        copy(words, labels.beside(path))


def _npy(_: Shard, made: Array, path: Path) -> None:
    with written_beside(path) as part, part.open(NEW) as file:
        np.lib.format.write_array(file, np.ascontiguousarray(made), allow_pickle=False)


def _zarr_array(_: Shard, made: Array, path: Path) -> None:
    _zarr.write(path, [made], made.shape, made.dtype)


def _parquet(shard: Shard, made: Array, path: Path) -> None:
    import pyarrow.parquet as pq

    source, key = split_address(shard.address)
    table = _with_vectors(pq.read_table(source), source.name, key, made)
    with written_beside(path) as part:
        pq.write_table(table, part)


def _arrow(shard: Shard, made: Array, path: Path) -> None:
    import pyarrow as pa

    from latentcli.files.formats import arrow

    source, key = split_address(shard.address)
    table = _with_vectors(arrow.table_of(source), source.name, key, made)
    with written_beside(path) as part, pa.ipc.new_file(str(part), table.schema) as file:
        file.write_table(table)


def _with_vectors(table: Any, name: str, key: str, made: Array) -> Any:
    """Return a table with new vectors, which need no scale, and its other columns as they are."""
    import pyarrow as pa

    from latentcli.files import arrow_columns

    if table.num_rows != len(made):
        without = counted(table.num_rows - len(made), "row has", "rows have")
        raise FormatError(f"{without} no vector; the command convert leaves them out")
    columns = arrow_columns.choose(name, table.schema, key)
    if columns.lists:
        flat = pa.array(np.ascontiguousarray(made).ravel())
        new = [pa.FixedSizeListArray.from_arrays(flat, made.shape[1])]
    else:
        new = [pa.array(np.ascontiguousarray(column)) for column in made.T]
    for column, values in zip(columns.vectors, new, strict=True):
        table = table.set_column(table.schema.get_field_index(column), column, values)
    return table.drop_columns([columns.scale]) if columns.scale else table


_WRITE: dict[str, Callable[[Shard, Array, Path], None]] = {
    ".npy": _npy,
    ".zarr": _zarr_array,
    **dict.fromkeys((".parquet", ".pq"), _parquet),
    **dict.fromkeys((".arrow", ".feather"), _arrow),
}
"""What writes a new shard, by the ending of the old."""
