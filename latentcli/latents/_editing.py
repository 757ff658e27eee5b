"""Edits of latent codes: along a direction, towards a mean, between codes, by layer.

Codes are (..., D); where layers are named they are the last axis but one, (..., L, D).
Arithmetic is float64, the result comes back in the dtype of the codes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from latentcli.errors import LatentError, ParameterError, UsageError
from latentcli.latents._interpolation import combine
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

_LARGEST = 1e100
"""Amounts beyond it overflow somewhere."""

SIZES = "18 layers are 1024 px, 16 are 512 px, 14 are 256 px, 12 are 128 px"
"""How many layers StyleGAN2's codes have; said when they do not fit."""

MOST = 1_000_000
"""How many numbers a range may stand for."""


def parse_ranges(text: str, count: int, what: str = "layer") -> list[int]:
    """Read "1,2,5-10" (ends included) as indices below `count`, each once, or "all".

    >>> parse_ranges("0,4-6", 18)
    [0, 4, 5, 6]
    """
    if text == "all" and count <= MOST:
        return list(range(count))
    found: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:\s*-\s*(\d+))?\s*", part)
        if not match:
            raise UsageError(f"'{text}' is not a list of {what}s; write it like 0,2,4-7")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise UsageError(f"'{part.strip()}' ends before it begins")
        if last >= count:
            hint = f" ({SIZES})" if what == "layer" else ""
            raise UsageError(f"{what} {last} does not exist; there are 0 to {count - 1}{hint}")
        if len(found) + last - first >= MOST:
            raise UsageError(f"'{text}' names more than {MOST:,} {what}s")
        found += range(first, last + 1)
    return list(dict.fromkeys(found))


def parse_numbers(text: str) -> list[float]:
    """Read "0,0.33,1", or "-3:3:7": seven numbers from -3 to 3, both included.

    >>> parse_numbers("-1:1:3"), parse_numbers("0,0.5")
    ([-1.0, 0.0, 1.0], [0.0, 0.5])
    """
    try:
        if ":" in text:
            first, last, count = text.split(":")
            if not 1 <= int(count) <= MOST:
                raise UsageError(f"'{text}': the count is from 1 to {MOST:,}")
            numbers = [float(first), float(last)]
            if np.isfinite(numbers).all():
                spaced = np.linspace(numbers[0], numbers[1], int(count))
                numbers = [float(number) for number in spaced]
        else:
            numbers = [float(part) for part in text.split(",")]
    except LatentError:
        raise
    except ValueError:
        raise UsageError(
            f"'{text}' is neither numbers (0,0.5,1) nor first:last:count (-3:3:7)"
        ) from None
    if not np.isfinite(numbers).all():
        raise UsageError(f"'{text}' holds a number that is not finite")
    if np.abs(numbers).max() > _LARGEST:
        raise UsageError(f"'{text}' holds a number beyond {_LARGEST:g}")
    return numbers


def shift(
    codes: Array, direction: Array, amount: float, layers: Sequence[int] | None = None
) -> Array:
    """Move codes by `amount` along a direction at length 1 (D,) or (L, D): relative.

    >>> shift(np.array([1.0, 2.0]), np.array([0.0, 1.0]), 3).tolist()
    [1.0, 5.0]
    """
    moved = np.asarray(codes, dtype=np.float64).copy()
    step = amount * _fitting(direction, moved.shape, layers)
    if layers is None:
        moved += step
    else:
        moved[..., list(layers), :] += step
    return moved.astype(codes.dtype)


def place(
    codes: Array,
    direction: Array,
    to: float,
    *,
    intercept: float = 0.0,
    layers: Sequence[int] | None = None,
) -> Array:
    """Put codes at the signed distance `to` from a direction's plane: absolute.

    >>> place(np.array([1.0, 2.0]), np.array([0.0, 1.0]), 3).tolist()
    [1.0, 3.0]
    """
    moved = np.asarray(codes, dtype=np.float64).copy()
    line = _fitting(direction, moved.shape, layers)
    now = project(moved, direction, intercept, layers)
    step = (to - now)[(..., *(None,) * line.ndim)] * line
    if layers is None:
        moved += step
    else:
        moved[..., list(layers), :] += step
    return moved.astype(codes.dtype)


