"""Codes and factors made ready: checked, with kinds, classes and the counts that metrics share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement import _mutual_information as information
from latentcli.disentanglement._binned_counts import BinnedCounts as BinnedCounts
from latentcli.disentanglement._binned_counts import Data as Data
from latentcli.disentanglement._factor import Factor as Factor
from latentcli.disentanglement._factor_columns import (
    check_names,
    check_rows,
    columns_of,
    missing,
    spread,
    with_any,
    wrapped,
)
from latentcli.disentanglement._mutual_information import Cut
from latentcli.errors import LatentError, ParameterError, counted, shown
from latentcli.numerics.axes import known_axes
from latentcli.numerics.named_rows import by_sample
from latentcli.numerics.types import Array

Codes = npt.ArrayLike | str | PathLike[str]
"""(N, D) numbers; a file of them through `latentcli`; or a `Data`, which is taken as it is."""

Factors = npt.ArrayLike | Mapping[str, npt.ArrayLike] | str | PathLike[str] | None
"""(N, K) labels, or columns by name (a data frame); a file of them through `latentcli`."""

_MARGIN = 1e3
"""Room that is left for sums of squares."""

_ROWS = 512

_MANY = 10_000
"""Classes from which a factor is taken for an identifier: tables of counts would fill the memory."""

_FEW_ROWS = 40

SWAPPED = "the codes are a few whole numbers and the factors have fractions, as if the two were swapped"
"""The note on codes that look like factors."""


def prepare(
    codes: Any,
    factors: Any = None,
    *,
    continuous: Sequence[str] = (),
    discrete: Sequence[str] = (),
    periodic: Sequence[str] | Mapping[str, float] = (),
    factor_bins: int = 20,
    names: Sequence[str] | None = None,
    compat: str | None = None,
) -> Data:
    """Check codes (N, D) and factors (N, K), or columns by name, and make them ready.

    Each factor is scored on the rows that have it (pairwise deletion); rows without any, and factors
    that never change, are left out, and notes say so. Numbers are continuous when they have more
    distinct values than 20 and a fifth of the rows, or fractions and mostly distinct values;
    `continuous` and `discrete` name exceptions. `periodic` names angles, in radians, or has their period.
    Raises LatentError for codes that are no (N, D) of finite numbers, for row counts that differ,
    and where no factor is left.
    """
    if isinstance(codes, Data):
        return codes
    information.check_bins(factor_bins, "factor_bins")
    array = _codes(codes)
    columns = {} if factors is None else columns_of(factors)
    periods = periodic if isinstance(periodic, Mapping) else dict.fromkeys(periodic, 2 * np.pi)
    check_names([*continuous, *discrete, *periods], columns)
    for column in columns.values():
        check_rows(array, len(column))
    kept, notes = with_any(columns)
    if kept is not None:
        array = array[kept]
        columns = {name: column[kept] for name, column in columns.items()}
    if len(array) < 2:
        raise LatentError(
            f"`codes` has {counted(len(array), 'row')}; a metric needs two or more"
        )
    made, left_out = made_factors(columns, continuous, discrete, periods, factor_bins)
    notes += [*left_out, *([SWAPPED] if seem_swapped(array, made) else [])]
    alive = array.min(axis=0) < array.max(axis=0)
    labels = tuple(names) if names else _names(codes, array.shape[1])
    return Data(_by_column(array), tuple(made), labels, alive, tuple(notes))


def made_factors(
    columns: Mapping[str, Array],
    continuous: Sequence[str],
    discrete: Sequence[str],
    periods: Mapping[str, float],
    factor_bins: int,
) -> tuple[list[Factor], list[str]]:
    """Make factors of columns (N,), and say which are left out. Raises LatentError if all are."""
    made, notes = [], []
    for name, column in columns.items():
        kind = "continuous" if name in continuous else "discrete" if name in discrete else None
        if kind and name in continuous and name in discrete:
            raise ParameterError(
                f"factor {shown(name)} is said to be both continuous and discrete"
            )
        try:
            made.append(_made(name, column, kind, periods.get(name), factor_bins))
        except _Useless as why:
            notes.append(f"factor {shown(name)} {why}")
    if columns and not made:
        raise LatentError("`factors`: " + _nothing_left(notes))
    return made, notes


def _by_column(codes: Array) -> Array:
    """Return codes with each dimension in one place, as metrics go through them.

    Rows are turned a few at a time, which the processor's cache likes better than all at once.
    """
    turned = np.empty(codes.shape, codes.dtype, order="F")
    for start in range(0, len(codes), _ROWS):
        turned[start : start + _ROWS] = codes[start : start + _ROWS]
    return turned


def _names(codes: Any, count: int) -> tuple[str, ...]:
    """Return the names of dimensions: those of a data frame's columns, else z0, z1 and so on."""
    columns = getattr(codes, "columns", ())
    return tuple(
        map(str, columns) if len(columns) == count else (f"z{j}" for j in range(count))
    )


