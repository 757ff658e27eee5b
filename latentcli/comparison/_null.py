"""What measures of two spaces are when the rows of one are shuffled: the null of their readings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from latentcli.comparison._rsa import DISTANCES, rank_matrix
from latentcli.numerics.nulls import PERMUTATIONS, Null, permutation_null
from latentcli.numerics.repeats import repeats_of
from latentcli.numerics.types import Array

TESTED = 500
"""Rows at most that are shuffled."""

_FEWER, _WIDE = 99, 200
"""Shuffles for the distance of Procrustes, and dimensions from which fewer rows are taken."""


def shuffled_rows_null(
    shapes: tuple[Array, Array], rows: tuple[Array, Array], *, k: int, metric: str, seed: int
) -> Mapping[str, Null]:
    """Compare each measure of paired rows (n, D1) and (n, D2) with those of shuffled rows of y.

    `shapes` are the rows as CKA and Procrustes take them, centered and scaled; `rows` as they are.
    They are a sample, and the p-values are of the sample; pairs that repeat each other stay together. Measures that
    do not exist are left out.
    """
    count = len(rows[0])
    repeats = repeats_of(rows[0], *rows[1].T)
    statistics: dict[str, Callable[[Array], float] | None] = {
        "cka": _hsic(*shapes),
        "rsa": _rank_correlation(*rows, metric),
        "procrustes": _procrustes(*shapes, few=not repeats),
        "neighbor_overlap": _common_neighbors(*rows, k, metric),
    }
    found = {}
    for name, statistic in statistics.items():
        if statistic is None:
            continue
        rng = np.random.default_rng([seed, 11])
        times = _FEWER if name == "procrustes" else PERMUTATIONS
        draws = [statistic(repeats.permutation(rng)) for _ in range(times)]
        found[name] = permutation_null(statistic(np.arange(count)), draws)
    return found


def _hsic(x: Array, y: Array) -> Callable[[Array], float] | None:
    """Return the debiased CKA for an order of the rows of y (Song et al., 2012, eq. 5)."""
    n = len(x)
    if n < 4:
        return None
    grams = []
    for rows in (x, y):
        centered = rows - rows.mean(axis=0)
        gram = centered @ centered.T
        np.fill_diagonal(gram, 0.0)
        grams.append(gram)
    first, second = grams

    def unbiased(a: Array, b: Array) -> float:
        sums = a.sum(axis=1), b.sum(axis=1)
        return float(
            (
                (a * b).sum()
                + sums[0].sum() * sums[1].sum() / ((n - 1) * (n - 2))
                - 2 * (sums[0] @ sums[1]) / (n - 2)
            )
            / (n * (n - 3))
        )

    own = unbiased(first, first) * unbiased(second, second)
    if not own > 0:
        return None
    return lambda order: unbiased(first, second[np.ix_(order, order)]) / float(own**0.5)


def _rank_correlation(x: Array, y: Array, metric: str) -> Callable[[Array], float] | None:
    """Return Spearman's correlation of the distances for an order of the rows of y."""
    first, second = (rank_matrix(rows, metric) for rows in (x, y))
    if first is None or second is None:
        return None
    return lambda order: float((first * second[np.ix_(order, order)]).sum() / 2)


def _procrustes(x: Array, y: Array, *, few: bool) -> Callable[[Array], float] | None:
    """Return the distance of Procrustes for an order of the rows of y; of wide rows of a `few`."""
    count = len(x) if max(x.shape[1], y.shape[1]) <= _WIDE or not few else min(len(x), _WIDE)
    factors = []
    for rows in (x[:count], y[:count]):
        left, singular = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)[:2]
        if not singular[0] > 0:
            return None
        factors.append(left * (singular / np.linalg.norm(singular)))
    first, second = factors

    def distance(order: Array) -> float:
        chosen = order[order < count]
        return 2 - 2 * float(np.linalg.svd(first.T @ second[chosen], compute_uv=False).sum())

    return distance


def _common_neighbors(
    x: Array, y: Array, k: int, metric: str
) -> Callable[[Array], float] | None:
    """Return the mean overlap of the k nearest neighbors for an order of the rows of y.

    Equal distances go to the row that comes first, in whatever order the rows are.
    """
    n = len(x)
    k = min(k, max(1, (n - 1) // 2))
    first, second = (_places(rows, metric) for rows in (x, y))
    links = _links(first, k)
    if _tied(second, k):
        return lambda order: _common(links, _links(second[np.ix_(order, order)], k), k)
    others = _links(second, k)
    return lambda order: _common(links, others[np.ix_(order, order)], k)


def _places(rows: Array, metric: str) -> Array:
    """Return the place of each distance (n, n) in their order, equal ones the same; a row is last of itself."""
    away = DISTANCES[metric](rows)
    places = np.unique(away, return_inverse=True)[1].reshape(away.shape)
    np.fill_diagonal(places, away.size)
    return np.asarray(places)


def _links(places: Array, k: int) -> Array:
    """Return which rows are neighbors of each (n, n) bool."""
    n = len(places)
    near = np.argpartition(places * n + np.arange(n), k - 1, axis=1)[:, :k]
    links = np.zeros((n, n), dtype=bool)
    np.put_along_axis(links, near, True, axis=1)
    return links


def _tied(places: Array, k: int) -> bool:
    """Tell whether the k-th neighbor of some row is no nearer than the next."""
    ordered = np.partition(places, (k - 1, min(k, len(places) - 1)), axis=1)
    return bool((ordered[:, k - 1] == ordered[:, min(k, len(places) - 1)]).any())


def _common(one: Array, other: Array, k: int) -> float:
    return float((one & other).sum() / (len(one) * k))
