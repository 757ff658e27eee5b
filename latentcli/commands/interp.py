"""`latent interp Z1 Z2 [Z3 ...]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.commands.arrays import Axes, Saving, shown
from latentcli.commands.options import Output
from latentcli.errors import UsageError, check_choice
from latentcli.report import Record, Report, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latentcli.core.paths import Course, Holes
    from latentcli.core.vectors import Array
    from latentcli.files.codes import Result
    from latentcli.space import Space

_DIP = 0.8
"""Part of the shorter end's norm below which a path is said to dip through the core."""

_FAR = 6.0
"""Standard deviations from N(0, I) at which points are no codes of it."""

_PART = 1 << 22
"""Numbers of the path that are in work at a time."""


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
    ] = 5,
    hole_percentile: Annotated[
        float,
        typer.Option(metavar="P", help="A hole is beyond this percentile of the reference."),
    ] = 99.0,
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
    _check_reference(k, hole_percentile)
    saving.check()
    loaded = _Points(points, axes, vectors, output)
    opening = {"norm": norm, "via": _via(via, seed, loaded.values, axes, output)}
    path = _Path(loaded.values, kind, loop, opening if kind == "slerp" else {})
    times = _times(at, steps, loop=loop, extrapolate=extrapolate)
    if even:
        times = path.even(steps)
    settings: dict[str, Scalar] = {
        "points": " ".join(points), "path": kind, "loop": loop, "even": even,
        "norm": norm if kind == "slerp" or compare else None, "steps": len(times), "seed": seed,
        "reference": reference, "k": k if reference else None,
        "hole_percentile": hole_percentile if reference else None,
        "shape": " x ".join(map(str, loaded.values.shape[1:])), "dtype": str(loaded.dtype),
    }  # fmt: skip
    extra = _Columns()
    if compare:
        extra.add_lengths(_Path(loaded.values, "slerp", loop, opening), times)
    if reference is not None:
        extra.add_holes(path.at(times), reference, k, hole_percentile, axes, output)
    if loaded.space is not None:
        extra.values["word"] = [*loaded.nearest(path.at(times))]
    walk = _Walk(path, times, loaded, output)
    inputs = [*([vectors] if vectors else points), *(file for file in (reference, via) if file)]
    saving.save(walk.result(), "interp", settings, inputs, output)
    course = walk.course()
    records = _records(times, course, extra, walk.shown)
    output.show(
        Report(
            "interp",
            tuple(records[0]),
            records,
            settings=settings,
            summary=_summary(loaded.values, course, times, extra.holes),
            notes=_notes(loaded.values, course, times, extra.holes, kind),
            title=f"{kind}{', closed' if loop else ''}: {' to '.join(points)}",
        )
    )


