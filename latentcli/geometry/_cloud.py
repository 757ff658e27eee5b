"""The points that are measured, what their measures share, and what a measure is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from latentcli.errors import LatentError
from latentcli.geometry._copies import distinct
from latentcli.geometry._spectrum import Spectrum, spectrum_of
from latentcli.numerics.blocks import sampled
from latentcli.numerics.neighbors import Neighbors, nearest
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array, Progress

NEAREST = 20
"""How many neighbors the estimate of Levina and Bickel looks at, as in their paper."""

_QUERIES = 2
"""How many times the sample's rows are query rows; that costs less than all pairs do."""

LEAST_ROWS = 3
_NOISE = 1 << 27
"""Numbers of white noise at most: float32, so 0.5 GB."""

LARGE, _SMALL = 1e60, 1e-60
"""Beyond these, fourth powers of the numbers leave float64."""

_IN_MEMORY = 1 << 26
"""Numbers of the rows that are drawn, or query rows, at most: float64, so 0.5 GB."""


@dataclass(frozen=True)
class Measure:
    """One number about a set of points.

    `value` is None where the measure has no meaning, and `note` then says why; `white_noise` is
    the same measure of N(0, I) of as many rows and dimensions; `low` and `high` are its interval.
    """

    section: str
    measure: str
    variant: str
    value: float | None
    white_noise: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


Readings = Mapping[str, Callable[[Measure], str]]
"""How a measure's number is read, by its name; it is given the measure with its white noise."""


@dataclass(frozen=True)
class Settings:
    """How to measure.

    `k` neighbors; `sample` rows at most of which all pairs are taken, and twice as many whose
    neighbors are looked for; `seed` of all that is drawn; `ci` of the intervals; `unit`: rows at
    length 1 where nearness counts.
    """

    k: int = 10
    sample: int = 5000
    seed: int = 0
    ci: float = 0.95
    unit: bool = False


@dataclass(frozen=True)
class Relation:
    """Pairs of rows (n, 2) int64, from and to, that are said to share one direction."""

    name: str
    pairs: Array


