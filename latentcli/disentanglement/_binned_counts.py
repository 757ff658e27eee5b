"""Codes with their factors, and what is counted of them in bins: made once, used by all metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement import _mutual_information as information
from latentcli.disentanglement._factor import Factor, relabeled
from latentcli.disentanglement._mutual_information import Binned, Counts, Cut
from latentcli.disentanglement._score import SHUFFLES, shuffles
from latentcli.errors import LatentError
from latentcli.numerics.repeats import Repeats, repeats_of
from latentcli.numerics.tails import LOOKED_AT, WIDENED, heavy_tailed
from latentcli.numerics.types import Array

Found = TypeVar("Found")

_FAR = 10.0
"""Interquartile ranges beyond the quartiles that make an outlier of a value."""

LARGE = 2_000_000
"""Numbers from which factors are shuffled half as often, and halves have the bins of all rows."""


@dataclass(frozen=True, eq=False)
class Data:
    """Codes (N, D) with ground-truth factors (each N), each of which rows may miss.

    `names` are those of the dimensions; `alive` (D,) is False for dimensions that never change;
    `notes` say what was left out and what a careful reader would look at.
    """

    codes: Array
    factors: tuple[Factor, ...]
    names: tuple[str, ...]
    alive: npt.NDArray[np.bool_]
    notes: tuple[str, ...] = ()
    _binned: dict[Cut, BinnedCounts] = field(default_factory=dict, init=False, repr=False)

    @property
    def rows(self) -> int:
        """How many codes there are."""
        return len(self.codes)

    @property
    def dimensions(self) -> int:
        """How many dimensions a code has."""
        return int(self.codes.shape[1])

    @property
    def factor_names(self) -> list[str]:
        """The names of the factors."""
        return [factor.name for factor in self.factors]

    def part(self, rows: Array) -> Data:
        """Return the data of some rows; classes that do not occur among them are gone."""
        factors = [relabeled(factor, rows) for factor in self.factors]
        codes = self.codes[rows]
        alive = codes.min(axis=0) < codes.max(axis=0)
        kept = tuple(factor for factor in factors if factor.size > 1)
        return Data(codes, kept, self.names, alive, self.notes)

    def with_all_factors(self) -> Data:
        """Return the data of the rows that have every factor; a note counts the others."""
        if all(factor.complete for factor in self.factors):
            return self
        whole = np.all([factor.labels >= 0 for factor in self.factors], axis=0)
        if whole.sum() < 2:
            raise LatentError("`factors`: fewer than two rows have every factor")
        part = self.part(np.flatnonzero(whole))
        note = f"{len(whole) - part.rows:,} of {len(whole):,} rows are left out, as a factor is missing"
        return replace(
            part, notes=(*part.notes, f"{note}: this metric looks at all factors at once")
        )

    def standard(self, limit: int | None, seed: int) -> Data:
        """Return at most `limit` random rows with dimensions of mean 0 and deviation 1.

        Dimensions that never change become 0.
        """
        data = self
        if limit is not None and self.rows > limit:
            random = np.random.default_rng(seed)
            data = self.part(np.sort(random.choice(self.rows, limit, replace=False)))
        codes = data.codes.astype(np.float64)
        codes -= codes.mean(axis=0)
        spread = codes.std(axis=0)
        codes = np.where(data.alive, codes / np.where(spread > 0, spread, 1.0), 0.0)
        return replace(data, codes=codes)

    def binned(self, cut: Cut) -> BinnedCounts:
        """Return what is counted of codes in bins; made once for all metrics that use this cut."""
        if cut.binning == "distinct" and not self._has_few(cut.bins):
            cut = cut._replace(binning="width")
        if cut not in self._binned:
            self._binned[cut] = self._made(cut)
        return self._binned[cut]

    def _made(self, cut: Cut) -> BinnedCounts:
        return BinnedCounts(self, cut)

    def counts(self, cut: Cut) -> Counts:
        """Return the joint counts of bins and classes."""
        return self.binned(cut).counts

    def _has_few(self, bins: int) -> bool:
        """Tell whether a dimension that changes has no more than `bins` distinct values."""
        return any(
            information.distinct(self.codes[:, j], bins) is not None
            for j in np.flatnonzero(self.alive)
        )

    def only(self, dimensions: Array) -> Data | None:
        """Return the data of some dimensions; None where its rows are not at hand."""
        codes, names = self.codes[:, dimensions], tuple(self.names[j] for j in dimensions)
        return Data(codes, self.factors, names, self.alive[dimensions])

    def correlated(self, targets: Any, orders: Any) -> Any:
        """Return the squared correlations of rows that lie elsewhere; None where they are at hand."""
        return None

    @cached_property
    def repeats(self) -> Repeats:
        """Which rows repeat others, factors and all."""
        columns = [
            column for factor in self.factors for column in (factor.labels, factor.values)
        ]
        classes = max((factor.size for factor in self.factors), default=0)
        return repeats_of(self.codes, *columns, classes=classes)

    @cached_property
    def far(self) -> npt.NDArray[np.bool_]:
        """Which dimensions (D,) have values far beyond the quartiles of most rows."""
        least, most = self.ends
        low, high = np.percentile(self.some, [25, 75], axis=0)
        reach = _FAR * (high - low)
        return np.asarray(((most > high + reach) | (least < low - reach)) & (high > low))

    @property
    def some(self) -> Array:
        """Some 10,000 of the rows (n, D), evenly apart."""
        return self.codes[:: max(1, self.rows // LOOKED_AT)]

    @cached_property
    def ends(self) -> tuple[Array, Array]:
        """The smallest and the largest value (D,) of each dimension."""
        return self.codes.min(axis=0), self.codes.max(axis=0)

    @cached_property
    def heavy_tailed(self) -> bool:
        """Whether some values lie further beyond the quartiles than those of exponential tails do."""
        least, most = self.ends
        columns = [(one, least[j], most[j]) for j, one in enumerate(self.some.T)]
        for factor in self.factors:
            if factor.kind == "continuous":
                values = factor.values[factor.known]
                few = values[:: max(1, len(values) // LOOKED_AT)]
                columns.append((few, values.min(), values.max()))
        return any(heavy_tailed(*one, self.codes.size) for one in columns)

    @property
    def tail_factor(self) -> float:
        """What the reach of intervals from halves is multiplied by, for the tails of the codes."""
        return WIDENED if self.heavy_tailed else 1.0

    @cached_property
    def between_factors(self) -> Counts:
        """The joint counts of each factor's classes with those of each other factor."""
        return self.count_factors(slice(None))

    def count_factors(self, rows: Array | slice) -> Counts:
        """Return the joint counts of factors with each other in some of the rows."""
        labels = [factor.labels[rows] for factor in self.factors]
        sizes = [factor.size for factor in self.factors]
        counts = _count_with_gaps(Binned(np.stack(labels), max(sizes)), labels, sizes)
        if not self.repeats:
            return counts
        once = self.repeats.among(np.arange(self.rows)[rows])
        few = [one[once] for one in labels]
        binned = Binned(np.stack(few), max(sizes))
        return replace(counts, once=_count_with_gaps(binned, few, sizes).tables)


