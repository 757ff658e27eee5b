"""Duplicates: rows that point in (nearly) the same direction, as pairs and as groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from heapq import merge
from itertools import chain, combinations, islice, product

import numpy as np
from numpy.typing import ArrayLike

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.geometry._near_pairs import cosines_of, near_pairs
from latentcli.numerics.blocks import sampled, spans
from latentcli.numerics.named_rows import NamedRows, named_rows
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.results import Picture, Record, Result, Sheet

COLUMNS = ("a", "b", "cosine", "group", "group_size")
GROUPS = ("group", "size", "least_cosine", "members")
_SHOWN_GROUPS, _SHOWN_MEMBERS, _COMPARED = 10, 6, 200
"""Groups in the table, members named of each, and members whose cosines are compared."""

_COMMON = 0.01
"""Share of all pairs, but those of exact copies, from which a cosine is no sign of duplicates."""

_FEW = 20
"""Distinct rows up to which nothing is said of the space."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DuplicatesResult(Result):
    """Rows that are near copies of each other.

    Attributes
    ----------
    groups : (N,) int64
        For each row the first row of its group; rows with the same number are duplicates, directly or
        through others.
    keep : (N,) bool
        True for the first row of each group, and for rows without duplicates: `x[result.keep]` has
        none.
    """

    groups: Array
    keep: Array

    def pictures(self) -> tuple[Picture, ...]:
        """Return the cosines of the pairs, and the sizes of the groups."""
        from latentcli.geometry._pictures import of_duplicates

        return of_duplicates(self)


