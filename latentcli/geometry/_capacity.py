"""How many concepts can be distinguished: one unit for each, or patterns of all units.

A local code gives each concept a unit of its own, so n units name n concepts; in a distributed
code each concept is a pattern of all units, and n units of L levels have L^n patterns (Hinton,
McClelland and Rumelhart, 1986). A real space is measured by its patterns of signs, and by how
much room its directions leave each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.geometry._patterns import (
    EXACT,
    TYPICAL_DENSE,
    Code,
    Signs,
    patterns_of,
    room_for,
    signs,
)
from latentcli.geometry._room import Room, room
from latentcli.numerics.named_rows import named_rows
from latentcli.numerics.types import HasMatrix, Progress
from latentcli.results import Bars, Picture, Record, Result, Sheet

CODES = ("code", "dims", "patterns", "bits")
MEASURES = ("measure", "value", "reference", "reference_is")

_LARGEST = 10**15
"""Dimensions and concepts at most: beyond, a count of bits is no longer exact."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CapacityResult(Result):
    """How many concepts units can represent, or how full a space is.

    Attributes
    ----------
    codes
        The codes for so many units or concepts; empty for a space.
    signs, room
        The patterns of signs and the cosines of a space; None for codes, and `room` for one row.
    """

    codes: tuple[Code, ...] = ()
    signs: Signs | None = None
    room: Room | None = None

    def pictures(self) -> tuple[Picture, ...]:
        """Return n against 2^n on a logarithmic axis; of a space its cosines and signs."""
        from latentcli.geometry import _pictures as drawn

        levels = int(str(self.settings.get("levels", 2)))
        if self.settings.get("dims") is not None:
            return (drawn.chart_of_units(int(str(self.settings["dims"])), levels),)
        if self.settings.get("concepts") is not None:
            return (drawn.chart_of_concepts(int(str(self.settings["concepts"])), levels),)
        return drawn.of_space(self)


def capacity(
    x: HasMatrix | ArrayLike | None = None,
    *,
    dims: int | None = None,
    concepts: int | None = None,
    levels: int = 2,
    sample: int | None = 3000,
    seed: int = 0,
    progress: Progress | None = None,
) -> CapacityResult:
    """Compare a unit for each concept with patterns of all units, or measure a space.

    Parameters
    ----------
    x : (N, D)
        A space (`latentcli.open`) or an array, whose patterns of signs and cosines are measured.
    dims
        How many concepts so many units represent, from 1.
    concepts
        How many units so many concepts need, from 1.
    levels
        Levels of a unit, from 2: a binary unit has two.
    sample
        Rows at most whose pairs give the mean and the largest cosine, from 2; None is all.
    seed
        Random seed of the sample, from 0.
    progress
        Called with rows done and in all.

    Returns
    -------
    CapacityResult
        Its records are codes (with `dims` or `concepts`), or measures and what they are compared
        with: the most that is possible, the Welch bound, random directions.

    Raises
    ------
    ParameterError
        Unless exactly one of `x`, `dims` and `concepts` is given.
    ParameterError
        For a number out of its range.
    LatentError
        For a space without a row that has a direction.

    Examples
    --------
    >>> import latentcli
    >>> [code.patterns for code in latentcli.capacity(dims=5).codes]
    [5, 32]
    >>> [code.dims for code in latentcli.capacity(concepts=50_000).codes]
    [50000, 16, 100, 300]
    """
    if sum(one is not None for one in (x, dims, concepts)) != 1:
        raise ParameterError("give one of `x`, `dims` and `concepts`")
    if x is not None and levels != 2:
        raise ParameterError(
            "`levels` goes with `dims` or `concepts`; of vectors the signs are counted"
        )
    for name, value, least in (
        ("dims", dims, 1), ("concepts", concepts, 1), ("levels", levels, 2),
        ("sample", sample, 2), ("seed", seed, 0),
    ):  # fmt: skip
        if value is not None and not least <= value <= _LARGEST:
            raise ParameterError(name, value, f"a whole number from {least} to {_LARGEST:,}")
    if x is not None:
        return _of_space(x, sample, seed, progress)
    if dims is not None:
        return _of_dims(dims, levels)
    return _of_concepts(concepts or 1, levels)


