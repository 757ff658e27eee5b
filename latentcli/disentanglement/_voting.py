"""What metrics by majority vote share: batches of rows, votes of dimensions, and their accuracy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement._confidence import as_wide_as_counted
from latentcli.disentanglement._data import Data
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._protocol import estimate
from latentcli.disentanglement._scaling import scales
from latentcli.disentanglement._score import Estimate, Score, attributed
from latentcli.errors import ParameterError
from latentcli.numerics.parallel import Steps
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record

_LARGEST = 100_000
"""Rows of the largest batch: it is held in memory whole, with all dimensions."""

_BLOCK = 1 << 21
"""Numbers of codes that are drawn at a time."""

REPEATED = 1_000
"""Most batches that a repetition of the protocol is evaluated by, for the interval and the chance."""

Draw = Callable[[np.random.Generator, int, int], Array]
"""Draw n batches (n, batch) of rows that have factor k in common, or all factors but it."""


def majority_accuracy(train: Array, evaluate: Array) -> float:
    """Return the accuracy of a majority vote, from votes (D, K) of dimensions for factors.

    Each dimension predicts the factor for which it was chosen most often in training; the accuracy
    is the share of evaluation votes that it predicts right. A dimension that was never chosen in
    training predicts none.

    >>> majority_accuracy(np.array([[9, 1], [0, 5]]), np.array([[3, 1], [0, 4]]))
    0.875
    """
    return float(right_votes(train, evaluate).sum() / evaluate.sum())


def right_votes(train: Array, evaluate: Array) -> Array:
    """Return how many evaluation votes for each factor (K,) are predicted right."""
    predicted = winners(train)[:, None] == np.arange(evaluate.shape[1])
    return np.where(predicted, evaluate, 0).sum(axis=0)


def winners(train: Array) -> Array:
    """Return the factor (D,) for which each dimension was chosen most often; -1 where never."""
    return np.where(train.any(axis=1), train.argmax(axis=1), -1)


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows in groups: group g is `rows[starts[g] : starts[g] + sizes[g]]`."""

    rows: Array
    starts: Array
    sizes: Array

    def draw(self, random: np.random.Generator, groups: Array, batch: int) -> Array:
        """Draw `batch` rows (n, batch) from each of the groups (n,).

        From a group with more rows than that with replacement; from a smaller one every row equally
        often, or once more.
        """
        sizes = self.sizes[groups][:, None]
        chosen = np.floor(random.random((len(groups), batch)) * sizes).astype(np.intp)
        small = np.flatnonzero(sizes[:, 0] <= batch)
        chosen[small] = (chosen[small, :1] + np.arange(batch)) % sizes[small]
        return self.rows[self.starts[groups][:, None] + chosen]


def group(labels: Array, least: int = 2) -> Groups:
    """Group rows with the same label (N,), from 0 up; groups of fewer than `least` are left out.

    Rows without a label, -1, are in no group.
    """
    rows = np.argsort(labels, kind="stable")[np.count_nonzero(labels < 0) :]
    sizes = np.bincount(labels[labels >= 0])
    starts = np.cumsum(sizes) - sizes
    enough = sizes >= least
    return Groups(rows, starts[enough], sizes[enough])


def by_class(groups: Sequence[Groups], batch: int) -> Draw:
    """Draw batches of rows with one class of a factor, each class as often as it occurs."""
    until = [np.cumsum(grouped.sizes) for grouped in groups]

    def draw(random: np.random.Generator, k: int, number: int) -> Array:
        picked = random.integers(until[k][-1], size=number)
        classes = np.searchsorted(until[k], picked, side="right")
        return groups[k].draw(random, classes, batch)

    return draw


def check_batch(batch: int, threshold: float = 0.0) -> None:
    """Raise ParameterError for a batch below 2 or too large to hold, and a negative threshold."""
    if not 2 <= batch <= _LARGEST:
        raise ParameterError("batch", batch, f"a number of rows from 2 to {_LARGEST:,}")
    if not threshold >= 0:
        raise ParameterError("threshold", threshold, "a standard deviation, 0 or more")


