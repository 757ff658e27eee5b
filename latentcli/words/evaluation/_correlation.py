"""Coefficient of two lists of scores: Pearson's and Spearman's coefficients, with intervals.

Resampling draws pairs with replacement, which is the same as weighting each by how often it was
drawn; so ranks are found once, and a resample costs a few sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array
from latentcli.results import Interval

_DRAWN_AT_ONCE = 1 << 20
_LEVEL = 0.95
_FLAT = 1e-12
"""A variance below this part of the square of the scale is rounding error."""


@dataclass(frozen=True)
class Coefficient:
    """A coefficient in [-1, 1] with its 95 % interval; None where it has no meaning."""

    value: float | None
    interval: Interval | None = None


@dataclass(frozen=True)
class Correlations:
    """Both coefficients of the same pairs."""

    pearson: Coefficient
    spearman: Coefficient


def correlations(
    x: Array,
    y: Array,
    *,
    resamples: int = 1000,
    seed: int = 0,
    repeats: Repeats | None = None,
) -> Correlations:
    """Correlate `x` and `y` (n,), with percentile bootstrap intervals (Efron, 1979).

    A coefficient is None for fewer than two pairs, or where all of `x` or of `y` are equal.
    Ties get the mean of their ranks. `resamples` 0 leaves the intervals out. Pairs that repeat each
    other, by `repeats`, are drawn together.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    ones = np.ones((1, len(x)))
    ranked = _Ranks(x), _Ranks(y)
    values = pearson(x, y, ones), pearson(ranked[0](ones), ranked[1](ones), ones)
    drawn = [
        (pearson(x, y, weights), pearson(ranked[0](weights), ranked[1](weights), weights))
        for weights in _draws(repeats or Repeats(len(x)), resamples, seed)
    ]
    both = [
        _coefficient(float(value[0]), [part[index] for part in drawn])
        for index, value in enumerate(values)
    ]
    return Correlations(pearson=both[0], spearman=both[1])


def pearson(x: Array, y: Array, weights: Array) -> Array:
    """Return the weighted correlation for each row of `weights` (R, n); NaN where there is none.

    `x` and `y` are (n,), or (R, n) for values of each row's own.
    """
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1)
    dx = x - (weights * x).sum(axis=1, keepdims=True) / total
    dy = y - (weights * y).sum(axis=1, keepdims=True) / total
    xx, yy = (weights * dx * dx).sum(axis=1), (weights * dy * dy).sum(axis=1)
    flat = (xx <= _FLAT * (weights * x * x).sum(axis=1)) | (
        yy <= _FLAT * (weights * y * y).sum(axis=1)
    )
    scale = np.where(flat, np.nan, np.sqrt(xx) * np.sqrt(yy))
    found: Array = np.clip((weights * dx * dy).sum(axis=1) / scale, -1.0, 1.0)
    return found


class _Ranks:
    """The mean ranks of values under weights, which say how often each value is there."""

    def __init__(self, values: Array) -> None:
        self._order = np.argsort(values, kind="stable")
        ordered = values[self._order]
        new = np.ones(len(values), dtype=bool)
        new[1:] = ordered[1:] != ordered[:-1]
        self._starts = np.flatnonzero(new)
        self._place = np.empty(len(values), dtype=np.int64)
        self._place[self._order] = np.cumsum(new) - 1

    def __call__(self, weights: Array) -> Array:
        """Return the rank (R, n) of each value for each row of weights (R, n)."""
        if not len(self._order):
            return weights
        heavy = np.add.reduceat(weights[:, self._order], self._starts, axis=1)
        ranks: Array = (np.cumsum(heavy, axis=1) - (heavy - 1) / 2)[:, self._place]
        return ranks


def _draws(repeats: Repeats, resamples: int, seed: int) -> Iterator[Array]:
    """Yield how often each pair (n,) is drawn in each resample, in blocks (R, n)."""
    count = repeats.distinct
    if count < 2:
        return
    rng = np.random.default_rng(seed)
    size = max(1, _DRAWN_AT_ONCE // count)
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = rng.integers(0, count, (rows, count)) + count * np.arange(rows)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * count)
        times = times.reshape(rows, count).astype(np.float64)
        yield times if repeats.group is None else times[:, repeats.group]


def _coefficient(value: float, drawn: list[Array]) -> Coefficient:
    """Put a coefficient and its resamples together; those without a coefficient do not count."""
    if not np.isfinite(value):
        return Coefficient(None)
    found = np.concatenate(drawn) if drawn else np.zeros(0)
    found = found[np.isfinite(found)]
    if not found.size:
        return Coefficient(value)
    low, high = np.quantile(found, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Coefficient(value, Interval(float(low), float(high)))
