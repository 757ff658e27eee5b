"""Several things distinguished two by two: p-values held together by Holm, and groups as letters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from string import ascii_letters
from typing import NamedTuple

import numpy as np

from latentcli.results import Interval, Record

LEVEL = 0.05
"""Two things are distinguished where Holm's p is at most this."""


class Difference(NamedTuple):
    """A mean difference over paired halves, with its interval and two-sided p-value."""

    value: float
    interval: Interval | None
    p_value: float | None


_ROUNDING = 1e-12
"""Two values that differ by less than this part of the larger are equal."""


def difference_of(one: float, other: float) -> float:
    """Return `other` less `one`; 0 where they differ by no more than rounding.

    >>> difference_of(0.3, 0.1 + 0.2)
    0.0
    """
    found = other - one
    return 0.0 if abs(found) <= _ROUNDING * max(abs(one), abs(other)) else found


def paired_difference(
    value: float, halves: Sequence[float], level: float | None = 0.95
) -> Difference:
    """Test a difference by the same difference on random halves of the rows.

    Parameters
    ----------
    value
        The difference on all rows.
    halves
        The difference on each half: of the same rows for both sides, so that what the rows do to both
        cancels out.
    level
        Coverage of the interval; None for none.

    Notes
    -----
    The deviation over halves drawn without replacement is the standard error on all rows (Politis,
    Romano and Wolf, 1999), with as many degrees of freedom as halves less one. A difference that is the
    same on all halves has p = 0, or 1 if it is 0.

    >>> paired_difference(0.0, [0.0, 0.0]).p_value
    1.0
    """
    known = np.array([one for one in halves if math.isfinite(one)])
    if len(known) < 2 or len(known) < 0.8 * len(halves):
        return Difference(value, None, None)
    from scipy.special import stdtr, stdtrit

    freedom = len(known) - 1
    error = float(known.std(ddof=1))
    if error <= 1e-12 * max(abs(value), 1e-300):
        p_value = 1.0 if value == 0 else 0.0
    else:
        p_value = 2 * float(stdtr(freedom, -abs(value) / error))
    if level is None:
        return Difference(value, None, p_value)
    reach = error * float(stdtrit(freedom, (1 + level) / 2))
    return Difference(value, Interval(value - reach, value + reach), p_value)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number (Holm, 1979), in the same order.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def letters(names: Sequence[str], apart: Mapping[tuple[str, str], bool]) -> dict[str, str]:
    """Return letters for groups that cannot be distinguished: two names share one where they cannot.

    By insertion and absorption (Piepho, 2004). `names` go from the best down, so that "a" is the best
    group; `apart[a, b]` says whether two names, in that order, are distinguished.

    >>> letters(["x", "y", "z"], {("x", "y"): False, ("x", "z"): True, ("y", "z"): False})
    {'x': 'a', 'y': 'ab', 'z': 'b'}
    """
    groups: list[frozenset[str]] = [frozenset(names)]
    for one, other in combinations(names, 2):
        if not apart[one, other]:
            continue
        split: list[frozenset[str]] = []
        for group in groups:
            parts = [group - {one}, group - {other}] if {one, other} <= group else [group]
            split += parts
        groups = [
            group
            for place, group in enumerate(split)
            if not any(
                group < rival or (group == rival and at < place)
                for at, rival in enumerate(split)
            )
        ]
    rank = {name: place for place, name in enumerate(names)}
    groups.sort(key=lambda group: sorted(rank[name] for name in group))
    labels = [_label(number) for number in range(len(groups))]
    return {
        name: "".join(
            label for label, group in zip(labels, groups, strict=True) if name in group
        )
        for name in names
    }


def differences_from_best(
    values: Mapping[str, float],
    difference: Callable[[str, str], Difference],
    *,
    lower_is_better: bool = False,
) -> list[Record]:
    """Return records of `name` and `value` from the best down, and how each differs from the best.

    `difference(best, other)` compares two names. Records have the `difference` with its interval (`low`,
    `high`), `p_value`, `p_holm` over all pairs of names, and `group`: names that share a letter are not
    distinguished at 5 %. None where nothing can be tested.

    >>> rows = differences_from_best({"x": 1.0, "y": 3.0}, lambda a, b: Difference(-2.0, None, 0.01))
    >>> [(row["name"], row["difference"], row["group"]) for row in rows]
    [('y', 0.0, 'a'), ('x', -2.0, 'b')]
    """
    names = sorted(values, key=lambda name: values[name] * (1 if lower_is_better else -1))
    found = {pair: difference(*pair) for pair in combinations(names, 2)}
    tested = {pair: one.p_value for pair, one in found.items() if one.p_value is not None}
    if not tested:
        return []
    adjusted = dict(zip(tested, holm([*tested.values()]), strict=True))
    groups = letters(names, {pair: adjusted.get(pair, 1.0) <= LEVEL for pair in found})
    rows: list[Record] = []
    for name in names:
        pair = names[0], name
        one = found.get(pair, Difference(0.0, None, None))
        low, high = one.interval or (None, None)
        rows.append(
            {
                "name": name,
                "value": values[name],
                "difference": one.value,
                "low": low,
                "high": high,
                "p_value": one.p_value,
                "p_holm": adjusted.get(pair),
                "group": groups[name],
            }
        )
    return rows


def difference_keys(row: Record) -> Record:
    """Return what a record of differences adds to that of a score; nothing for no record."""
    if not row:
        return {}
    return {
        "difference": row["difference"],
        "difference_low": row["low"],
        "difference_high": row["high"],
        "difference_p_value": row["p_value"],
        "p_holm": row["p_holm"],
        "group": row["group"],
    }


def _label(number: int) -> str:
    """Return a, b, ... Z, then aa, ba, ... with a blank before, so that they are not misread."""
    if number < len(ascii_letters):
        return ascii_letters[number]
    return f" {ascii_letters[number % len(ascii_letters)]}{number // len(ascii_letters)}"
