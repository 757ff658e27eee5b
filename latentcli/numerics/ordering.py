"""The order of a matrix's rows in which what is alike stands together."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array

_MOST = 500
"""Rows up to which leaves are ordered, which takes their cube."""


def clustered_order(distances: Array) -> list[int]:
    """Return the numbers of rows of a symmetric matrix (n, n) of distances, similar ones side by side.

    Average linkage, its leaves ordered so that neighbors are as near as can be (Bar-Joseph et al., 2001).

    >>> clustered_order(np.array([[0.0, 9, 1], [9, 0.0, 8], [1, 8, 0.0]]))
    [0, 2, 1]
    """
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    count = len(distances)
    if count < 3 or not np.isfinite(distances).all():
        return list(range(count))
    symmetric = np.maximum((distances + distances.T) / 2, 0.0)
    np.fill_diagonal(symmetric, 0.0)
    between = squareform(symmetric, checks=False)
    tree = linkage(between, "average")
    if count <= _MOST:
        tree = optimal_leaf_ordering(tree, between)
    order: list[int] = leaves_list(tree).tolist()
    return order if order[0] <= order[-1] else order[::-1]


def histogram(values: Array, low: float, high: float, bins: int = 40) -> tuple[Array, Array]:
    """Return edges (bins + 1,) from `low` to `high` and the density of values between them (bins,).

    What lies outside is left out of the bins, not of the density.
    """
    if not high > low:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, bins + 1)
    counts, _ = np.histogram(values, edges)
    return edges, counts / max(1, len(values)) / (edges[1] - edges[0])
