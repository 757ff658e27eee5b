"""`latent geometry X`."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli import clouds
from latentcli.cli.arrays import Axes
from latentcli.cli.options import NoCache, Output
from latentcli.errors import UsageError, unknown_choice
from latentcli.results import Record, Report, Sheet

if TYPE_CHECKING:
    from latentcli.geometry._cloud import Cloud, Measure

COLUMNS = (
    "section", "measure", "variant", "value", "white_noise", "low", "high", "note",
)  # fmt: skip

_SAMPLE = 5000
_SHEET = ("measure", "value", "white_noise", "reading")
_NEAR = {
    "knn_purity", "k_skewness", "antihubs", "hub_share", "robin_hood", "hub",
    "trustworthiness", "continuity", "lipschitz",
}  # fmt: skip
"""Measures that count k neighbors."""
_SEEDS = 2**32
"""K-means takes seeds below this."""


def command(
    vectors: Annotated[
        str,
        typer.Argument(metavar="X", help="Word vectors or codes: FILE, FILE::KEY, FILE[0:9]."),
    ],
    axes: Axes,
    output: Output,
    labels: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A class for each row: a line each, FILE::COLUMN of a table, or an array.",
            rich_help_panel="Input",
        ),
    ] = None,
    outputs: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="What a decoder made of each row, an array: for smoothness.",
            rich_help_panel="Input",
        ),
    ] = None,
    relations: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Pairs of words, or analogies, a line each: for linear structure.",
            rich_help_panel="Input",
        ),
    ] = None,
    ignore_case: Annotated[
        bool,
        typer.Option(
            "--ignore-case",
            help="Take a word of --relations in another case if it is not there.",
            rich_help_panel="Input",
        ),
    ] = False,
    no_cache: NoCache = False,
    only: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Only these sections or measures."),
    ] = None,
    neighbors: Annotated[
        int, typer.Option("--neighbors", "-k", metavar="K", help="How many neighbors count.")
    ] = 10,
    unit: Annotated[
        bool | None,
        typer.Option(
            "--unit/--no-unit",
            help="Rows at length 1 where nearness counts. Default: for words.",
            show_default=False,
        ),
    ] = None,
    sample: Annotated[
        int,
        typer.Option(
            metavar="N", help="Rows of which all pairs are taken, at most; neighbors: of 2 N."
        ),
    ] = _SAMPLE,
    seed: Annotated[int, typer.Option(metavar="N", help="Of all that is drawn.")] = 0,
    ci: Annotated[
        float, typer.Option(metavar="P", help="How sure the intervals are, between 0 and 1.")
    ] = 0.95,
) -> None:
    """Tell what kind of space it is, in one report: each measure beside white noise.

    Clusters (of --labels, or found by k-means), linear structure (--relations), dimension,
    isotropy, hubness, uniformity and smoothness (--outputs). Each number stands beside what
    N(0, I) of as many rows and dimensions gives, with an interval where one has a meaning, and
    with how to read it. All pairs are taken of --sample rows, neighbors are looked for of twice as many.

    Examples:

    latent geometry codes.npy --labels factors.csv::shape

    latent geometry article-words.txt --only isotropy,manifold --json
    """
    from latentcli import geometry
    from latentcli.geometry._cloud import Settings

    _check_numbers(neighbors, sample, seed, ci)
    names = _names(only)
    found = clouds.load(vectors, axes, output, no_cache=no_cache, ignore_case=ignore_case)
    settings = Settings(
        k=neighbors,
        sample=sample,
        seed=seed,
        ci=ci,
        unit=found.space is not None if unit is None else unit,
    )
    cloud = clouds.cloud_of(found, settings, labels, outputs, relations, output)
    sections = _sections(names, cloud, chosen=only is not None)
    measures: list[Measure] = []
    for section in sections:
        with output.progress(f"measuring {section}") as progress:
            measures += geometry.measure(section, cloud, progress)
    measures = [one for one in measures if one.measure in names]
    output.show(
        Report(
            "geometry",
            COLUMNS,
            [_record(one) for one in measures],
            settings={
                "vectors": vectors,
                "labels": labels,
                "outputs": outputs,
                "relations": relations,
                "only": only,
                **asdict(settings),
            },
            summary={
                "rows": len(cloud),
                "dimensions": cloud.dimensions,
                "rows_of_pairs": len(cloud.drawn),
                "rows_asked": len(cloud.asked),
                "noise_rows": len(cloud.noise),
            },
            notes=_notes(cloud, names),
            title=f"{vectors}: {len(cloud):,} x {cloud.dimensions:,}",
            views=(Sheet("", _SHEET, _rows(measures, cloud.kind)),),
        )
    )


def _check_numbers(neighbors: int, sample: int, seed: int, ci: float) -> None:
    if neighbors < 1:
        raise UsageError("-k takes a number of neighbors from 1 on")
    if sample < 10:
        raise UsageError("--sample takes 10 rows or more")
    if not 0 <= seed < _SEEDS:
        raise UsageError(f"--seed takes a number from 0 to {_SEEDS - 1:,}")
    if not 0 < ci < 1:
        raise UsageError("--ci is between 0 and 1, such as 0.95")


def _names(only: str | None) -> set[str]:
    """Return the measures that are wanted: those named, and those of the sections named."""
    from latentcli.geometry import MEASURES, SECTIONS

    if only is None:
        return set(MEASURES)
    wanted: set[str] = set()
    for name in filter(None, (part.strip() for part in only.split(","))):
        if name not in MEASURES and name not in SECTIONS:
            raise unknown_choice("section or measure", name, [*SECTIONS, *MEASURES])
        wanted |= {one for one, section in MEASURES.items() if name in (one, section)}
    if not wanted:
        raise UsageError("--only names no section and no measure")
    return wanted


def _sections(names: set[str], cloud: Cloud, *, chosen: bool) -> list[str]:
    """Return the sections to measure; an error if one that was asked for has nothing to go on."""
    from latentcli.geometry import MEASURES, NEEDS, SECTIONS

    wanted = [name for name in SECTIONS if any(MEASURES[one] == name for one in names)]
    known = {"relations": bool(cloud.relations), "outputs": cloud.outputs is not None}
    lacking = [name for name in wanted if name in NEEDS and not known[NEEDS[name]]]
    if chosen and lacking:
        raise UsageError(f"{lacking[0]} is measured with --{NEEDS[lacking[0]]} FILE")
    if chosen and names == {"alignment"} and cloud.labels is None:
        raise UsageError("alignment is measured with --labels FILE")
    return [name for name in wanted if name not in lacking]


def _notes(cloud: Cloud, names: set[str]) -> tuple[str, ...]:
    notes = []
    if cloud.k < cloud.settings.k and names & _NEAR:
        notes.append(
            f"k is {cloud.k}, not {cloud.settings.k:,}: less than half of {len(cloud.drawn):,} rows"
        )
    if cloud.constant:
        notes.append(
            f"{cloud.constant:,} of {cloud.dimensions:,} dimensions are the same in all rows"
        )
    if cloud.dimensions >= len(cloud):
        notes.append(
            f"{len(cloud):,} rows span {len(cloud) - 1:,} of {cloud.dimensions:,} dimensions at "
            "most: read the numbers beside white noise only"
        )
    if len(cloud.noise) < len(cloud):
        notes.append(f"white noise has {len(cloud.noise):,} rows, not {len(cloud):,}")
    return tuple(notes)


def _record(one: Measure) -> Record:
    return {name: getattr(one, name) for name in COLUMNS}


def _rows(measures: list[Measure], kind: str) -> list[Record]:
    """Return what the table shows: below each section its measures, and its hubs on one line."""
    rows: list[Record] = []
    for section, found in groupby(measures, key=lambda one: one.section):
        rows.append(dict.fromkeys(_SHEET, "") | {"measure": section})
        rows += [_row(one, kind) for one in _told(list(found))]
    return rows


def _told(measures: list[Measure]) -> list[Measure]:
    """Return measures with the hubs among them told in one."""
    hubs = [one for one in measures if one.measure == "hub"]
    if not hubs:
        return measures
    named = ", ".join(f"{hub.variant} ({hub.value:,.0f})" for hub in hubs)
    told = replace(hubs[0], measure="hubs", variant=hubs[0].note, note=named)
    return [*(one for one in measures if one.measure != "hub"), told]


def _row(one: Measure, kind: str) -> Record:
    """Return a row of the table: what there is to say of a measure in one column of text."""
    interval = "" if one.low is None else f"[{one.low:,.3g} to {one.high:,.3g}]"
    variant = one.variant.removesuffix(kind).removesuffix(", ")
    said = "; ".join(filter(None, (one.note, variant)))
    return {
        "measure": f"  {one.measure.replace('_', ' ')}",
        "value": one.value,
        "white_noise": one.white_noise,
        "reading": " ".join(filter(None, (said, interval))),
    }
