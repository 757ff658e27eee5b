"""How far outputs move along paths of codes: root mean squares, taken part by part.

    step k = sqrt( mean over the numbers of an output of (G(z_k) - G(z_(k-1)))^2 )

The length of a path is the sum of its steps; over the distance of its ends it is 1 where outputs
move straight, and more where they take a detour.
"""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array
from latentcli.results import Record

JUMP = 5.0
"""A step this many times the median step is a jump."""


def distances(one: Array, two: Array) -> Array:
    """Return root mean square differences (n,) of rows (n, P)."""
    squares = np.square(np.subtract(one, two), dtype=np.float64)
    return np.sqrt(squares.mean(axis=1))


def rows_of(outputs: Array) -> Array:
    """Return outputs (n, ...) as rows (n, P) of float32, or float64 where they are."""
    flat = outputs.reshape(len(outputs), -1)
    return flat if flat.dtype.kind == "f" and flat.itemsize > 2 else flat.astype(np.float32)


class Movement:
    """The moves of outputs that come in parts, `steps` to a path (None: all are one path)."""

    def __init__(self, steps: int | None) -> None:
        self._steps = steps
        self._parts: list[Array] = []
        self._direct: list[float] = []
        self._count = 0
        self._first = self._last = np.zeros((0, 0))

    def add(self, outputs: Array) -> None:
        """Measure the next outputs (n, ...)."""
        flat = rows_of(outputs)
        moved = np.full(len(flat), np.nan)
        moved[1:] = distances(flat[1:], flat[:-1])
        if self._count:
            moved[:1] = distances(flat[:1], self._last)
        if self._steps is not None:
            place = (self._count + np.arange(len(flat))) % self._steps
            moved[place == 0] = np.nan
            for row in np.flatnonzero((place == 0) | (place == self._steps - 1)):
                if place[row] == 0:
                    self._first = flat[row : row + 1].copy()
                if place[row] == self._steps - 1:
                    self._direct += distances(flat[row : row + 1], self._first).tolist()
        self._last = flat[-1:].copy()
        self._count += len(flat)
        self._parts.append(moved)

    @property
    def moved(self) -> Array:
        """How far each output is from the one before (N,); NaN where a path begins."""
        return np.concatenate(self._parts)

    def summary(self, kind: str) -> Record:
        """Return the largest step and where; of paths, the mean length, and over the straight one."""
        moved = self.moved
        if np.isnan(moved).all():
            return {}
        found: Record = {
            f"largest_{kind}_step": float(np.nanmax(moved)),
            f"largest_{kind}_step_at": int(np.nanargmax(moved)),
        }
        if self._steps is not None:
            lengths = np.nansum(moved.reshape(-1, self._steps), axis=1)
            direct = np.array(self._direct)
            ratios = lengths[direct > 0] / direct[direct > 0]
            found |= {
                f"{kind}_length": float(lengths.mean()),
                f"{kind}_length_ratio": float(ratios.mean()) if len(ratios) else None,
            }
        return found

    def jump(self) -> tuple[int, float] | None:
        """Return the code where a path jumps, and its step over the median one; None without a jump."""
        if self._steps is None:
            return None
        moved = self.moved
        steps = moved[~np.isnan(moved)]
        if len(steps) < 3:
            return None
        largest, middle = float(steps.max()), float(np.median(steps))
        if largest <= JUMP * middle:
            return None
        return int(np.nanargmax(moved)), largest / middle if middle else float("inf")