class BinnedCounts:
    """Codes cut into bins, and all that is counted of them; each is made when first used."""

    def __init__(self, data: Data, cut: Cut) -> None:
        self.data, self.cut = data, cut
        self._shuffled: dict[int, list[Counts]] = {}
        self._halves: dict[tuple[int, bool], list[Counts]] = {}

    @cached_property
    def bins(self) -> Binned:
        """The bins of the codes (see `information.discretize`)."""
        return information.discretize(self.data.codes, self.cut)

    @cached_property
    def counts(self) -> Counts:
        """The joint counts of bins and classes."""
        return self._count(self.bins, slice(None))

    @property
    def tail_factor(self) -> float:
        """That of the data, where the farthest values lay the bins; 1 elsewhere."""
        return self.data.tail_factor if self.cut.binning in ("width", "distinct") else 1.0

    @cached_property
    def perfect(self) -> Counts:
        """The counts of perfect codes: dimensions (K) that are the factors' numbered classes."""
        factors = self.data.factors
        cut = self.cut._replace(binning="width") if self.cut.binning == "fixed" else self.cut
        if all(factor.complete for factor in factors):
            numbers = np.stack([factor.labels for factor in factors], axis=1)
            return self._count(
                information.discretize(numbers.astype(np.float64), cut), slice(None)
            )
        bins = np.full((len(factors), self.data.rows), -1, dtype=np.intp)
        for factor, row in zip(factors, bins, strict=True):
            numbers = factor.labels[factor.known, None].astype(np.float64)
            row[factor.known] = information.discretize(numbers, cut).labels[0]
        labels, sizes = [one.labels for one in factors], [one.size for one in factors]
        return _count_with_gaps(Binned(bins, cut.bins), labels, sizes)

    def shuffled(self, seed: int) -> list[Counts]:
        """Return the counts with the factors' rows in random orders, up to SHUFFLES of them."""
        if seed not in self._shuffled:
            random = np.random.default_rng(seed)
            times = SHUFFLES if self.data.codes.size <= LARGE else SHUFFLES // 2
            orders = (self.data.repeats.permutation(random) for _ in range(shuffles(times)))
            self._shuffled[seed] = self._in_orders(orders)
        return self._shuffled[seed]

    def halves(self, seed: int, *, afresh: bool = True) -> list[Counts]:
        """Return the counts of random halves of the rows, each cut into bins afresh, or in the bins of all rows.

        Of more than two million numbers they are those of all rows, which halves hardly move.
        """
        afresh = afresh and (self.data.codes.size <= LARGE or bool(self.data.far.any()))
        key = seed, afresh
        if key not in self._halves:
            rows = self.data.repeats.halves(seed, self.data.codes.size)
            self._halves[key] = self._of_halves(rows, afresh=afresh)
        return self._halves[key]

    def _in_orders(self, orders: Iterable[Array | slice]) -> list[Counts]:
        """Return the counts with the factors' rows in each of several orders."""
        return [self._count(self.bins, order) for order in orders]

    def _of_halves(self, halves: Sequence[Array], *, afresh: bool) -> list[Counts]:
        """Return the counts of each of several sets of rows, cut into bins afresh or not."""
        return [self._count(self._bins_of(rows, afresh=afresh), rows) for rows in halves]

    def over_rows(self, function: Callable[..., Found], *given: Any) -> list[Found]:
        """Return `function(bins, labels, *given)` of the rows, in parts: bins (D, n), labels (n,) by factor."""
        labels = [factor.labels for factor in self.data.factors]
        return [function(self.bins.labels, labels, *given)]

    def _bins_of(self, rows: Array, *, afresh: bool) -> Binned:
        if not afresh:
            return Binned(np.take(self.bins.labels, rows, axis=1), self.bins.size)
        return information.discretize(self.data.codes[rows], self.cut)

    def _count(self, binned: Binned, rows: Array | slice) -> Counts:
        labels = [factor.labels[rows] for factor in self.data.factors]
        sizes = [factor.size for factor in self.data.factors]
        counts = information.count(binned, labels, sizes)
        repeats = self.data.repeats
        if not repeats:
            return counts
        # Shuffled rows have the bins of all rows in their order, halves those of their own.
        once = repeats.first
        if not isinstance(rows, slice) and len(rows) < self.data.rows:
            once = repeats.among(rows)
        few = information.count(
            Binned(binned.labels[:, once], binned.size), [one[once] for one in labels], sizes
        )
        return replace(counts, once=few.tables)


def _count_with_gaps(binned: Binned, labels: list[Array], sizes: list[int]) -> Counts:
    """Count bins of which some rows have none (-1): those are put into one more, which is dropped."""
    if not (binned.labels < 0).any():
        return information.count(binned, labels, sizes)
    filled = np.where(binned.labels < 0, binned.size, binned.labels)
    counts = information.count(Binned(filled, binned.size + 1), labels, sizes)
    return Counts(tuple(table[..., :-1, :] for table in counts.tables))
