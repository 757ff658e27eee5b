"""Hubness: whether some points are among the nearest neighbors of very many others.

N_k(x) is the number of rows that have x among their k nearest (Radovanovic et al., 2010). Of a
very large space some rows only are looked up for their neighbors among all. Their counts c thin
N_k out without bias in its factorial moments, E[c (c - 1) ...] = E[N_k (N_k - 1) ...] m (m - 1) ... /
(N (N - 1) ...), from which the skewness is computed. How many rows are nobody's neighbor
cannot be estimated so, and of white noise, which has no large hubs, the moments say too little: those
are measured among the rows looked up themselves.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from latentcli.geometry._cloud import Cloud
from latentcli.geometry._measure import Measure, kind_of, with_white_noise
from latentcli.geometry._sampling import halves_of
from latentcli.numerics.neighbors import Neighbors, nearest
from latentcli.numerics.nulls import Null, noise_null
from latentcli.numerics.points import Points
from latentcli.numerics.resampling import jackknife
from latentcli.numerics.types import Array
from latentcli.results import Interval

SECTION = "hubness"
NAMED = 5
"""How many hubs are named."""

_HUB = 2
_FEW, _AS_NOISE = 1.0, 2.0
"""Skewness of so little is none; up to so many times white noise's is as white noise."""

_MANY_TIES = 0.005


def occurrences(neighbors: Array, rows: int) -> Array:
    """Count how often each row is a neighbor (N,) in lists of neighbors (Q, k)."""
    found: Array = np.bincount(neighbors.ravel(), minlength=rows)
    return found


def skewness(counts: Array, queries: int) -> float | None:
    """Return the skewness of N_k, of all `counts` (N,) from the neighbors of `queries` rows; None if it has none.

    >>> round(skewness(np.array([4, 1, 0, 0, 0]), 5), 6)
    1.290994
    """
    total = len(counts)
    seen = np.bincount(counts)
    values = np.arange(len(seen), dtype=np.float64)
    falling, factor, moments = np.ones(len(seen)), 1.0, []
    for step in range(3):
        falling = falling * (values - step)
        factor *= (total - step) / max(1, queries - step)
        moments.append(float((falling * seen).sum()) / total * factor)
    first, second, third = moments
    mean, square, cube = first, second + first, third + 3 * second + first
    variance = square - mean**2
    if variance <= 1e-12 * max(square, 1.0):
        return None
    return float((cube - 3 * mean * square + 2 * mean**3) / variance**1.5)


def antihubs(counts: Array) -> float:
    """Return the share of rows that are nobody's neighbor, in [0, 1]."""
    return float((counts == 0).mean())


def hub_share(counts: Array, k: int) -> float:
    """Return the share of all neighbors that are hubs, N_k >= 2 k, in [0, 1]."""
    return float(counts[counts >= _HUB * k].sum() / counts.sum())


def robin_hood(counts: Array) -> float:
    """Return the share that would have to be moved to make all N_k equal, in [0, 1)."""
    return float(np.abs(counts - counts.mean()).sum() / (2 * counts.sum()))


def reading_of_skewness(value: float, null: Null) -> str:
    """Read the skewness of N_k beside that of white noise, which has hubs in many dimensions."""
    if value < _FEW:
        return "no hubs to speak of"
    if not null.larger or value <= _AS_NOISE * null.mean:
        return "no more hubs than white noise"
    return "hubs: some rows are near very many"


def measure(cloud: Cloud) -> tuple[Measure, ...]:
    """Measure how unevenly the rows of a cloud are neighbors, and name its hubs."""
    found, noise = _figures(cloud), _figures(cloud.noise)
    compared = with_white_noise(found, noise)
    if len(found) == 1:
        return compared
    skewed, *others = compared
    whole = [_of_all(cloud)] if _sampled(cloud.neighbors, cloud) else []
    return (*whole, _judged(cloud, skewed), *others, *_hubs(cloud))


def _judged(cloud: Cloud, one: Measure) -> Measure:
    """Read the skewness by its null, what white noise gives; not where the order decides ties.

    Skewness varies by a quarter between sets of white noise, so nine are drawn, of 2,000 rows at most.
    """
    if one.value is None or one.note:
        return one
    tested = cloud.sampling.tested
    some = cloud.part(tested) if len(tested) < len(cloud) else cloud
    value = _without_intervals(some)
    if value is None:
        return one
    null = noise_null(value, [_without_intervals(other) for other in some.noises])
    if null is None:
        return one
    reading = reading_of_skewness(value, null)
    return replace(one, null=null.mean, p_value=null.p_larger, reading=reading)


def _without_intervals(cloud: Cloud) -> float | None:
    """Return the skewness of all rows of a cloud, which is small."""
    return skewness(_counts(cloud.near, cloud.sampling.k), len(cloud))


