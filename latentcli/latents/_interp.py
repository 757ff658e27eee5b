"""Interpolation: a path between codes, measured while it is followed, and a verdict on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, UsageError, check_choice
from latentcli.latents._editing import MOST, listed
from latentcli.latents._interpolation import KINDS, NORMS
from latentcli.latents._paths import Course, Holes, Meter, find_holes, judge
from latentcli.latents._waypoints import Path, Points, Receiver, Walk
from latentcli.numerics.types import Array, Progress
from latentcli.results import Curve, Record, Result, Scalar

K, HOLE_PERCENTILE = 5, 99.0
"""Which neighbor of a reference counts, and beyond which percentile of it a step is in a hole."""

EASES: dict[str, Any] = {
    "linear": lambda t: t,
    "smooth": lambda t: t * t * (3 - 2 * t),
    "cosine": lambda t: (1 - np.cos(np.pi * t)) / 2,
    "in": lambda t: t * t,
    "out": lambda t: t * (2 - t),
}
"""How time runs along a path, from 0 to 1: evenly, slowly at both ends, at the start, at the end."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PathResult(Result):
    """A path between codes.

    `codes` (T, ..., D) in the points' type, None where they went to `out`; `times` (T,); `norms`
    (T, R) and `steps` (T,) as measured; `angle_degrees` the mean angle between consecutive points;
    `length` of the path; `straightness` in [0, 1], the direct distance over the length; `holes` where
    there is a reference.
    """

    codes: Array | None
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    times: Array
    norms: Array
    steps: Array
    angle_degrees: float
    length: float
    straightness: float | None
    holes: Holes | None


def interp(
    z1: npt.ArrayLike,
    z2: npt.ArrayLike,
    *more: npt.ArrayLike,
    kind: str = "lerp",
    steps: int = 11,
    times: Sequence[float] | Array | None = None,
    ease: str = "linear",
    loop: bool = False,
    even: bool = False,
    norm: str = "textbook",
    via: npt.ArrayLike | None = None,
    seed: int | None = None,
    layers: Sequence[int] | None = None,
    extrapolate: bool = False,
    compare: bool = False,
    reference: npt.ArrayLike | None = None,
    k: int = K,
    hole_percentile: float = HOLE_PERCENTILE,
    names: Sequence[str] | None = None,
    out: Receiver | None = None,
    progress: Progress | None = None,
) -> PathResult:
    """Follow a path between codes, and judge it.

    Parameters
    ----------
    z1, z2, *more
        The points, (D,) or (N, D) or (N, L, D), all of one shape: each row moves on its own path. A
        code w (D,) or (1, D) among codes of layers is repeated over the layers.
    kind
        "lerp": straight lines. "slerp": on the sphere, at even angular speed (Shoemake, 1985; White,
        2016), for codes z. "lol": straight, but distributed as the prior N(0, I) (Bodin et al., 2024).
        "spline": a cubic spline through all points.
    steps
        Number of steps, ends included; from 2.
    times
        Times in [0, 1] instead of `steps`.
    ease
        How time runs: "linear", "smooth", "cosine", "in" or "out".
    loop
        Return to the first point; the last step is the one before it.
    even
        Choose times so that all steps are equally long.
    norm
        Length on a slerp: "textbook" (Shoemake's formula), "linear" or "unit".
    via, seed
        Where a slerp between opposite codes goes through: a code, or drawn with this random seed.
    layers
        Only these layers move; the others stay those of the first point.
    extrapolate
        Allow times outside [0, 1].
    compare
        Also give the norms of the slerp, as `slerp_norm`; for kind "lerp".
    reference
        (N, ...) codes: a step whose `k`-th nearest of these is farther than `hole_percentile` percent of
        their own is in a hole.
    k, hole_percentile
        See `reference`; k from 1, the percentile from 0 to 100.
    names
        What the points are called in the title.
    out
        Anything with `out[a:b] = block`: an array, a memory map. It gets the path, in blocks that fit in
        memory (`out[t, a:b] = block` for points of very many rows).
    progress
        Called with (done, total) numbers.

    Returns
    -------
    PathResult
        A record for each step: time t, norm (mean over rows), step (distance from the one before, over
        all rows), typicality (standard deviations of the norm from N(0, I)), and z.

    Raises
    ------
    ParameterError
        For a parameter without meaning.
    LatentError
        For points of different shapes, and opposite points on a slerp without `via` or `seed`.

    Examples
    --------
    >>> path = interp([2.0, 0.0], [0.0, 2.0], kind="slerp", steps=3)
    >>> path.codes.round(4).tolist()
    [[2.0, 0.0], [1.4142, 1.4142], [0.0, 2.0]]
    >>> path.angle_degrees
    90.0
    """
    _check(
        kind, norm, ease, steps, times, even, via, seed, compare, k, hole_percentile, reference
    )
    points = Points([z1, z2, *more])
    middle = _via(via, seed, points.shape)
    slerped = {"norm": norm, "via": middle}
    path = Path(points, kind, loop, slerped if kind == "slerp" else {}, layers)
    chosen = _times(times, steps, ease, loop=loop, extrapolate=extrapolate)
    if even:
        chosen = path.even(steps)
    walk = Walk(path, chosen, points, out, progress)
    walk.follow()
    course = walk.meter.course(closed=loop)
    columns: dict[str, list[Scalar]] = {}
    if compare:
        columns["slerp_norm"] = _norms(Path(points, "slerp", loop, slerped, layers), chosen)
    found = None
    if reference is not None:
        found = _holes(path.at(chosen), reference, k, hole_percentile, progress)
        columns |= {
            "distance": found.distances.tolist(), "percentile": found.percentiles.tolist(),
            "nearest": found.nearest.tolist(), "hole": found.holes.tolist(),
        }  # fmt: skip
    angle = path.angle_degrees()
    records = _records(chosen, course, columns, walk.shown)
    called = " to ".join(names) if names else f"{len(points.arrays)} points"
    return PathResult(
        codes=walk.codes,
        shape=walk.shape,
        dtype=points.dtype,
        times=chosen,
        norms=course.norms,
        steps=course.steps,
        angle_degrees=angle,
        length=course.length,
        straightness=course.straightness,
        holes=found,
        title=f"{kind}{', closed' if loop else ''}: {called}",
        columns=tuple(records[0]),
        records=records,
        summary=_summary(course, angle, chosen, found),
        settings={
            "path": kind, "loop": loop, "even": even, "ease": ease,
            "norm": norm if kind == "slerp" or compare else None, "steps": len(chosen), "seed": seed,
            "layers": listed(layers),
            "k": k if found else None, "hole_percentile": hole_percentile if found else None,
            "shape": " x ".join(map(str, points.shape)), "dtype": str(points.dtype),
        },
        notes=(*points.notes, *_notes(points, course, chosen, found, kind)),
        views=_views(chosen, course, columns),
    )  # fmt: skip