def duplicates(
    x: HasMatrix | ArrayLike,
    *,
    threshold: float = 0.95,
    top: int = 20,
    progress: Progress | None = None,
) -> DuplicatesResult:
    """Find pairs of rows whose cosine is at least a threshold, and the groups they make.

    Every pair is compared, in blocks: memory does not grow with the number of pairs. Scores are float32
    where that decides, float64 where it does not.

    Parameters
    ----------
    x : (N, D)
        A space (`latentcli.open`), an array, or a file. Rows that are zero or hold NaN are left out.
    threshold
        Least cosine of duplicates, in (0, 1].
    top
        Pairs to list, the most similar first, from 1. All are counted and grouped.
    progress
        Called with pairs compared and in all.

    Returns
    -------
    DuplicatesResult
        A record for each pair: `a`, `b`, `cosine`, `group` (by size, from 1), `group_size`.
        A group is a connected component (single linkage), so that two of its members may be farther
        apart than the threshold: `least_cosine` in the table of groups says how far.

    Raises
    ------
    ParameterError
        For a number out of its range.
    LatentError
        For an array without a row that has a direction.

    Examples
    --------
    >>> import latentcli
    >>> found = latentcli.duplicates([[1, 0], [0, 1], [2, 0.1], [0, 3]], threshold=0.99)
    >>> [(pair["a"], pair["b"], round(pair["cosine"], 4)) for pair in found.records]
    [('1', '3', 1.0), ('0', '2', 0.9988)]
    >>> found.keep.tolist()
    [True, True, False, False]
    """
    if not 0 < threshold <= 1:
        raise ParameterError("threshold", threshold, "above 0 and at most 1")
    if top < 1:
        raise ParameterError("top", top, "a whole number from 1")
    given = named_rows(x, "x")
    usable = given.usable()
    if not usable.any():
        raise LatentError("no row of `x` has a direction: all are zero, NaN or infinite")
    copies = _copies(given.rows, np.flatnonzero(usable))
    first = np.array(sorted(copies), dtype=np.int64)
    weights = np.array([len(copies[row]) for row in first.tolist()], dtype=np.int64)
    near = near_pairs(given.rows, first, threshold, top, weights, progress)
    groups = near.groups
    for row, same in copies.items():
        groups[same] = groups[row]
    copied = int((weights * (weights - 1) // 2).sum())
    count = near.count + copied
    near_rows = zip(
        near.first.tolist(), near.second.tolist(), near.cosines.tolist(), strict=True
    )
    pairs = sorted(
        chain(_of_copies(copies, top), _expanded(near_rows, copies, top)),
        key=lambda pair: (-pair[2], pair[0], pair[1]),
    )[:top]
    return _result(
        given, usable, groups, pairs, count, copied, int((weights - 1).sum()), threshold, top
    )


Pair = tuple[int, int, float]


def _copies(rows: Array, which: Array) -> dict[int, list[int]]:
    """Return the rows that are equal, number for number, by the first of them."""
    first: dict[bytes, int] = {}
    copies: dict[int, list[int]] = {}
    for part in spans(len(which), rows.shape[1]):
        block = np.ascontiguousarray(rows[which[part]] + rows.dtype.type(0))  # -0 is 0
        for row, values in zip(which[part].tolist(), block, strict=True):
            place = first.setdefault(blake2b(values, digest_size=16).digest(), row)
            copies.setdefault(place, []).append(row)
    return copies


def _of_copies(copies: dict[int, list[int]], top: int) -> Iterator[Pair]:
    """Yield pairs of equal rows, the first `top` of them."""
    pairs = merge(*(combinations(same, 2) for same in copies.values() if len(same) > 1))
    return ((a, b, 1.0) for a, b in islice(pairs, top))


def _expanded(near: Iterator[Pair], copies: dict[int, list[int]], top: int) -> Iterator[Pair]:
    """Yield pairs of near rows and of their copies; those of `top` most similar rows at least."""
    found = (
        (min(a, b), max(a, b), min(cosine, 1.0))
        for first, second, cosine in near
        for a, b in product(copies[first], copies[second])
    )
    return islice(found, max(top * 4, top))


def _result(
    given: NamedRows, usable: Array, groups: Array, pairs: list[Pair], count: int,
    copied: int, equal: int, threshold: float, top: int,
) -> DuplicatesResult:  # fmt: skip
    heads, places, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.argsort(-sizes, kind="stable")
    ranks = np.empty(len(heads), dtype=np.int64)
    ranks[order] = np.arange(1, len(heads) + 1)
    records: list[Record] = [
        {
            "a": given.name(a), "b": given.name(b), "cosine": cosine,
            "group": int(ranks[places[a]]), "group_size": int(sizes[places[a]]),
        }
        for a, b, cosine in pairs
    ]  # fmt: skip
    several = [int(place) for place in order if sizes[place] > 1]
    keep = np.arange(len(groups)) == groups
    rows = int(usable.sum())
    notes = given.notes("x", usable)
    if count > len(pairs):
        notes.append(f"the {len(pairs):,} most similar of {count:,} pairs; `top` lists more")
    if len(several) > _SHOWN_GROUPS:
        notes.append(f"the {_SHOWN_GROUPS} largest of {len(several):,} groups")
    share = count / max(1, rows * (rows - 1) // 2)
    common = (count - copied) / max(1, rows * (rows - 1) // 2 - copied)
    if common > _COMMON and rows - equal > _FEW:
        notes.append(
            f"{common:.1%} of all pairs of rows that are no exact copies have a cosine of `threshold` or more: in this space that is "
            "no sign of duplicates; raise it, or center the rows"
        )
    sheets = []
    if several:
        shown = [_group(given, groups, heads, sizes, place, ranks) for place in several]
        sheets = [
            Sheet("groups", GROUPS, shown[:_SHOWN_GROUPS]),
            Sheet("pairs", COLUMNS, records, ("group_size",)),
        ]
    return DuplicatesResult(
        groups=groups,
        keep=keep,
        title=f"Duplicates: {counted(rows, 'row')}, cosine {threshold:g} or more",
        columns=COLUMNS,
        records=records,
        summary={
            "pairs": count,
            "groups": len(several),
            "rows_in_groups": int(sizes[several].sum()),
            "rows_to_drop": int(sizes[several].sum()) - len(several),
            "exact_copies": equal,
            "share_of_pairs": share,
        },
        settings={"threshold": threshold, "top": top},
        notes=tuple(notes),
        views=tuple(sheets),
    )


def _group(
    given: NamedRows, groups: Array, heads: Array, sizes: Array, place: int, ranks: Array
) -> Record:
    members = np.flatnonzero(groups == heads[place])
    names = [given.name(int(row)) for row in members[:_SHOWN_MEMBERS]]
    more = f" and {len(members) - len(names):,} more" if len(members) > len(names) else ""
    some = members[sampled(len(members), _COMPARED, 0)]
    first, second = np.triu_indices(len(some), 1)
    return {
        "group": int(ranks[place]),
        "size": int(sizes[place]),
        "least_cosine": float(cosines_of(given.rows, some[first], some[second]).min()),
        "members": ", ".join(names) + more,
    }
