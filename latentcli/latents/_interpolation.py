"""Paths between latent codes: straight, on the sphere, prior-preserving, smooth, closed.

Everything works along the last axis, which is the vector: (D,) is one code, (N, D) are codes or
layers that move side by side, (N, L, D) codes of layers. A path has its steps in front:
(T, ..., D). Arithmetic is float64; t = 0 and t = 1 give the ends back bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from latentcli.errors import LatentError, check_choice
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

NORMS = ("textbook", "linear", "unit")
"""What happens to the length on a slerp: Shoemake's formula as it is, linear, or always 1."""

_PARALLEL = 1e-8
_ANTIPODAL = 1e-6


def lerp(start: Array, end: Array, t: float | Sequence[float] | Array) -> Array:
    """Go straight from `start` to `end`: (1 - t) start + t end.

    `t` is a number or (T,); the result is (..., D), or (T, ..., D). t may lie outside [0, 1].

    >>> lerp(np.array([0.0, 0.0]), np.array([1.0, 2.0]), 0.5).tolist()
    [0.5, 1.0]
    """
    start, end, times = _prepared(start, end, t)
    return _ends_kept((1 - times) * start + times * end, start, end, t)


def slerp(
    start: Array,
    end: Array,
    t: float | Sequence[float] | Array,
    *,
    norm: str = "textbook",
    via: Array | None = None,
) -> Array:
    """Turn from `start` to `end` at even angular speed (Shoemake, 1985), each row by itself.

    `norm` says what becomes of the length: "textbook" weighs the vectors as they are, "linear"
    interpolates the two lengths, "unit" gives length 1. A zero vector takes the other's
    direction, parallel vectors keep theirs: both go straight. Opposite vectors leave the plane
    open: LatentError, unless `via` (D,) says through which side.

    >>> slerp(np.array([1.0, 0.0]), np.array([0.0, 2.0]), 0.5).round(4).tolist()
    [0.7071, 1.4142]
    """
    check_choice("norm", norm, NORMS)
    start, end, times = _prepared(start, end, t)
    omega = angles(start, end)[..., None]
    opposite = np.pi - omega < _ANTIPODAL
    if opposite.any() and via is None:
        raise LatentError(
            f"{_rows(opposite)} opposite: any half circle joins them; name a point to go through with "
            "`via`, or a `seed` that draws one"
        )
    straight = np.sin(omega) < _PARALLEL
    safe = np.where(straight, 1.0, np.sin(omega))
    first = np.where(straight, 1 - times, np.sin((1 - times) * omega) / safe)
    second = np.where(straight, times, np.sin(times * omega) / safe)
    if norm == "textbook":
        path = first * start + second * end
    else:
        path = first * _direction(start, end) + second * _direction(end, start)
    if opposite.any():
        assert via is not None
        around = _half_circle(start, end, via, times, norm, opposite)
        path = np.where(opposite, around, path)
    if norm == "linear":
        lengths = (1 - times) * _length(start) + times * _length(end)
        path = unit(path) * lengths
    elif norm == "unit":
        path = unit(path)
    return path if norm == "unit" else _ends_kept(path, start, end, t)


def combine(points: Array, weights: Array, *, mean: Array | float = 0.0) -> Array:
    """Combine codes so that they stay distributed as the prior N(mean, .) (Bodin et al., 2024).

    `points` (P, ..., D), `weights` (T, P) or (P,); the result is (T, ..., D) or (..., D):
    (1 - a / sqrt(b)) mean + y / sqrt(b), where y is the weighted sum, a the sum of the weights
    and b that of their squares. Weights that are all zero count as all one.

    >>> combine(np.eye(2), np.array([0.5, 0.5])).round(4).tolist()
    [0.7071, 0.7071]
    """
    weights = np.asarray(weights, dtype=np.float64)
    weights = np.where((weights == 0).all(axis=-1, keepdims=True), 1.0, weights)
    total = np.tensordot(weights, np.asarray(points, dtype=np.float64), axes=(-1, 0))
    alpha = weights.sum(axis=-1)
    root = np.sqrt((weights**2).sum(axis=-1))
    shape = (*alpha.shape, *(1,) * (total.ndim - alpha.ndim))
    alpha, root = alpha.reshape(shape), root.reshape(shape)
    combined: Array = (1 - alpha / root) * mean + total / root
    return combined