def _check(
    kind: str,
    norm: str,
    ease: str,
    steps: int,
    times: object,
    even: bool,
    via: object,
    seed: int | None,
    compare: bool,
    k: int,
    percentile: float,
    reference: object,
) -> None:
    """Refuse parameters that are wrong, or have no meaning together."""
    check_choice("path", kind, KINDS)
    check_choice("norm", norm, NORMS)
    check_choice("ease", ease, EASES)
    if compare and kind != "lerp":
        raise UsageError("`compare` shows lerp and slerp; leave the kind out")
    if even and times is not None:
        raise UsageError("`even` chooses the times; leave out `times`")
    if times is None and not 2 <= steps <= MOST:
        raise ParameterError("steps", steps, f"from 2 to {MOST:,}")
    if via is not None and seed is not None:
        raise UsageError("`via` and `seed` exclude each other")
    given = {"norm": norm != NORMS[0], "via": via is not None, "seed": seed is not None}
    for name, there in given.items():
        if there and kind != "slerp" and not compare:
            raise UsageError(f"`{name}` is for a slerp: add `slerp` or `compare`")
    _check_reference(seed, k, percentile, reference)


def _check_reference(seed: int | None, k: int, percentile: float, reference: object) -> None:
    if seed is not None and seed < 0:
        raise ParameterError("seed", seed, "at least 0")
    if k < 1:
        raise ParameterError("k", k, "at least 1")
    if not 0 <= percentile <= 100:
        raise ParameterError("hole_percentile", percentile, "from 0 to 100")
    if reference is None and (k, percentile) != (K, HOLE_PERCENTILE):
        raise UsageError("`k` and `hole_percentile` are for a `reference`")


