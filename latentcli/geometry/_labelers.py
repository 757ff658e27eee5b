"""The ways to cluster rows, k-means and HDBSCAN, and clusters numbered by size."""

from __future__ import annotations

import numpy as np

from latentcli.errors import LatentError, counted
from latentcli.geometry._kmeans import group_count, groups
from latentcli.geometry._stability import Labeler
from latentcli.numerics.types import Array

METHODS = ("kmeans", "hdbscan")


def by_size(labels: Array) -> Array:
    """Return the clusters numbered by size, the largest 0; -1 stays.

    >>> by_size(np.array([0, 1, 1, -1])).tolist()
    [1, 0, 0, -1]
    """
    names, places, sizes = np.unique(
        labels[labels >= 0], return_inverse=True, return_counts=True
    )
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(names))
    found = np.full(len(labels), -1, dtype=np.int64)
    found[labels >= 0] = rank[places]
    return found


def count_of(values: Array, k: int | None, seed: int) -> int:
    """Return the number of clusters, by silhouettes if `k` is None; LatentError for more than distinct rows."""
    if k is None:
        k = group_count(values, seed)
    if k > (distinct := len(np.unique(values, axis=0))):
        raise LatentError(
            f"`x` has {counted(distinct, 'distinct row')}, fewer than {k} clusters"
        )
    return k


def labeler_of(method: str, k: int | None, min_cluster_size: int) -> Labeler:
    """Return what gives each row the number of its cluster, -1 for none, from rows and a seed."""
    if method == "kmeans":
        assert k is not None
        count = k
        return lambda values, seed: groups(values, min(count, len(values)), seed)

    def hdbscan(values: Array, seed: int) -> Array:
        from sklearn.cluster import HDBSCAN

        if len(values) < min_cluster_size:
            return np.full(len(values), -1)
        found: Array = HDBSCAN(min_cluster_size=min_cluster_size, copy=True).fit_predict(values)
        return found.astype(np.int64)

    return hdbscan
