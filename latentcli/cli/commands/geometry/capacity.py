"""`latent capacity`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.options import Output, Source, about
from latentcli.errors import UsageError
from latentcli.results import Bars, Record, Report, Sheet

if TYPE_CHECKING:
    from latentcli.geometry._capacity import Code

CODES = ("code", "dims", "patterns", "bits")
MEASURES = ("measure", "value", "against", "against_what")

_LARGEST = 10**15
"""Dimensions and concepts at most: beyond, a count of bits is no longer exact."""


def command(
    source: Source,
    output: Output,
    dims: Annotated[
        int | None, typer.Option(metavar="N", help="What can N units tell apart?")
    ] = None,
    concepts: Annotated[
        int | None, typer.Option(metavar="N", help="How many units do N concepts need?")
    ] = None,
    levels: Annotated[
        int, typer.Option(metavar="L", help="Levels of a unit; a binary one has two.")
    ] = 2,
    sample: Annotated[
        int, typer.Option(metavar="N", help="Rows of which all pairs' cosines are looked at.")
    ] = 3000,
    seed: Annotated[int, typer.Option(metavar="N", help="For the sample.")] = 0,
) -> None:
    """Compare a unit for each concept with patterns of all units, or measure a space.

    With --dims or --concepts: one-hot against binary codes (and --levels). Without: the vectors'
    distinct patterns of signs, the bits in each sign, and how much room their directions leave
    each other, against the most that is possible.

    Examples:

    latent capacity --dims 5

    latent capacity --concepts 50000 --levels 10

    latent capacity -v article-words.txt
    """
    if dims is None and concepts is None:
        if levels != 2:
            raise UsageError("--levels goes with --dims or --concepts; vectors have signs")
        if sample < 2 or seed < 0:
            raise UsageError("--sample takes two rows or more, --seed a number from 0")
        output.show(_measured(source, output, sample, seed))
        return
    if dims is not None and concepts is not None:
        raise UsageError("ask with --dims or with --concepts, not with both")
    if source.vectors not in (None, os.environ.get("LATENT_VECTORS")):
        raise UsageError("--dims and --concepts count without vectors; leave out -v")
    for name, value in (("--dims", dims), ("--concepts", concepts)):
        if value is not None and not 1 <= value <= _LARGEST:
            raise UsageError(f"{name} takes a number from 1 to {_LARGEST:,}")
    if not 2 <= levels <= _LARGEST:
        raise UsageError(f"--levels takes a number from 2 to {_LARGEST:,}")
    output.show(
        _distributed(dims, levels) if dims is not None else _needed(concepts or 1, levels)
    )


def _distributed(dims: int, levels: int) -> Report:
    """Show what `dims` units can tell apart."""
    from latentcli.geometry._capacity import EXACT, patterns_of

    codes = patterns_of(dims, levels)
    names = [code.name for code in codes]
    countless = any(code.patterns is None for code in codes)
    if countless:
        bars = Bars("bits: log2 of the patterns", names, [code.bits or 0.0 for code in codes])
    else:
        bars = Bars("patterns", names, [float(code.patterns or 0) for code in codes])
    note = f"patterns beyond {EXACT:,} are not written out: they are 2 to the power of bits"
    return Report(
        "capacity",
        CODES,
        _records(codes),
        settings={"dims": dims, "levels": levels},
        notes=(note,) if countless else (),
        views=(Sheet(f"{dims:,} units", CODES, _records(codes)), bars),
    )


def _needed(concepts: int, levels: int) -> Report:
    """Show how many units it takes to tell `concepts` apart."""
    from latentcli.geometry._capacity import TYPICAL_DENSE, room_for

    codes = room_for(concepts, levels)
    bars = Bars(
        "dimensions", [code.name for code in codes], [float(code.dims) for code in codes]
    )
    least, most = TYPICAL_DENSE
    return Report(
        "capacity",
        CODES,
        _records(codes),
        settings={"concepts": concepts, "levels": levels},
        notes=(
            f"dense word vectors have {least} to {most} dimensions by custom, however many words",
        ),
        views=(Sheet(f"{concepts:,} concepts", CODES, _records(codes)), bars),
    )


def _records(codes: list[Code]) -> list[Record]:
    return [
        {"code": code.name, "dims": code.dims, "patterns": code.patterns, "bits": code.bits}
        for code in codes
    ]


def _measured(source: Source, output: Output, sample: int, seed: int) -> Report:
    """Measure a space."""
    import numpy as np

    from latentcli.geometry import _capacity as capacity

    space = source.open(output)
    rows = np.flatnonzero(space.norms > 0)
    notes = []
    if len(rows) < len(space.matrix):
        left = len(space.matrix) - len(rows)
        which = (
            "row of zeros, NaN or infinity is"
            if left == 1
            else "rows of zeros, NaN or infinity are"
        )
        notes.append(f"{left:,} {which} left out")
    with output.progress("counting patterns") as progress:
        signs = capacity.signs(space.matrix, rows, progress=progress)
    per_dimension = signs.bits / signs.dimensions
    records: list[Record] = [
        _measure("sign_patterns", signs.distinct, signs.possible, "min(rows, 2^D)"),
        _measure("share_of_possible", signs.distinct / signs.possible, 1.0, "all differ"),
        _measure("bits_of_signs", signs.bits, signs.dimensions, "D: each sign a fair coin"),
        _measure("bits_per_dimension", per_dimension, 1.0, "a fair coin"),
        _measure("perplexity", signs.perplexity, signs.possible, "all equally frequent"),
    ]
    if len(rows) < 2:
        notes.append("a single row has no pairs: no cosines")
    else:
        with output.progress("measuring cosines") as progress:
            room = capacity.room(
                space.matrix, rows, sample=sample, seed=seed, progress=progress
            )
        records += [
            _measure("rms_cosine", room.rms, room.welch, "Welch bound: at least"),
            _measure("mean_abs_cosine", room.mean, room.random, "random directions"),
            _measure("largest_abs_cosine", room.largest, room.welch, "Welch bound: at least"),
        ]
        if len(rows) > sample:
            notes.append(
                f"mean and largest cosine are of {room.pairs:,} pairs, all those among {sample:,} "
                f"rows drawn with seed {seed}"
            )
    return Report(
        "capacity",
        MEASURES,
        records,
        settings=about(space) | {"sample": sample, "seed": seed},
        notes=tuple(notes),
    )


def _measure(name: str, value: float, against: float, what: str) -> Record:
    return {"measure": name, "value": value, "against": against, "against_what": what}