def _codes(codes: Any) -> Array:
    if isinstance(codes, list | tuple) and len(codes) > 1 and np.ndim(codes[0]) == 2:
        raise LatentError(
            f"`codes` is a list of {len(codes)} arrays (N, D); several models go to "
            "`latentcli.score_models(METRIC, codes, factors)`"
        )
    array = np.asarray(codes)
    if array.ndim == 0 or 0 in array.shape:
        raise LatentError(
            f"`codes`: shape {array.shape}; codes are (N, D), one row for each sample"
        )
    if array.ndim == 1 and not known_axes(codes):
        array = array[:, None]
    array, _ = by_sample(array, codes, "codes")
    array = array.reshape(len(array), -1)
    if array.dtype.kind not in "fiub":
        raise LatentError(f"`codes`: {array.dtype} is not numbers")
    if array.dtype not in (np.float32, np.float64):
        array = array.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        bad = ~np.isfinite(array.sum(axis=1, dtype=np.float64))
    if bad.any():
        bad &= ~np.isfinite(array).all(axis=1)
    if bad.any():
        raise LatentError(
            f"`codes`: {bad.sum():,} of {len(array):,} rows hold NaN or infinity, the first is row "
            f"{int(bad.argmax()):,}; leave them out here and in the factors"
        )
    largest = np.finfo(array.dtype).max ** 0.5 / _MARGIN
    if max(array.max(), -array.min()) > largest:
        kind = f" of {array.dtype}" if array.dtype == np.float32 else ""
        raise LatentError(
            f"`codes`: holds numbers{kind} beyond {largest:.0g}, whose squares overflow"
        )
    return array


class _Useless(Exception):  # noqa: N818 - it says why a factor is left out, and is no error
    """A factor that nothing can be scored with, and why."""


def _made(name: str, whole: Array, kind: str | None, period: float | None, bins: int) -> Factor:
    """Make a factor of a column (N,), of a kind that is given or inferred.

    Raises _Useless for one that is missing or the same everywhere, or that names rows.
    """
    known = ~missing(whole)
    column = whole[known]
    if not len(column):
        raise _Useless("is missing in all rows and is left out")
    if period is not None:
        column = wrapped(name, column, period)
    given, kind = kind, _kind(name, column, kind)
    if given is None and period is None and _numbers_rows(column):
        raise _Useless(
            f"numbers the {len(column):,} rows: it looks like an identifier and is left out (keep it "
            "with `continuous`)"
        )
    factor = _factor(name, kind, column, bins, period)
    if kind == "discrete" and given is None and _identifies(factor):
        raise _Useless(
            f"has {factor.size:,} classes in {len(column):,} rows: it looks like an identifier and is "
            "left out (keep it with `discrete`)"
        )
    if factor.size < 2:
        raise _Useless("is the same in all rows and is left out")
    return spread(factor, known)


def _kind(name: str, column: Array, given: str | None) -> str:
    if given == "continuous" and column.dtype.kind not in "fiub":
        raise ParameterError(f"factor {shown(name)} is text and cannot be continuous")
    if given is not None:
        return given
    if column.dtype.kind not in "fiu":
        return "discrete"
    distinct, rows = len(np.unique(column)), len(column)
    fractions = bool((column != np.floor(column)).any())
    many = distinct > max(20, rows // 5)
    return "continuous" if many or (fractions and distinct > rows // 2) else "discrete"


def _check_size(name: str, values: Array) -> None:
    largest = np.finfo(np.float64).max ** 0.5 / _MARGIN
    if max(values.max(), -values.min()) > largest:
        raise LatentError(
            f"factor {shown(name)}: holds numbers beyond {largest:.0g}, whose squares overflow"
        )


def _factor(
    name: str, kind: str, column: Array, bins: int, period: float | None = None
) -> Factor:
    if kind == "continuous":
        values = column.astype(np.float64)
        _check_size(name, values)
        if values.min() == values.max():
            return Factor(name, kind, np.zeros(len(values), dtype=np.intp), ("all",), values)
        low, high = (0.0, period) if period else (float(values.min()), float(values.max()))
        cut = Cut(bins, "fixed", (low, high)) if period else Cut(bins)
        labels = information.discretize(values[:, None], cut).labels[0].astype(np.intp)
        edges = np.linspace(low, high, bins + 1)
        used, labels = np.unique(labels, return_inverse=True)
        classes = tuple(f"{edges[i]:.4g} to {edges[i + 1]:.4g}" for i in used)
        return Factor(name, kind, labels, classes, values, period)
    if column.dtype.kind == "f":
        _check_size(name, column)
    text = column.astype(str) if column.dtype.kind == "O" else column
    found, labels = np.unique(text, return_inverse=True)
    numeric = found.dtype.kind in "fiu"
    return Factor(
        name,
        kind,
        labels.astype(np.intp),
        tuple(_class_name(value) for value in found),
        column.astype(np.float64) if numeric else labels.astype(np.float64),
        period,
    )


def _identifies(factor: Factor) -> bool:
    """Tell whether a factor has so many classes that it names rows, or no table can hold them."""
    return factor.size > max(20, len(factor.labels) // 2) or factor.size > _MANY


def _numbers_rows(column: Array) -> bool:
    """Tell very many whole numbers that are each there once, without a gap; fewer may be a path."""
    if column.dtype.kind not in "fiu" or len(column) <= _MANY:
        return False
    ordered = np.sort(column)
    return bool((ordered == ordered[0] + np.arange(len(ordered), dtype=column.dtype)).all())


def _nothing_left(notes: Sequence[str]) -> str:
    if any("identifier" in note for note in notes):
        return "no factor is left: " + "; ".join(notes)
    return "every factor is the same in all rows"


def seem_swapped(codes: Array, factors: Sequence[Factor]) -> bool:
    """Tell codes (N, D) that look like classes beside factors that look like codes."""
    continuous = sum(factor.kind == "continuous" for factor in factors)
    if len(codes) < _FEW_ROWS or not continuous or 2 * continuous < len(factors):
        return False
    known = [factor.values[factor.known] for factor in factors]
    if not all((values != np.floor(values)).any() for values in known):
        return False
    most = max(20, min(100, len(codes) // 10))
    few = all(
        information.distinct(codes[:, j], most) is not None for j in range(codes.shape[1])
    )
    return few and bool((codes == np.floor(codes)).all())


def _class_name(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, np.floating) else str(value)
