"""Codes in shards with their factors: counted by workers, for the metrics that need no more than counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from latentcli.disentanglement._binned_counts import LARGE, BinnedCounts, Data
from latentcli.disentanglement._binning import Cut, Lying, check_bins
from latentcli.disentanglement._data import made_factors, prepare
from latentcli.disentanglement._factor_columns import check_names, with_any
from latentcli.disentanglement._mutual_information import Counts
from latentcli.distributed import _counting
from latentcli.distributed._coded_shards import (
    DISTINCT,
    Elsewhere,
    Look,
    LookedAt,
    Shards,
    least_of,
    most_of,
)
from latentcli.distributed._opening import Surveyed
from latentcli.distributed._shards import inside, note_of
from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.repeats import Repeats, repeats_by_hashes, row_hashes
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._session import Session

GATHERED = LARGE
"""Numbers up to which codes are brought to this machine: all that is computed of so few is computed here."""

_IN_MEMORY = 1 << 27
"""Row numbers of random orders that are in memory at a time."""


def open_codes(
    session: Session,
    found: Surveyed,
    columns: Mapping[str, Array],
    *,
    rows: Array | None = None,
    continuous: Sequence[str] = (),
    discrete: Sequence[str] = (),
    periodic: Mapping[str, float] | None = None,
    factor_bins: int = 20,
) -> Data:
    """Make codes (N, D) in shards, of which a pass was `found`, ready for metrics, with columns of factors.

    `rows` (M,), ascending, are those that the columns (M,) belong to; by default all. Few codes are
    brought to this machine, where every metric can be computed; of more, workers count bins and
    classes. Raises LatentError for codes that hold NaN or infinity, and for row counts that differ.
    """
    session.count(found.shards, found.skipped)
    _check_finite(found)
    count = sum(shard.rows for shard in found.shards) if rows is None else len(rows)
    for name, column in columns.items():
        if len(column) != count:
            raise LatentError(
                f"the shards have {count:,} rows, the factor {name} {len(column):,}"
            )
    if count * found.reading.dimensions <= GATHERED:
        values = found.rows(session, np.dtype(found.reading.dtype), np.zeros(0, np.int64))
        data = prepare(
            np.asarray(values) if rows is None else values[rows], columns,
            continuous=continuous, discrete=discrete, periodic=periodic or {},
            factor_bins=factor_bins,
        )  # fmt: skip
        return replace(data, notes=(*note_of(found.skipped), *data.notes))
    check_bins(factor_bins, "factor_bins")
    check_names([*continuous, *discrete, *(periodic or {})], columns)
    having, notes = with_any(columns)
    if having is not None:
        kept = np.arange(count) if rows is None else rows
        rows = kept[having]
        columns = {name: column[having] for name, column in columns.items()}
    made, left_out = made_factors(columns, continuous, discrete, periodic or {}, factor_bins)
    source = LookedAt(Shards(session, tuple(found.shards), found.reading.dimensions, rows))
    least, most = source.look(DISTINCT).ends
    names = tuple(f"z{j}" for j in range(found.reading.dimensions))
    size = (source.shards.rows, found.reading.dimensions)
    said = (*note_of(found.skipped), *notes, *left_out)
    return ShardedData(
        Elsewhere(size), tuple(made), names, least < most, said, source  # type: ignore[arg-type]
    )  # fmt: skip


def _check_finite(found: Surveyed) -> None:
    for shard, one in zip(found.shards, found.surveys, strict=True):
        bad = sum(one.reading.findings.counts.get(what, 0) for what in ("nan", "infinite"))
        if bad:
            raise LatentError(
                f"shard {shard.name}: {counted(bad, 'row')} with NaN or infinity; leave them out here and "
                "in the factors"
            )


@dataclass(frozen=True, eq=False)
class ShardedData(Data):
    """Codes in shards with ground-truth factors (each M), of which workers count."""

    source: Any = None

    def _made(self, cut: Cut) -> BinnedCounts:
        return ShardedCounts(self, cut)

    @cached_property
    def repeats(self) -> Repeats:
        """Which rows repeat others, factors and all: by hashes, which workers compute."""
        look = self.look(0)
        columns = [one for factor in self.factors for one in (factor.labels, factor.values)]
        whole = row_hashes([look.hashes, *columns])
        some = look.some[np.unique(row_hashes(look.some.T), return_index=True)[1]]
        classes = max((factor.size for factor in self.factors), default=0)
        return repeats_by_hashes(look.hashes, whole, lambda _: some, classes=classes)

    def _has_few(self, bins: int) -> bool:
        few = self.look(bins).few
        return any(
            values is not None and len(values) <= bins and alive
            for values, alive in zip(few, self.alive, strict=True)
        )

    def look(self, bins: int) -> Look:
        """Return what is known of the codes, with the values of dimensions that have as few as `bins`."""
        found: Look = self.source.look(max(DISTINCT, bins))
        return found

    @property
    def some(self) -> Array:
        """Some 10,000 of the rows (n, D), evenly apart."""
        return self.look(0).some

    @property
    def ends(self) -> tuple[Array, Array]:
        """The smallest and the largest value (D,) of each dimension."""
        return self.look(0).ends

    def correlated(self, targets: Any, orders: Any) -> Any:
        """Return the squared correlations of dimensions with targets of factors, which workers compute."""
        from latentcli.distributed._correlating import Correlated

        return Correlated(self.source.shards, self.look(0), targets, orders)

    def only(self, dimensions: Array) -> Data | None:
        """Return None: the rows are not at hand."""
        return None


class ShardedCounts(BinnedCounts):
    """What workers count of codes in bins."""

    data: ShardedData

    @cached_property
    def counts(self) -> Counts:
        """The joint counts of bins and classes."""
        return self._in_orders([slice(None)])[0]

    @cached_property
    def lying(self) -> list[Lying]:
        """Where the bins of all rows lie."""
        return self._lying(*self.data.ends)

    def _lying(self, least: Array, most: Array) -> list[Lying]:
        if self.cut.binning == "quantile":
            raise ParameterError(
                "binning", "quantile", "width or fixed of codes in shards: equally full bins need all values"
            )  # fmt: skip
        few: list[Array | None] = [None] * len(least)
        if self.cut.binning == "distinct":
            few = [
                one if one is not None and len(one) <= self.cut.bins else None
                for one in self.data.look(self.cut.bins).few
            ]
        return [Lying(*where) for where in zip(least, most, few, strict=True)]

    def over_rows(self, function: Callable[..., Any], *given: Any) -> list[Any]:
        """Return `function(bins, labels, *given)` of the rows, in parts, computed by workers."""
        parts = self._shards.each(
            _counting.over_rows,
            lambda at: (
                self.cut,
                self.lying,
                self._labels(self._shards.span(at)),
                function,
                given,
            ),
        )
        return [one for part in parts for one in part]

    def _in_orders(self, orders: Iterable[Array | slice]) -> list[Counts]:
        """Count in several orders, of which a few are in memory at a time."""
        together, waiting = max(1, _IN_MEMORY // self.data.rows), iter(orders)
        found: list[Counts] = []
        while some := [*islice(waiting, together)]:
            found += self._in_some_orders(some)
        return found

    def _in_some_orders(self, orders: Sequence[Array | slice]) -> list[Counts]:
        once = self.data.repeats.first

        def arranged(at: int) -> list[_counting.Arrangement]:
            span = self._shards.span(at)
            labels = [self._labels(span if isinstance(o, slice) else o[span]) for o in orders]
            found = [_counting.Arrangement(one) for one in labels]
            if once is None:
                return found
            mask = self._mask(once, at)
            return [*found, *(_counting.Arrangement(one, mask) for one in labels)]

        return self._with_once(
            self._counted(arranged, len(orders) * (1 if once is None else 2))
        )

    def _with_once(self, found: list[Counts]) -> list[Counts]:
        """Join counts of all rows with those of the distinct ones, which stand behind them."""
        if not self.data.repeats:
            return found
        several = len(found) // 2
        return [
            replace(one, once=few.tables)
            for one, few in zip(found[:several], found[several:], strict=True)
        ]

    def _of_halves(self, halves: Sequence[Array], *, afresh: bool) -> list[Counts]:
        """Count halves of the rows, cut afresh where outliers lay the bins, as on one machine."""
        repeats = self.data.repeats
        if repeats:
            halves = [*halves, *(half[repeats.among(half)] for half in halves)]
        lying: list[list[Lying] | None] = [None] * len(halves)
        if afresh and self.data.far.any():
            ends = self._shards.each(
                _counting.ends, lambda at: ([self._mask(half, at) for half in halves],)
            )
            lying = [
                self._lying(
                    least_of([one[h][0] for one in ends]), most_of([one[h][1] for one in ends])
                )
                for h in range(len(halves))
            ]

        def arranged(at: int) -> list[_counting.Arrangement]:
            labels = self._labels(self._shards.span(at))
            return [
                _counting.Arrangement(labels, self._mask(half, at), where)
                for half, where in zip(halves, lying, strict=True)
            ]

        return self._with_once(self._counted(arranged, len(halves)))

    def _counted(
        self, arranged: Callable[[int], list[_counting.Arrangement]], count: int
    ) -> list[Counts]:
        sizes = [factor.size for factor in self.data.factors]
        parts = self._shards.each(
            _counting.count_all, lambda at: (self.cut, self.lying, sizes, arranged(at))
        )
        return [
            Counts(tuple(sum(part[place][k] for part in parts) for k in range(len(sizes))))
            for place in range(count)
        ]

    @property
    def _shards(self) -> Shards:
        found: Shards = self.data.source.shards
        return found

    def _labels(self, rows: slice | Array) -> list[Array]:
        return [
            factor.labels[rows].astype(np.min_scalar_type(-factor.size))
            for factor in self.data.factors
        ]

    def _mask(self, half: Array, at: int) -> Array:
        """Return which rows of a shard, of those that have factors, are in a half (ascending)."""
        span = self._shards.span(at)
        mask = np.zeros(span.stop - span.start, dtype=bool)
        mask[inside(half, span)] = True
        return mask
