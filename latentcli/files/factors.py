"""Ground-truth factors: columns of a table or an array, matched to codes by row or by an id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from latentcli.errors import FormatError, ParameterError, shown, unknown_choice
from latentcli.files import arrays, formats, labels, vector_columns
from latentcli.files.addresses import split_address
from latentcli.files.formats import npz
from latentcli.files.load import array_in
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

Columns = dict[str, Array]
"""Factors by name: arrays (N,) of numbers or text; None or NaN where one is missing."""

_ARRAYS = {"npy", "torch", "hdf5", "safetensors", "gguf"}
"""Formats of arrays, which are neither tables nor text."""

_NAMES = ("factor_names", "names", "latents_names")
"""Arrays beside an (N, K) array that name its columns."""


def read(address: str, notes: list[str] | None = None) -> Columns:
    """Read factors: CSV, TSV, JSON, Parquet and Arrow by column, an array (N, K), or an archive of arrays.

    Of an archive (.npz), `FILE::KEY` or its only array of two axes is taken, with the names beside
    it; else all its arrays, if each has one axis and they are equally long. Where the only array of two
    axes is named like codes, the arrays of one axis and as many rows are taken.
    """
    path, key = split_address(address)
    with Stream(path) as stream:
        name = formats.format_of(stream)
        if name == "npz":
            return _archive(stream, key)
        if name in _ARRAYS:
            return _split(stream, array_in(stream, key, text=True).values, [])
        if key and not labels.is_table(stream):
            raise stream.error(f"no column or array '{shown(key)}' can be picked from it")
    columns = {
        name: np.asarray(values) for name, values in labels.read_table(address, notes).items()
    }
    if key and key not in columns:
        raise unknown_choice("column", key, list(columns))
    columns = {key: columns[key]} if key else columns
    if not columns or not len(next(iter(columns.values()))):
        raise FormatError(f"{address}: no rows")
    return columns


def beside_codes(columns: Columns) -> Columns:
    """Return the columns of a table beside those of its codes, z0, z1 and so on; {} where it has none of these."""
    numbers = [name for name, values in columns.items() if values.dtype.kind in "fiub"]
    series = vector_columns.numbered_series(numbers)
    return {name: values for name, values in columns.items() if series and name not in series}


def ids_of(address: str, column: str) -> tuple[Array | None, Array | None]:
    """Return the ids of codes, and the codes without them where both are columns of one table.

    The ids are the column or array of that name in the file of the codes; None if it has none.
    """
    path, _ = split_address(address)
    with Stream(path) as stream:
        if stream.archive is not None:
            found = _archive_arrays(stream)
            if column in found:
                return array_in(stream, column, text=True).values, None
            return None, None
        if not labels.is_table(stream):
            return None, None
    columns = labels.read_table(address)
    if column not in columns:
        return None, None
    numbers = [
        values.astype(np.float64)
        for name, values in columns.items()
        if name != column and values.dtype.kind in "fiub"
    ]
    if not numbers:
        raise FormatError(f"{address}: no columns of numbers beside '{shown(column)}'")
    return np.asarray(columns[column]), np.column_stack(numbers)


def join(
    columns: Mapping[str, Array], column: str, ids: Iterable[Any], name: str
) -> tuple[Array, Columns, list[str]]:
    """Match factors to codes by their id.

    Return which rows of the codes have factors, the factors in the order of these, and notes on what
    has no partner. Raises ParameterError where there is no such column, FormatError for an id that
    occurs twice on either side, and when nothing matches.
    """
    if column not in columns:
        raise unknown_choice("column", column, list(columns))
    requested = [_id(value) for value in ids]
    given = [_id(value) for value in columns[column].tolist()]
    for whose, values in ((name, given), ("the codes", requested)):
        known = Counter(value for value in values if value is not None)
        twice, times = known.most_common(1)[0] if known else ("", 0)
        if times > 1:
            raise FormatError(
                f"{whose}: id {shown(twice)} occurs {times:,} times in '{column}'"
            )
    place = {value: row for row, value in enumerate(given) if value is not None}
    kept = np.array(
        [row for row, value in enumerate(requested) if value in place], dtype=np.intp
    )
    if not len(kept):
        raise FormatError(
            f"{name}: no id in '{column}' matches an id of the codes ({shown(given[0])} against "
            f"{shown(requested[0])})"
        )
    order = np.array([place[requested[row]] for row in kept], dtype=np.intp)
    notes = []
    if len(kept) < len(requested):
        lost = len(requested) - len(kept)
        notes.append(
            f"{lost:,} of {len(requested):,} codes are left out: {name} has no such id"
        )
    if len(order) < len(given):
        lost = len(given) - len(order)
        notes.append(f"{lost:,} of {len(given):,} rows of {name} have no code and are left out")
    joined = {key: values[order] for key, values in columns.items() if key != column}
    if not joined:
        raise ParameterError(f"{name}: no factors beside '{column}'")
    return kept, joined, notes


def _id(value: Any) -> str | None:
    """Return an id as text, the same for 1, 1.0 and "1"; None where it is missing."""
    if value is None or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _split(stream: Stream, values: Array, names: list[str]) -> Columns:
    """Return the columns of (N, K) or (N,) values, by name."""
    if values.ndim not in (1, 2) or 0 in values.shape:
        raise stream.error(f"shape {values.shape}; factors are (N, K), a row for each code")
    matrix = values[:, None] if values.ndim == 1 else values
    if len(names) != matrix.shape[1]:
        names = [f"factor{k}" for k in range(matrix.shape[1])]
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise stream.error(f"{times} factors are named '{shown(name)}'")
    return {name: matrix[:, k] for k, name in enumerate(names)}


def _archive(stream: Stream, key: str) -> Columns:
    found = _archive_arrays(stream)
    if key and key not in found:
        raise stream.error(f"no array '{shown(key)}'; it holds {arrays.listed(found)}")
    planes = [name for name, (shape, _) in found.items() if len(shape) == 2]
    if not key and (beside := _beside_codes(found, planes)):
        return {name: array_in(stream, name, text=True).values for name in beside}
    if key or len(planes) == 1:
        chosen = key or planes[0]
        values = array_in(stream, chosen, text=True).values
        if values.ndim == 1:
            return {chosen: values}
        names = _names_beside(stream, found, values.shape[-1]) if values.ndim else []
        return _split(stream, values, names)
    columns = {name: shape for name, (shape, _) in found.items()}
    if columns and len(set(columns.values())) == 1 and len(next(iter(columns.values()))) == 1:
        return {name: array_in(stream, name, text=True).values for name in columns}
    if not planes:
        raise stream.error(
            f"no (N, K) array of factors, nor equally long ones (N,); it holds {arrays.listed(found)}"
        )
    raise arrays.AmbiguousError(stream.name, found, planes[0])


def _beside_codes(found: arrays.Shapes, planes: list[str]) -> list[str]:
    """Return the arrays (N,) beside the only array (N, D), where that is named like codes."""
    if len(planes) != 1 or planes[0].lower() not in arrays.KNOWN_KEYS_LOWER:
        return []
    (rows, _), kind = found[planes[0]]
    if kind.kind != "f":
        return []
    return [
        name for name, (shape, _) in found.items() if shape == (rows,) and name not in _NAMES
    ]


def _archive_arrays(stream: Stream) -> arrays.Shapes:
    return {
        name: shape for name, shape in npz.shapes(stream).items() if not name.startswith("__")
    }


def _names_beside(stream: Stream, found: arrays.Shapes, count: int) -> list[str]:
    for name in _NAMES:
        if name in found and found[name][0] == (count,) and found[name][1].kind in "US":
            return npz.read_words(stream, name)
    return []