def blocks(number: int, size: int) -> Iterator[tuple[int, int]]:
    """Go through `number` batches of `size` numbers, of a bounded size at a time: start, count."""
    step = max(1, _BLOCK // size)
    for start in range(0, number, step):
        yield start, min(step, number - start)


class Undefined(Exception):  # noqa: N818 - it ends a protocol, and is no error
    """No vote can be held: the reason, and the score by definition if there is one."""

    def __init__(self, reason: str, value: float | None = None) -> None:
        super().__init__(reason)
        self.value = value


@dataclass(frozen=True, eq=False)
class Vote:
    """How batches are drawn, and which dimension each chooses.

    Of the dimensions `used` (D,), scaled by their deviations (D,), `choose` takes batches
    (n, batch, D) and returns the one chosen (n,). `factors` are the numbers of those that a batch can
    have fixed (or free).
    """

    data: Data
    factors: Array
    used: npt.NDArray[np.bool_]
    deviations: Array
    draw: Draw
    batch: int
    choose: Callable[[Array], Array]

    def votes(self, train: int, evaluate: int, seed: int, steps: Steps) -> tuple[Array, Array]:
        """Count the votes (D, K) of `train` batches and of `evaluate` others."""
        random = np.random.default_rng(seed)
        dimensions = np.flatnonzero(self.used)
        codes = np.ascontiguousarray(self.data.codes[:, dimensions], dtype=np.float64)
        codes -= codes.mean(axis=0)
        codes /= self.deviations[dimensions]
        votes = np.zeros((2, self.data.dimensions, len(self.data.factors)), dtype=np.intp)
        for part, number in zip(votes, (train, evaluate), strict=True):
            for _, count in blocks(number, self.batch * len(dimensions)):
                factors = self.factors[random.integers(len(self.factors), size=count)]
                for k, times in zip(*np.unique(factors, return_counts=True), strict=True):
                    rows = self.draw(random, int(k), int(times))
                    chosen = dimensions[self.choose(codes[rows])]
                    part[:, k] += np.bincount(chosen, minlength=self.data.dimensions)
                steps.advance(count)
        return votes[0], votes[1]


def used_dimensions(data: Data, threshold: float) -> tuple[npt.NDArray[np.bool_], Array]:
    """Return which dimensions (D,) change by more than the threshold, and their deviations (D,)."""
    deviations = np.array([scales(data.codes[:, j], ddof=1)[1] for j in range(data.dimensions)])
    used = data.alive & (deviations >= threshold)
    if not used.any():
        raise Undefined("every dimension is left out by `threshold`", 0.0)
    return used, deviations


def repeated(
    value: float,
    data: Data,
    accuracy: Callable[[Data, int, int], float],
    *,
    train: int,
    evaluate: int,
    ci: float | None,
    seed: int,
) -> Estimate:
    """Return an accuracy with its interval and its null scores, by at most `REPEATED` batches.

    `accuracy(data, train, evaluate)` runs the protocol. What shuffled factors score depends on how
    many batches train, so of these there are then all. The interval is from halves of the rows, and no narrower than
    the share of `evaluate` batches is known: where all are right, here and in the halves, it is below 1 by that.
    """

    def run(other: Data, train: int) -> float | None:
        try:
            return accuracy(other, train, min(evaluate, REPEATED))
        except Undefined:
            return None

    found = estimate(
        value,
        data,
        half=lambda part: run(part, min(train, REPEATED)),
        null=lambda other: run(other, train),
        ci=ci,
        seed=seed,
    )
    if ci is not None and found.interval is not None:
        found = replace(found, interval=as_wide_as_counted(found.interval, value, evaluate, ci))
    # Halves that fewer batches have trained do not say what rows do to the score.
    return found if train <= REPEATED else replace(found, halves=None)


def scored(
    name: str,
    data: Data,
    setup: Callable[[Data], Vote],
    *,
    train: int,
    evaluate: int,
    threshold: float,
    ci: float | None,
    seed: int,
    progress: Progress | None,
) -> Score:
    """Hold a vote, and make its score; `setup` prepares it for any rows and codes."""

    def accuracy(other: Data, train: int, evaluate: int) -> float:
        return majority_accuracy(*setup(other).votes(train, evaluate, seed, Steps(None, 0)))

    try:
        vote = setup(data)
    except Undefined as why:
        return Score(numbers={name: why.value}, notes=(str(why),))
    training, evaluation = vote.votes(train, evaluate, seed, Steps(progress, train + evaluate))
    value = majority_accuracy(training, evaluation)
    number = int((training.sum(axis=0) > 0).sum())
    score = repeated(value, data, accuracy, train=train, evaluate=evaluate, ci=ci, seed=seed)
    return Score(
        numbers={
            name: score,
            f"{name}_train": majority_accuracy(training, training),
            f"{name}_scaled": from_uniform(value, number),
        },
        factors=_factor_rows(name, data, training, evaluation),
        dimensions=attributed(_dimension_rows(data, training, vote.used), score),
        matrix=training / np.maximum(training.sum(axis=0), 1),
        matrix_name="share of votes",
        notes=_left_out(vote, threshold),
    )


def from_uniform(accuracy: float, factors: int) -> float:
    """Return an accuracy on a scale where a uniform guess among the factors is 0."""
    return (accuracy - 1 / factors) / (1 - 1 / factors) if factors > 1 else 0.0


def _left_out(vote: Vote, threshold: float) -> tuple[str, ...]:
    """Say which dimensions that change are left out."""
    left = [
        name
        for name, used, alive in zip(vote.data.names, vote.used, vote.data.alive, strict=True)
        if alive and not used
    ]
    if not left:
        return ()
    note = (
        f"left out, as their standard deviation is below {threshold:g} (`threshold`, in the units of "
        f"the codes): {listed(left)}"
    )
    return (note,)


def _factor_rows(name: str, data: Data, train: Array, evaluate: Array) -> list[Record]:
    right, total = right_votes(train, evaluate), evaluate.sum(axis=0)
    owned = winners(train)
    return [
        {
            "factor": factor.name,
            "kind": factor.kind,
            "classes": factor.size,
            "dimension": data.names[int(train[:, k].argmax())] if train[:, k].any() else None,
            "dimensions": int((owned == k).sum()),
            name: float(right[k] / total[k]) if total[k] else None,
            "votes": int(total[k]),
        }
        for k, factor in enumerate(data.factors)
    ]


def _dimension_rows(data: Data, train: Array, used: npt.NDArray[np.bool_]) -> list[Record]:
    rows: list[Record] = []
    for j, (name, winner) in enumerate(zip(data.names, winners(train), strict=True)):
        shares = train[j] / max(int(train[j].sum()), 1)
        rows.append(
            {
                "dimension": name,
                "alive": bool(data.alive[j]),
                "used": bool(used[j]),
                "factor": None if winner < 0 else data.factors[winner].name,
                "votes": int(train[j].sum()),
                "shares": [float(share) for share in shares],
            }
        )
    return rows
