"""Rows that repeat others: no new evidence, so that tests, splits and resamples keep them together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.numerics.blocks import sampled, spans
from latentcli.numerics.points import Points
from latentcli.numerics.resampling import (
    HALVES,
    Interval,
    bootstrap,
    groups,
    half_samples,
)
from latentcli.numerics.types import Array

SHARE = 0.05
"""Share of rows that repeat others from which it matters: fewer change nothing."""

_FEW = 20
"""Values of a dimension up to which whole numbers are classes, which come again by themselves."""

_LOOKED_AT = 20_000
"""Rows drawn to see whether any repeats another, of more rows than that."""


_WIDE = 64
"""Dimensions of which some are looked at first."""


_RARE = 5
"""Groups of one size, of which fewer have too few orders."""


@dataclass(frozen=True, eq=False)
class Repeats:
    """Which of the `rows` repeat others: of each group of equal rows one is new, the others tell nothing more.

    `first` (G,) are the rows that repeat no earlier one, ascending; `group` (N,) says which of these each row
    repeats, or is. Both are None where all rows count.
    """

    rows: int
    first: Array | None = None
    group: Array | None = None

    def __bool__(self) -> bool:
        """Whether rows are repeated."""
        return self.group is not None

    @property
    def distinct(self) -> int:
        """How many rows are distinct."""
        return self.rows if self.first is None else len(self.first)

    def permutation(self, random: np.random.Generator) -> Array:
        """Return a random order (N,): rows that are equal get equal rows.

        Groups of one size are permuted with each other, so that each row is there once; those of rare sizes, too.
        """
        if self.group is None:
            return random.permutation(self.rows)
        members, starts, place = _members(self.group)
        sizes = np.diff(starts, append=self.rows)
        new = _permuted_alike(sizes, random)[self.group]
        return np.asarray(members[starts[new] + place % sizes[new]])

    def whole(self, chosen: Array) -> Array:
        """Return all rows of groups (n,), ascending; `chosen` as it is where no row is repeated."""
        if self.group is None:
            return chosen
        among = np.zeros(self.distinct, dtype=bool)
        among[chosen] = True
        return np.flatnonzero(among[self.group])

    def halves(self, seed: int, numbers: int = 0, count: int = HALVES) -> list[Array]:
        """Draw random halves as `half_samples` does: all of a group, or none of it."""
        return [self.whole(half) for half in half_samples(self.distinct, seed, numbers, count)]

    def parted(self, seed: int) -> list[Array]:
        """Part all rows by chance into groups as `groups` does: what is equal is in one."""
        return [self.whole(part) for part in groups(self.distinct, seed)]

    @property
    def times(self) -> Array:
        """How often each row (N,) is there."""
        if self.group is None:
            return np.ones(self.rows, dtype=np.intp)
        return np.asarray(np.bincount(self.group)[self.group])

    def once(self, values: Array) -> Array:
        """Return the values (G, ...) of distinct rows, given those (N, ...) of all."""
        return values if self.first is None else values[self.first]

    def spread(self, values: Array) -> Array:
        """Return the values (N, ...) of all rows, given those (G, ...) of distinct ones."""
        return values if self.group is None else values[self.group]

    def summed(self, values: Array) -> Array:
        """Return sums (G,) over groups of values (N,), scaled to have the same mean."""
        if self.group is None:
            return values
        found = np.bincount(self.group, values, self.distinct)
        return np.asarray(found * (self.distinct / self.rows))

    def among(self, rows: Array) -> Array:
        """Return the places (n,) in some rows, ascending numbers (m,), of those that repeat no earlier one."""
        if self.group is None:
            return np.arange(len(rows))
        return np.sort(np.unique(self.group[rows], return_index=True)[1])

    def of(self, rows: Array) -> Repeats:
        """Return which of some rows (n,) repeat others of them."""
        return Repeats(len(rows)) if self.group is None else grouped(self.group[rows])

    @property
    def note(self) -> tuple[str, ...]:
        """What is to be said of it."""
        return self.note_on("row", "rows", "chance, tests and intervals")

    def note_on(self, one: str, several: str, what: str) -> tuple[str, ...]:
        """Say how many of some things are distinct, and what repeated ones count once for."""
        if not self:
            return ()
        counts = f"a {one} that is repeated counts once for {what}"
        return (f"{self.rows:,} {several}, {self.distinct:,} distinct: {counts}",)


def _permuted_alike(sizes: Array, random: np.random.Generator) -> Array:
    """Return a random order (G,) of groups, those of one size, and those of all rare sizes, among themselves."""
    kinds = np.where(np.bincount(sizes)[sizes] < _RARE, 0, sizes)
    order = np.empty(len(sizes), dtype=np.intp)
    order[np.argsort(kinds, kind="stable")] = np.lexsort((random.random(len(sizes)), kinds))
    return order


def _members(group: Array) -> tuple[Array, Array, Array]:
    """Return the rows (N,) by group, where each group starts (G,), and the place of each row (N,) in its own."""
    members = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[members], prepend=-1))
    place = np.empty(len(group), dtype=np.intp)
    place[members] = np.arange(len(group)) - starts[group[members]]
    return members, starts, place


def repeats_of(codes: Array, *others: Array, classes: int = 0) -> Repeats:
    """Find rows of codes (N, D) that are there several times, with the same `others` (N,) beside them.

    Rows of classes come again by themselves, and are new evidence: rows are taken for repeated only if some
    dimension has as good as one value for each distinct row, more of them than the largest of `others` has
    `classes`, and (of whole numbers) than 20. Nor are they where equal rows have other `others`.
    """
    count = len(codes)
    if count > _LOOKED_AT:
        some = np.random.default_rng(5).choice(count, _LOOKED_AT, replace=False)
        if len(np.unique(row_hashes(codes[some].T))) == _LOOKED_AT:
            return Repeats(count)
    if codes.shape[1] > _WIDE:
        apart = codes.T[:: codes.shape[1] // _WIDE]
        if count - len(np.unique(row_hashes(apart))) <= SHARE * count:
            return Repeats(count)
    hashes = row_hashes(codes.T)
    whole = row_hashes([hashes, *others]) if others else hashes
    return repeats_by_hashes(hashes, whole, lambda first: codes[first], classes=classes)


def repeats_of_pairs(x: Points, y: Points) -> Repeats:
    """Find rows of x (N, D1) that are there several times with the same rows of y (N, D2), block by block."""
    some = sampled(len(x), _LOOKED_AT, 5)
    if len(np.unique(row_hashes(x.take(some).T))) == len(some):
        return Repeats(len(x))
    hashes, beside = (
        np.concatenate(
            [row_hashes(one.take(part).T) for part in spans(len(one), one.dimensions)]
        )
        for one in (x, y)
    )
    return repeats_by_hashes(hashes, row_hashes([hashes, beside]), x.take)


def repeats_by_hashes(
    hashes: Array, whole: Array, rows_of: Callable[[Array], Array], *, classes: int = 0
) -> Repeats:
    """Find rows that repeat others, as `repeats_of`, by numbers (N,) that are equal for equal rows.

    `hashes` are of the codes, `whole` of the codes with what is beside them; `rows_of` returns the codes
    (n, D) of some rows (n,).
    """
    count, first = len(hashes), np.unique(hashes, return_index=True)[1]
    if count - len(first) <= SHARE * count:
        return Repeats(count)
    if not _continuous(rows_of(first[sampled(len(first), _LOOKED_AT, 5)]), classes):
        return Repeats(count)
    found = grouped(whole)
    # What comes again with something else beside it was drawn again.
    if found.distinct - len(first) > SHARE * (count - len(first)):
        return Repeats(count)
    found = _without_atom(found)
    return found if count - found.distinct > SHARE * count else Repeats(count)


def _without_atom(found: Repeats) -> Repeats:
    """Count each row of the largest group if it has more than half of all copies: zeros, padding, one collapsed code.

    These are a value that comes often, as a class does, and no copies of rows.
    """
    if found.group is None:
        return found
    sizes = np.bincount(found.group)
    largest = int(sizes.argmax())
    if 2 * (sizes[largest] - 1) <= found.rows - found.distinct:
        return found
    keys = found.group.copy()
    keys[keys == largest] = found.distinct + np.arange(sizes[largest])
    return grouped(keys)


def repeats_of_sets(x: Array, y: Array) -> Repeats:
    """Find which rows of two sets (n, D) and (m, D) together repeat others of their own set.

    Each set by itself says whether its rows are repeated: a set of one code, or of few, has classes.
    """
    first, second = repeats_of(x), repeats_of(y)
    if not (first or second):
        return Repeats(len(x) + len(y))
    keys = first.spread(np.arange(first.distinct)), second.spread(np.arange(second.distinct))
    return grouped(np.concatenate([keys[0], len(x) + keys[1]]))


def numbered(keys: Iterable[Hashable]) -> Array:
    """Return a number (N,) for each key, the same for equal ones: 0, 1, 2, ... as they come."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)


