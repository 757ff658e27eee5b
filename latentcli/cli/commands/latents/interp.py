"""`latent interp Z1 Z2 [Z3 ...]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.following import Columns, Path, Points, Walk, records_of, via_point
from latentcli.cli.options import Output
from latentcli.errors import UsageError, check_choice
from latentcli.results import Record, Report, Scalar

if TYPE_CHECKING:
    from latentcli.latents._paths import Course, Holes
    from latentcli.numerics.types import Array

_K, _HOLE = 5, 99.0
"""Which neighbour of a reference counts, and beyond which percentile a step is in a hole."""


def command(
    points: Annotated[
        list[str],
        typer.Argument(
            metavar="Z1 Z2 [Z3 ...]",
            help="Files of codes: FILE, FILE::KEY, FILE[3]; words with -v.",
        ),
    ],
    axes: Axes,
    saving: Saving,
    output: Output,
    vectors: Annotated[
        str | None,
        typer.Option(
            "--vectors", "-v", metavar="FILE", help="The points are words of these vectors."
        ),
    ] = None,
    lerp: Annotated[bool, typer.Option("--lerp", help="Straight (the default).")] = False,
    slerp: Annotated[
        bool, typer.Option("--slerp", help="On the sphere, evenly turning.")
    ] = False,
    lol: Annotated[
        bool, typer.Option("--lol", help="Straight, but distributed as the prior N(0, I).")
    ] = False,
    spline: Annotated[bool, typer.Option("--spline", help="A smooth curve.")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Return to the first point.")] = False,
    steps: Annotated[int, typer.Option("--steps", help="How many steps.", metavar="N")] = 11,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="T,T,...", help="At these times instead: 0,0.5,1 or 0:1:5."
        ),
    ] = None,
    norm: Annotated[
        str, typer.Option(help="Length on a slerp: textbook, linear or unit.", metavar="KIND")
    ] = "textbook",
    even: Annotated[
        bool, typer.Option("--even", help="Steps of equal length along the path.")
    ] = False,
    via: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where a slerp between opposite ends goes through."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", help="Let chance say where, reproducibly."),
    ] = None,
    extrapolate: Annotated[
        bool, typer.Option("--extrapolate", help="Allow times outside 0 to 1.")
    ] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="The lengths of lerp and slerp side by side.")
    ] = False,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="CODES", help="Codes to hold the path against: does it cross a hole?"
        ),
    ] = None,
    k: Annotated[
        int, typer.Option("--k", help="Which neighbour of the reference counts.", metavar="K")
    ] = _K,
    hole_percentile: Annotated[
        float,
        typer.Option(metavar="P", help="A hole is beyond this percentile of the reference."),
    ] = _HOLE,
) -> None:
    """Follow a path between latent codes, and judge it.

    For each step: its time, its length (norm), the distance from the step before, and how many
    standard deviations its length is from what the prior N(0, I) gives (typicality). Codes of
    several rows or layers move side by side, each row on its own path; norm and typicality are
    then their means. -o writes the path as an array, the steps in front.

    Examples:

    latent interp z1.npy z2.npy

    latent interp z1.npy z2.npy --slerp --at 0,0.33,0.67,1 --json

    latent interp z1.npy z2.npy --compare

    latent interp king queen -v article-words.txt --steps 5
    """
    kind = _kind(lerp=lerp, slerp=slerp, lol=lol, spline=spline)
    if compare and kind != "lerp":
        raise UsageError("--compare shows lerp and slerp; leave the kind out")
    if even and at is not None:
        raise UsageError("--even chooses the times; leave out --at")
    if len(points) < 2:
        raise UsageError("a path takes two points or more")
    _check_slerp(norm, via, seed, kind == "slerp" or compare)
    _check_reference(k, hole_percentile, reference)
    saving.check()
    loaded = Points(points, axes, vectors, output)
    opening = {"norm": norm, "via": via_point(via, seed, loaded.shape, axes, output)}
    path = Path(loaded, kind, loop, opening if kind == "slerp" else {})
    times = _times(at, steps, loop=loop, extrapolate=extrapolate)
    if even:
        times = path.even(steps)
    settings: dict[str, Scalar] = {
        "points": " ".join(points), "path": kind, "loop": loop, "even": even,
        "norm": norm if kind == "slerp" or compare else None, "steps": len(times), "seed": seed,
        "reference": reference, "k": k if reference else None,
        "hole_percentile": hole_percentile if reference else None,
        "shape": " x ".join(map(str, loaded.shape)), "dtype": str(loaded.dtype),
    }  # fmt: skip
    extra = Columns()
    if compare:
        extra.add_lengths(Path(loaded, "slerp", loop, opening), times)
    if reference is not None:
        extra.add_holes(path.at(times), reference, k, hole_percentile, axes, output)
    if loaded.space is not None:
        extra.values["word"] = [*loaded.nearest(path.at(times))]
    walk = Walk(path, times, loaded, output)
    inputs = [*([vectors] if vectors else points), *(file for file in (reference, via) if file)]
    saving.save(walk.result(), "interp", settings, inputs, output)
    course = walk.course()
    records = records_of(times, course, extra, walk.shown)
    output.show(
        Report(
            "interp",
            tuple(records[0]),
            records,
            settings=settings,
            summary=_summary(course, path.angle_degrees(), times, extra.holes),
            notes=_notes(loaded, course, times, extra.holes, kind),
            title=f"{kind}{', closed' if loop else ''}: {' to '.join(points)}",
        )
    )


def _kind(**chosen: bool) -> str:
    kinds = [name for name, wanted in chosen.items() if wanted]
    if len(kinds) > 1:
        raise UsageError(f"--{' and --'.join(kinds)} exclude each other")
    return kinds[0] if kinds else "lerp"


def _times(at: str | None, steps: int, *, loop: bool, extrapolate: bool) -> Array:
    import numpy as np

    from latentcli.latents._editing import MOST, parse_numbers

    if at is None:
        if not 2 <= steps <= MOST:
            raise UsageError(f"--steps must be from 2 to {MOST:,}, not {steps:,}")
        return np.linspace(0.0, 1.0, steps, endpoint=not loop)
    times = np.array(parse_numbers(at))
    if not extrapolate and (times.min() < 0 or times.max() > 1):
        raise UsageError(f"--at {at} leaves the path from 0 to 1; --extrapolate allows it")
    return times


def _check_slerp(norm: str, via: str | None, seed: int | None, slerp: bool) -> None:
    """Refuse options of a slerp that are wrong, or without one."""
    from latentcli.latents._interpolation import NORMS

    check_choice("norm", norm, NORMS)
    if via is not None and seed is not None:
        raise UsageError("--via and --seed exclude each other")
    given = {"--norm": norm != NORMS[0], "--via": via is not None, "--seed": seed is not None}
    for option, there in given.items():
        if there and not slerp:
            raise UsageError(f"{option} is for a slerp: add --slerp or --compare")
    if seed is not None and seed < 0:
        raise UsageError(f"--seed must be at least 0, not {seed}")


def _check_reference(k: int, percentile: float, reference: str | None) -> None:
    if k < 1:
        raise UsageError(f"--k must be at least 1, not {k}")
    if not 0 <= percentile <= 100:
        raise UsageError(f"--hole-percentile is from 0 to 100, not {percentile:g}")
    if reference is None and (k, percentile) != (_K, _HOLE):
        raise UsageError("--k and --hole-percentile are for a --reference")


def _summary(course: Course, angle: float, times: Array, found: Holes | None) -> Record:
    summary: Record = {
        "angle_degrees": angle,
        "length": course.length,
        "straightness": course.straightness,
        "smallest_norm": course.smallest.norm,
        "smallest_norm_at": float(times[course.smallest.step]),
        "smallest_norm_sigma": course.smallest.sigma,
        "largest_step": float(course.steps.max()),
    }
    if course.norms.shape[1] > 1:
        summary["smallest_norm_row"] = course.smallest.row
    if found is not None:
        summary |= {"hole_limit": found.limit, "holes": int(found.holes.sum())}
    return summary


def _notes(
    points: Points, course: Course, times: Array, found: Holes | None, kind: str
) -> tuple[str, ...]:
    """Say in words what a careful reader would want to be told of a path."""
    from latentcli.latents import _paths as paths

    verdict = paths.judge(points.norms(), points.shape[-1], course)
    notes = []
    if verdict.zero_point is not None:
        notes.append(
            f"point {verdict.zero_point + 1} has a vector of zeros, which points nowhere"
        )
    if found is None and verdict.far is not None:
        notes.append(
            f"the points are not codes of N(0, I): their norms are {verdict.far[0]:+.1f} to "
            f"{verdict.far[1]:+.1f} sd off. Typicality says nothing here; --reference CODES does"
        )
    if verdict.dip is not None and verdict.far is None:
        where = f" (row {verdict.dip.row})" if course.norms.shape[1] > 1 else ""
        other = "" if kind in ("slerp", "lol") else "; --slerp or --lol keeps the length"
        first, last = verdict.ends
        notes.append(
            f"the path dips through the core: at t = {times[verdict.dip.step]:.2f} the norm{where} "
            f"is {verdict.dip.norm:.3f}, the ends have {first:.3f} and {last:.3f}{other}"
        )
    if found is not None and found.holes.any():
        first_hole = int(found.holes.argmax())
        notes.append(
            f"{int(found.holes.sum())} of {len(times)} steps are in a hole of the reference, "
            f"the first at t = {times[first_hole]:.2f}"
        )
    return tuple(notes)
