"""Outputs of a decoder as images: which axes are what, and which numbers are black and white."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError, ParameterError, check_choice
from latentcli.numerics.types import Array

LAYOUTS: tuple[str, ...] = ("NCHW", "NHWC", "NHW", "flat")
"""The axes of outputs: channels before or behind height and width, none, or all in one row."""

_CHANNELS = (1, 3, 4)
_LIKELY = (3, 1, 4)
"""Numbers of channels, the likeliest first."""

_BEYOND = 0.02
"""How far numbers may leave a range by rounding."""


@dataclass(frozen=True)
class Convention:
    """How outputs (N, ...) are images: their layout, size (H, W, C), and the ends of their range.

    `guesses` says in words what was found from the values.
    """

    layout: str
    size: tuple[int, int, int]
    low: float
    high: float
    guesses: tuple[str, ...] = ()


def convention_of(
    outputs: Array,
    *,
    layout: str | None = None,
    limits: tuple[float, float] | None = None,
    size: tuple[int, int] | None = None,
) -> Convention | None:
    """Find how outputs (N, ...) are images; None for outputs that are no images.

    `layout` is one of `LAYOUTS`, `limits` the values of black and white, `size` the height and
    width of flat outputs. Raises LatentError where these do not suit the outputs.
    """
    shape = outputs.shape[1:]
    if layout is not None:
        check_choice("layout", layout, LAYOUTS)
    found = _layout(shape, layout, size)
    if found is None:
        if layout is None and size is None:
            return None
        raise LatentError(
            f"outputs of shape {shape} are not images of the layout {layout or 'flat'}; channels are 1, 3 or 4"
        )
    name, dimensions = found
    guesses = [] if layout else [f"axes {name}"]
    if limits is None:
        low, high = _range(outputs)
        guesses.append(f"values from {low:g} to {high:g}")
    else:
        low, high = limits
        if not low < high:
            raise ParameterError("limits", limits, "two numbers, the lower one first")
    return Convention(name, dimensions, low, high, tuple(guesses))


def images_of(outputs: Array, convention: Convention) -> Array:
    """Return outputs (N, ...) as images (N, H, W, C) uint8; numbers beyond the range are clipped."""
    height, width, channels = convention.size
    if convention.layout == "NCHW":
        arranged = outputs.transpose(0, 2, 3, 1)
    elif convention.layout == "flat" and channels > 1:
        arranged = outputs.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
    else:
        arranged = outputs.reshape(-1, height, width, channels)
    if arranged.dtype == np.uint8 and (convention.low, convention.high) == (0.0, 255.0):
        return np.ascontiguousarray(arranged)
    scaled = (arranged.astype(np.float32) - convention.low) / (convention.high - convention.low)
    return (np.clip(np.nan_to_num(scaled), 0.0, 1.0) * 255 + 0.5).astype(np.uint8)


def clipped(outputs: Array, convention: Convention) -> float:
    """Return the share of numbers that lie beyond the range, by more than rounding."""
    room = _BEYOND * (convention.high - convention.low)
    beyond = (outputs < convention.low - room) | (outputs > convention.high + room)
    return float(np.mean(beyond | ~np.isfinite(outputs)))


def _layout(
    shape: tuple[int, ...], layout: str | None, size: tuple[int, int] | None
) -> tuple[str, tuple[int, int, int]] | None:
    if len(shape) == 3:
        first, last = shape[0] in _CHANNELS, shape[2] in _CHANNELS
        if layout is None and first and last:  # as a small image may be: colors are likelier
            layout = "NHWC" if _LIKELY.index(shape[2]) < _LIKELY.index(shape[0]) else "NCHW"
        if layout == "NHWC" or (layout is None and last):
            return ("NHWC", (shape[0], shape[1], shape[2])) if last else None
        if layout in (None, "NCHW") and first:
            return "NCHW", (shape[1], shape[2], shape[0])
        return None
    if len(shape) == 2 and layout in (None, "NHW"):
        return "NHW", (shape[0], shape[1], 1)
    if len(shape) == 1 and layout in (None, "flat"):
        flat = _flat(shape[0], size)
        return None if flat is None else ("flat", flat)
    return None


def _flat(count: int, size: tuple[int, int] | None) -> tuple[int, int, int] | None:
    """Return height, width and channels of so many numbers: a square, unless the size is given."""
    if size is not None:
        channels, rest = divmod(count, size[0] * size[1])
        return (*size, channels) if not rest and channels in _CHANNELS else None
    for channels in _CHANNELS:
        side = math.isqrt(count // channels)
        if side > 1 and side * side * channels == count:
            return side, side, channels
    return None


def _range(outputs: Array) -> tuple[float, float]:
    """Return the ends of the usual range that holds the values: 0..255, -1..1 or 0..1."""
    if outputs.dtype.kind in "ui":
        return 0.0, 255.0
    finite = outputs[np.isfinite(outputs)]
    least, most = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if most > 2.0 and least >= -_BEYOND * 255:
        return 0.0, 255.0
    return (-1.0, 1.0) if least < -_BEYOND else (0.0, 1.0)