def repeats_of_keys(keys: Iterable[Hashable]) -> Repeats:
    """Find what is there several times, by keys (N,) that are equal for the same; a twentieth does not count.

    >>> repeats_of_keys(["king queen", "man woman", "king queen"]).distinct
    2
    """
    found = grouped(numbered(keys))
    return found if found.rows - found.distinct > SHARE * found.rows else Repeats(found.rows)


def bootstrapped(values: Array, level: float, seed: int, repeats: Repeats) -> Interval:
    """Return the bootstrap interval of a mean (see `bootstrap`), what is repeated (n,) drawn together."""
    if repeats.group is None:
        return bootstrap(values, level, seed)
    sums = np.bincount(repeats.group, values, repeats.distinct)
    both = np.stack([sums, repeats.once(repeats.times)], axis=1)

    def ratios(drawn: Array) -> Array:
        totals = drawn.sum(axis=1)
        return np.asarray(totals[:, 0] / totals[:, 1])

    return bootstrap(both, level, seed, ratios)


def grouped(keys: Array) -> Repeats:
    """Return which rows repeat others, by keys (N,) that are equal for equal rows."""
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    if len(first) == len(keys):
        return Repeats(len(keys))
    place = np.empty(len(first), dtype=np.intp)
    place[np.argsort(first)] = np.arange(len(first))
    return Repeats(len(keys), np.sort(first), place[inverse.ravel()])


def _continuous(rows: Array, classes: int) -> bool:
    """Tell whether some dimension of distinct rows (M, D) has more values than classes would have."""
    for column in rows.T:
        values = np.unique(column)
        most = max(_FEW if (values == np.floor(values)).all() else 2, classes)
        if len(values) > max(len(rows) / 2, most):
            return True
    return False


def row_hashes(columns: Sequence[Array] | Array) -> npt.NDArray[np.uint64]:
    """Return a number (N,) for each row of columns (D, N) that is equal for equal rows only."""
    made = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        whole = column.dtype.kind in "iub"
        bits = column.astype(np.uint64 if whole else np.float64) + (0 if whole else 0.0)
        made = (made ^ bits.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)  # wraps around
        made ^= made >> np.uint64(29)
        made *= np.uint64(0xBF58476D1CE4E5B9)
        made ^= made >> np.uint64(32)
    return made
