"""Interpolation: a path between codes, measured while it is followed, and a verdict on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, UsageError, check_choice
from latentcli.latents._editing import MOST, SIZES, cast
from latentcli.latents._interpolation import KINDS, NORMS, along, angles, even_times
from latentcli.latents._paths import Course, Holes, Meter, find_holes, judge
from latentcli.latents._records import shown
from latentcli.numerics.types import Array, Progress
from latentcli.results import Curve, Record, Result, Scalar

K, HOLE_PERCENTILE = 5, 99.0
"""Which neighbor of a reference counts, and beyond which percentile of it a step is in a hole."""

_PART = 1 << 22
"""Numbers of the path that are in work at a time."""

EASES: dict[str, Any] = {
    "linear": lambda t: t,
    "smooth": lambda t: t * t * (3 - 2 * t),
    "cosine": lambda t: (1 - np.cos(np.pi * t)) / 2,
    "in": lambda t: t * t,
    "out": lambda t: t * (2 - t),
}
"""How time runs along a path, from 0 to 1: evenly, slowly at both ends, at the start, at the end."""


class Receiver(Protocol):
    """What takes blocks of a result: an array, a memory map, or a writer of files."""

    def __setitem__(self, key: Any, value: Array, /) -> None: ...


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
    points = _Points([z1, z2, *more])
    middle = _via(via, seed, points.shape)
    slerped = {"norm": norm, "via": middle}
    path = _Path(points, kind, loop, slerped if kind == "slerp" else {}, layers)
    chosen = _times(times, steps, ease, loop=loop, extrapolate=extrapolate)
    if even:
        chosen = path.even(steps)
    walk = _Walk(path, chosen, points, out, progress)
    walk.follow()
    course = walk.meter.course(closed=loop)
    columns: dict[str, list[Scalar]] = {}
    if compare:
        columns["slerp_norm"] = _norms(_Path(points, "slerp", loop, slerped, layers), chosen)
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
            "layers": None if layers is None else " ".join(map(str, layers)),
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


class _Points:
    """The points as they are, maybe mapped from files, all of one shape."""

    def __init__(self, points: Sequence[npt.ArrayLike]) -> None:
        arrays = [np.asarray(point) for point in points]
        for number, array in enumerate(arrays, 1):
            if array.dtype.kind not in "fiub" or not array.size or not array.ndim:
                raise LatentError(
                    f"point {number} has shape {array.shape} and is no code of numbers"
                )
            if not np.isfinite(array).all():
                raise LatentError(f"point {number} holds NaN or infinity")
        self.notes: tuple[str, ...] = ()
        shapes = {array.shape for array in arrays}
        if len(shapes) > 1:  # a batch of one goes with a single code, w with all layers
            arrays = [_single(array) for array in arrays]
            arrays = self._repeated(arrays)
            shapes = {array.shape for array in arrays}
        if len(shapes) > 1:
            listed = ", ".join(str(np.shape(point)) for point in points)
            layers = {shape[-2] for shape in shapes if len(shape) > 1}
            hint = f"; {SIZES}" if len(layers) > 1 else ""
            raise LatentError(f"the points have different shapes: {listed}{hint}")
        self.arrays = arrays
        self.dtype = np.result_type(*(array.dtype for array in arrays))
        if self.dtype.kind != "f":
            self.dtype = np.dtype(np.float64)
        self.shape = tuple(arrays[0].shape)
        self.size = int(arrays[0].size)
        self.wide = len(self.shape) > 1 and self.size > _PART

    def _repeated(self, arrays: list[Array]) -> list[Array]:
        """Repeat codes of one vector over the layers that others have, as edit and truncate do."""
        layered = next((array for array in arrays if array.ndim == 2), None)
        if layered is None or not any(a.shape == layered.shape[-1:] for a in arrays):
            return arrays
        self.notes = (f"a code of one vector is repeated over the {len(layered)} layers",)
        return [
            np.broadcast_to(array, layered.shape) if array.ndim == 1 else array
            for array in arrays
        ]

    def block(self, rows: slice) -> Array:
        """Return some rows of all points in float64 (P, n, ..., D); a lone vector is whole."""
        whole = len(self.shape) == 1
        return np.stack([np.asarray(a if whole else a[rows], np.float64) for a in self.arrays])

    def blocks(self) -> Iterator[slice]:
        """Yield the rows in slices that fit in memory."""
        if len(self.shape) == 1:
            yield slice(None)
            return
        step = max(1, _PART * self.shape[0] // (4 * len(self.arrays) * self.size))
        for start in range(0, self.shape[0], step):
            yield slice(start, min(start + step, self.shape[0]))

    def norms(self) -> Array:
        """Return the norms of the points' rows (P, R)."""
        found = [
            np.linalg.norm(points, axis=-1).reshape(len(points), -1)
            for points in map(self.block, self.blocks())
        ]
        return np.concatenate(found, axis=1)