def _times(
    times: Sequence[float] | Array | None,
    steps: int,
    ease: str,
    *,
    loop: bool,
    extrapolate: bool,
) -> Array:
    if times is None:
        return EASES[ease](np.linspace(0.0, 1.0, steps, endpoint=not loop))
    found = np.asarray(times, dtype=np.float64)
    if found.ndim != 1 or not len(found) or not np.isfinite(found).all():
        raise ParameterError("times", times, "a list of finite numbers")
    if not extrapolate and (found.min() < 0 or found.max() > 1):
        raise UsageError("`times` leave the path from 0 to 1; `extrapolate` allows it")
    return EASES[ease](found)


def _via(via: npt.ArrayLike | None, seed: int | None, shape: tuple[int, ...]) -> Array | None:
    """Return the code that opens the plane between opposite points: given, or drawn."""
    if via is not None:
        return np.asarray(via, dtype=np.float64)
    if seed is not None:
        return np.random.default_rng(seed).standard_normal(shape)
    return None


def _norms(path: Path, times: Array) -> list[Scalar]:
    meter = Meter()
    for _, part in path.parts(times):
        meter.add(part)
    found: list[Scalar] = meter.course().norms.mean(axis=1).tolist()
    return found


def _holes(
    path: Array,
    reference: npt.ArrayLike,
    k: int,
    percentile: float,
    progress: Progress | None,
) -> Holes:
    codes = np.asarray(reference)
    if codes.ndim < 2 or codes[0].size != path[0].size:
        raise LatentError(
            f"the reference has codes of shape {codes.shape[1:]}, the path {path.shape[1:]}"
        )
    return find_holes(
        path.reshape(len(path), -1), codes.reshape(len(codes), -1), k=k, percentile=percentile,
        progress=progress,
    )  # fmt: skip


def _records(
    times: Array,
    course: Course,
    columns: dict[str, list[Scalar]],
    codes: list[list[float] | str],
) -> list[Record]:
    return [
        {
            "t": float(t),
            "norm": float(course.norms[index].mean()),
            "step": float(course.steps[index]),
            "typicality": float(course.sigmas[index].mean()),
            **{name: column[index] for name, column in columns.items()},
            "z": codes[index],
        }
        for index, t in enumerate(times)
    ]


def _summary(course: Course, angle: float, times: Array, found: Holes | None) -> Record:
    constant = np.ptp(course.norms, axis=0).max() <= 1e-9 * max(
        float(course.norms.max()), 1e-300
    )
    summary: Record = {
        "angle_degrees": angle,
        "length": course.length,
        "straightness": course.straightness,
        "smallest_norm": course.smallest.norm,
        "smallest_norm_at": None if constant else float(times[course.smallest.step]),
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
    verdict = judge(points.norms(), points.shape[-1], course)
    notes = []
    if verdict.zero_point is not None:
        notes.append(
            f"point {verdict.zero_point + 1} has a vector of zeros, which has no direction"
        )
    if found is None and verdict.far is not None:
        notes.append(
            f"the points are not codes of N(0, I): their norms are {verdict.far[0]:+.1f} to "
            f"{verdict.far[1]:+.1f} standard deviations from it. Typicality has no meaning here; a "
            "`reference` of codes says where they are dense"
        )
    if verdict.dip is not None and verdict.far is None:
        where = f" (row {verdict.dip.row})" if course.norms.shape[1] > 1 else ""
        other = "" if kind in ("slerp", "lol") else "; use `slerp` or `lol`"
        first, last = verdict.ends
        notes.append(
            f"the path leaves the typical shell of N(0, I): its norm{where} falls to "
            f"{verdict.dip.norm:.3f} at t = {times[verdict.dip.step]:.2f} (ends: {first:.3f}, "
            f"{last:.3f}){other}"
        )
    if found is not None and found.holes.any():
        first_hole = int(found.holes.argmax())
        notes.append(
            f"{int(found.holes.sum())} of {len(times)} steps are in a hole of the reference, "
            f"the first at t = {times[first_hole]:.2f}"
        )
    return tuple(notes)


def _views(times: Array, course: Course, columns: dict[str, list[Scalar]]) -> tuple[Curve, ...]:
    lines: dict[str, Any] = {"norm": course.norms.mean(axis=1).tolist()}
    if "slerp_norm" in columns:
        lines["norm of the slerp"] = columns["slerp_norm"]
    return (Curve("norm along the path", "t", "norm", times.tolist(), lines),)
