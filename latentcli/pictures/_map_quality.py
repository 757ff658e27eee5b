"""How far a map can be trusted: trustworthiness, continuity, and the rank correlation of distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array

K = 15
"""Neighbors that count."""

_SAMPLED = 1000
"""Rows whose ranks among all are counted, at most."""

_PAIRS = 20_000
_LARGE = 1 << 24
"""Distances that are in memory at a time."""


@dataclass(frozen=True)
class MapQuality:
    """Measures of a map, each in [0, 1] but the correlation, in [-1, 1].

    `trustworthiness`: whether neighbors on the map are neighbors in the space; `continuity`: whether
    neighbors in the space are neighbors on the map (Venna and Kaski, 2001); `neighbors_kept`: the share of
    the k nearest in the space among the k nearest on the map; `distance_correlation`: Spearman's, of pairs'
    distances; `torn` (rows sampled,): 1 - each row's share of neighbors kept, at `sampled`.
    """

    k: int
    trustworthiness: float
    continuity: float
    neighbors_kept: float
    distance_correlation: float | None
    sampled: Array
    torn: Array


def map_quality(
    rows: Array, coordinates: Array, *, k: int = K, seed: int = 0
) -> MapQuality | None:
    """Compare a map (N, 2) with its space (N, D), at up to 1,000 random rows among all.

    None for fewer than four rows.
    """
    count = len(rows)
    k = min(k, (count - 1) // 2)
    if k < 1:
        return None
    random = np.random.default_rng(seed)
    sampled = np.arange(count)
    if count > _SAMPLED:
        sampled = np.sort(random.choice(count, _SAMPLED, replace=False))
    penalties = np.zeros(2)
    torn = np.zeros(len(sampled))
    step = max(1, _LARGE // count)
    for start in range(0, len(sampled), step):
        part = sampled[start : start + step]
        high, low = (_ranks(values, part) for values in (rows, coordinates))
        near_high, near_low = ((ranks > 0) & (ranks <= k) for ranks in (high, low))
        penalties[0] += np.maximum(high[near_low] - k, 0).sum()
        penalties[1] += np.maximum(low[near_high] - k, 0).sum()
        torn[start : start + step] = 1 - (near_high & near_low).sum(axis=1) / k
    scale = 2 / (len(sampled) * k * (2 * count - 3 * k - 1))
    trust, continuity = 1 - scale * penalties
    return MapQuality(
        k, float(trust), float(continuity), float(1 - torn.mean()),
        _distance_correlation(rows, coordinates, random), sampled, torn,
    )  # fmt: skip


def torn_apart(coordinates: Array, neighbors: Array) -> Array:
    """Return the share (N,) of each point's neighbors (N, k) that are not among its k nearest on the map.

    >>> line = np.column_stack([[0.0, 1.0, 3.0, 3.5], np.zeros(4)])
    >>> torn_apart(line, np.array([[1], [0], [3], [0]])).tolist()
    [0.0, 0.0, 0.0, 1.0]
    """
    from scipy.spatial import cKDTree

    count, k = neighbors.shape
    near = cKDTree(coordinates).query(coordinates, k + 1)[1].reshape(count, k + 1)
    own = near == np.arange(count)[:, None]
    own[~own.any(axis=1), -1] = True  # of many points in one place it may not be listed itself
    near = near[~own].reshape(count, k)
    kept = np.zeros(count)
    for rank in range(k):
        kept += (near == neighbors[:, rank : rank + 1]).any(axis=1)
    return 1 - kept / k


def _ranks(values: Array, sampled: Array) -> Array:
    """Return the rank (Q, N) of every row by its distance from each sampled one: itself 0, from 1 on."""
    some = values[sampled].astype(np.float64)
    distances = -2 * some @ values.T.astype(np.float64)
    distances += np.einsum("ij,ij->i", values, values, dtype=np.float64)
    distances[np.arange(len(sampled)), sampled] = -np.inf
    order = np.argsort(distances, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(values.shape[0])[None], axis=1)
    return ranks


def _distance_correlation(
    rows: Array, coordinates: Array, random: np.random.Generator
) -> float | None:
    from scipy.stats import spearmanr

    one, two = random.integers(0, len(rows), (2, _PAIRS))
    apart = one != two
    gaps = [_gaps(values, one[apart], two[apart]) for values in (rows, coordinates)]
    if any(np.ptp(gap) <= 1e-12 * gap.max() for gap in gaps):  # equal but for rounding
        return None
    return float(spearmanr(*gaps).statistic)


def _gaps(values: Array, one: Array, two: Array) -> Array:
    """Return the distances (P,) between pairs of rows, which are read in blocks: rows may be wide."""
    found = np.empty(len(one))
    for part in spans(len(one), values.shape[1]):
        apart = values[one[part]].astype(np.float64) - values[two[part]]
        found[part] = np.sqrt((apart**2).sum(axis=1))
    return found
