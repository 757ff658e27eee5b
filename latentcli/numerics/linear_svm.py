"""Classifiers of one variable, solved exactly from its sorted values.

Once a variable is sorted, how many rows of each class are below a place, and the sums of their
values, are differences of running sums. A linear support vector machine on it has two parameters
for each class, and needs only such sums; the best interval for a class needs only such counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.numerics.types import Array

_STEPS = 200
_HALVINGS = 50
_ROUNDING = 1e-15
"""A fall of the objective, as a share of it, that is no more than rounding."""


@dataclass(frozen=True, eq=False)
class Ordered:
    """A variable in ascending order with the class of each row.

    `values` (N,); `classes` are the numbers of the M classes that occur; `members` holds the
    places of each class's rows one class after the other, class c from `starts[c]` to
    `starts[c + 1]`.
    """

    values: Array
    classes: Array
    members: Array
    starts: Array

    @property
    def sizes(self) -> Array:
        """How many rows each class has (M,)."""
        return np.diff(self.starts)


def order(values: Array, labels: Array) -> Ordered:
    """Arrange values (N,), ascending, with their labels (N,), numbers from 0, by class."""
    members = np.argsort(labels.astype(np.min_scalar_type(labels.max())), kind="stable")
    sizes = np.bincount(labels)
    classes = np.flatnonzero(sizes)
    starts = np.concatenate([[0], np.cumsum(sizes[classes])])
    return Ordered(np.asarray(values, dtype=np.float64), classes, members, starts)


class _Sums:
    """Numbers, sums and sums of squares of the values before any place: of all rows, of a class."""

    def __init__(self, ordered: Ordered) -> None:
        rows = len(ordered.values) + 1
        labels = np.arange(len(ordered.classes))
        self.values = ordered.values
        self.all = _running(ordered.values)
        self.within = _running(ordered.values[ordered.members])
        self.firsts = labels * rows
        self.keys = np.repeat(self.firsts, ordered.sizes) + ordered.members
        self.before = self.within[:, ordered.starts[:-1]]
        self.own = self.within[:, ordered.starts[1:]] - self.before
        self.others = self.all[:, -1:] - self.own

    def own_below(self, limits: Array) -> Array:
        """Return the sums (3, M) of each class's rows below its limit (M,)."""
        return self._within(np.searchsorted(self.values, limits))

    def others_below(self, limits: Array) -> Array:
        """Return the sums (3, M) of all rows but each class's below its limit (M,)."""
        places = np.searchsorted(self.values, limits)
        others: Array = self.all[:, places] - self._within(places)
        return others

    def _within(self, places: Array) -> Array:
        inside = np.searchsorted(self.keys, self.firsts + places)
        sums: Array = self.within[:, inside] - self.before
        return sums


def _running(values: Array) -> Array:
    sums = np.zeros((3, len(values) + 1))
    sums[0] = np.arange(len(values) + 1)
    np.cumsum(values, out=sums[1, 1:])
    np.cumsum(values * values, out=sums[2, 1:])
    return sums


def svm(ordered: Ordered, *, penalty: float) -> tuple[Array, Array]:
    """Fit a linear support vector machine for each class against the rest.

    It minimizes (w^2 + b^2) / 2 + sum_i C_i max(0, 1 - y_i (w x_i + b))^2, as liblinear does for
    one variable with an intercept, to rounding error: Newton's method on a piecewise quadratic
    function (Mangasarian, 2002). `penalty` is C; rows of a class are weighted by
    N / (M N_c), the rest by 1 (with two classes both by their own weight), which is what
    "balanced" means to scikit-learn's LinearSVC.

    Returns w (M,) and b (M,), of the class with the higher number alone where there are two.
    """
    weights = penalty * len(ordered.values) / (len(ordered.classes) * ordered.sizes)
    two = len(weights) == 2
    rest = weights[::-1] if two else np.full(len(weights), penalty)
    hinges = _Hinges(_Sums(ordered), weights, rest)
    plane = np.zeros((2, len(weights)))
    for _ in range(_STEPS):
        moved = hinges.descend(plane)
        if np.array_equal(moved, plane):
            break
        plane = moved
    return (plane[0, 1:], plane[1, 1:]) if two else (plane[0], plane[1])


