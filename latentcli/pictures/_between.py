"""Paths between pairs of codes through a decoder: where outputs jump.

A path is cut into 16 steps. Where the largest is many times the median one, outputs jump; that step is cut
into 16 again, and once more, so that the place is known to 1/4096 of the path. What jumps keeps the size of its
step however finely it is cut; what is only steep does not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from latentcli.numerics.types import Array
from latentcli.pictures._movement import JUMP

STEPS = 16
"""Steps of a path that is looked at for jumps."""

_CUTS = 2
"""How often the step with a jump is cut further."""

_BREAK = 0.5
"""The share of a jump that is left in 1/4096 of the path, from which it is a break."""


class Jump(NamedTuple):
    """A jump on the path from the code of row `first` to that of row `second`, at time `t` in [0, 1].

    `step` is how far outputs move in 1/16 of the path there (root mean square), `ratio` that over the median
    step (infinite where outputs otherwise stand still), and `abrupt` the share of it that is left
    in 1/4096 of the path: 1 at a break, near 1/256 on a slope.
    """

    first: int
    second: int
    t: float
    step: float
    ratio: float
    abrupt: float

    @property
    def note(self) -> str:
        """Where it is, and whether it is a break."""
        kind = "a steep slope" if self.abrupt < _BREAK else "a break"
        return (
            f"the largest jump, from row {self.first} to row {self.second} at t = {self.t:.4g}, is "
            f"{kind}: {self.abrupt:.0%} of it lies within 1/4096 of the path"
        )


def along(one: Array, two: Array, times: Array, path: str) -> Array:
    """Return the codes (n, ...) at times (n,) of the paths from `one` to `two` (n, ...)."""
    t = times.reshape(-1, *(1,) * (one.ndim - 1))
    if path == "lerp":
        return one + t * (two - one)
    flat = tuple(range(1, one.ndim))
    lengths = [np.sqrt((v**2).sum(axis=flat, keepdims=True)) for v in (one, two)]
    u, v = (
        np.divide(code, length, out=np.zeros_like(code), where=length > 0)
        for code, length in zip((one, two), lengths, strict=True)
    )
    angle = 2 * np.arctan2(
        np.sqrt(((u - v) ** 2).sum(axis=flat, keepdims=True)),
        np.sqrt(((u + v) ** 2).sum(axis=flat, keepdims=True)),
    )
    sine = np.sin(angle)
    straight = sine < 1e-9
    safe = np.where(straight, 1.0, sine)
    turned = np.sin((1 - t) * angle) / safe * one + np.sin(t * angle) / safe * two
    return np.where(straight, one + t * (two - one), turned)


def random_pairs(random: np.random.Generator, count: int, pairs: int) -> Array:
    """Draw pairs (n, 2) of different rows."""
    first = random.integers(0, count, pairs)
    other = random.integers(0, count - 1, pairs)
    return np.stack([first, other + (other >= first)], axis=1)


def jump_between(
    values: Array, first: int, second: int, path: str, outputs: Callable[[Array], Array]
) -> Jump | None:
    """Return the largest jump on the path between two rows of `values` (N, ...); None without one.

    `outputs` makes rows (n, P) of codes (n, ...).
    """
    one, two = (values[[row]].repeat(STEPS + 1, axis=0) for row in (first, second))

    def steps(low: float, high: float) -> tuple[Array, Array]:
        times = np.linspace(low, high, STEPS + 1)
        made = outputs(along(one, two, times, path))
        return times, np.sqrt((np.diff(made, axis=0) ** 2).mean(axis=1))

    times, moved = steps(0.0, 1.0)
    place = int(moved.argmax())
    largest, middle = float(moved[place]), float(np.median(moved))
    if largest <= JUMP * middle:
        return None
    left = largest
    for _ in range(_CUTS):
        times, moved = steps(times[place], times[place + 1])
        place = int(moved.argmax())
        left = float(moved[place])
    t = float(times[place : place + 2].mean())
    ratio = largest / middle if middle > 0 else np.inf
    return Jump(first, second, t, largest, ratio, left / largest)