def angles(u: Array, v: Array) -> Array:
    """Return the angle in radians between rows (...,), exact near 0 and pi (Kahan, 2006).

    A zero vector has the angle 0 to anything.
    """
    a, b = _direction(u, v), _direction(v, u)
    omega: Array = 2 * np.arctan2(_length(a - b)[..., 0], _length(a + b)[..., 0])
    return omega


class Kind(NamedTuple):
    """One way to join waypoints: `join(points, t, **options)` for t in [0, 1], and its source."""

    join: Callable[..., Array]
    source: str


def along(points: Array, t: Array, *, kind: str = "lerp", **options: Any) -> Array:
    """Follow a path through waypoints (P, ..., D) at times (T,), the waypoints evenly in time.

    `kind` is a name of `KINDS`. With `loop=True` the path returns from the last waypoint to
    the first, and t = 1 is the start again.
    """
    check_choice("path", kind, KINDS)
    points = np.asarray(points)
    if len(points) < 2:
        raise LatentError("a path takes two points or more")
    t = np.asarray(t, dtype=np.float64)
    if options.pop("loop", False):
        points = np.concatenate([points, points[:1]])
        t = t - np.floor(t)
        if kind == "spline":
            options["periodic"] = True
    return KINDS[kind].join(points, t, **options)


def even_times(
    path: Callable[[Array], Array], count: int, *, closed: bool = False, part: int = 1024
) -> Array:
    """Find times (count,) at which a path has gone equal parts of its length.

    The length is measured on a fine path, of which `part` steps are in memory at a time;
    `closed` leaves out the last point, the first again.
    """
    fine = np.linspace(0.0, 1.0, max(1024, 16 * count) + 1)
    steps = [
        step_lengths(path(fine[start : start + part + 1]))
        for start in range(0, len(fine) - 1, part)
    ]
    gone = np.concatenate(([0.0], np.cumsum(np.concatenate(steps))))
    if not gone[-1] > 0:
        return np.linspace(0.0, 1.0, count, endpoint=not closed)
    wanted = np.linspace(0.0, gone[-1], count, endpoint=not closed)
    times: Array = np.interp(wanted, gone, fine)
    times[0] = 0.0
    if not closed:
        times[-1] = 1.0
    return times


def step_lengths(path: Array) -> Array:
    """Return the distance between consecutive steps (T - 1,), over all rows and layers."""
    steps = np.diff(np.asarray(path, dtype=np.float64), axis=0)
    lengths: Array = np.linalg.norm(steps.reshape(len(steps), -1), axis=1)
    return lengths


def _piecewise(step: Callable[[Array, Array, Array], Array], points: Array, t: Array) -> Array:
    """Go through the waypoints one pair after the other."""
    spans = len(points) - 1
    place = _places(t, spans)
    leg = np.clip(np.floor(place).astype(int), 0, spans - 1)
    path = np.empty((len(t), *points.shape[1:]), dtype=np.float64)
    for index in np.unique(leg):
        mine = leg == index
        path[mine] = step(points[index], points[index + 1], place[mine] - index)
    return path


def _places(t: Array, spans: int) -> Array:
    """Return times counted in spans, those at a waypoint exactly there: 49 (1/49) is below 1."""
    place = t * spans
    whole = np.rint(place)
    exact: Array = np.where(np.abs(place - whole) < 1e-12 * spans, whole, place)
    return exact


def _lerp_path(points: Array, t: Array) -> Array:
    return _piecewise(lerp, points, t)