def _single(array: Array) -> Array:
    """Return the code of a batch of one; others as they are."""
    return array[0] if array.ndim > 1 and len(array) == 1 else array


class _Path:
    """A path by its rule: ask it for any times."""

    def __init__(
        self,
        points: _Points,
        kind: str,
        loop: bool,
        options: dict[str, Any],
        layers: Sequence[int] | None,
    ) -> None:
        self.points = points
        self.kind = kind
        self.loop = loop
        self._options = options
        self._layers = None if layers is None else _checked_layers(layers, points.shape)
        self._whole: Array | None = None

    def at(self, times: Array) -> Array:
        """Return the codes at some times (T, ..., D)."""
        if self._whole is None:
            self._whole = self.points.block(slice(None))
        return self._along(self._whole, times, self._options)

    def rows_at(self, rows: slice, times: Array) -> Array:
        """Return some rows of the codes at some times (T, n, ..., D): each goes its own way."""
        options = dict(self._options)
        via = options.get("via")
        if via is not None and via.ndim == len(self.points.shape):
            options["via"] = via[rows]
        return self._along(self.points.block(rows), times, options)

    def _along(self, points: Array, times: Array, options: dict[str, Any]) -> Array:
        found = along(points, times, kind=self.kind, loop=self.loop, **options)
        if self._layers is None:
            return found
        still = np.broadcast_to(points[0], found.shape).copy()
        still[..., self._layers, :] = found[..., self._layers, :]
        return still

    def even(self, steps: int) -> Array:
        """Return the times of steps of equal length."""
        part = max(1, _PART // self.points.size)
        return even_times(self.at, steps, closed=self.loop, part=part)

    def angle_degrees(self) -> float:
        """Return the mean angle between consecutive points."""
        found = [
            angles(points[:-1], points[1:]).ravel()
            for points in map(self.points.block, self.points.blocks())
        ]
        return float(np.degrees(np.concatenate(found)).mean())

    def parts(self, times: Array) -> Iterator[tuple[int, Array]]:
        """Follow the path in parts that fit in memory: where each begins, and its codes."""
        step = max(1, _PART // self.points.size)
        for start in range(0, len(times), step):
            yield start, self.at(times[start : start + step])


def _checked_layers(layers: Sequence[int], shape: tuple[int, ...]) -> list[int]:
    if len(shape) < 2:
        raise LatentError(f"points of shape {shape} have no layers")
    for layer in layers:
        if not 0 <= layer < shape[-2]:
            raise ParameterError("layers", layer, f"from 0 to {shape[-2] - 1} ({SIZES})")
    return list(layers)


class _Walk:
    """Follows a path once: fills what receives it, and measures."""

    def __init__(
        self,
        path: _Path,
        times: Array,
        points: _Points,
        out: Receiver | None,
        progress: Progress | None,
    ) -> None:
        self.path = path
        self.times = times
        self.shape = (len(times), *points.shape)
        self.dtype = points.dtype
        self.meter = Meter()
        self.shown: list[list[float] | str] = []
        self.codes = np.empty(self.shape, self.dtype) if out is None else None
        self._out: Receiver = self.codes if out is None else out  # type: ignore[assignment]
        self._progress = progress

    def follow(self) -> None:
        """Take all steps: many small codes at a time, or some rows of one step."""
        if self.path.points.wide:
            self._by_rows()
            return
        for start, part in self.path.parts(self.times):
            self.meter.add(part)
            self.shown += [shown(code) for code in part]
            self._out[start : start + len(part)] = cast(part, self.dtype)
            self._report(start + len(part))

    def _by_rows(self) -> None:
        for index in range(len(self.times)):
            norms = []
            step = back = 0.0
            for number, rows in enumerate(self.path.points.blocks()):
                when = self.times[[0, max(0, index - 1), index]]
                first, before, now = self.path.rows_at(rows, when)
                step += float(((now - before) ** 2).sum())
                back += float(((now - first) ** 2).sum())
                norms.append(np.linalg.norm(now, axis=-1).ravel())
                if number == 0:
                    self.shown.append(shown(now, self.shape[1:]))
                self._out[index, rows] = cast(now, self.dtype)
            self.meter.add_step(np.concatenate(norms), step**0.5, back**0.5, self.shape[-1])
            self._report(index + 1)

    def _report(self, steps: int) -> None:
        if self._progress:
            size = self.path.points.size
            self._progress(steps * size, len(self.times) * size)


def _norms(path: _Path, times: Array) -> list[Scalar]:
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
    points: _Points, course: Course, times: Array, found: Holes | None, kind: str
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