class _Path:
    """A path by its rule: ask it for any times."""

    def __init__(self, points: Array, kind: str, loop: bool, options: dict[str, Any]) -> None:
        self.points = points
        self.kind = kind
        self.loop = loop
        self.options = options

    def at(self, times: Array) -> Array:
        from latentcli.core.interpolation import along

        return along(self.points, times, kind=self.kind, loop=self.loop, **self.options)

    def even(self, steps: int) -> Array:
        from latentcli.core.interpolation import even_times

        part = max(1, _PART // self.points[0].size)
        return even_times(self.at, steps, closed=self.loop, part=part)

    def parts(self, times: Array) -> Iterator[Array]:
        """Follow the path in parts that fit in memory."""
        step = max(1, _PART // self.points[0].size)
        for start in range(0, len(times), step):
            yield self.at(times[start : start + step])


class _Walk:
    """Follows a path in parts that fit in memory, measuring and writing as it goes."""

    def __init__(self, path: _Path, times: Array, points: _Points, output: Output) -> None:
        from latentcli.core.paths import Meter

        self.path = path
        self.times = times
        self.dtype = points.dtype
        self.shape = (len(times), *points.values.shape[1:])
        self.shown: list[list[float] | str] = []
        self._meter = Meter()
        self._output = output

    def result(self) -> Result:
        """Return the path to be written; it is measured while it is written."""
        from latentcli.files.codes import Result

        return Result(self.shape, self.dtype, self._parts())

    def course(self) -> Course:
        """Return the measures; walk the path for them if it was not written."""
        if not self.shown:
            for _ in self._parts():
                pass
        return self._meter.course(closed=self.path.loop)

    def _parts(self) -> Iterator[Array]:
        from latentcli.core.editing import cast

        size = self.path.points[0].size
        with self._output.progress("following the path", least=_PART) as progress:
            for part in self.path.parts(self.times):
                self._meter.add(part)
                self.shown += [shown(code) for code in part]
                if progress:
                    progress(len(self.shown) * size, len(self.times) * size)
                yield cast(part, self.dtype)


class _Columns:
    """Columns that were asked for beside the usual ones, and the holes if there are any."""

    def __init__(self) -> None:
        self.values: dict[str, list[Scalar]] = {}
        self.holes: Holes | None = None

    def add_lengths(self, other: _Path, times: Array) -> None:
        from latentcli.core.paths import Meter

        meter = Meter()
        for part in other.parts(times):
            meter.add(part)
        self.values["slerp_norm"] = meter.course().norms.mean(axis=1).tolist()

    def add_holes(
        self, path: Array, reference: str, k: int, percentile: float, axes: Axes, output: Output
    ) -> None:
        self.holes = _holes(path, reference, k, percentile, axes, output)
        self.values |= {
            "distance": self.holes.distances.tolist(),
            "percentile": self.holes.percentiles.tolist(),
            "nearest": self.holes.nearest.tolist(),
            "hole": self.holes.holes.tolist(),
        }


def _records(
    times: Array, course: Course, extra: _Columns, codes: list[list[float] | str]
) -> list[Record]:
    return [
        {
            "t": float(t),
            "norm": float(course.norms[index].mean()),
            "step": float(course.steps[index]),
            "typicality": float(course.sigmas[index].mean()),
            **{name: column[index] for name, column in extra.values.items()},
            "z": codes[index],
        }
        for index, t in enumerate(times)
    ]


class _Points:
    """The waypoints, from files or from the words of a space: `values` (P, ..., D)."""

    def __init__(
        self, points: list[str], axes: Axes, vectors: str | None, output: Output
    ) -> None:
        import numpy as np

        from latentcli.errors import LatentError

        self.space: Space | None = None
        if vectors is not None:
            import latentcli
            from latentcli.files.samples import find

            self.space = latentcli.open(find(vectors))
            self.values = np.stack([self.space.vector(word) for word in points])
            self.dtype = self.space.matrix.dtype
            return
        codes = [axes.load(point, output) for point in points]
        shapes = {code.values.shape for code in codes}
        if len(shapes) > 1:
            listed = ", ".join(f"{code.address} {code.values.shape}" for code in codes)
            raise LatentError(f"the points have different shapes: {listed}{_sizes(shapes)}")
        self.dtype = np.result_type(*(code.values.dtype for code in codes))
        if self.dtype.kind != "f":
            self.dtype = np.dtype(np.float64)
        self.values = np.stack([np.asarray(code.values, dtype=np.float64) for code in codes])

    def nearest(self, path: Array) -> list[str]:
        """Return the word nearest to each step."""
        from latentcli.core.vectors import unit
        from latentcli.space import Choice

        assert self.space is not None
        questions = [self.space.ask_vector(unit(step)) for step in path]
        found = self.space.answer(questions, Choice(top=1))
        return [hits[0].word if hits else "" for hits in found]


def _kind(**chosen: bool) -> str:
    kinds = [name for name, wanted in chosen.items() if wanted]
    if len(kinds) > 1:
        raise UsageError(f"--{' and --'.join(kinds)} exclude each other")
    return kinds[0] if kinds else "lerp"


def _times(at: str | None, steps: int, *, loop: bool, extrapolate: bool) -> Array:
    import numpy as np

    from latentcli.core.editing import MOST, parse_numbers

    if at is None:
        if not 2 <= steps <= MOST:
            raise UsageError(f"--steps must be from 2 to {MOST:,}, not {steps:,}")
        return np.linspace(0.0, 1.0, steps, endpoint=not loop)
    times = np.array(parse_numbers(at))
    if not extrapolate and (times.min() < 0 or times.max() > 1):
        raise UsageError(f"--at {at} leaves the path from 0 to 1; --extrapolate allows it")
    return times


def _sizes(shapes: set[tuple[int, ...]]) -> str:
    """Say what numbers of layers mean, where they are what differs."""
    from latentcli.core.editing import SIZES

    layers = {shape[-2] for shape in shapes if len(shape) > 1}
    return f"; {SIZES}" if len(layers) > 1 else ""


def _check_slerp(norm: str, via: str | None, seed: int | None, slerp: bool) -> None:
    """Refuse options of a slerp that are wrong, or without one."""
    from latentcli.core.interpolation import NORMS

    check_choice("norm", norm, NORMS)
    if via is not None and seed is not None:
        raise UsageError("--via and --seed exclude each other")
    given = {"--norm": norm != NORMS[0], "--via": via is not None, "--seed": seed is not None}
    for option, there in given.items():
        if there and not slerp:
            raise UsageError(f"{option} is for a slerp: add --slerp or --compare")
    if seed is not None and seed < 0:
        raise UsageError(f"--seed must be at least 0, not {seed}")


def _check_reference(k: int, percentile: float) -> None:
    if k < 1:
        raise UsageError(f"--k must be at least 1, not {k}")
    if not 0 <= percentile <= 100:
        raise UsageError(f"--hole-percentile is from 0 to 100, not {percentile:g}")


def _via(
    via: str | None, seed: int | None, values: Array, axes: Axes, output: Output
) -> Array | None:
    """Return the point that opens the plane between opposite ends, from a file or by chance."""
    import numpy as np

    if via is not None:
        return np.asarray(axes.load(via, output).values, dtype=np.float64)
    if seed is not None:
        return np.random.default_rng(seed).standard_normal(values.shape[1:])
    return None


def _holes(
    path: Array, reference: str, k: int, percentile: float, axes: Axes, output: Output
) -> Holes:
    import numpy as np

    from latentcli.core import paths

    codes = axes.load_set(reference, output).rows()
    if codes[0].size != path[0].size:
        from latentcli.errors import LatentError

        raise LatentError(
            f"the reference has codes of shape {codes.shape[1:]}, the path {path.shape[1:]}"
        )
    with output.progress("looking for holes") as progress:
        return paths.find_holes(
            path.reshape(len(path), -1),
            np.asarray(codes).reshape(len(codes), -1),
            k=k,
            percentile=percentile,
            progress=progress,
        )


def _summary(values: Array, course: Course, times: Array, found: Holes | None) -> Record:
    import numpy as np

    from latentcli.core import interpolation

    turned = interpolation.angles(values[:-1], values[1:])
    step, row = np.unravel_index(int(course.norms.argmin()), course.norms.shape)
    summary: Record = {
        "angle_degrees": float(np.degrees(turned).mean()),
        "length": course.length,
        "straightness": course.straightness,
        "smallest_norm": float(course.norms[step, row]),
        "smallest_norm_at": float(times[step]),
        "smallest_norm_sigma": float(course.sigmas[step, row]),
        "largest_step": float(course.steps.max()),
    }
    if course.norms.shape[1] > 1:
        summary["smallest_norm_row"] = int(row)
    if found is not None:
        summary |= {"hole_limit": found.limit, "holes": int(found.holes.sum())}
    return summary


def _notes(
    values: Array, course: Course, times: Array, found: Holes | None, kind: str
) -> tuple[str, ...]:
    import numpy as np

    from latentcli.core.typicality import sigmas

    notes = []
    given = np.linalg.norm(values, axis=-1).reshape(len(values), -1)
    if not given.all():
        point = int(np.flatnonzero(~given.all(axis=1))[0])
        notes.append(f"point {point + 1} has a vector of zeros, which points nowhere")
    far = sigmas(given, values.shape[-1]).mean(axis=1)
    if found is None and (np.abs(far) > _FAR).all():
        notes.append(
            f"the points are not codes of N(0, I): their norms are {far.min():+.1f} to "
            f"{far.max():+.1f} sd off. Typicality says nothing here; --reference CODES does"
        )
    least = given.min(axis=0)
    fallen = course.norms.min(axis=0) / np.where(least > 0, least, np.nan)
    row = int(np.nan_to_num(fallen, nan=np.inf).argmin())
    low = int(course.norms[:, row].argmin())
    dip = course.norms[low, row]
    if dip < _DIP * least[row]:
        other = "" if kind in ("slerp", "lol") else "; --slerp or --lol keeps the length"
        ends = f"{given[0, row]:.3f} and {given[-1, row]:.3f}"
        notes.append(
            f"the path dips through the core: at t = {times[low]:.2f} the norm is "
            f"{dip:.3f}, the ends have {ends}{other}"
        )
    if found is not None and found.holes.any():
        first = int(np.flatnonzero(found.holes)[0])
        notes.append(
            f"{int(found.holes.sum())} of {len(times)} steps are in a hole of the reference, "
            f"the first at t = {times[first]:.2f}"
        )
    return tuple(notes)
