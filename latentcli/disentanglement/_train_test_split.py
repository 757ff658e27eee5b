"""Rows held out for testing, and how sure a mean over such rows is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement._confidence import normal_quantile
from latentcli.disentanglement._data import Data, Factor
from latentcli.disentanglement._notes import listed
from latentcli.errors import UsageError
from latentcli.numerics.intervals import wilson as wilson_interval
from latentcli.numerics.types import Array

_STILL = 1e-9


class Split(NamedTuple):
    """Rows (indices) to learn from and rows to test on; apart, and together all that are used."""

    train: Array
    test: Array


def split(labels: Array, *, test: float, seed: int, limit: int | None = None) -> Split:
    """Hold out a share `test` of the rows at random, the same share of every class.

    Each class of `labels` (N,), numbered from 0, keeps a row to learn from, so a class of one row
    is never tested. With `limit` no more than so many rows are used, again of each class its share;
    None or 0 uses all.
    Raises UsageError for a share outside 0 to 1 and a limit below 2.
    """
    if not 0 < test < 1:
        raise UsageError(f"--test is {test:g}; the share of rows held out is between 0 and 1")
    if limit and limit < 2:
        raise UsageError(f"--limit is {limit}; two rows or more are needed, or 0 for all")
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(labels))
    rows = shuffled[np.argsort(labels[shuffled], kind="stable")]
    if limit and limit < len(rows):
        rows = rows[_every(len(rows), limit / len(rows), random)]
    chosen = _every(len(rows), test, random)
    chosen[np.diff(labels[rows], prepend=-1) != 0] = False
    return Split(np.sort(rows[~chosen]), np.sort(rows[chosen]))


def _every(rows: int, share: float, random: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Pick a share of the rows, evenly along their order (systematic sampling)."""
    steps = np.floor(np.arange(rows + 1) * share + random.random())
    chosen: npt.NDArray[np.bool_] = np.diff(steps) > 0
    return chosen


def scarce(factors: Sequence[Factor], splits: Sequence[Split]) -> tuple[str, ...]:
    """Say which factors have classes that no test row shows."""
    found = []
    for factor, parts in zip(factors, splits, strict=True):
        unseen = factor.size - len(np.unique(factor.labels[parts.test]))
        if unseen:
            found.append(f"{factor.name} ({unseen:,} of {factor.size:,})")
    if not found:
        return ()
    return (f"classes with too few rows to be tested are only learnt from: {listed(found)}",)


def limited(data: Data, limit: int | None) -> tuple[str, ...]:
    """Say that not all rows are used, where that is so."""
    if not limit or limit >= data.rows:
        return ()
    return (f"{limit:,} of {data.rows:,} rows are used (--limit)",)


def influence(values: Array, rows: Array, total: int) -> Array:
    """Return how each of `total` rows moves the mean of `values`, which only `rows` have.

    Its deviation over all rows, divided by the root of their number, is the mean's standard error;
    influences of several means on the same rows may be averaged.
    """
    spread = np.zeros(total)
    spread[rows] = (values - values.mean()) * (total / len(rows))
    return spread


def interval(
    value: float, influences: Array, ci: float | None, low: float = 0.0, high: float = 1.0
) -> tuple[float | None, float | None]:
    """Return the ends of an interval for a value with influences (N,), within `low` and `high`.

    Where no row differs from another, as in a perfect score, there is none.
    """
    deviation = float(influences.std())
    if ci is None or deviation < _STILL:
        return None, None
    reach = normal_quantile(ci) * deviation / float(np.sqrt(len(influences)))
    return max(low, value - reach), min(high, value + reach)


def mean_known(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are known; None where none is."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def wilson(share: float, number: int, ci: float | None) -> tuple[float | None, float | None]:
    """Return the ends of Wilson's interval (1927) for a share of `number` independent trials."""
    if ci is None or number == 0:
        return None, None
    return wilson_interval(share * number, number, normal_quantile(ci)) or (None, None)
