"""What metrics by majority vote share: rows drawn in batches, votes counted, votes judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._scaling import scales
from latentcli.disentanglement._score import Row, Score, Value
from latentcli.disentanglement._train_test_split import wilson
from latentcli.errors import UsageError
from latentcli.numerics.types import Array, Progress

_LARGEST = 100_000
"""Rows of the largest batch: it is held in memory whole, with all dimensions."""

_BLOCK = 1 << 21
"""Numbers of codes that are drawn at a time."""

Draw = Callable[[np.random.Generator, int, int], Array]
"""Draw n batches (n, batch) of rows that have factor k in common, or all but it."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows in groups: group g is `rows[starts[g] : starts[g] + sizes[g]]`."""

    rows: Array
    starts: Array
    sizes: Array

    def draw(self, random: np.random.Generator, groups: Array, batch: int) -> Array:
        """Draw `batch` rows (n, batch) from each of the groups (n,).

        From a group with more rows than that at random, any row as often as it comes; from a
        smaller one every row equally often, or once more.
        """
        sizes = self.sizes[groups][:, None]
        chosen = np.floor(random.random((len(groups), batch)) * sizes).astype(np.intp)
        small = np.flatnonzero(sizes[:, 0] <= batch)
        chosen[small] = (chosen[small, :1] + np.arange(batch)) % sizes[small]
        drawn: Array = self.rows[self.starts[groups][:, None] + chosen]
        return drawn


def group(labels: Array, least: int = 2) -> Groups:
    """Group rows with the same label (N,), from 0 up; groups of fewer than `least` are left out."""
    rows = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels)
    starts = np.cumsum(sizes) - sizes
    kept = sizes >= least
    return Groups(rows, starts[kept], sizes[kept])


def check_numbers(batch: int, threshold: float = 0.0, **numbers: int) -> None:
    """Raise UsageError for a batch below 2 or too large to hold, and other numbers below 1."""
    if not 2 <= batch <= _LARGEST:
        raise UsageError(f"--batch is {batch}; a batch has 2 rows or more, up to {_LARGEST:,}")
    if not threshold >= 0:
        raise UsageError(f"--threshold is {threshold:g}; it is a deviation, 0 or more")
    for name, number in numbers.items():
        if number < 1:
            raise UsageError(f"--{name} is {number}; it is 1 or more")


def by_class(groups: Sequence[Groups], batch: int) -> Draw:
    """Draw batches of rows with one class of a factor, each class as often as it occurs."""
    until = [np.cumsum(grouped.sizes) for grouped in groups]

    def draw(random: np.random.Generator, k: int, number: int) -> Array:
        picked = random.integers(until[k][-1], size=number)
        classes = np.searchsorted(until[k], picked, side="right")
        return groups[k].draw(random, classes, batch)

    return draw


