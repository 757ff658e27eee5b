"""When the steps of a path are: evenly, a number for each leg, eased, there and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from latentcli.errors import ParameterError
from latentcli.latents._along import eased
from latentcli.numerics.types import Array

MOST = 1_000_000
"""How many steps a path may have."""

FPS = 24.0
"""Frames a second where seconds are given alone."""


def steps_of(
    steps: int | Sequence[int],
    seconds: float | Sequence[float] | None,
    fps: float | None,
    legs: int,
) -> int | list[int]:
    """Return how many steps a path has: in all, or those of each of its legs.

    >>> steps_of(11, [2, 0.5], 24, 2)
    [48, 12]
    """
    if seconds is None:
        if fps is not None:
            raise ParameterError("`fps` counts the frames of `seconds`: give both")
        given: list[float] = [float(one) for one in np.atleast_1d(steps)]
        lone = np.ndim(steps) == 0
    else:
        rate = FPS if fps is None else fps
        if not 0 < rate <= MOST:
            raise ParameterError("fps", fps, f"above 0, up to {MOST:,}")
        times = np.atleast_1d(np.asarray(seconds, dtype=np.float64))
        if not (np.isfinite(times).all() and (times > 0).all()):
            raise ParameterError("seconds", seconds, "above 0")
        given = [float(np.rint(one * rate)) for one in times]
        lone = np.ndim(seconds) == 0
    total, name = sum(given), "steps" if seconds is None else "seconds"
    if not 2 <= total <= MOST or any(one != int(one) for one in given):
        shown = f"{total:,.0f}" if lone or seconds is not None else list(map(int, given))
        what = "" if seconds is None else f" {np.atleast_1d(seconds).tolist()} ="
        raise ParameterError(name, f"{what} {shown}".strip(), f"from 2 to {MOST:,} steps")
    if lone:
        return int(given[0])
    if len(given) != legs:
        raise ParameterError(
            name, given if seconds is not None else list(map(int, given)),
            f"one number, or one for each of the {legs} legs of the path",
        )  # fmt: skip
    if min(given) < 1:
        raise ParameterError(name, list(map(int, given)), "at least 1 step for each leg")
    return [int(one) for one in given]


def times_of(steps: int | Sequence[int], *, loop: bool, ease: str, legs: int) -> Array:
    """Return the times (T,) of steps, all evenly or so many on each leg; each leg is eased.

    The end of an open path belongs to its last leg, any other end to the leg that it begins.

    >>> times_of([2, 3], loop=False, ease="linear", legs=2).tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    if isinstance(steps, int):
        even = np.linspace(0.0, 1.0, steps, endpoint=not loop)
    else:
        parts = [
            index + np.linspace(0.0, 1.0, count, endpoint=index == legs - 1 and not loop)
            if count > 1 or index < legs - 1 or loop
            else np.array([float(legs)])
            for index, count in enumerate(steps)
        ]
        even = np.concatenate(parts) / legs
    return eased(even, ease, legs)


def given_times(times: Sequence[float] | Array, *, extrapolate: bool) -> Array:
    """Return times (T,) as given, within [0, 1] unless `extrapolate`."""
    found: Array = np.asarray(times, dtype=np.float64).ravel()
    if not found.size or not np.isfinite(found).all():
        raise ParameterError("times", times, "one or more finite numbers")
    if not extrapolate and (found.min() < 0 or found.max() > 1):
        raise ParameterError("`times` leave the path from 0 to 1; `extrapolate` allows it")
    return found


def there_and_back(times: Array) -> Array:
    """Return times and the same backwards, neither end twice.

    >>> there_and_back(np.array([0.0, 0.5, 1.0])).tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    return np.concatenate([times, times[-2:0:-1]])