def truncate(codes: Array, mean: Array, psi: float, cutoff: int | None = None) -> Array:
    """Draw codes towards a mean: mean + psi (w - mean), in the first `cutoff` layers only.

    Karras et al. (2019). `mean` is (D,) or (L, D).

    >>> truncate(np.array([3.0, 5.0]), np.array([1.0, 1.0]), 0.7).round(9).tolist()
    [2.4, 3.8]
    """
    drawn = np.asarray(codes, dtype=np.float64).copy()
    mean = np.broadcast_to(np.asarray(mean, dtype=np.float64), drawn.shape)
    end = drawn.shape[-2] if cutoff is None and drawn.ndim > 1 else cutoff
    if cutoff is None:
        drawn = mean + psi * (drawn - mean)
    else:
        drawn[..., :end, :] = mean[..., :end, :] + psi * (drawn - mean)[..., :end, :]
    return drawn.astype(codes.dtype)


def mix(row: Array, column: Array, layers: Sequence[int]) -> Array:
    """Take `layers` of codes (..., L, D) from `column` and the rest from `row`: style mixing."""
    if row.shape[-2:] != column.shape[-2:]:
        raise LatentError(
            f"the codes have layers {row.shape[-2:]} and {column.shape[-2:]}; {SIZES}"
        )
    mixed = np.broadcast_to(row, np.broadcast_shapes(row.shape, column.shape)).copy()
    mixed[..., list(layers), :] = column[..., list(layers), :]
    return mixed


def traverse(code: Array, dims: Sequence[int], values: Sequence[float]) -> Array:
    """Set each dimension to each value in turn: a code (D,) becomes (dims, values, D)."""
    walked = np.broadcast_to(code, (len(dims), len(values), len(code))).copy()
    for index, dim in enumerate(dims):
        walked[index, :, dim] = values
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
) -> Array:
    """Return the signed distance (...,) of codes (..., D) from a direction's plane.

    For a direction (L, D) codes (..., L, D) have one distance, in steps of `shift`: moving
    by 1 adds 1.

    >>> project(np.array([[0.0, 5.0], [4.0, 5.0]]), np.array([2.0, 0.0]), -1.0).tolist()
    [-1.0, 3.0]
    """
    line = _fitting(direction, np.shape(codes), layers)
    part = np.asarray(codes, dtype=np.float64)
    part = part if layers is None else part[..., list(layers), :]
    along = tuple(range(-line.ndim, 0))
    length = (line**2).sum() if line.ndim == 2 else 1.0
    if not length > 0:
        raise LatentError("the direction has length 0 in these layers")
    distances: Array = (part * line).sum(axis=along) / length + intercept
    return distances


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


def cast(values: Array, kind: np.dtype[Any]) -> Array:
    """Return numbers in another dtype; LatentError for those that it cannot hold."""
    with np.errstate(over="ignore"):
        narrow: Array = values.astype(kind)
    if not np.isfinite(narrow).all():
        raise LatentError(
            f"the result has numbers beyond {kind}, whose largest is {np.finfo(kind).max:g}; "
            "give codes of a wider type"
        )
    return narrow


def check_layers(layers: Sequence[int], count: int) -> None:
    """Raise ParameterError for a layer that codes of `count` layers do not have."""
    for layer in layers:
        if not 0 <= layer < count:
            raise ParameterError("layers", layer, f"from 0 to {count - 1} ({SIZES})")


def listed(numbers: Sequence[float] | None) -> str | None:
    """Return numbers as settings show them, "0 1 2.5"; None stays."""
    return None if numbers is None else " ".join(f"{number:g}" for number in numbers)


def check_fits(direction: Array, shape: Sequence[int], layers: Sequence[int] | None) -> None:
    """Raise LatentError unless a direction (D,) or (L, D) fits codes of a shape."""
    _fitting(direction, tuple(shape), layers)


def _fitting(direction: Array, shape: tuple[int, ...], layers: Sequence[int] | None) -> Array:
    """Return the direction at length 1, as it fits codes of a shape (or their layers).

    Layers (L, D) keep their lengths relative to each other: the root mean square becomes 1.
    """
    line: Array = np.asarray(direction, dtype=np.float64)
    layered = math.sqrt(len(line)) if line.ndim == 2 else 1.0
    line = layered * unit(line.ravel()).reshape(line.shape)
    fits = line.shape[-1] == shape[-1]
    if line.ndim == 2:
        fits = fits and len(shape) > 1 and len(line) == shape[-2]
    if not fits:
        raise LatentError(
            f"a direction of shape {line.shape} does not fit codes of shape {shape}; {SIZES}"
        )
    if layers is not None and line.ndim == 2:
        line = line[list(layers)]
    return line
