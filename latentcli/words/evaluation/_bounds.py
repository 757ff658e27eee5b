"""Scores of analogies made of float32 cosines with single words, with their error.

A `Bounds` takes places of words (q,) for a, b and c, and returns the least and the greatest
score (q, n) that each question can give to each of n rows, given the error of the cosines, and
a slack to be added to the greatest: where the score is a sum, one array serves for both. The
arrays are those of the `Room` and are written over by the next call.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from latentcli.numerics.scoring import COSMUL_EPSILON, SAME
from latentcli.numerics.types import Array

Places = npt.NDArray[np.int64]
Bounds = Callable[[Places, Places, Places], tuple[Array, Array, float]]

_ARRAYS = 5
_ROUNDING = 8 * float(np.finfo(np.float32).eps)
"""What a few float32 operations on a score add to its relative error."""


class Room:
    """Arrays to compute in, so that none is made for each block: that would cost the most."""

    def __init__(self, questions: int, rows: int) -> None:
        self._arrays = np.empty((_ARRAYS, questions, rows), dtype=np.float32)

    def array(self, index: int, rows: int, columns: int) -> Array:
        """Return one of the arrays, (rows, columns) of it."""
        return self._arrays[index, :rows, :columns]

    def take(self, index: int, values: Array, places: Places) -> Array:
        """Return rows of `values` at `places`, put into one of the arrays."""
        out = self.array(index, len(places), values.shape[1])
        np.take(values, places, axis=0, out=out, mode="clip")  # "raise" would copy
        return out


def sum_bounds(cosines: Array, error: float, units: Array, room: Room) -> Bounds:
    """Bound 3CosAdd from cosines (W, n), but for the length of b - a + c: ranks are the same."""
    slack = 6 * (error + _ROUNDING)

    def bounds(a: Places, b: Places, c: Places) -> tuple[Array, Array, float]:
        total = room.take(0, cosines, b)
        total -= room.take(1, cosines, a)
        total += room.take(1, cosines, c)
        return total, total, slack

    return bounds


def cosmul_bounds(cosines: Array, error: float, units: Array, room: Room) -> Bounds:
    """Bound 3CosMul from cosines (W, n) of words with rows, each known within `error`."""
    error += _ROUNDING
    up = np.maximum((1 + cosines + error) / 2, 0)
    down = np.maximum((1 + cosines - error) / 2, 0)
    over_low = (1 - _ROUNDING) / (up + COSMUL_EPSILON)
    over_high = (1 + _ROUNDING) / (down + COSMUL_EPSILON)

    def product(index: int, factors: Array, others: Array, *places: Places) -> Array:
        a, b, c = places
        found = room.take(index, factors, b)
        found *= room.take(2, factors, c)
        found *= room.take(2, others, a)
        return found

    def bounds(a: Places, b: Places, c: Places) -> tuple[Array, Array, float]:
        low, high = product(0, down, over_low, a, b, c), product(1, up, over_high, a, b, c)
        return low, high, 0.0

    return bounds


def direction_bounds(cosines: Array, error: float, units: Array, room: Room) -> Bounds:
    """Bound PairDirection from cosines (W, n); `units` (W, D) are the words' own directions."""
    error += _ROUNDING
    squares = 2 - 2 * cosines
    near = 1 / np.sqrt(np.maximum(squares - 2 * error, SAME**2))
    far = 1 / np.sqrt(np.maximum(squares + 2 * error, SAME**2))

    def bounds(a: Places, b: Places, c: Places) -> tuple[Array, Array, float]:
        steps = units[b] - units[a]
        lengths = np.sqrt((steps * steps).sum(axis=1, keepdims=True))
        over = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
        along = (steps * units[c]).sum(axis=1, keepdims=True)
        slack = (3 * error * over).astype(np.float32)
        low = room.take(0, cosines, b)
        low -= room.take(2, cosines, a)
        low -= along.astype(np.float32)
        low *= over.astype(np.float32)
        high = np.add(low, slack, out=room.array(1, *low.shape))
        low -= slack
        close, wide = room.take(2, near, c), room.take(3, far, c)
        other = room.array(4, *low.shape)
        # Whether dividing by the lesser length makes more or less of it goes by the sign.
        np.multiply(low, close, out=other)
        np.multiply(low, wide, out=low)
        np.minimum(low, other, out=low)
        np.multiply(high, wide, out=other)
        np.multiply(high, close, out=high)
        np.maximum(high, other, out=high)
        return np.minimum(low, 1, out=low), high, 0.0

    return bounds
