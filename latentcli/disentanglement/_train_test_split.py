"""Rows held out for testing, and how uncertain a mean over such rows is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement._confidence import normal_quantile
from latentcli.disentanglement._data import Data, Factor
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._score import shuffles
from latentcli.errors import ParameterError
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array
from latentcli.results import Interval

_CONSTANT = 1e-9
"""A deviation of influences that is no more than rounding."""


class Split(NamedTuple):
    """Training and test rows (indices), without overlap; together all rows that are used."""

    train: Array
    test: Array


def split(
    labels: Array,
    *,
    test: float,
    seed: int,
    limit: int | None = None,
    repeats: Repeats | None = None,
) -> Split:
    """Hold out a share `test` of the rows at random, stratified by class.

    Each class of `labels` (N,), numbered from 0, keeps a training row, so a class of one row is
    never tested; rows without a class, -1, are in neither part. With `limit` no more than so many rows are used, stratified likewise; None or 0
    uses all. Rows that repeat each other are all on one side.
    Raises ParameterError for a share outside 0 to 1 and a limit below 2.
    """
    if not 0 < test < 1:
        raise ParameterError("test", test, "a share of the rows between 0 and 1")
    if limit and limit < 2:
        raise ParameterError("limit", limit, "2 or more, or 0 for all rows")
    if repeats is not None and repeats.first is not None:
        most = limit and max(2, limit * repeats.distinct // repeats.rows)
        once = split(repeats.once(labels), test=test, seed=seed, limit=most)
        return Split(*(repeats.whole(part) for part in once))
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(labels))
    shuffled = shuffled[labels[shuffled] >= 0]
    rows = shuffled[np.argsort(labels[shuffled], kind="stable")]
    if limit and limit < len(rows):
        rows = rows[_systematic_sample(len(rows), limit / len(rows), random)]
    chosen = _systematic_sample(len(rows), test, random)
    chosen[np.diff(labels[rows], prepend=-1) != 0] = False
    return Split(np.sort(rows[~chosen]), np.sort(rows[chosen]))


def _systematic_sample(
    rows: int, share: float, random: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Pick a share of the rows, evenly along their order."""
    steps = np.floor(np.arange(rows + 1) * share + random.random())
    chosen: npt.NDArray[np.bool_] = np.diff(steps) > 0
    return chosen


def permuted_test_rows(tested: Sequence[Repeats], seed: int) -> Iterator[list[Array]]:
    """Yield SHUFFLES times, for each set of test rows, a random order of them.

    Shuffling the labels of the test rows alone needs no new fit, and is an exact null given the
    fitted model: if codes say nothing about a factor, its test labels are exchangeable.
    """
    random = np.random.default_rng([seed, 1])
    for _ in range(shuffles()):
        yield [rows.permutation(random) for rows in tested]


def null_means(
    data: Data,
    splits: Sequence[Split],
    statistic: Callable[[int, Array], float | None],
    seed: int,
) -> tuple[float, ...]:
    """Return the mean over factors of `statistic(factor, order of its test rows)`, in each shuffle."""
    tested = [data.repeats.of(one.test) for one in splits]
    found = [
        mean_known([statistic(k, order) for k, order in enumerate(orders)])
        for orders in permuted_test_rows(tested, seed)
    ]
    return tuple(one for one in found if one is not None)


def untested_classes(factors: Sequence[Factor], splits: Sequence[Split]) -> tuple[str, ...]:
    """Say which factors have classes without any test row."""
    found = []
    for factor, parts in zip(factors, splits, strict=True):
        unseen = factor.size - len(np.unique(factor.labels[parts.test]))
        if unseen:
            found.append(f"{factor.name} ({unseen:,} of {factor.size:,})")
    if not found:
        return ()
    return (
        f"classes with too few rows for a test row are used for training only: {listed(found)}",
    )


def limited(data: Data, limit: int | None) -> tuple[str, ...]:
    """Say that not all rows are used, where that is so."""
    if not limit or limit >= data.rows:
        return ()
    return (f"{limit:,} of {data.rows:,} rows are used (`limit`)",)


def influence(values: Array, rows: Array, total: int) -> Array:
    """Return the influence (total,) of each row on the mean of `values`, which only `rows` have.

    Its deviation over all rows, divided by the root of their number, is the mean's standard error;
    influences of several means on the same rows may be averaged.
    """
    spread = np.zeros(total)
    if len(rows):
        spread[rows] = (values - values.mean()) * (total / len(rows))
    return spread


def interval(
    value: float | None,
    influences: Array,
    ci: float | None,
    low: float = 0.0,
    high: float = 1.0,
) -> Interval | None:
    """Return the interval of a value with influences (N,), within `low` and `high`.

    None where no row differs from another, as in a perfect score.
    """
    return interval_of(value, float(influences.std()), len(influences), ci, low, high)


def interval_of(
    value: float | None,
    deviation: float,
    rows: int,
    ci: float | None,
    low: float = 0.0,
    high: float = 1.0,
) -> Interval | None:
    """Return the interval of a value whose influences on so many rows have this standard deviation."""
    if ci is None or value is None or deviation < _CONSTANT:
        return None
    reach = normal_quantile(ci) * deviation / float(np.sqrt(rows))
    return Interval(max(low, value - reach), min(high, value + reach))


def ends(interval: Interval | None) -> tuple[float | None, float | None]:
    """Return the ends of an interval for a record; None and None without one."""
    return interval or (None, None)


def mean_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are defined; None where none is."""
    defined = [value for value in values if value is not None]
    return float(np.mean(defined)) if defined else None
