"""Between two codes: straight, on the sphere, prior-preserving; and the angle between them.

The formulas work along the last axis, which is the vector: (D,) is one code, (N, D) are codes or
layers that move side by side, (N, L, D) codes of layers. A path has its steps in front:
(T, ..., D). Arithmetic is float64; t = 0 and t = 1 give the ends back bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, check_choice
from latentcli.latents._tensors import Tensor, tensor
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

NORMS = ("textbook", "linear", "unit")
"""What happens to the length on a slerp: Shoemake's formula as it is, linear, or always 1."""

_PARALLEL = 1e-8
ANTIPODAL = 1e-6
"""Vectors are opposite where so little is missing from half a turn, in radians."""


def lerp(
    z1: npt.ArrayLike,
    z2: npt.ArrayLike,
    t: float | Sequence[float] | Array,
    *,
    axes: str = "",
) -> Array:
    """Go straight from `z1` to `z2`: (1 - t) z1 + t z2.

    Parameters
    ----------
    z1, z2
        Codes of one shape, (D,), (N, D), (N, C, H, W), ...; or names of files.
    t
        A number or (T,); it may lie outside [0, 1].
    axes
        A letter for each axis: N samples, L layers, any other a feature; by default, the rule.

    Returns
    -------
    float64 of the shape of `z1`, behind (T,); t = 0 and t = 1 give the ends bit for bit.

    Raises
    ------
    LatentError
        For codes of different shapes, or whose axes are not clear.

    Examples
    --------
    >>> lerp([0.0, 0.0], [1.0, 2.0], 0.5).tolist()
    [0.5, 1.0]
    """
    first, second = _pair(z1, z2, axes)
    path = lerp_vectors(first.vectors, second.vectors, t)
    return path.reshape(*np.shape(t), *first.shape)


def slerp(
    z1: npt.ArrayLike,
    z2: npt.ArrayLike,
    t: float | Sequence[float] | Array,
    *,
    norm: str = "textbook",
    via: npt.ArrayLike | None = None,
    axes: str = "",
) -> Array:
    """Turn from `z1` to `z2` at even angular speed (Shoemake, 1985), each vector by itself.

    sin((1 - t) w) / sin(w) z1 + sin(t w) / sin(w) z2, w the angle. A zero vector takes the other's
    direction, parallel vectors keep theirs: both go straight.

    Parameters
    ----------
    z1, z2
        Codes of one shape, or names of files. All features of a sample (and layer) are one vector:
        of (N, C, H, W) each sample is a vector of C x H x W numbers.
    t
        A number or (T,); it may lie outside [0, 1].
    norm
        What becomes of the length: "textbook" weighs the vectors as they are, "linear" interpolates
        the two lengths, "unit" gives length 1.
    via
        (D,) or of the codes' shape: through which side to turn between opposite vectors.
    axes
        A letter for each axis: N samples, L layers, any other a feature; by default, the rule.

    Returns
    -------
    float64 of the shape of `z1`, behind (T,); t = 0 and t = 1 give the ends bit for bit.

    Raises
    ------
    LatentError
        For codes of different shapes, whose axes are not clear, or opposite ones without `via`.

    Examples
    --------
    >>> slerp([1.0, 0.0], [0.0, 2.0], 0.5).round(4).tolist()
    [0.7071, 1.4142]
    """
    first, second = _pair(z1, z2, axes)
    side = None if via is None else side_of(via, first)
    path = slerp_vectors(first.vectors, second.vectors, t, norm=norm, via=side)
    return path.reshape(*np.shape(t), *first.shape)


def _pair(z1: npt.ArrayLike, z2: npt.ArrayLike, axes: str) -> tuple[Tensor, Tensor]:
    first, second = (
        tensor(one, name, axes, finite=False) for one, name in ((z1, "z1"), (z2, "z2"))
    )
    if first.shape != second.shape:
        raise LatentError(f"the ends have different shapes: {first.shape} and {second.shape}")
    return first, second


def side_of(via: npt.ArrayLike, codes: Tensor) -> Array:
    """Return the point to go through as vectors: (D,), or as those of the codes."""
    given = np.asarray(getattr(via, "values", via), dtype=np.float64)
    if given.shape == codes.shape:
        return given.reshape(codes.vectors.shape)
    if given.shape == codes.features:
        return given.ravel()
    raise LatentError(
        f"the point to go through has shape {given.shape}, the ends have {codes.shape}"
    )


def lerp_vectors(start: Array, end: Array, t: float | Sequence[float] | Array) -> Array:
    """Go straight between vectors (..., D): (T, ..., D) for (T,) times."""
    start, end, times = _prepared(start, end, t)
    return ends_kept((1 - times) * start + times * end, start, end, t)


def slerp_vectors(
    start: Array,
    end: Array,
    t: float | Sequence[float] | Array,
    *,
    norm: str = "textbook",
    via: Array | None = None,
) -> Array:
    """Turn between vectors (..., D), each by itself: (T, ..., D) for (T,) times."""
    check_choice("norm", norm, NORMS)
    start, end, times = _prepared(start, end, t)
    omega = angles(start, end)[..., None]
    opposite = np.pi - omega < ANTIPODAL
    if opposite.any() and via is None:
        raise LatentError(
            f"{_rows(opposite)} opposite: any half circle joins them; name a point to go through with "
            "`via`, or a `seed` that draws one"
        )
    first, second = slerp_weights(omega, times)
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
    return path if norm == "unit" else ends_kept(path, start, end, t)


def slerp_weights(omega: Array, times: Array) -> tuple[Array, Array]:
    """Return the weights of both ends: sin((1 - t) w) / sin(w) and sin(t w) / sin(w); 1 - t and t for parallels."""
    straight = np.sin(omega) < _PARALLEL
    safe = np.where(straight, 1.0, np.sin(omega))
    first = np.where(straight, 1 - times, np.sin((1 - times) * omega) / safe)
    second = np.where(straight, times, np.sin(times * omega) / safe)
    return first, second


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


def ends_kept(path: Array, start: Array, end: Array, t: Any) -> Array:
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
    if (opposite & (_length(side) < ANTIPODAL)).any():
        raise LatentError("the point to go through lies on the line of the two ends")
    turned: Array = np.cos(np.pi * times) * first + np.sin(np.pi * times) * unit(side)
    if norm == "textbook":
        turned = turned * ((1 - times) * _length(start) + times * _length(end))
    return turned
