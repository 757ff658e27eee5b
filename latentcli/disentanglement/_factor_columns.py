"""Factors as columns by name: as many rows as codes, which rows have them, and angles on one turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement._factor import Factor
from latentcli.errors import LatentError, ParameterError, counted, shown, unknown_choice
from latentcli.numerics.types import Array

_DIGITS, _TURN = 9, 1e-6
"""Digits of a turn to which angles are the same; the share of a turn that angles may exceed one by."""


def columns_of(factors: Any) -> dict[str, Array]:
    if isinstance(factors, Mapping):
        columns = {str(key): np.asarray(column) for key, column in factors.items()}
        for key, column in columns.items():
            if column.ndim != 1:
                raise LatentError(f"`factors`: {shown(key)} has shape {column.shape}, not (N,)")
        if not columns:
            raise LatentError("`factors`: no factors")
        return columns
    array = np.asarray(factors)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or 0 in array.shape:
        raise LatentError(
            f"`factors`: shape {array.shape}; factors are (N, K), one row a sample"
        )
    return {f"factor{k}": array[:, k] for k in range(array.shape[1])}


def check_names(names: Sequence[str], columns: Mapping[str, Array]) -> None:
    for name in names:
        if name not in columns:
            raise unknown_choice("factor", name, list(columns))


def check_rows(codes: Array, rows: int) -> None:
    if rows == len(codes):
        return
    if rows == codes.shape[1]:
        raise LatentError(
            f"`codes` is {len(codes):,} x {codes.shape[1]:,} and `factors` has {rows:,} "
            "rows: the codes are transposed; save codes.T, one row for each sample"
        )
    names = "; is its first line, taken for names, a row?" if rows == len(codes) - 1 else ""
    raise LatentError(
        f"`codes` has {counted(len(codes), 'row')} and `factors` {rows:,}; they are matched row by "
        f"row{names}"
    )


def missing(column: Array) -> npt.NDArray[np.bool_]:
    if column.dtype.kind == "f":
        return ~np.isfinite(column)
    if column.dtype.kind in "mM":
        return np.isnat(column)
    if column.dtype.kind == "O":
        return np.array([value is None or value != value for value in column], dtype=bool)
    return np.zeros(len(column), dtype=bool)


def with_any(columns: Mapping[str, Array]) -> tuple[Array | None, list[str]]:
    """Return which rows have a factor at all, None if all do, and what to say about what is missing."""
    gaps = {key: missing(column) for key, column in columns.items()}
    holed = {key: int(gap.sum()) for key, gap in gaps.items() if gap.any()}
    if not holed:
        return None, []
    empty = np.all(list(gaps.values()), axis=0)
    if empty.all():
        raise LatentError("`factors`: every row has a missing value")
    rows = f"{len(empty):,} rows"
    notes = []
    if empty.any():
        notes.append(f"{empty.sum():,} of {rows} are left out: every factor is missing")
    others = ", ".join(
        f"{shown(key)} ({counted(int(number - empty.sum()), 'row')})"
        for key, number in holed.items()
        if number > empty.sum()
    )
    if others:
        notes.append(f"factors missing in some rows, and scored on the others: {others}")
    return (~empty if empty.any() else None), notes


def spread(factor: Factor, known: npt.NDArray[np.bool_]) -> Factor:
    """Return a factor of the rows that have it as one of all rows (N,)."""
    if known.all():
        return factor
    labels, values = np.full(len(known), -1, dtype=np.intp), np.full(len(known), np.nan)
    labels[known], values[known] = factor.labels, factor.values
    return replace(factor, labels=labels, values=values)


def wrapped(name: str, column: Array, period: float) -> Array:
    """Return angles (n,) from 0 to below their period; a multiple of it, but for rounding, is 0.

    Raises ParameterError for text, for a period that is none, and for more than one turn, which a
    wrong period makes.

    >>> wrapped("v", np.array([-90.0, 0.0, 270.0]), 360.0).tolist()
    [270.0, 0.0, 270.0]
    """
    if not 0 < period < np.inf:
        raise ParameterError(f"factor {shown(name)}: a period of {period:g} is not above 0")
    if column.dtype.kind not in "fiu":
        raise ParameterError(f"factor {shown(name)} is not a number and cannot be periodic")
    values = column.astype(np.float64)
    if len(values) and values.max() - values.min() > period * (1 + _TURN):
        raise ParameterError(
            f"factor {shown(name)} goes from {values.min():g} to {values.max():g}, more than its period "
            f"{period:g}; `periodic` takes another, as in {shown(name)}=360"
        )
    found: Array = np.round(values / period, _DIGITS) % 1.0 * period
    return found
