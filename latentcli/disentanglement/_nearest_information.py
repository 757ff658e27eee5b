"""Mutual information by nearest neighbors: of numbers and classes (Ross, 2014), and of numbers and numbers.

The first is the estimator of scikit-learn's `mutual_info_classif`, with its scaling and its tiny noise that breaks
ties: the same numbers, but where its distances are rounded (values that are equal but for that noise,
and classes of few rows, for which it takes distances from squares) and its counts are off by one. On
one dimension the k-th nearest row of a class lies in a window of its sorted values, and the rows
within a distance are counted by binary search: eight times as fast on 10,000 rows.

The second is that of Kraskov, Stoegbauer and Grassberger (2004, their first), which is scikit-learn's
`mutual_info_regression`. Both are also of latents that are vectors, with the largest difference of a
coordinate as the distance.
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

    codes = _scaled(codes, random)
    sizes = np.bincount(labels)[labels]
    kept = sizes > 1
    if not kept.any():
        return np.zeros(codes.shape[1])
    codes, labels, sizes = codes[kept], labels[kept], sizes[kept]
    fewest = np.minimum(neighbors, sizes - 1)
    constant = digamma(len(labels)) + digamma(fewest).mean() - digamma(sizes).mean()
    counted = [digamma(_within(column, labels, neighbors)).mean() for column in codes.T]
    return np.maximum(0.0, constant - np.array(counted))


def nearest_information_of_values(
    codes: Array, values: Array, neighbors: int, random: np.random.RandomState
) -> Array:
    """Estimate I(z; v) (D,) in nats of codes (N, D) and values (N, T), not below 0.

    I = psi(N) + psi(k) - <psi(m_z)> - <psi(m_v)>, where m count the rows, each its own too, that are
    nearer in z, and in v, than the k-th neighbor in both.
    """
    codes, values = _scaled(codes, random), _scaled(values, random)
    return np.array(
        [_of_values(codes[:, [j]], values, neighbors) for j in range(codes.shape[1])]
    )


def block_information(
    block: Array, target: Array, neighbors: int, random: np.random.RandomState
) -> float:
    """Estimate the information in nats of a vector (N, d) about classes (N,) or values (N, T)."""
    block = _scaled(block, random)
    if target.ndim > 1:
        return _of_values(block, _scaled(target, random), neighbors)
    return _of_classes(block, target, neighbors)


def _of_values(block: Array, values: Array, neighbors: int) -> float:
    from scipy.special import digamma

    neighbors = min(neighbors, len(block) - 1)
    radius = _reach(np.hstack([block, values]), neighbors)
    found = digamma(len(block)) + digamma(neighbors)
    for space in (block, values):
        found -= digamma(_count(space, radius)).mean()
    return max(0.0, float(found))


def _of_classes(block: Array, labels: Array, neighbors: int) -> float:
    from scipy.special import digamma

    sizes = np.bincount(labels)[labels]
    kept = sizes > 1
    if not kept.any():
        return 0.0
    block, labels, sizes = block[kept], labels[kept], sizes[kept]
    radius = np.empty(len(block))
    for label in np.unique(labels):
        rows = labels == label
        radius[rows] = _reach(block[rows], min(neighbors, int(rows.sum()) - 1))
    fewest = np.minimum(neighbors, sizes - 1)
    found = digamma(len(labels)) + digamma(fewest).mean() - digamma(sizes).mean()
    return max(0.0, float(found - digamma(_count(block, radius)).mean()))


def _scaled(values: Array, random: np.random.RandomState) -> Array:
    """Return columns (N, D) of deviation 1, with a tiny noise that breaks ties."""
    values = values.astype(np.float64)
    deviation = values.std(axis=0)
    values /= np.where(deviation > 0, deviation, 1.0)
    level = np.maximum(1.0, np.abs(values).mean(axis=0))
    values += _NOISE * level * random.standard_normal(size=values.shape)
    return values


def _reach(rows: Array, neighbors: int) -> Array:
    """Return a distance (N,) just below that of each row to its k-th neighbor, in the largest coordinate."""
    from scipy.spatial import cKDTree

    distance = cKDTree(rows).query(rows, neighbors + 1, p=np.inf)[0][:, -1]
    return np.asarray(np.nextafter(distance, 0.0))


def _count(rows: Array, radius: Array) -> Array:
    """Count the rows (N,) within a distance of each, itself too."""
    if rows.shape[1] == 1:
        return _count_sorted(rows[:, 0], radius)
    from scipy.spatial import cKDTree

    return np.asarray(
        cKDTree(rows).query_ball_point(rows, radius, p=np.inf, return_length=True)
    )


def _count_sorted(values: Array, radius: Array) -> Array:
    ordered = np.sort(values)
    low = np.searchsorted(ordered, np.nextafter(values - radius, -np.inf), side="left")
    high = np.searchsorted(ordered, np.nextafter(values + radius, np.inf), side="right")
    while (beyond := values - ordered[low] > radius).any():  # sums above are rounded
        low += beyond
    while (beyond := ordered[high - 1] - values > radius).any():
        high -= beyond
    return np.asarray(high - low)


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
