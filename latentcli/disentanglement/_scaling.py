"""Means and deviations of codes of any size, and codes brought to one scale."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array

_MANY = 2_000_000
"""Probabilities from which regressions are learned in float32, in half the time and to six digits."""


def for_classes(codes: Array, classes: int) -> Array:
    """Return codes (N, D) in the precision in which a regression on so many classes is learned."""
    return codes.astype(np.float32) if len(codes) * classes > _MANY else codes


def scales(values: Array, *, ddof: int = 0) -> tuple[Array, Array]:
    """Return mean and standard deviation of each column (N, ...), in float64; 0 if it never changes.

    Squares are taken of values divided by the largest, so that none is too large or too small.
    """
    values = np.asarray(values, dtype=np.float64)
    mean = values.mean(axis=0)
    centered = values - mean
    largest = np.abs(centered).max(axis=0)
    centered /= np.where(largest > 0, largest, 1.0)
    squares = (centered**2).sum(axis=0) / max(len(values) - ddof, 1)
    still = values.min(axis=0) == values.max(axis=0)
    return mean, np.where(still, 0.0, largest * np.sqrt(squares))


def standardized(values: Array, mean: Array, deviation: Array) -> Array:
    """Return columns (N, ...) less their mean, by their deviation; 0 where that is 0."""
    scale = np.where(deviation > 0, deviation, np.inf)
    return (np.asarray(values, dtype=np.float64) - mean) / scale


def variances(batches: Array) -> Array:
    """Return the variance (n, D) of scaled codes in each batch (n, L, D), without its rounding noise.

    Which of several constant dimensions has the smallest is then not decided by rounding.
    """
    found: Array = batches.var(axis=1).round(12)
    return found