def blocks(number: int, size: int) -> Iterator[tuple[int, int]]:
    """Go through `number` batches of `size` numbers, of a bounded size at a time: start, count."""
    step = max(1, _BLOCK // size)
    for start in range(0, number, step):
        yield start, min(step, number - start)


def deviations(data: Data) -> Array:
    """Return the standard deviation of each dimension (D,), with N - 1."""
    spreads = [scales(data.codes[:, j], ddof=1)[1] for j in range(data.dimensions)]
    return np.array(spreads)


@dataclass(frozen=True, eq=False)
class Ballot:
    """Votes (D, K) of dimensions for factors: to learn whose each dimension is, and to judge."""

    train: Array
    evaluate: Array

    @property
    def winners(self) -> Array:
        """The factor that each dimension (D,) stood for most often; -1 where it never did."""
        winners: Array = np.where(self.train.any(axis=1), self.train.argmax(axis=1), -1)
        return winners

    def right(self, votes: Array) -> Array:
        """Return how many votes for each factor (K,) the winners get right."""
        winners = self.winners
        mine = winners[:, None] == np.arange(votes.shape[1])
        right: Array = np.where(mine, votes, 0).sum(axis=0)
        return right


@dataclass(frozen=True, eq=False)
class Vote:
    """How batches are drawn and which dimension each votes for.

    Of dimensions `used` (D,), the one whose variance in the batch is the least share (`most`: the
    greatest share) of its variance over all rows, `spreads` (D,) squared.
    """

    data: Data
    held: Array
    used: npt.NDArray[np.bool_]
    spreads: Array
    draw: Draw
    batch: int
    most: bool = False

    def hold(
        self, *, train: int, evaluate: int, seed: int, progress: Progress | None
    ) -> Ballot:
        """Draw `train` batches to learn from and `evaluate` to judge by."""
        random = np.random.default_rng(seed)
        dimensions = np.flatnonzero(self.used)
        codes = np.ascontiguousarray(self.data.codes[:, dimensions], dtype=np.float64)
        codes -= codes.mean(axis=0)
        codes /= self.spreads[dimensions]
        votes = np.zeros((2, self.data.dimensions, len(self.data.factors)), dtype=np.intp)
        done, total = 0, train + evaluate
        for part, number in zip(votes, (train, evaluate), strict=True):
            for _, count in blocks(number, self.batch * len(dimensions)):
                factors = self.held[random.integers(len(self.held), size=count)]
                for k, times in zip(*np.unique(factors, return_counts=True), strict=True):
                    rows = self.draw(random, int(k), int(times))
                    variance = codes[rows].var(axis=1)
                    chosen = variance.argmax(axis=1) if self.most else variance.argmin(axis=1)
                    part[:, k] += np.bincount(
                        dimensions[chosen], minlength=self.data.dimensions
                    )
                done += count
                if progress is not None:
                    progress(done, total)
        return Ballot(votes[0], votes[1])

    def notes(self, threshold: float) -> tuple[str, ...]:
        """Say which dimensions that change are left out."""
        left = [
            name
            for name, used, alive in zip(
                self.data.names, self.used, self.data.alive, strict=True
            )
            if alive and not used
        ]
        if not left:
            return ()
        note = (
            f"left out, as they vary less than {threshold:g} (--threshold, in the codes' own units): "
            f"{listed(left)}"
        )
        return (note,)


def scored(
    metric: str,
    data: Data,
    ballot: Ballot,
    *,
    used: npt.NDArray[np.bool_],
    ci: float | None,
    settings: dict[str, Value],
    notes: tuple[str, ...],
) -> Score:
    """Make a score of a ballot; `used` (D,) are the dimensions that could be voted for."""
    judged = ballot.evaluate.sum(axis=0)
    right = ballot.right(ballot.evaluate)
    total = int(judged.sum())
    value = float(right.sum() / total)
    factors = int((ballot.train.sum(axis=0) > 0).sum())
    low, high = wilson(value, total, ci)
    name = metric.replace("-", "_")
    summary: dict[str, Value] = {
        name: value,
        f"{name}_low": low,
        f"{name}_high": high,
        f"{name}_train": float(ballot.right(ballot.train).sum() / ballot.train.sum()),
        f"{name}_scaled": (value - 1 / factors) / (1 - 1 / factors),
        f"{name}_chance": 1 / factors,
    }
    return Score(
        numbers=summary,
        factors=_factor_rows(name, data, ballot, right, judged),
        dimensions=_dimension_rows(data, ballot, used),
        matrix=ballot.train / np.maximum(ballot.train.sum(axis=0), 1),
        matrix_name="share of votes",
        settings=settings,
        notes=notes,
    )


def undefined(
    metric: str, settings: dict[str, Value], reason: str, value: float | None = None
) -> Score:
    """Return the score where no vote can be held, with the reason."""
    name = metric.replace("-", "_")
    return Score(numbers={name: value}, settings=settings, notes=(reason,))


def _factor_rows(
    name: str, data: Data, ballot: Ballot, right: Array, judged: Array
) -> list[Row]:
    winners = ballot.winners
    return [
        {
            "factor": factor.name,
            "kind": factor.kind,
            "classes": factor.size,
            "dimension": data.names[int(ballot.train[:, k].argmax())]
            if ballot.train[:, k].any()
            else None,
            "dimensions": int((winners == k).sum()),
            name: float(right[k] / judged[k]) if judged[k] else None,
            "votes": int(judged[k]),
        }
        for k, factor in enumerate(data.factors)
    ]


def _dimension_rows(data: Data, ballot: Ballot, used: npt.NDArray[np.bool_]) -> list[Row]:
    rows: list[Row] = []
    for j, (name, winner) in enumerate(zip(data.names, ballot.winners, strict=True)):
        shares = ballot.train[j] / max(int(ballot.train[j].sum()), 1)
        rows.append(
            {
                "dimension": name,
                "alive": bool(data.alive[j]),
                "used": bool(used[j]),
                "factor": None if winner < 0 else data.factors[winner].name,
                "votes": int(ballot.train[j].sum()),
                "shares": [float(share) for share in shares],
            }
        )
    return rows
