"""What units can tell apart, by counting, or of a space, by measuring: one function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, UsageError, counted
from latentcli.geometry._capacity import (
    EXACT,
    TYPICAL_DENSE,
    Code,
    Room,
    Signs,
    patterns_of,
    room,
    room_for,
    signs,
)
from latentcli.numerics.types import Progress
from latentcli.results import Bars, Record, Result, Sheet

CODES = ("code", "dims", "patterns", "bits")
MEASURES = ("measure", "value", "against", "against_what")

_LARGEST = 10**15
"""Dimensions and concepts at most: beyond, a count of bits is no longer exact."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CapacityResult(Result):
    """How much can be told apart.

    Attributes
    ----------
    codes
        Ways to write concepts down, each with its units, patterns and bits; empty for a space.
    signs
        The patterns of signs of a space; None without one.
    room
        How far its directions are from orthogonal; None without two rows.
    """

    codes: tuple[Code, ...] = ()
    signs: Signs | None = None
    room: Room | None = None


def capacity(
    x: npt.ArrayLike | None = None,
    *,
    dims: int | None = None,
    concepts: int | None = None,
    levels: int = 2,
    sample: int = 3000,
    seed: int = 0,
    progress: Progress | None = None,
) -> CapacityResult:
    """Compare local with distributed codes, by number, or measure what a space can tell apart.

    Parameters
    ----------
    x : (N, D) array, Space, or the name of a file of either, optional
        A space to measure: its patterns of signs, and the cosines of its rows.
    dims
        What this many units can tell apart, from 1.
    concepts
        How many units so many concepts need, from 1.
    levels
        Levels of a unit, from 2, for `dims` and `concepts`.
    sample
        Rows of `x` of which the cosines of all pairs are taken, at most, from 2.
    seed
        Random seed of the sample.
    progress
        Called with (done, total).

    Raises
    ------
    UsageError
        Unless exactly one of `x`, `dims` and `concepts` is given, or a number without a meaning.

    Notes
    -----
    Hinton, McClelland and Rumelhart (1986): n units name n concepts one by one and 2^n by patterns.
    Welch (1974) bounds the cosines of N directions in D dimensions.

    Examples
    --------
    >>> [(code.name, code.patterns) for code in capacity(dims=5).codes]
    [('one-hot', 5), ('binary', 32)]
    >>> [code.dims for code in capacity(concepts=50_000).codes[:2]]
    [50000, 16]
    """
    if sum(one is not None for one in (x, dims, concepts)) != 1:
        raise UsageError("capacity takes one of a space, `dims` and `concepts`")
    for name, value in (("dims", dims), ("concepts", concepts)):
        if value is not None and not 1 <= value <= _LARGEST:
            raise ParameterError(name, value, f"a whole number from 1 to {_LARGEST:,}")
    if not 2 <= levels <= _LARGEST:
        raise ParameterError("levels", levels, f"a whole number from 2 to {_LARGEST:,}")
    if x is not None:
        if levels != 2:
            raise UsageError("`levels` goes with `dims` or `concepts`; vectors have signs")
        return _measured(x, sample, seed, progress)
    return _distributed(dims, levels) if dims is not None else _needed(concepts or 1, levels)


def _distributed(dims: int, levels: int) -> CapacityResult:
    """Show what `dims` units can tell apart."""
    codes = patterns_of(dims, levels)
    names = [code.name for code in codes]
    countless = any(code.patterns is None for code in codes)
    if countless:
        bars = Bars("bits: log2 of the patterns", names, [code.bits or 0.0 for code in codes])
    else:
        bars = Bars("patterns", names, [float(code.patterns or 0) for code in codes])
    note = f"patterns beyond {EXACT:,} are not written out: they are 2 to the power of bits"
    return CapacityResult(
        title=f"{dims:,} units",
        columns=CODES,
        records=_records(codes),
        settings={"dims": dims, "levels": levels},
        notes=(note,) if countless else (),
        views=(Sheet("", CODES, _records(codes)), bars),
        codes=tuple(codes),
    )