def _of_all(cloud: Cloud) -> Measure:
    """Estimate the skewness among all rows from those that were looked up."""
    graph, (counts, _) = cloud.neighbors, _scaled(cloud)
    queries = len(graph.queries)
    variant = f"k={cloud.sampling.k}, among all rows, {kind_of(cloud)}"
    value = skewness(counts, queries)
    if value is None:
        note = f"neighbors of {queries:,} rows are too few to tell"
        return Measure(SECTION, "k_skewness", variant, None, note=note)
    interval = _jackknifed(cloud, graph, counts, value)
    note = f"estimated from the neighbors of {queries:,} rows"
    return Measure(SECTION, "k_skewness", variant, value, interval, note=note)


def _figures(cloud: Cloud) -> list[Measure]:
    """Measure the rows looked up among themselves, which are all rows unless there are very many."""
    graph, k, settings = cloud.neighbors, cloud.sampling.k, cloud.settings
    tied = _tied(graph, k)
    if tied == 1.0:
        why = _why_tied(graph, k)
        return [Measure(SECTION, "k_skewness", f"k={k}, {kind_of(cloud)}", None, note=why)]
    note = (
        f"of {tied:.0%} of the rows some neighbors are equally near: the order of the rows decides which count"
        if tied > _MANY_TIES
        else ""
    )
    counts, among, points = _scaled(cloud)[0], "", cloud.near
    if _sampled(graph, cloud):
        points = Points(cloud.near.take(graph.queries))
        counts = _counts(points, k)
        among = f", among {len(points):,} rows"
    variant = f"k={k}{among}, {kind_of(cloud)}"
    value = skewness(counts, len(counts))
    halves = halves_of(points.rows, settings, lambda rows: _afresh(points, rows, k))
    if value is None:
        note = "every row is a neighbor equally often"
    shares = {
        "antihubs": antihubs(counts),
        "hub_share": hub_share(counts, k),
        "robin_hood": robin_hood(counts),
    }
    return [
        Measure(
            SECTION,
            "k_skewness",
            variant,
            value,
            halves.interval("k_skewness", value),
            note=note,
        ),
        *(
            Measure(SECTION, name, variant, share, halves.interval(name, share, 0.0, 1.0))
            for name, share in shares.items()
        ),
    ]


def _counts(points: Points, k: int) -> Array:
    """Return N_k of all points (N,)."""
    return occurrences(nearest(points, np.arange(len(points)), k).rows, len(points))


def _afresh(points: Points, rows: Array, k: int) -> dict[str, float | None]:
    """Measure a part of the rows with their own neighbors."""
    k = max(1, min(k, (len(rows) - 1) // 2))
    counts = _counts(Points(points.take(rows)), k)
    return {
        "k_skewness": skewness(counts, len(counts)),
        "antihubs": antihubs(counts),
        "hub_share": hub_share(counts, k),
        "robin_hood": robin_hood(counts),
    }


def _sampled(graph: Neighbors, cloud: Cloud) -> bool:
    """Tell whether the neighbors of some rows only were looked up."""
    return len(graph.queries) < len(cloud)


def _tied(graph: Neighbors, k: int) -> float:
    """Return the share of rows whose k-th neighbor is no nearer than the next."""
    away = graph.distances
    if away.shape[1] <= k:
        return 0.0
    return float(np.isclose(away[:, k - 1], away[:, k], rtol=1e-12, atol=0).mean())


def _why_tied(graph: Neighbors, k: int) -> str:
    """Say what it means that no row's k-th neighbor is nearer than the next."""
    if np.isclose(graph.distances[:, 0], graph.distances[:, k], rtol=1e-12, atol=0).all():
        return "all rows are equally far: no row is nearer than another"
    return (
        f"no row's neighbor {k} is nearer than the next one: which of them counts is arbitrary"
    )


def _jackknifed(cloud: Cloud, graph: Neighbors, counts: Array, value: float) -> Interval | None:
    """Leave out groups of the rows looked up."""
    if cloud.settings.ci is None:
        return None
    queries, near = len(graph.queries), graph.rows[:, : cloud.sampling.k]
    without = [
        skewness(counts - occurrences(near[group], len(cloud)), queries - len(group))
        for group in cloud.repeats.of(graph.queries).parted(cloud.settings.seed)
    ]
    low, high = jackknife(value, without, cloud.settings.ci)
    return None if low is None or high is None else Interval(low, high)


def _hubs(cloud: Cloud) -> list[Measure]:
    """Name the rows that are a neighbor most often; white noise: the most that one of its rows is."""
    counts, scale = _scaled(cloud)
    noise, noise_scale = _scaled(cloud.noise)
    most = float(noise.max()) * noise_scale
    of = f", from {len(cloud.sampling.queries):,}" if scale > 1 else ""
    order = np.argsort(-counts, kind="stable")[:NAMED]
    return [
        Measure(
            SECTION,
            "hub",
            cloud.name(int(row)),
            float(counts[row]) * scale,
            white_noise=most,
            note=f"of {len(cloud):,} rows{of}",
        )
        for row in order
        if counts[row]
    ]


def _scaled(cloud: Cloud) -> tuple[Array, float]:
    """Return how often each row is a neighbor of those looked up, and how many each stands for."""
    graph = cloud.neighbors
    counts = occurrences(graph.rows[:, : cloud.sampling.k], len(cloud))
    return counts, len(cloud) / len(graph.queries)