@dataclass(frozen=True, eq=False)
class _Hinges:
    """Squared hinge losses of M machines, each with weights for its own rows and for the others."""

    sums: _Sums
    own: Array
    rest: Array

    def descend(self, plane: Array) -> Array:
        """Go a step of Newton's, halved until the objective falls; stay where none makes it fall."""
        value, gradient, hessian = self._at(plane)
        step = -_solve(hessian, gradient)
        fall = (gradient * step).sum(axis=0)
        length = np.ones(plane.shape[1])
        for _ in range(_HALVINGS):
            moved: Array = plane + length * step
            lower = self._at(moved)[0] < value + 1e-4 * length * fall
            still = -fall <= _ROUNDING * np.abs(value)
            if (lower | still).all():
                break
            length = np.where(lower | still, length, length / 2)
        lowered: Array = np.where(still | ~lower, plane, moved)
        return lowered

    def _at(self, plane: Array) -> tuple[Array, Array, Array]:
        """Return objective (M,), gradient (2, M), and the Hessian as (ww, wb, bb) (3, M)."""
        slope, offset = plane
        value = (slope**2 + offset**2) / 2
        gradient, hessian = plane.copy(), np.ones((3, plane.shape[1]))
        hessian[1] = 0.0
        own, others = self._active(slope, offset)
        for sign, weight, active in ((1, self.own, own), (-1, self.rest, others)):
            number, first, second = weight * active
            gap = 1 - sign * offset
            value = value + number * gap**2 - 2 * sign * gap * slope * first + slope**2 * second
            gradient += 2 * np.stack(
                [slope * second - sign * gap * first, slope * first - sign * gap * number]
            )
            hessian += 2 * np.stack([second, first, number])
        return value, gradient, hessian

    def _active(self, slope: Array, offset: Array) -> tuple[Array, Array]:
        """Return sums (3, M) of a class's rows with w x + b < 1, of the others with w x + b > -1."""
        flat = slope == 0
        safe = np.where(flat, 1.0, slope)
        with np.errstate(over="ignore"):  # of a slope near 0 all rows are on one side
            own = self.sums.own_below((1 - offset) / safe)
            others = self.sums.others_below((-1 - offset) / safe)
        own = np.where(slope > 0, own, self.sums.own - own)
        others = np.where(slope > 0, self.sums.others - others, others)
        own = np.where(flat, self.sums.own * (offset < 1), own)
        others = np.where(flat, self.sums.others * (offset > -1), others)
        return own, others


def _solve(hessian: Array, gradient: Array) -> Array:
    first, mixed, second = hessian
    determinant = first * second - mixed * mixed
    return np.stack(
        [
            (second * gradient[0] - mixed * gradient[1]) / determinant,
            (first * gradient[1] - mixed * gradient[0]) / determinant,
        ]
    )


def decide(slope: Array, offset: Array, classes: Array, values: Array) -> Array:
    """Return the class (n,) that planes give to values (n,): the highest, or the side with two."""
    if len(slope) == 1:
        sides: Array = classes[(values * slope[0] + offset[0] > 0).astype(np.intp)]
        return sides
    chosen = np.empty(len(values), dtype=classes.dtype)
    step = max(1, (1 << 22) // len(slope))
    for start in range(0, len(values), step):
        part = slice(start, start + step)
        scores = np.multiply.outer(values[part], slope) + offset
        chosen[part] = classes[scores.argmax(axis=1)]
    return chosen


def intervals(ordered: Ordered) -> tuple[Array, Array]:
    """Find for each class the interval of values that holds most of it and least of the rest.

    What is made largest is the share of the class inside less the share of the rest inside
    (Youden's J, 1950). Ends (M,) and (M,) are values that occur in the class; equal values are
    never parted.
    """
    values, sizes = ordered.values, ordered.sizes
    rows = len(values)
    low, high = np.empty(len(sizes)), np.empty(len(sizes))
    for c, size in enumerate(sizes):
        places = ordered.members[ordered.starts[c] : ordered.starts[c + 1]]
        mine = values[places]
        new = np.diff(mine, prepend=-np.inf) != 0
        own, counts = mine[new], np.diff(np.flatnonzero(new), append=size)
        above = np.cumsum(counts)
        rest = max(rows - size, 1)
        # What has been gained before an interval begins at each value, and by its end there.
        begins = (above - counts) / size - (
            np.searchsorted(values, own) - above + counts
        ) / rest
        ends = above / size - (np.searchsorted(values, own, side="right") - above) / rest
        least = np.minimum.accumulate(begins)
        last = int(np.argmax(ends - least))
        low[c], high[c] = own[int(np.argmin(begins[: last + 1]))], own[last]
    return low, high