@dataclass(frozen=True)
class Cloud:
    """Finite rows (N, D), and what is known of them.

    `labels` (N,) int64, -1 where a row has none; `outputs` (N, M), what a decoder made of the rows;
    `relations` for linear structure; `name` tells what a row is called.
    """

    rows: Array
    settings: Settings = field(default_factory=Settings)
    labels: Array | None = None
    outputs: Array | None = None
    relations: Sequence[Relation] = ()
    name: Callable[[int], str] = str

    def __post_init__(self) -> None:
        if len(self.rows) < LEAST_ROWS:
            raise LatentError(
                f"geometry takes {LEAST_ROWS} rows or more; {len(self.rows)} can be measured"
            )
        low, high = float(self.extent[0].min()), float(self.extent[1].max())
        largest = max(abs(low), abs(high))
        if largest > LARGE or 0 < largest < _SMALL:
            raise LatentError(
                f"the numbers reach from {low:.3g} to {high:.3g}, and their powers beyond "
                "float64; multiply them by a power of ten"
            )
        if self.constant == self.dimensions:
            raise LatentError(
                f"all {len(self):,} rows are the same: there is nothing to measure"
            )

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimensions(self) -> int:
        """The length of each row."""
        return int(self.rows.shape[1])

    @cached_property
    def extent(self) -> tuple[Array, Array]:
        """The least and the greatest value of each dimension (D,)."""
        low = high = np.asarray(self.rows[0], dtype=np.float64)
        for _, block in Points(self.rows).blocks():
            low = np.minimum(low, block.min(axis=0))
            high = np.maximum(high, block.max(axis=0))
        return low, high

    @property
    def constant(self) -> int:
        """How many dimensions are the same in all rows."""
        return int((self.extent[0] == self.extent[1]).sum())

    @property
    def near(self) -> Points:
        """The rows as they are where nearness counts."""
        return Points(self.rows, self.settings.unit)

    @property
    def kind(self) -> str:
        """How nearness is measured, in words."""
        return "unit rows" if self.settings.unit else "euclidean"

    @cached_property
    def queries(self) -> Array:
        """The rows (Q,) whose neighbors are looked for among all: all, or a sample."""
        return self._chosen(_QUERIES * self.settings.sample)

    @cached_property
    def drawn(self) -> Array:
        """The rows (n,) of which all pairs are taken: all, or a sample."""
        return self._chosen(self.settings.sample)

    def _chosen(self, most: int) -> Array:
        least = max(LEAST_ROWS, min(most, _IN_MEMORY // self.dimensions))
        return sampled(len(self), least, self.settings.seed)

    @cached_property
    def sample(self) -> Array:
        """The drawn rows (n, D), as they are where nearness counts."""
        return self.near.take(self.drawn)

    @property
    def of_drawn(self) -> str:
        """Words that say that some rows only were drawn; none if it were all."""
        return f", {len(self.drawn):,} rows" if len(self.drawn) < len(self) else ""

    @property
    def k(self) -> int:
        """How many neighbors count: those wanted, but less than half of the rows."""
        return max(1, min(self.settings.k, (len(self.drawn) - 1) // 2))

    @property
    def reach(self) -> int:
        """How many neighbors are found: one more than any measure counts, to see ties."""
        return min(max(self.k, NEAREST) + 1, len(self) - 1)

    def neighbors(self, progress: Progress | None = None) -> Neighbors:
        """Find the neighbors of the query rows among all; once."""
        if "_neighbors" not in self.__dict__:
            found = nearest(self.near, self.queries, self.reach, progress)
            self.__dict__["_neighbors"] = found  # as a cached property would
        known: Neighbors = self.__dict__["_neighbors"]
        return known

    @cached_property
    def spectrum(self) -> Spectrum:
        """The spectrum of the rows as they are."""
        return spectrum_of(self.rows, seed=self.settings.seed)

    @cached_property
    def noise(self) -> Cloud:
        """White noise of as many rows and dimensions, with the same labels and outputs.

        Where that would be more than 0.5 GB it has fewer rows.
        """
        count = min(len(self), max(LEAST_ROWS, _NOISE // self.dimensions))
        rng = np.random.default_rng([self.settings.seed, 1])
        rows = rng.standard_normal((count, self.dimensions), dtype=np.float32)
        return Cloud(
            rows,
            self.settings,
            None if self.labels is None else self.labels[:count],
            None if self.outputs is None else self.outputs[:count],
        )

    @cached_property
    def distinct(self) -> Array:
        """The rows (n,) that are no copy of an earlier one, exactly or but for rounding."""
        return distinct(self.near)

    @property
    def zeros(self) -> str:
        """Words that count the rows of zeros, which have no direction; none if there are none."""
        count = sum(int((~block.any(axis=1)).sum()) for _, block in Points(self.rows).blocks())
        return f"{count:,} of {len(self):,} rows left out: zeros" if count else ""

    def part(self, which: Array) -> Cloud:
        """Return the cloud of some of the rows (n,), with their labels."""
        labels = None if self.labels is None else self.labels[which]
        return Cloud(self.rows[which], self.settings, labels)


def with_white_noise(
    found: Iterable[Measure],
    noise: Iterable[Measure],
    readings: Readings,
) -> tuple[Measure, ...]:
    """Give measures without a closed form what white noise has, and say how to read them."""
    known = {(one.measure, one.variant): one.value for one in noise}
    return tuple(
        _read(
            one
            if one.white_noise is not None
            else replace(one, white_noise=known.get((one.measure, one.variant))),
            readings,
        )
        for one in found
    )


def _read(one: Measure, readings: Readings) -> Measure:
    if one.value is None or one.measure not in readings:
        return one
    said = readings[one.measure](one)
    return replace(one, note="; ".join(filter(None, (said, one.note))))


def graded(value: float, *steps: tuple[float, str], beyond: str) -> str:
    """Return the words of the first step that the value is below.

    >>> graded(0.3, (0.25, "none"), (0.5, "weak"), beyond="clear")
    'weak'
    """
    return next((words for limit, words in steps if value < limit), beyond)


def coded(labels: Iterable[object]) -> Array:
    """Return labels of any kind as numbers (N,) int64 from 0 on, -1 where there is none.

    None, NaN and empty text are no label.

    >>> coded(["b", "a", None, "b"]).tolist()
    [1, 0, -1, 1]
    """
    texts = ["" if one is None or one != one else str(one).strip() for one in labels]
    names, found = np.unique(np.array(texts), return_inverse=True)
    numbers: Array = found.astype(np.int64)
    return numbers - 1 if names[0] == "" else numbers
