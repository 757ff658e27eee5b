"""`latent interp Z1 Z2 [Z3 ...]`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.arrays import Axes, Layers, Saving, axes_of_several, layers_of
from latentcli.cli.decoding import Decoding
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.nearest import Known
from latentcli.cli.options import MORE, several_files
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.ranges import numbers
from latentcli.cli.source import Source
from latentcli.cli.wording import naming
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.latents import PathResult
    from latentcli.words._space import Space

_MANY = 1 << 22


def command(
    points: Annotated[
        list[str], several_files("Z1 Z2 [Z3 ...]", "Codes: FILE, FILE::KEY, FILE[3]; or words.")
    ],
    axes: Axes,
    saving: Saving,
    decoding: Decoding,
    known: Known,
    plot: Plot,
    output: Output,
    lerp: Annotated[
        bool,
        typer.Option("--lerp", help="A straight line (the default).", rich_help_panel=MORE),
    ] = False,
    slerp: Annotated[
        bool, typer.Option("--slerp", help="An arc, for codes z; default: a straight line.")
    ] = False,
    lol: Annotated[
        bool,
        typer.Option(
            "--lol", help="A straight line, kept distributed as N(0, I).", rich_help_panel=MORE
        ),
    ] = False,
    spline: Annotated[bool, typer.Option("--spline", help="A smooth curve.")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Return to the first point.")] = False,
    ping_pong: Annotated[
        bool,
        typer.Option("--ping-pong", help="Then go back the same way.", rich_help_panel=MORE),
    ] = False,
    steps: Annotated[
        str,
        typer.Option("--steps", help="Number of steps, or of each leg: 30,60.", metavar="N"),
    ] = "11",
    seconds: Annotated[
        str | None,
        typer.Option(
            metavar="S", help="In place of --steps: 4, or legs: 2,4.", rich_help_panel=MORE
        ),
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(
            metavar="N",
            help="Frames per second [24; decoded 12].",
            rich_help_panel=MORE,
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIMES", help="At these times: 0,0.5,1 or 0:1:5."),
    ] = None,
    ease: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Time: linear, smooth, cosine, in, out.",
            rich_help_panel=MORE,
        ),
    ] = "linear",
    vectors: Annotated[
        str | None,
        typer.Option(
            "--vectors", "-v", metavar="FILE", help="The points are words of these vectors."
        ),
    ] = None,
    layers: Layers = None,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", help="Norms of lerp and slerp, side by side.", rich_help_panel=MORE
        ),
    ] = False,
    norm: Annotated[
        str,
        typer.Option(
            help="Norms of slerp: textbook, linear, unit.",
            metavar="KIND",
            rich_help_panel=MORE,
        ),
    ] = "textbook",
    even: Annotated[
        bool,
        typer.Option(
            "--even", help="Steps of equal length along the path.", rich_help_panel=MORE
        ),
    ] = False,
    via: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Code through which a slerp between opposite codes passes.",
            rich_help_panel=MORE,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Draw that code at random with this seed, without --via.",
            rich_help_panel=MORE,
        ),
    ] = None,
    extrapolate: Annotated[
        bool,
        typer.Option("--extrapolate", help="Allow times outside 0 to 1.", rich_help_panel=MORE),
    ] = False,
) -> None:
    """Interpolation between latent codes, and a verdict on the path.

    For each step: its time, its norm, the distance from the step before, and how many standard
    deviations its norm is from that of the prior N(0, I) (typicality). Rows and layers move side by
    side. One file of several codes is a path through them; with -v the points are words. With
    --decoder also how far each step moves the output (root mean square). -o frames/%04d.npy writes
    one file per step.

    Examples:

    latent interp z1.npy z2.npy --slerp --at 0,0.33,0.67,1 --json

    latent interp king queen -v article-words.txt --steps 5
    """
    from latentcli.latents import EASES, interp

    plot.check(output)
    kind = _kind(lerp=lerp, slerp=slerp, lol=lol, spline=spline)
    saving.check()
    decoding.check(force=saving.force, timed=seconds is not None)
    space = _space(vectors, points, output)
    given: list[Any]
    if len(points) < 2 and space is not None:
        raise UsageError("a path needs two points or more")
    if at is None and ease not in EASES:
        at, ease = ease, "linear"
    if space is None:
        given = [axes.load(point, layered=layers is not None) for point in points]
    elif layers is not None:
        raise UsageError("words have no layers")
    else:
        given = [space.vector(word) for word in points]
    like = max(given, key=lambda one: one.values.ndim) if space is None else None
    inputs = [*(points if space is None else [space.address])]
    inputs += [*known.files, *([via] if via else [])]
    settings: Record = {"points": " ".join(points), "reference": known.reference}
    names = {f"z{number}": point for number, point in enumerate(points, 1)}
    with (
        naming(**names, reference=known.reference),
        saving.writer(inputs) as writer,
        output.progress("following the path", least=_MANY) as progress,
    ):
        result = interp(
            *given,
            kind=kind, steps=_counts(steps), times=None if at is None else _times(at), ease=ease,
            seconds=None if seconds is None else _one_or_more(numbers(seconds)),
            fps=None if seconds is None and decoding.decoder else fps,
            loop=loop, ping_pong=ping_pong, even=even, norm=norm, seed=seed, layers=layers_of(layers),
            via=None if via is None else axes.load(via).values,
            extrapolate=extrapolate, compare=compare,
            **known.options(axes, like),
            names=points,
            out=decoding.receiver(saving.receiver(writer)) if space is None else None,
            progress=progress,
        )  # fmt: skip
        report = Report.of("interp", result, settings=settings)
        axes_found = str(result.settings["axes"])
        if writer is not None:
            if result.codes is not None:
                writer[:] = result.codes
            saving.finish(
                writer, result.shape, result.dtype, "interp", report.settings, output,
                axes_of_several(axes_found, result.shape),
            )  # fmt: skip
    if space is not None:
        report = _with_words(report, result, space)
    report = decoding.beside(
        report, result, output, axes=axes_found, along=0, places=result.times.tolist(),
        labels=_labels(result), force=saving.force,
    )  # fmt: skip
    plot.show(report, output)


def _labels(result: PathResult) -> list[str]:
    """Return what stands under a picture of each step: its time, and whether it is in a hole."""
    holes = [False] * len(result.times) if result.holes is None else result.holes.holes
    return [
        f"{time:.2f} hole" if hole else f"t={time:.2f}"
        for time, hole in zip(result.times, holes, strict=True)
    ]


def _counts(text: str) -> int | list[int]:
    """Read "11", or "30,60,10" as so many steps on each leg."""
    try:
        return int(text)
    except ValueError:
        return [int(number) if number == int(number) else number for number in numbers(text)]  # type: ignore[misc]


def _one_or_more(values: list[float]) -> float | list[float]:
    return values[0] if len(values) == 1 else values


def _times(text: str) -> Any:
    """Read times as they are typed, or from a file: one on each line, a column, an array."""
    from latentcli.files import labels
    from latentcli.files.addresses import split_address

    path = split_address(text)[0]
    return labels.read_numbers(text) if path.is_file() else numbers(text)


def _kind(**chosen: bool) -> str:
    kinds = [name for name, requested in chosen.items() if requested]
    if len(kinds) > 1:
        raise UsageError(f"--{' and --'.join(kinds)} exclude each other")
    return kinds[0] if kinds else "lerp"


def _space(vectors: str | None, points: list[str], output: Output) -> Space | None:
    """Open the vectors that -v names; the sample's where the points can only be words."""
    import latentcli

    if vectors is not None:
        return latentcli.open(vectors)
    if any(re.search(r"[./\\\[:]", point) or Path(point).exists() for point in points):
        return None
    return Source().open(output)


def _with_words(report: Report, result: PathResult, space: Space) -> Report:
    """Return the report with the word nearest to each step."""
    from dataclasses import replace

    assert result.codes is not None
    words = [_nearest(space, step) for step in result.codes]
    records = [
        {
            **{key: value for key, value in row.items() if key != "z"},
            "word": word,
            "z": row["z"],
        }
        for row, word in zip(report.records, words, strict=True)
    ]
    return replace(report, columns=tuple(records[0]), records=records)


def _nearest(space: Space, step: Any) -> str:
    hits = space.neighbors(step, top=1)
    return hits[0].word if hits else ""
