"""Whether words of one category are found together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

_STARTS = 10


def cluster(vectors: Array, count: int, *, seed: int = 0) -> npt.NDArray[np.int64]:
    """Part vectors (n, D) into `count` clusters by k-means on the unit vectors (n,).

    The best of ten starts is taken.
    """
    from sklearn.cluster import KMeans

    directions = unit(vectors)
    count = min(count, len(np.unique(directions, axis=0)))
    made = KMeans(n_clusters=count, n_init=_STARTS, random_state=seed).fit(directions)
    return np.asarray(made.labels_, dtype=np.int64)


def purity(clusters: Sequence[int] | Array, categories: Sequence[str]) -> float:
    """Return the share of items in the commonest category of their cluster, in (0, 1].

    >>> purity([0, 0, 0, 1, 1], ["cat", "cat", "dog", "dog", "dog"])
    0.8
    """
    _, place = np.unique(np.asarray(categories), return_inverse=True)
    table = np.zeros((int(np.max(clusters)) + 1, int(place.max()) + 1), dtype=np.int64)
    np.add.at(table, (np.asarray(clusters), place), 1)
    return float(table.max(axis=1).sum() / table.sum())
