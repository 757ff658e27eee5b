"""Representational similarity analysis (Kriegeskorte, Mur and Bandettini, 2008)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from latentcli.numerics.repeats import Repeats
from latentcli.numerics.resampling import Estimate, jackknife
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
    repeats: Repeats | None = None,
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
    repeats
        Which rows repeat each other, and are left out together.

    Returns
    -------
    Estimate, its value None with fewer than three rows, or if all distances of a side are equal.
    """
    orders = [_order(DISTANCES[metric](rows)) for rows in (x, y)]
    value = _spearman(*orders)
    if value is None or level is None:
        return Estimate(value)
    left_out = []
    divided = (repeats or Repeats(len(x))).parted(seed)
    for done, group in enumerate(divided, 1):
        kept = np.setdiff1d(np.arange(len(x)), group)
        left_out.append(_spearman(*(order[np.ix_(kept, kept)] for order in orders)))
        if progress:
            progress(done, len(divided))
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


def _order(distances: Array) -> Array:
    """Return the place of each distance (n, n) among the different ones there are: sorted once."""
    above = np.triu_indices(len(distances), 1)
    places = np.zeros(distances.shape, dtype=np.int32)
    places[above] = np.unique(distances[above], return_inverse=True)[1]
    return places


def _spearman(first: Array, second: Array) -> float | None:
    """Correlate the ranks of the pairs of rows; None where one side has no order at all."""
    if len(first) < 3:
        return None
    above = np.triu_indices(len(first), 1)
    a, b = (_ranks(places[above]) for places in (first, second))
    a, b = a - a.mean(), b - b.mean()
    own = float(np.sqrt((a @ a) * (b @ b)))
    return float(np.clip(a @ b / own, -1.0, 1.0)) if own > 0 else None


def _ranks(places: Array) -> Array:
    """Return the ranks of values from 0 up, by their places; equal values share the mean of theirs."""
    counts = np.bincount(places)
    ranks: Array = (np.cumsum(counts) - (counts + 1) / 2)[places]
    return ranks


def rank_matrix(rows: Array, metric: str) -> Array | None:
    """Return the centered ranks of the distances of rows (n, n), of length 1; None without an order."""
    above = np.triu_indices(len(rows), 1)
    ranks = _ranks(_order(DISTANCES[metric](rows))[above])
    ranks = ranks - ranks.mean() if len(ranks) else ranks
    size = float(np.sqrt(ranks @ ranks))
    if not size > 0:
        return None
    found = np.zeros((len(rows), len(rows)))
    found[above] = ranks / size
    return found + found.T
