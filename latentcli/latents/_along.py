"""Along a path through waypoints: by straight lines, on the sphere, prior-preserving, smooth, closed.

A path has its steps in front of the vectors, (T, ..., D); the waypoints come back bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from latentcli.errors import LatentError, check_choice
from latentcli.latents._interpolation import combine, ends_kept, lerp_vectors, slerp_vectors
from latentcli.numerics.types import Array


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
        raise LatentError("a path needs two points or more")
    t = np.asarray(t, dtype=np.float64)
    if options.pop("loop", False):
        points = np.concatenate([points, points[:1]])
        t = t - np.floor(t)
        if kind == "spline":
            options["periodic"] = True
    return KINDS[kind].join(points, t, **options)


EASES: dict[str, Callable[[Array], Array]] = {
    "linear": lambda s: s,
    "smooth": lambda s: s * s * (3 - 2 * s),
    "cosine": lambda s: (1 - np.cos(np.pi * s)) / 2,
    "in": lambda s: s * s,
    "out": lambda s: 1 - (1 - s) ** 2,
}
"""How time goes between two waypoints: from 0 to 1 as s does."""


def eased(t: Array, ease: str, spans: int) -> Array:
    """Return times (T,) in [0, 1] eased between each waypoint and the next.

    >>> eased(np.array([0.0, 0.125, 0.5, 1.0]), "smooth", 2).tolist()
    [0.0, 0.078125, 0.5, 1.0]
    """
    check_choice("ease", ease, EASES)
    place = places(t, spans)
    leg = np.floor(place)
    return (leg + EASES[ease](place - leg)) / spans


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
    requested = np.linspace(0.0, gone[-1], count, endpoint=not closed)
    times: Array = np.interp(requested, gone, fine)
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
    place = places(t, spans)
    leg = np.clip(np.floor(place).astype(int), 0, spans - 1)
    path = np.empty((len(t), *points.shape[1:]), dtype=np.float64)
    for index in np.unique(leg):
        mine = leg == index
        path[mine] = step(points[index], points[index + 1], place[mine] - index)
    return path


def places(t: Array, spans: int) -> Array:
    """Return times counted in spans, those at a waypoint exactly there: 49 (1/49) is below 1."""
    place = t * spans
    whole = np.rint(place)
    exact: Array = np.where(np.abs(place - whole) < 1e-12 * spans, whole, place)
    return exact


def _lerp_path(points: Array, t: Array) -> Array:
    return _piecewise(lerp_vectors, points, t)


def _slerp_path(
    points: Array, t: Array, *, norm: str = "textbook", via: Array | None = None
) -> Array:
    return _piecewise(lambda u, v, s: slerp_vectors(u, v, s, norm=norm, via=via), points, t)


def _lol_path(points: Array, t: Array, *, mean: Array | float = 0.0) -> Array:
    def step(u: Array, v: Array, s: Array) -> Array:
        weights = np.stack([1 - s, s], axis=-1)
        return ends_kept(combine(np.stack([u, v]), weights, mean=mean), u, v, s)

    return _piecewise(step, points, t)


def _spline_path(points: Array, t: Array, *, periodic: bool = False) -> Array:
    """Follow a cubic spline through the waypoints; periodic ones close smoothly."""
    from scipy.interpolate import CubicSpline

    knots = np.linspace(0.0, 1.0, len(points))
    smooth = CubicSpline(
        knots, points.astype(np.float64), bc_type="periodic" if periodic else "not-a-knot"
    )
    path: Array = smooth(t)
    place = places(t, len(points) - 1)
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
