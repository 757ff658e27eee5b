"""Sums over tables of counts (..., B, M) of bins and classes, in nats."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array

ROUNDING = 1e-13
"""Nats that entropies, as sums of many logarithms, are not sure of: ratios would take them for more."""


def log_ratios(table: Array) -> Array:
    """Return log p(z, v) / p(z) p(v) for a table of counts (..., B, M); 0 in empty cells."""
    total = table.sum(axis=(-2, -1), keepdims=True)
    product = table.sum(axis=-1, keepdims=True) * table.sum(axis=-2, keepdims=True)
    ratio = np.divide(table * total, product, out=np.ones(table.shape), where=table > 0)
    logs: Array = np.log(ratio)
    return logs


def occupied(counts: Array, axes: int | tuple[int, ...] = -1) -> Array:
    return np.asarray(np.count_nonzero(counts, axis=axes))


def entropy(counts: Array, axes: tuple[int, ...]) -> Array:
    """Return the plug-in entropy of counts over `axes`."""
    total = counts.sum(axis=axes)
    total = np.maximum(total, 1)
    logs = np.log(counts, out=np.zeros(counts.shape), where=counts > 0)
    found: Array = np.log(total) - (counts * logs).sum(axis=axes) / total
    return np.maximum(found, 0.0)