def _needed(concepts: int, levels: int) -> CapacityResult:
    """Show how many units it takes to tell `concepts` apart."""
    codes = room_for(concepts, levels)
    names, sizes = [code.name for code in codes], [float(code.dims) for code in codes]
    least, most = TYPICAL_DENSE
    return CapacityResult(
        title=f"{concepts:,} concepts",
        columns=CODES,
        records=_records(codes),
        settings={"concepts": concepts, "levels": levels},
        notes=(
            f"dense word vectors have {least} to {most} dimensions by custom, however many words",
        ),
        views=(
            Sheet("", CODES, _records(codes)),
            Bars("dimensions", names, sizes),
        ),
        codes=tuple(codes),
    )


def _records(codes: Sequence[Code]) -> list[Record]:
    return [
        {"code": code.name, "dims": code.dims, "patterns": code.patterns, "bits": code.bits}
        for code in codes
    ]


def _measured(x: Any, sample: int, seed: int, progress: Progress | None) -> CapacityResult:
    """Measure a space."""
    if sample < 2:
        raise ParameterError("sample", sample, "a whole number from 2")
    if seed < 0:
        raise ParameterError("seed", seed, "a whole number from 0")
    matrix, rows = _usable(x)
    notes = []
    if len(rows) < len(matrix):
        what = "row of zeros, NaN or infinity is", "rows of zeros, NaN or infinity are"
        notes.append(f"{counted(len(matrix) - len(rows), *what)} left out")
    if not len(rows):
        raise LatentError("`x`: no row can be measured")
    found = signs(matrix, rows, progress=progress)
    per_dimension = found.bits / found.dimensions
    records: list[Record] = [
        _measure("sign_patterns", found.distinct, found.possible, "min(rows, 2^D)"),
        _measure("share_of_possible", found.distinct / found.possible, 1.0, "all differ"),
        _measure("bits_of_signs", found.bits, found.dimensions, "D: each sign a fair coin"),
        _measure("bits_per_dimension", per_dimension, 1.0, "a fair coin"),
        _measure("perplexity", found.perplexity, found.possible, "all equally frequent"),
    ]
    directions = None
    if len(rows) < 2:
        notes.append("a single row has no pairs: no cosines")
    else:
        directions = room(matrix, rows, sample=sample, seed=seed, progress=progress)
        welch = directions.welch
        records += [
            _measure("rms_cosine", directions.rms, welch, "Welch bound: at least"),
            _measure(
                "mean_abs_cosine", directions.mean, directions.random, "random directions"
            ),
            _measure("largest_abs_cosine", directions.largest, welch, "Welch bound: at least"),
        ]
        if len(rows) > sample:
            notes.append(
                f"mean and largest cosine are of {directions.pairs:,} pairs, all those among "
                f"{sample:,} rows drawn with seed {seed}"
            )
    return CapacityResult(
        title=f"{len(rows):,} x {matrix.shape[1]:,}",
        columns=MEASURES,
        records=records,
        settings={"sample": sample, "seed": seed},
        notes=tuple(notes),
        signs=found,
        room=directions,
    )


def _usable(x: Any) -> tuple[Any, Any]:
    """Return a matrix (N, D), and its rows that are neither zero nor hold NaN or infinity."""
    if hasattr(x, "matrix") and hasattr(x, "norms"):
        return x.matrix, np.flatnonzero(x.norms > 0)
    matrix = np.asarray(x)
    if matrix.ndim != 2 or matrix.dtype.kind not in "biuf":
        raise ParameterError("x", f"of shape {matrix.shape}", "an array (N, D) of real numbers")
    return matrix, np.flatnonzero(np.isfinite(matrix).all(axis=1) & matrix.any(axis=1))


def _measure(name: str, value: float, against: float, what: str) -> Record:
    return {"measure": name, "value": value, "against": against, "against_what": what}
