"""What a path of codes is like: lengths, steps, straightness, and where it leaves the prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.latents._along import step_lengths
from latentcli.latents._typicality import sigmas
from latentcli.numerics.types import Array

DIP = 0.8
"""Part of the shorter end's norm below which a path is said to leave the typical shell."""

FAR = 6.0
"""Standard deviations from N(0, I) at which waypoints are no codes of it."""


@dataclass(frozen=True)
class Low:
    """Where a path is shortest: the step, the row, the norm and its sigma under N(0, I)."""

    step: int
    row: int
    norm: float
    sigma: float


@dataclass(frozen=True)
class Course:
    """A path measured.

    `norms` (T, R) for R rows or layers (1 for a single code); `steps` (T,) the distance from
    the step before over all rows together, 0 for the first; `sigmas` (T, R) of the norms under
    N(0, I_D); `length` the sum of the steps; `straightness` the direct distance over the
    length, 1 for a straight path, None for one without length.
    """

    norms: Array
    steps: Array
    sigmas: Array
    length: float
    straightness: float | None

    @property
    def constant(self) -> bool:
        """Whether the norms of each row are the same, up to rounding: then none is the smallest."""
        spread = np.ptp(self.norms, axis=0).max()
        return bool(spread <= 1e-9 * max(float(self.norms.max()), 1e-300))

    @property
    def smallest(self) -> Low:
        """The lowest place of all rows."""
        step, row = np.unravel_index(int(self.norms.argmin()), self.norms.shape)
        return self.low(int(step), int(row))

    def low(self, step: int, row: int) -> Low:
        """Return a place of the path as such."""
        return Low(step, row, float(self.norms[step, row]), float(self.sigmas[step, row]))


@dataclass(frozen=True)
class Verdict:
    """What is odd about a path and its waypoints.

    `zero_point` the first waypoint with a row of zeros; `far` the least and greatest sigma of the
    waypoints' norms, if all are too far from N(0, I) to be codes of it; `dip` the lowest place of
    a path whose norm falls below `DIP` of its shortest waypoint's (None if none does), and `ends` the
    norms of its row's ends.
    """

    zero_point: int | None
    far: tuple[float, float] | None
    dip: Low | None
    ends: tuple[float, float]


class Meter:
    """Measures a path that comes in parts, so that it need not be in memory whole."""

    def __init__(self) -> None:
        self._norms: list[Array] = []
        self._steps: list[Array] = []
        self._first: Array | None = None
        self._last: Array | None = None
        self._back = 0.0
        self._dimensions = 0

    def add(self, part: Array) -> None:
        """Take the next steps (T, ..., D)."""
        part = np.asarray(part, dtype=np.float64)
        self._dimensions = part.shape[-1]
        self._norms.append(np.linalg.norm(part, axis=-1).reshape(len(part), -1))
        before = part[:1] if self._last is None else self._last
        self._steps.append(step_lengths(np.concatenate([before, part])))
        if self._first is None:
            self._first = part[0].copy()
        self._last = part[-1:].copy()
        self._back = float(np.linalg.norm(self._last[0] - self._first))

    def add_step(self, norms: Array, step: float, back: float, dimensions: int) -> None:
        """Take the next step as measured elsewhere.

        `norms` (R,); `step` how far it is from the one before, `back` how far from the first.
        """
        self._dimensions = dimensions
        self._norms.append(norms[None])
        self._steps.append(np.array([step]))
        self._back = back

    def add_steps(self, norms: Array, steps: Array, back: float, dimensions: int) -> None:
        """Take all steps as measured elsewhere: `norms` (T, R), `steps` (T,), the last's way back."""
        self._dimensions = dimensions
        self._norms.append(norms)
        self._steps.append(steps)
        self._back = back

    def course(self, *, closed: bool = False) -> Course:
        """Return what was measured; a closed path has the way back to its start in its length."""
        norms = np.concatenate(self._norms)
        steps = np.concatenate(self._steps)
        length = float(steps.sum()) + (self._back if closed else 0.0)
        direct = 0.0 if closed else self._back
        return Course(
            norms=norms,
            steps=steps,
            sigmas=sigmas(norms, self._dimensions),
            length=length,
            straightness=min(1.0, direct / length) if length > 0 else None,
        )


def measure(path: Array, *, closed: bool = False) -> Course:
    """Measure a path (T, ..., D) that is at hand.

    >>> found = measure(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]))
    >>> found.length, round(found.straightness, 4)
    (2.0, 0.7071)
    """
    meter = Meter()
    meter.add(path)
    return meter.course(closed=closed)


def judge(given: Array, dimensions: int, course: Course) -> Verdict:
    """Judge a path measured as `course` by the norms of its waypoints' rows (P, R)."""
    zeros = np.flatnonzero(~given.all(axis=1))
    far = sigmas(given, dimensions).mean(axis=1)
    least = given.min(axis=0)
    fallen = course.norms.min(axis=0) / np.where(least > 0, least, np.nan)
    row = int(np.nan_to_num(fallen, nan=np.inf).argmin())
    low = course.low(int(course.norms[:, row].argmin()), row)
    return Verdict(
        zero_point=int(zeros[0]) if zeros.size else None,
        far=(float(far.min()), float(far.max())) if (np.abs(far) > FAR).all() else None,
        dip=low if low.norm < DIP * least[row] else None,
        ends=(float(given[0, row]), float(given[-1, row])),
    )
