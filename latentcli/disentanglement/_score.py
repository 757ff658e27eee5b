"""What every metric returns: numbers by name, each with its interval and what noise gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from math import expm1, hypot, inf, log, log1p, sqrt
from typing import Any

from latentcli.results import Interval, Picture, Record, Result, Scalar

BEYOND = 0.01
"""Share of scores of noise that may be higher than what is said of noise: a report has a dozen of them."""

SHUFFLES = 20
"""How often factors are shuffled."""


_VALUE_ONLY = ContextVar("value_only", default=False)


@contextmanager
def value_only() -> Iterator[None]:
    """Compute no null scores meanwhile: what is computed again on halves of the rows needs none."""
    token = _VALUE_ONLY.set(True)
    try:
        yield
    finally:
        _VALUE_ONLY.reset(token)


def shuffles(times: int = SHUFFLES) -> int:
    """Return how often to shuffle the factors: `times`, 0 where the value alone is needed."""
    return 0 if _VALUE_ONLY.get() else times


@dataclass(frozen=True)
class Estimate:
    """A number with its interval, and the same number where the factors' rows are shuffled.

    `interval` is the range for what the same protocol gives on other rows, as many, from the same
    source; None where there is none. `null` are the scores of these codes with shuffled factors:
    what noise gives on these rows, with these bins, classes and models. Ratios of noise can be as
    high as those of perfect codes: `significant` says that a test has found more than noise in what
    they are ratios of.
    """

    value: float | None
    interval: Interval | None = None
    null: tuple[float, ...] | None = None
    significant: bool = False
    most: float = 1.0
    """The largest that the value can be."""
    halves: float | None = None
    """The mean of the same score over random halves of the rows, where they were scored."""
    no_interval: str | None = None
    """Why there is no interval, where one was requested and nothing holds."""
    null_of: str = "shuffled factors"
    """What the null scores are of."""

    @property
    def chance(self) -> float | None:
        """The mean of the null scores."""
        return sum(self.null) / len(self.null) if self.null else None

    @property
    def highest_chance(self) -> float | None:
        """The score that noise exceeds in one case of a hundred; None of fewer than three shuffles.

        The largest of several dimensions, and votes of few rows, have longer tails than a normal
        distribution: the limit is that of an exponential one of the null scores' mean and standard
        deviation, mean + (ln 100 - 1) sd sqrt(1 + 1 / n), no lower than any of those drawn. Scores that
        have a bound are taken on the scale of -ln(1 - score / bound), on which no limit is beyond it.
        """
        if self.null is None or len(self.null) < 3:
            return None
        if max(self.null) >= self.most:
            return max(self.null)
        bounded = self.most < inf
        found = [-log1p(-one / self.most) if bounded else one for one in self.null]
        count, mean = len(found), sum(found) / len(found)
        spread = hypot(*(one - mean for one in found)) / sqrt(count - 1)
        limit = mean + (-log(BEYOND) - 1) * spread * sqrt(1 + 1 / count)
        return max(-expm1(-limit) * self.most if bounded else limit, *self.null)

    @property
    def is_noise(self) -> bool:
        """Whether noise explains the value: shuffled factors, or dimensions, score as high."""
        highest = self.highest_chance
        if self.value is None or highest is None or self.significant:
            return False
        return self.value <= highest


Number = Estimate | Scalar


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Score(Result):
    """The result of a metric.

    Attributes
    ----------
    metric
        Its name.
    numbers
        Every number about the whole by name; the first is the published score.
    factors, dimensions
        A record for each factor and each dimension.
    matrix
        (D, K), if there is one: what the score is read from; `matrix_name` says what it holds.
    """

    metric: str = ""
    numbers: Mapping[str, Number] = field(default_factory=dict)
    factors: Sequence[Record] = ()
    dimensions: Sequence[Record] = ()
    matrix: Any = None
    matrix_name: str = ""

    @property
    def estimate(self) -> Estimate:
        """The published score with all that belongs to it."""
        first = next(iter(self.numbers.values()), None)
        return first if isinstance(first, Estimate) else Estimate(first)  # type: ignore[arg-type]

    @property
    def value(self) -> float | None:
        """The published score; None where it is not defined, and a note says why."""
        return self.estimate.value

    @property
    def interval(self) -> Interval | None:
        """The interval of the value."""
        return self.estimate.interval

    @property
    def chance(self) -> float | None:
        """What the value is on average when the factors' rows are shuffled."""
        return self.estimate.chance

    def pictures(self) -> tuple[Picture, ...]:
        """Return the matrix, and the numbers with their intervals beside chance."""
        from latentcli.disentanglement._pictures import of_score

        return of_score(self)

    def __float__(self) -> float:
        """Return the value, NaN where there is none."""
        return float("nan") if self.value is None else self.value


def attributed(dimensions: Sequence[Record], estimate: Estimate) -> list[Record]:
    """Return the records of dimensions, without their factors where noise explains the score."""
    if not estimate.is_noise:
        return list(dimensions)
    return [{**row, "factor": None} for row in dimensions]


def flat(numbers: Mapping[str, Number]) -> Record:
    """Return numbers as a flat record: NAME, and of an estimate NAME_low, NAME_high, NAME_chance."""
    record: Record = {}
    for name, number in numbers.items():
        if not isinstance(number, Estimate):
            record[name] = number
            continue
        low, high = number.interval or (None, None)
        record |= {name: number.value, f"{name}_low": low, f"{name}_high": high}
        if number.null is not None:
            record[f"{name}_chance"] = number.chance
    return record


def mean_of_halves(found: Sequence[float | None]) -> float | None:
    """Return the mean of what halves of the rows score; None where a fifth of them have no score."""
    known = [one for one in found if one is not None]
    return sum(known) / len(known) if known and len(known) >= 0.8 * len(found) else None


_VISIBLE = 0.01
"""The least difference between scores of halves and of all rows that is worth a note."""


def depends_on_rows(name: str, score: Estimate) -> tuple[str, ...]:
    """Say of a score that it depends on the number of rows: its halves score outside of its interval."""
    ends, halves = score.interval, score.halves
    if score.value is None or ends is None or halves is None or score.is_noise:
        return ()
    if ends.low <= halves <= ends.high or abs(score.value - halves) < _VISIBLE:
        return ()
    verb = "rises" if halves < score.value else "falls"
    both = f"{halves:.3f} on halves of them, {score.value:.3f} on all"
    return (
        f"{name} {verb} with the number of rows: {both}; compare scores from equally many rows",
    )


def without_interval(numbers: Mapping[str, Number]) -> tuple[str, ...]:
    """Say why estimates have no interval, those with the same reason together."""
    names: dict[str, list[str]] = {}
    for name, number in numbers.items():
        if isinstance(number, Estimate) and number.no_interval:
            names.setdefault(number.no_interval, []).append(name)
    return tuple(f"no interval of {' and '.join(of)}: {why}" for why, of in names.items())


def any_noise(numbers: Mapping[str, Number]) -> bool:
    """Tell whether noise explains an estimate of codes and factors."""
    return any(
        isinstance(number, Estimate)
        and number.is_noise
        and number.null_of == "shuffled factors"
        for number in numbers.values()
    )


def noise(numbers: Mapping[str, Number]) -> tuple[str, ...]:
    """Say of each estimate that noise explains that it does: one sentence, the same for all."""
    return tuple(
        f"{name} is {number.value:.3f}, which noise explains: with {number.null_of} these rows "
        f"score {number.chance:.3f}, and up to {number.highest_chance:.3f}"
        for name, number in numbers.items()
        if isinstance(number, Estimate) and number.is_noise
    )