def _of_dims(dims: int, levels: int) -> CapacityResult:
    codes = patterns_of(dims, levels)
    names = [code.name for code in codes]
    countless = any(code.patterns is None for code in codes)
    if countless:
        bars = Bars("bits: log2 of the patterns", names, [code.bits or 0.0 for code in codes])
    else:
        bars = Bars("patterns", names, [float(code.patterns or 0) for code in codes])
    note = f"patterns beyond {EXACT:,} are not written out: they are 2 to the power of bits"
    return CapacityResult(
        codes=tuple(codes),
        title=f"{dims:,} units",
        columns=CODES,
        records=_records(codes),
        settings={"dims": dims, "levels": levels},
        notes=(note,) if countless else (),
        views=(Sheet("", CODES, _records(codes)), bars),
    )


def _of_concepts(concepts: int, levels: int) -> CapacityResult:
    codes = room_for(concepts, levels)
    sizes = [float(code.dims) for code in codes]
    least, most = TYPICAL_DENSE
    return CapacityResult(
        codes=tuple(codes),
        title=f"{concepts:,} concepts",
        columns=CODES,
        records=_records(codes),
        settings={"concepts": concepts, "levels": levels},
        notes=(
            f"dense word vectors have {least} to {most} dimensions as a rule, however many words there are",
        ),
        views=(
            Sheet("", CODES, _records(codes)),
            Bars("dimensions", [code.name for code in codes], sizes),
        ),
    )


def _records(codes: list[Code]) -> list[Record]:
    return [
        {"code": code.name, "dims": code.dims, "patterns": code.patterns, "bits": code.bits}
        for code in codes
    ]


def _of_space(
    x: HasMatrix | ArrayLike, sample: int | None, seed: int, progress: Progress | None
) -> CapacityResult:
    given = named_rows(x, "x")
    usable = given.usable()
    rows = np.flatnonzero(usable)
    if not len(rows):
        raise LatentError("every row of `x` is zero, NaN or infinite")
    notes = given.notes("x", usable)
    found = signs(given.rows, rows, progress=progress)
    records = _of_signs(found)
    space = None
    if len(rows) < 2:
        notes.append("a single row has no pairs: no cosines")
    else:
        space = room(given.rows, rows, sample=sample or len(rows), seed=seed, progress=progress)
        records += _of_room(space)
        if sample and len(rows) > sample:
            notes.append(
                f"mean and largest cosine are of {space.pairs:,} pairs, all those among {sample:,} "
                f"rows drawn with seed {seed}"
            )
    return CapacityResult(
        signs=found,
        room=space,
        title=f"Capacity: {counted(len(rows), 'row')} x {counted(given.rows.shape[1], 'dimension')}",
        columns=MEASURES,
        records=records,
        settings={"sample": sample, "seed": seed},
        notes=tuple(notes),
    )


def _of_signs(found: Signs) -> list[Record]:
    share, bits = found.distinct / found.possible, found.bits / found.dimensions
    return [
        _compared("sign_patterns", found.distinct, found.possible, "min(rows, 2^D)"),
        _compared("share_of_possible", share, 1.0, "all differ"),
        _compared("bits_of_signs", found.bits, found.dimensions, "D: each sign a fair coin"),
        _compared("bits_per_dimension", bits, 1.0, "a fair coin"),
        _compared("perplexity", found.perplexity, found.possible, "all equally frequent"),
    ]


def _of_room(found: Room) -> list[Record]:
    return [
        _compared("rms_cosine", found.rms, found.welch, "Welch bound: at least"),
        _compared("mean_abs_cosine", found.mean, found.random, "random directions"),
        _compared("largest_abs_cosine", found.largest, found.welch, "Welch bound: at least"),
    ]


def _compared(name: str, value: float, reference: float, what: str) -> Record:
    return {"measure": name, "value": value, "reference": reference, "reference_is": what}