def _slerp_path(
    points: Array, t: Array, *, norm: str = "textbook", via: Array | None = None
) -> Array:
    return _piecewise(lambda u, v, s: slerp(u, v, s, norm=norm, via=via), points, t)


def _lol_path(points: Array, t: Array, *, mean: Array | float = 0.0) -> Array:
    def step(u: Array, v: Array, s: Array) -> Array:
        weights = np.stack([1 - s, s], axis=-1)
        return _ends_kept(combine(np.stack([u, v]), weights, mean=mean), u, v, s)

    return _piecewise(step, points, t)


def _spline_path(points: Array, t: Array, *, periodic: bool = False) -> Array:
    """Follow a cubic spline through the waypoints; periodic ones close smoothly."""
    from scipy.interpolate import CubicSpline

    knots = np.linspace(0.0, 1.0, len(points))
    smooth = CubicSpline(
        knots, points.astype(np.float64), bc_type="periodic" if periodic else "not-a-knot"
    )
    path: Array = smooth(t)
    place = _places(t, len(points) - 1)
    for index in range(len(points)):
        path[place == index] = points[index]
    return path


KINDS: dict[str, Kind] = {
    "lerp": Kind(_lerp_path, "straight lines"),
    "slerp": Kind(_slerp_path, "Shoemake, 1985; White, 2016"),
    "lol": Kind(_lol_path, "Bodin et al., 2024"),
    "spline": Kind(_spline_path, "cubic spline"),
}
"""The ways to join waypoints."""


def _rows(which: Array) -> str:
    """Name the rows of a mask: the first few, and how many there are."""
    found = np.flatnonzero(which.ravel())
    if which.size == 1:
        return "the two codes are"
    listed = ", ".join(map(str, found[:5])) + (", ..." if len(found) > 5 else "")
    return f"{len(found):,} of {which.size:,} rows ({listed}) are"


def _prepared(start: Array, end: Array, t: Any) -> tuple[Array, Array, Array]:
    start = np.asarray(start, dtype=np.float64)
    end = np.asarray(end, dtype=np.float64)
    if start.shape != end.shape:
        raise LatentError(f"the ends have different shapes: {start.shape} and {end.shape}")
    times = np.asarray(t, dtype=np.float64)
    return start, end, times.reshape(*times.shape, *(1,) * start.ndim)


def _ends_kept(path: Array, start: Array, end: Array, t: Any) -> Array:
    """Put the ends in place exactly, free of rounding."""
    times = np.asarray(t)
    path[times == 0] = start
    path[times == 1] = end
    return path


def _direction(vector: Array, other: Array) -> Array:
    """Return unit vectors; a zero vector takes the direction of the other one."""
    own = unit(vector)
    direction: Array = np.where(_length(own) > 0, own, unit(other))
    return direction


def _length(vector: Array) -> Array:
    length: Array = np.linalg.norm(vector, axis=-1, keepdims=True)
    return length


def _half_circle(
    start: Array, end: Array, via: Array, times: Array, norm: str, opposite: Array
) -> Array:
    """Turn by pi from `start`, through the side on which `via` lies, in the rows `opposite`."""
    first = unit(start)
    via = np.asarray(via, dtype=np.float64)
    if via.shape not in (start.shape[-1:], start.shape):
        raise LatentError(
            f"the point to go through has shape {via.shape}, the ends have {start.shape}"
        )
    via = unit(np.broadcast_to(via, start.shape))
    side = via - (via * first).sum(axis=-1, keepdims=True) * first
    if (opposite & (_length(side) < _ANTIPODAL)).any():
        raise LatentError("the point to go through lies on the line of the two ends")
    turned: Array = np.cos(np.pi * times) * first + np.sin(np.pi * times) * unit(side)
    if norm == "textbook":
        turned = turned * ((1 - times) * _length(start) + times * _length(end))
    return turned
