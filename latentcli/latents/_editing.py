"""Formulas of edits of latent codes: along a direction, towards a mean, between codes, by layer.

Codes are (..., D); where layers are named they are the last axis but one, (..., L, D).
Arithmetic is float64, the result comes back in the dtype of the codes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from latentcli.errors import LatentError
from latentcli.latents._interpolation import combine
from latentcli.latents._stylegan import with_stylegan
from latentcli.latents._tensors import parts_of
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

MOST = 1_000_000
"""How many codes a grid, and numbers a traversal, may have."""

_BLOCK = 1 << 16
"""Numbers that are in work at a time: in float64 they stay in the processor's cache."""


def shift(
    codes: Array,
    direction: Array,
    amount: float,
    layers: Sequence[int] | None = None,
    out: Array | None = None,
) -> Array:
    """Add `amount` times a direction (D,) or (L, D) to codes: relative, z + alpha d.

    `out` takes the result, if given.

    >>> shift(np.array([1.0, 2.0]), np.array([0.0, 2.0]), 3).tolist()
    [1.0, 8.0]
    """
    return _add(codes, amount * _fitting(direction, codes.shape, layers), layers, out)


def place(
    codes: Array,
    direction: Array,
    to: float,
    *,
    intercept: float = 0.0,
    layers: Sequence[int] | None = None,
    out: Array | None = None,
) -> Array:
    """Put codes at the signed distance `to` from a direction's plane: absolute.

    `out` takes the result, if given.

    >>> place(np.array([1.0, 2.0]), np.array([0.0, 1.0]), 3).tolist()
    [1.0, 3.0]
    """
    line = _fitting(unit_direction(direction), codes.shape, layers)
    now = project(codes, direction, intercept, layers)
    return _add(codes, (to - now)[(..., *(None,) * line.ndim)] * line, layers, out)


def _add(codes: Array, step: Array, layers: Sequence[int] | None, out: Array | None) -> Array:
    """Add a step to codes, or to these layers of them, in float64."""
    moved: Array = np.empty_like(codes, subok=False) if out is None else out
    with np.errstate(over="ignore"):  # what is too large for the type is found by its norm
        if layers is None:
            return np.add(
                codes, step, out=moved, dtype=_sum_type(codes, step), casting="unsafe"
            )
        moved[...] = codes
        moved[..., list(layers), :] = np.add(
            codes[..., list(layers), :], step, dtype=np.float64
        )
    return moved


def _sum_type(codes: Array, step: Array) -> type:
    """Return the type to add in: float64, or float32 where both are and the sum is the same.

    A sum of two float32 numbers in float64 rounds to the one in float32 (Figueroa, 1995), which takes
    a third of the time.
    """
    narrow = codes.dtype == np.float32 and (step.astype(np.float32) == step).all()
    return np.float32 if narrow else np.float64


def truncate(
    codes: Array,
    mean: Array,
    psi: float,
    layers: Sequence[int] | None = None,
    out: Array | None = None,
) -> Array:
    """Draw codes towards a mean: mean + psi (w - mean), in these layers only.

    Karras et al. (2019). `mean` is (D,) or (L, D). `out` takes the result, if given.

    >>> truncate(np.array([3.0, 5.0]), np.array([1.0, 1.0]), 0.7).round(9).tolist()
    [2.4, 3.8]
    """
    drawn: Array = np.empty_like(codes, subok=False) if out is None else out
    center = np.broadcast_to(np.asarray(mean, dtype=np.float64), codes.shape)
    if layers is None:
        _draw(codes, center, psi, drawn)
        return drawn
    for run in _runs({*range(codes.shape[-2])} - {*layers}):
        drawn[..., run, :] = codes[..., run, :]
    for run in _runs({*layers}):
        _draw(codes[..., run, :], center[..., run, :], psi, drawn[..., run, :])
    return drawn


def _draw(codes: Array, center: Array, psi: float, drawn: Array) -> None:
    """Put codes drawn towards a center of their shape into `drawn`."""
    with np.errstate(over="ignore"):  # what is too large for the type is found by its norm
        for part in parts_of(drawn, _BLOCK):
            away = np.subtract(codes[part], center[part], dtype=np.float64)
            away *= psi
            drawn[part] = np.add(away, center[part], out=away)


def _runs(layers: Iterable[int]) -> list[slice]:
    """Return layers as slices of those that follow each other.

    >>> _runs({0, 1, 2, 5})
    [slice(0, 3, None), slice(5, 6, None)]
    """
    found: list[slice] = []
    for layer in sorted(layers):
        if found and found[-1].stop == layer:
            found[-1] = slice(found[-1].start, layer + 1)
        else:
            found.append(slice(layer, layer + 1))
    return found


def mix(row: Array, column: Array, layers: Sequence[int]) -> Array:
    """Take `layers` of codes (..., L, D) from `column` and the rest from `row`: style mixing."""
    if row.shape[-2:] != column.shape[-2:]:
        raise LatentError(
            with_stylegan(
                f"the codes have layers {row.shape[-2:]} and {column.shape[-2:]}",
                row.shape,
                column.shape,
            )
        )
    mixed = np.broadcast_to(row, np.broadcast_shapes(row.shape, column.shape)).copy()
    mixed[..., list(layers), :] = column[..., list(layers), :]
    return mixed


