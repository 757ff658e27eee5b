"""Intervals of one dimension, one for each class, and Youden's J of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from latentcli.numerics import linear_svm
from latentcli.numerics.linear_svm import Ordered
from latentcli.numerics.types import Array


class _Intervals(NamedTuple):
    """The best interval for each class (M,), empty for a class without a row."""

    low: Array
    high: Array


class _Inside(NamedTuple):
    """Values (n,) and the intervals that they may be in."""

    values: Array
    intervals: _Intervals


def fit_intervals(ordered: Ordered) -> _Intervals:
    """Return the best interval for each class of an ordered dimension."""
    size = int(ordered.classes[-1]) + 1
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    low[ordered.classes], high[ordered.classes] = linear_svm.intervals(ordered)
    return _Intervals(low, high)


def in_intervals(intervals: _Intervals, values: Array) -> _Inside:
    """Return values (n,) with the intervals that they may be in."""
    return _Inside(values, intervals)


def youden_terms(inside: _Inside, labels: Array) -> Array:
    """Return terms (n,) whose mean is Youden's J (1950), mean over classes.

    J is the share of a class (n,) that is inside of its interval less the share of the rest. Classes
    without a row are left out. Work and memory are of n log n + M, not n M.
    """
    values, (low, high) = inside
    counts = np.bincount(labels, minlength=len(low))
    occurring = np.flatnonzero(counts)
    rest = np.maximum(len(labels) - counts, 1)
    own = (values >= low[labels]) & (values <= high[labels])
    terms = own * (len(labels) / counts[labels] + len(labels) / rest[labels])
    # What the intervals around a value weigh: those that begin up to it less those that ended before.
    weights = len(labels) / rest[occurring]
    terms -= _weight_below(low[occurring], weights, np.nextafter(values, np.inf))
    terms += _weight_below(high[occurring], weights, values)
    return np.asarray(terms / max(len(occurring), 1))


def _weight_below(ends: Array, weights: Array, values: Array) -> Array:
    """Return the sum of the weights (M,) of ends below each value (n,)."""
    order = np.argsort(ends)
    running = np.concatenate([[0.0], np.cumsum(weights[order])])
    return np.asarray(running[np.searchsorted(ends[order], values)])
