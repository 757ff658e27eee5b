"""Mutual information of numbers and classes by nearest neighbors (Ross, 2014), by sorting.

The estimator of scikit-learn's `mutual_info_classif`, with its scaling and its tiny noise that breaks
ties: the same numbers, but where its distances are rounded (values that are equal but for that noise,
and classes of few rows, for which it takes distances from squares) and its counts are off by one. On
one dimension the k-th nearest row of a class lies in a window of its sorted values, and the rows
within a distance are counted by binary search: eight times as fast on 10,000 rows.
"""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array

_NOISE = 1e-10


def nearest_information(
    codes: Array, labels: Array, neighbors: int, random: np.random.RandomState
) -> Array:
    """Estimate I(z; v) (D,) in nats of codes (N, D) and classes (N,), not below 0.

    I = psi(N) + <psi(k)> - <psi(N_class)> - <psi(m)>, where m counts the rows of any class within the
    distance of the k-th neighbor of the same class. Rows alone in their class are left out.
    """
    from scipy.special import digamma

    codes = codes.astype(np.float64)
    deviation = codes.std(axis=0)
    codes /= np.where(deviation > 0, deviation, 1.0)
    level = np.maximum(1.0, np.abs(codes).mean(axis=0))
    codes += _NOISE * level * random.standard_normal(size=codes.shape)
    sizes = np.bincount(labels)[labels]
    kept = sizes > 1
    if not kept.any():
        return np.zeros(codes.shape[1])
    codes, labels, sizes = codes[kept], labels[kept], sizes[kept]
    fewest = np.minimum(neighbors, sizes - 1)
    constant = digamma(len(labels)) + digamma(fewest).mean() - digamma(sizes).mean()
    counted = [digamma(_within(column, labels, neighbors)).mean() for column in codes.T]
    return np.maximum(0.0, constant - np.array(counted))


def _within(values: Array, labels: Array, neighbors: int) -> Array:
    """Count for each row those of any class nearer than its `neighbors`-th of the same class."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    by_class = order[np.argsort(labels[order], kind="stable")]
    ends = np.cumsum(np.bincount(labels))
    radius = np.empty(len(values))
    for rows in np.split(by_class, ends[:-1]):
        if len(rows):
            radius[rows] = _distance(values[rows], min(neighbors, len(rows) - 1))
    low = np.searchsorted(ordered, np.nextafter(values - radius, -np.inf), side="left")
    high = np.searchsorted(ordered, np.nextafter(values + radius, np.inf), side="right")
    # The sums above are rounded; the distances themselves decide, and the k-th row is not counted.
    while (beyond := values - ordered[low] >= radius).any():
        low += beyond
    while (beyond := ordered[high - 1] - values >= radius).any():
        high -= beyond
    return np.asarray(high - low)


def _distance(ordered: Array, k: int) -> Array:
    """Return the distance of each sorted value to its k-th nearest: the best of k + 1 windows."""
    count, best = len(ordered), np.full(len(ordered), np.inf)
    for before in range(k + 1):
        inside = slice(before, count - (k - before))
        here = ordered[inside]
        left = here - ordered[: count - k]
        right = ordered[k:] - here
        best[inside] = np.minimum(best[inside], np.maximum(left, right))
    return best
