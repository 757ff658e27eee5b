"""Representational similarity analysis (Kriegeskorte, Mur and Bandettini, 2008)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from latentcli.numerics.resampling import Estimate, groups, jackknife
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

_DIGITS = 10
"""Of a distance, relative to the largest: what differs beyond is rounding, and so a tie."""


def rsa(
    x: Array,
    y: Array,
    *,
    metric: str = "euclidean",
    level: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Estimate:
    """Return Spearman's correlation of all distances within X with those within Y, in [-1, 1].

    Parameters
    ----------
    x, y : (n, D1), (n, D2)
        Paired rows, none of them zero if the metric is "cosine". Memory grows with n^2.
    metric
        "euclidean" or "cosine" (1 - cosine).
    level
        Of confidence, for a jackknife interval over groups of rows; without it there is none.

    Returns
    -------
    Estimate, its value None with fewer than three rows, or if all distances of a side are equal.
    """
    within = DISTANCES[metric]
    first, second = within(x), within(y)
    value = _spearman(first, second)
    if value is None or level is None:
        return Estimate(value)
    left_out = []
    parted = groups(len(first), seed)
    for done, group in enumerate(parted, 1):
        kept = np.setdiff1d(np.arange(len(first)), group)
        grid = np.ix_(kept, kept)
        left_out.append(_spearman(first[grid], second[grid]))
        if progress:
            progress(done, len(parted))
    return Estimate(value, *jackknife(value, left_out, level, limit=1.0))


def _euclidean(rows: Array) -> Array:
    """Return distances (n, n): squared, which orders them alike."""
    values = np.asarray(rows, dtype=np.float64)
    values = values - values.mean(axis=0)
    largest = float(np.abs(values).max())
    values /= largest or 1.0
    squares = (values * values).sum(axis=1)
    return _rounded(squares[:, None] + squares - 2 * values @ values.T)


def _cosine(rows: Array) -> Array:
    directions = unit(rows)
    return _rounded(1 - directions @ directions.T)


def _rounded(distances: Array) -> Array:
    largest = float(np.abs(distances).max())
    return np.round(distances / (largest or 1.0), _DIGITS)


DISTANCES: dict[str, Callable[[Array], Array]] = {
    "cosine": _cosine,
    "euclidean": _euclidean,
}
"""Distances of rows (n, D) to each other (n, n), in an order that is all RSA looks at."""


def _spearman(first: Array, second: Array) -> float | None:
    """Correlate the ranks of the pairs of rows; None where one side has no order at all."""
    if len(first) < 3:
        return None
    above = np.triu_indices(len(first), 1)
    ranks = [_ranks(distances[above]) for distances in (first, second)]
    a, b = (rank - rank.mean() for rank in ranks)
    own = float(np.sqrt((a @ a) * (b @ b)))
    return float(np.clip(a @ b / own, -1.0, 1.0)) if own > 0 else None


def _ranks(values: Array) -> Array:
    """Return the ranks from 0 up, equal values sharing the mean of theirs."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Array = (ends - (counts + 1) / 2)[group]
    return ranks
