"""The points that are measured, and what their measures share: each is computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from latentcli.errors import LatentError, counted
from latentcli.geometry._sampling import LEAST_ROWS, Sampling, Settings
from latentcli.geometry._spectrum import Spectrum, spectrum_of
from latentcli.geometry._sums import Sums, sums_of
from latentcli.numerics.neighbors import Neighbors, nearest
from latentcli.numerics.points import Points, originals
from latentcli.numerics.repeats import Repeats, repeats_of
from latentcli.numerics.tails import WIDENED, heavy_tailed
from latentcli.numerics.types import Array, Progress

_NOISE = 1 << 27
"""Numbers of white noise at most: float32, so 0.5 GB."""

_DRAWS, _FEW_ROWS = 9, 2000
"""Sets of white noise, and rows up to which there are so many; beyond one is enough."""

_DRAWN_NUMBERS = 1 << 24
"""Numbers of all sets of white noise together at most."""

_COPIES = 0.05
"""Share of rows that are copies from which white noise has copies too: fewer change nothing."""

COMPARED = 16
"""Outputs that say whether rows that are equal have the same."""

LARGE, _SMALL = 1e60, 1e-60
"""Beyond these, fourth powers of the numbers leave float64."""


@dataclass(frozen=True)
class Relation:
    """Pairs of rows (n, 2) int64, from and to, that are said to share one direction."""

    name: str
    pairs: Array


@dataclass(frozen=True)
class Distinct:
    """The neighbors among rows that are not copies: `repeated` rows (of `rows`) were left out."""

    neighbors: Neighbors
    repeated: int


@dataclass(frozen=True)
class Cloud:
    """Finite rows (N, D), and what is known of them.

    `labels` (N,) int64, -1 where a row has none; `outputs` (N, M), what a decoder made of the rows;
    `relations` for linear structure; `name` returns what a row is called; `zeros` of the rows are zero where
    nearness counts; `sections` are those that will be measured, for which rows are read together.
    """

    rows: Array
    settings: Settings = field(default_factory=Settings)
    labels: Array | None = None
    outputs: Array | None = None
    relations: Sequence[Relation] = ()
    name: Callable[[int], str] = str
    zeros: int = 0
    sections: frozenset[str] = frozenset()
    progress: Progress | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        fetch = getattr(self.rows, "prefetch", None)
        if fetch is not None:
            fetch(self.sampling.single(self.repeats))
        _check(self)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimensions(self) -> int:
        """The length of each row."""
        return int(self.rows.shape[1])

    @property
    def near(self) -> Points:
        """The rows as they are where nearness counts."""
        return Points(self.rows, self.settings.unit)

    @cached_property
    def sums(self) -> Sums:
        """What one pass over all rows gives for the sections that will be measured."""
        return sums_of(Points(self.rows), self.sections)

    @cached_property
    def sampling(self) -> Sampling:
        """Which rows are drawn."""
        return Sampling(len(self), self.dimensions, self.settings)

    @cached_property
    def sample(self) -> Array:
        """The drawn rows (n, D), as they are where nearness counts."""
        return self.near.take(self.sampling.drawn)

    @cached_property
    def neighbors(self) -> Neighbors:
        """The neighbors of the rows looked up, among all."""
        return nearest(self.near, self.sampling.queries, self.sampling.reach, self.progress)

    @cached_property
    def originals(self) -> Array:
        """For each row (N,) the one it is a copy of: itself of all others, and of rows not at hand."""
        if hasattr(self.rows, "reduced"):
            return np.arange(len(self))
        return originals(self.near)

    @cached_property
    def distinct(self) -> Distinct:
        """The neighbors of the distinct rows looked up, among the distinct rows."""
        repeated = self.originals != np.arange(len(self))
        count = int(repeated.sum())
        if not count:
            return Distinct(self.neighbors, 0)
        kept = np.flatnonzero(~repeated)
        points = Points(self.rows, self.settings.unit, kept)
        sampling = Sampling(len(kept), self.dimensions, self.settings)
        reach = max(1, min(self.sampling.reach, len(kept) - 1))
        if len(kept) < LEAST_ROWS:
            queries = kept[:0]
            empty = np.empty((0, reach))
            return Distinct(Neighbors(queries, empty.astype(np.int64), empty), count)
        found = nearest(points, sampling.queries, reach, self.progress)
        return Distinct(
            Neighbors(kept[found.queries], kept[found.rows], found.distances), count
        )

    @cached_property
    def repeats(self) -> Repeats:
        """Which rows repeat others, with their labels and outputs; of rows not at hand all count."""
        if hasattr(self.rows, "reduced"):
            return Repeats(len(self))
        beside = [] if self.labels is None else [self.labels]
        if self.outputs is not None:
            beside += [*np.asarray(self.outputs).T[:COMPARED]]
        classes = 0 if self.labels is None else len(np.unique(self.labels))
        return repeats_of(np.asarray(self.rows), *beside, classes=classes)

    @cached_property
    def spectrum(self) -> Spectrum:
        """The spectrum of the rows as they are."""
        return spectrum_of(self.rows, seed=self.settings.seed, moments=self.sums.moments)

    @cached_property
    def tail_factor(self) -> float:
        """What the reach of intervals of the spectrum is multiplied by: squares follow the farthest values."""
        some = Points(self.rows).take(self.sampling.drawn)
        ends = zip(some.T, self.sums.least, self.sums.greatest, strict=True)
        return WIDENED if any(heavy_tailed(*one, self.rows.size) for one in ends) else 1.0

    @cached_property
    def noise(self) -> Cloud:
        """White noise of as many rows and dimensions, with the same labels, outputs and, if they are many, copies.

        Where that would be more than 0.5 GB it has fewer rows.
        """
        return self._white_noise([self.settings.seed, 1])

    @cached_property
    def noises(self) -> tuple[Cloud, ...]:
        """Sets of white noise, the first of them `noise`: nine, but of very many rows one."""
        many = len(self) > _FEW_ROWS or _DRAWS * self.rows.size > _DRAWN_NUMBERS
        seeds = () if many else range(1, _DRAWS)
        others = (self._white_noise([self.settings.seed, 1, seed]) for seed in seeds)
        return (self.noise, *others)

    def _white_noise(self, seed: list[int]) -> Cloud:
        count = min(len(self), max(LEAST_ROWS, _NOISE // self.dimensions))
        rng = np.random.default_rng(seed)
        rows = rng.standard_normal((count, self.dimensions), dtype=np.float32)
        if count == len(self):
            repeated = int((self.originals != np.arange(count)).sum())
            if repeated > _COPIES * count and count - repeated >= LEAST_ROWS:
                rows = rows[self.originals]
        return Cloud(
            rows,
            replace(self.settings, ci=None),  # nobody asks for its intervals
            None if self.labels is None else self.labels[:count],
            None if self.outputs is None else self.outputs[:count],
        )

    def part(self, which: Array) -> Cloud:
        """Return the cloud of some of the rows (n,), with their labels."""
        labels = None if self.labels is None else self.labels[which]
        return Cloud(self.rows[which], self.settings, labels)


def constant_dimensions(cloud: Cloud) -> int:
    """Return how many dimensions are the same in all rows."""
    return int((cloud.sums.least == cloud.sums.greatest).sum())


def _check(cloud: Cloud) -> None:
    """Refuse rows that have no geometry."""
    if len(cloud) < LEAST_ROWS:
        raise LatentError(
            f"`x` has {counted(len(cloud), 'row')} without NaN and infinity; geometry takes {LEAST_ROWS} or more"
        )
    low, high = float(cloud.sums.least.min()), float(cloud.sums.greatest.max())
    largest = max(abs(low), abs(high))
    if largest > LARGE or 0 < largest < _SMALL:
        raise LatentError(
            f"the numbers reach from {low:.3g} to {high:.3g}, and their powers beyond "
            "float64; multiply them by a power of ten"
        )
    if constant_dimensions(cloud) == cloud.dimensions:
        raise LatentError(f"all {len(cloud):,} rows are the same: there is nothing to measure")


def coded(labels: Iterable[object]) -> Array:
    """Return labels of any kind as numbers (N,) int64 from 0 on, -1 where there is none.

    None, NaN and empty text are no label.

    >>> coded(["b", "a", None, "b"]).tolist()
    [1, 0, -1, 1]
    """
    texts = ["" if one is None or one != one else str(one).strip() for one in labels]
    names, found = np.unique(np.array(texts), return_inverse=True)
    numbers: Array = found.astype(np.int64)
    return numbers - 1 if len(names) and names[0] == "" else numbers
