"""The verb `interp`: a path through codes, measured in the one pass that fills it.

Longer than 300 lines: a third is the docstring of the verb, which has a parameter for each kind of path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, check_choice
from latentcli.latents import _graph as graph
from latentcli.latents import _paths as paths
from latentcli.latents import _times as timing
from latentcli.latents._along import EASES, KINDS
from latentcli.latents._holes import Reference
from latentcli.latents._interpolation import NORMS, side_of
from latentcli.latents._path_result import (
    PathResult,
    columns_of,
    hole_columns,
    notes_of,
    summary_of,
    title_of,
)
from latentcli.latents._streaming import Out
from latentcli.latents._tensors import Tensor, named_layers, reference_set
from latentcli.latents._walk import Walk
from latentcli.latents._waypoints import Path, Waypoints, key_points
from latentcli.numerics.types import Array, Progress

K, HOLE_PERCENTILE = 5, 99.0
"""Which neighbor in a reference counts, and beyond which percentile of it a step is in a hole."""


def interp(
    z1: npt.ArrayLike,
    z2: npt.ArrayLike | None = None,
    *more: npt.ArrayLike,
    kind: str = "lerp",
    steps: int | Sequence[int] = 11,
    seconds: float | Sequence[float] | None = None,
    fps: float | None = None,
    times: Sequence[float] | Array | None = None,
    ease: str = "linear",
    loop: bool = False,
    ping_pong: bool = False,
    even: bool = False,
    extrapolate: bool = False,
    norm: str = "textbook",
    via: npt.ArrayLike | None = None,
    seed: int | None = None,
    layers: Sequence[int] | None = None,
    compare: bool = False,
    reference: npt.ArrayLike | None = None,
    labels: Sequence[object] | None = None,
    geodesic: bool = False,
    k: int = K,
    hole_percentile: float = HOLE_PERCENTILE,
    axes: str = "",
    names: Sequence[str] | None = None,
    out: Out | None = None,
    progress: Progress | None = None,
) -> PathResult:
    """Follow a path between latent codes, and measure it.

    Each sample and layer is a vector that moves by itself; all features of it are one vector.
    Arithmetic is float64; the waypoints come back bit for bit.

    Parameters
    ----------
    z1, z2, *more
        Two waypoints or more of one shape, (D,), (N, D), (L, D), (N, C, H, W), ...: arrays or names of
        files. Codes without layers, (D,), go with codes of layers, (L, D): they are repeated. `z1` alone
        is an array (P, ...) of P waypoints.
    kind
        "lerp": straight. "slerp": turning evenly (Shoemake, 1985; White, 2016). "lol": straight, but
        distributed as N(0, I) at every time (Bodin et al., 2024). "spline": a cubic spline.
    steps
        How many, from 2 to 1,000,000; both ends included, of a loop the first only. Or how many on each
        leg from one waypoint to the next.
    seconds, fps
        How long the path, or each leg, takes at so many frames a second (24): in place of `steps`.
    times
        Times (T,) in place of `steps`: 0 is the first waypoint, 1 the last.
    ease
        How time goes between two waypoints: "linear", "smooth" (3 s^2 - 2 s^3), "cosine", "in" (s^2) or
        "out".
    loop
        Return to the first waypoint.
    ping_pong
        Go back the same way, neither end twice: T steps become 2 T - 2.
    even
        Choose times so that all steps are equally long.
    extrapolate
        Allow times outside [0, 1].
    norm
        The length on a slerp: "textbook" (Shoemake's formula), "linear" or "unit".
    via
        A code: the side on which a slerp between opposite waypoints turns.
    seed
        Draws that side at random.
    layers
        Move these layers only, from 0; the others stay as in `z1`.
    compare
        Measure the norms of lerp and of slerp.
    reference
        Codes (M, ...): is each step as near to them as they are to each other?
    labels
        A label (M,) of each code of the reference: the nearest one's stands beside each step.
    geodesic
        Between two waypoints, go along the graph of k nearest codes of the reference, smoothed, in steps of
        equal length, in place of straight.
    k
        Which nearest code of the reference counts, from 1.
    hole_percentile
        A step is in a hole beyond this percentile, 0 to 100, of the reference's own distances.
    axes
        A letter for each axis of the codes: N samples, L layers, any other a feature. By default (D,) is
        D, (N, D) ND, four axes NCHW, five NCTHW, three NLD where the last is four times the middle.
    names
        What the waypoints are called in title and notes.
    out
        Takes the path in place of the result: `out[a:b] = block` for steps a to b, in order; of
        codes of more than four million numbers `out[a, c:d] = block`.
    progress
        Called with numbers done and in all.

    Returns
    -------
    PathResult
        Records of `t`, `norm`, `step` (distances), `typicality` (standard deviations), `z`.

    Raises
    ------
    ParameterError
        For a parameter out of range.
    LatentError
        For codes of different shapes, whose axes are not clear, that hold NaN; for opposite waypoints of
        a slerp without `via` or `seed`.

    Examples
    --------
    >>> path = interp([2, -1.5, 0.3], [-1, 2, 0.8], kind="slerp")
    >>> round(path.angle_degrees, 4), path.codes.shape
    (142.7515, (11, 3))
    >>> round(float(path.norms.min()), 4), round(float(path.norms.max()), 4)
    (2.3308, 2.5663)
    """
    turning = kind == "slerp" or compare
    _check(kind, norm, via, seed, ease, even=even, times=times, compare=compare)
    if ping_pong and loop:
        raise ParameterError("`ping_pong` and `loop` exclude each other")
    _check_reference(
        k, hole_percentile, given=reference is not None, more=geodesic or labels is not None
    )
    given = key_points(z1, axes) if z2 is None else (z1, z2, *more)
    points = Waypoints(given, axes if z2 is not None else "", names, layered=layers is not None)
    options: dict[str, Any] = {"norm": norm, "via": _side(via, seed, points.tensor)}
    legs = len(points.arrays) if loop else len(points.arrays) - 1
    count = timing.steps_of(steps, seconds, fps, legs)
    if times is None:
        chosen = timing.times_of(count, loop=loop, ease=ease, legs=legs)
    else:
        chosen = timing.given_times(times, extrapolate=extrapolate)
    path_of = partial(_path_of, points, loop, options, layers)
    path = path_of(kind)
    if even:
        chosen = path.even(len(chosen))
    called = f"{len(points.arrays)} points{', along the graph' if geodesic else ''}"
    known = None
    if reference is not None:
        known = _reference(reference, points.tensor, axes, k, hole_percentile, progress)
    ways = known and graph.Ways.along(points.arrays, known, loop=loop)
    if geodesic:
        points.arrays = _along_graph(points, known, kind, loop=loop)
        path = path_of(kind)
        chosen = path.even(len(chosen))
    if ping_pong:
        chosen = timing.there_and_back(chosen)
    walk = Walk(path, chosen, known)
    codes = walk.follow(out, progress)
    course = walk.meter.course(closed=loop)
    verdict = paths.judge(points.norms(), points.tensor.dimensions, course)
    holes = None if known is None else known.holes()
    columns = columns_of(course, verdict)
    if compare:
        columns["slerp_norm"] = path_of("slerp").mean_norms(chosen).tolist()
    columns |= hole_columns(holes, labels, known)
    columns["z"] = [*walk.shown]
    angle = points.angle_degrees()
    return PathResult(
        codes=codes,
        shape=(len(chosen), *points.tensor.shape),
        dtype=points.dtype,
        times=chosen,
        norms=course.norms,
        steps=course.steps,
        sigmas=None if verdict.far else course.sigmas,
        length=course.length,
        straightness=course.straightness,
        angle_degrees=angle,
        holes=holes,
        title=title_of(kind, loop, names or called, points.tensor),
        columns=("t", *columns),
        records=[
            {"t": float(t), **{name: column[index] for name, column in columns.items()}}
            for index, t in enumerate(chosen)
        ],
        summary=summary_of(course, verdict, angle, chosen, holes)
        | (ways.summary if ways else {}),
        settings={
            "path": kind,
            "loop": loop,
            "ping_pong": ping_pong,
            "steps": len(chosen),
            "fps": None if seconds is None else fps or timing.FPS,
            "even": even,
            "ease": ease,
            "norm": norm if turning else None,
            "seed": seed,
            "layers": named_layers(layers),
            "geodesic": geodesic,
            "k": k if known else None,
            "hole_percentile": hole_percentile if known else None,
            **points.tensor.settings,
            "dtype": points.stored,
        },
        notes=(*points.notes, *notes_of(course, verdict, chosen, holes, kind)),
        norms_by=partial(_mean_norms, path_of),
        dimensions=points.tensor.dimensions,
    )


def _path_of(
    points: Waypoints,
    loop: bool,
    options: dict[str, Any],
    layers: Sequence[int] | None,
    kind: str,
) -> Path:
    """Return the path of a kind; the options are those of a slerp."""
    return Path(points, kind, loop, options if kind == "slerp" else {}, layers)


def _mean_norms(path_of: Callable[[str], Path], kind: str, times: Array) -> Array:
    """Return the mean norms (T,) on the path of a kind."""
    return path_of(kind).mean_norms(times)


def _check(
    kind: str,
    norm: str,
    via: object,
    seed: int | None,
    ease: str,
    *,
    even: bool,
    times: object,
    compare: bool,
) -> None:
    """Refuse settings that are wrong, or do not go together."""
    check_choice("path", kind, KINDS)
    check_choice("norm", norm, NORMS)
    check_choice("ease", ease, EASES)
    if compare and kind != "lerp":
        raise ParameterError("`compare` shows lerp and slerp; leave the kind out")
    if via is not None and seed is not None:
        raise ParameterError("`via` and `seed` exclude each other")
    for name, value in (("even", even), ("times", times is not None)):
        if value and ease != "linear":
            raise ParameterError(f"`ease` chooses the times; leave out `{name}`")
    if even and times is not None:
        raise ParameterError("`even` chooses the times; leave out `times`")
    given = {"norm": norm != "textbook", "via": via is not None, "seed": seed is not None}
    for name, there in given.items():
        if there and kind != "slerp" and not compare:
            raise ParameterError(f"`{name}` is for a slerp: add `slerp` or `compare`")
    if seed is not None and seed < 0:
        raise ParameterError("seed", seed, "at least 0")


def _check_reference(k: int, percentile: float, *, given: bool, more: bool) -> None:
    if k < 1:
        raise ParameterError("k", k, "a whole number from 1")
    if not 0 <= percentile <= 100:
        raise ParameterError("hole_percentile", percentile, "from 0 to 100")
    if not given and (k, percentile) != (K, HOLE_PERCENTILE):
        raise ParameterError("`k` and `hole_percentile` are for a `reference`")
    if more and not given:
        raise ParameterError("`labels` and `geodesic` are for a `reference`")


def _side(via: npt.ArrayLike | None, seed: int | None, codes: Tensor) -> Array | None:
    """Return the point that opens the plane between opposite waypoints, as given or at random."""
    if via is not None:
        return side_of(via, codes)
    if seed is not None:
        return np.random.default_rng(seed).standard_normal(codes.vectors.shape)
    return None


def _along_graph(
    points: Waypoints, known: Reference | None, kind: str, *, loop: bool
) -> list[Array]:
    """Return the waypoints of a way along the graph of the reference."""
    if len(points.arrays) != 2 or loop or kind not in ("lerp", "spline") or known is None:
        raise ParameterError("`geodesic` goes between two points, straight or by a spline")
    first, last = points.arrays
    ends = [np.asarray(one, np.float64).ravel() for one in (first, last)]
    between = graph.waypoints(ends[0], ends[1], known)
    inner = [one.reshape(first.shape).astype(points.dtype) for one in between[1:-1]]
    return [first, *inner, last]


def _reference(
    reference: npt.ArrayLike,
    codes: Tensor,
    axes: str,
    k: int,
    percentile: float,
    progress: Progress | None,
) -> Reference:
    known = reference_set(reference, "reference", axes, codes)
    if known.codes[0].size != codes.values.size:
        raise LatentError(
            f"`reference` has codes of shape {known.code_shape}, the path {codes.shape}"
        )
    flat = np.asarray(known.codes).reshape(known.samples, -1)
    return Reference(flat, k=k, percentile=percentile, progress=progress)