def traverse(
    code: Array,
    dims: Sequence[int],
    values: Sequence[float],
    layers: Sequence[int] | None = None,
) -> Array:
    """Set each dimension to each value in turn: a code (..., D) becomes (dims, values, ..., D).

    Of codes (L, D) it is set in all of these layers at once.
    """
    walked = np.broadcast_to(code, (len(dims), len(values), *code.shape)).copy()
    for index, dim in enumerate(dims):
        if layers is None:
            walked[index, ..., dim] = values
        else:
            walked[index, :, list(layers), dim] = values
    return walked


def grid(corners: Sequence[Array], rows: int, columns: int, *, preserve: bool = False) -> Array:
    """Fill a grid (rows, columns, ..., D) between corners top left, top right, bottom left, right.

    Bilinear; with `preserve` the weights are those of the prior-preserving combination, which
    gives the same whether rows or columns come first.
    """
    points = np.stack([np.asarray(corner, dtype=np.float64) for corner in corners])
    u = np.linspace(0.0, 1.0, columns)[None, :]
    v = np.linspace(0.0, 1.0, rows)[:, None]
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v], axis=-1)
    if preserve:
        return combine(points, weights)
    filled: Array = np.tensordot(weights, points, axes=(-1, 0))
    return filled


def project(
    codes: Array,
    direction: Array,
    intercept: float = 0.0,
    layers: Sequence[int] | None = None,
    *,
    narrow: bool = False,
) -> Array:
    """Return the signed distance (...,) of codes (..., D) from a direction's plane.

    For a direction (L, D) codes (..., L, D) have one distance, in steps of `unit_direction`: moving
    by it adds 1. If `narrow`, products of float32 codes are summed in float32.

    >>> project(np.array([[0.0, 5.0], [4.0, 5.0]]), np.array([2.0, 0.0]), -1.0).tolist()
    [-1.0, 3.0]
    """
    line = _fitting(unit_direction(direction), np.shape(codes), layers)
    part = codes if narrow else np.asarray(codes, dtype=np.float64)
    part = part if layers is None else part[..., list(layers), :]
    along = tuple(range(-line.ndim, 0))
    length = (line**2).sum() if line.ndim == 2 else 1.0
    if not length > 0:
        raise LatentError("the direction has length 0 in these layers")
    if narrow:
        return _sums(part, line) / length + intercept
    distances: Array = (part * line).sum(axis=along) / length + intercept
    return distances


def _sums(codes: Array, line: Array) -> Array:
    """Return the products (...,) of float32 codes with a direction, in float32.

    Without BLAS, whose threads would wait for those of the caller.
    """
    flat = codes.reshape(-1, line.size)
    sums: Array = np.einsum("nd,d->n", flat, line.ravel().astype(np.float32))
    return sums.astype(np.float64).reshape(codes.shape[: codes.ndim - line.ndim])


def draw(seed: int, dimensions: int, truncation: float | None = None) -> Array:
    """Draw a code (D,) from N(0, I) with NumPy's RandomState, as StyleGAN does for a seed.

    With `truncation`, numbers beyond it are drawn again (Brock et al., 2019).

    >>> draw(0, 2).round(8).tolist()
    [1.76405235, 0.40015721]
    """
    source = np.random.RandomState(seed)
    drawn: Array = source.randn(1, dimensions)[0]
    if truncation is not None:
        while (far := np.abs(drawn) > truncation).any():
            drawn[far] = source.randn(int(far.sum()))
    return drawn


def unit_direction(direction: Array) -> Array:
    """Return a direction (D,) at length 1; of layers (L, D), at a root mean square length of 1.

    Layers keep their lengths relative to each other.

    >>> unit_direction(np.array([[3.0, 4.0], [0.0, 0.0]])).round(4).tolist()
    [[0.8485, 1.1314], [0.0, 0.0]]
    """
    line = np.asarray(direction, dtype=np.float64)
    unit_line: Array = length_unit(line) * unit(line.ravel()).reshape(line.shape)
    return unit_line


def length_unit(direction: Array) -> float:
    """Return the length of `unit_direction`: 1, or of L layers the square root of L."""
    return math.sqrt(len(direction)) if direction.ndim == 2 else 1.0


def check_fits(direction: Array, shape: Sequence[int], layers: Sequence[int] | None) -> None:
    """Raise LatentError unless a direction (D,) or (L, D) fits codes of a shape."""
    _fitting(direction, tuple(shape), layers)


def _fitting(direction: Array, shape: tuple[int, ...], layers: Sequence[int] | None) -> Array:
    """Return the direction as it fits codes of a shape, or these layers of them."""
    line: Array = np.asarray(direction, dtype=np.float64)
    fits = line.shape[-1] == shape[-1]
    if line.ndim == 2:
        fits = fits and len(shape) > 1 and len(line) == shape[-2]
    if not fits:
        of_one = shape[1:] if len(shape) > 2 and shape[0] == 1 else shape
        raise LatentError(
            with_stylegan(
                f"a direction of shape {line.shape} does not fit codes of shape {of_one}",
                line.shape,
                of_one,
            )
        )
    if layers is not None and line.ndim == 2:
        line = line[list(layers)]
    return line


def along_each(start: Array, steps: Array, amounts: Sequence[float]) -> Array:
    """Return a code (...) moved along each of k directions by each amount: (k, amounts, ...).

    start + amount * steps[k]

    >>> along_each(np.zeros(2), np.eye(2), [-1, 2]).tolist()
    [[[-1.0, 0.0], [2.0, 0.0]], [[0.0, -1.0], [0.0, 2.0]]]
    """
    alphas = np.asarray(amounts, dtype=np.float64).reshape(1, -1, *(1,) * start.ndim)
    moved: Array = start + alphas * steps[:, None]
    return moved
