"""Hubness: whether some points are among the nearest neighbors of very many others.

N_k(x) is the number of rows that have x among their k nearest (Radovanovic et al., 2010). Of a
very large space the neighbors, among all rows, of a sample only are found. Their counts c thin
N_k out without bias in its factorial moments, E[c (c - 1) ...] = E[N_k (N_k - 1) ...] m (m - 1) ... /
(N (N - 1) ...), from which the skewness is computed. How many rows are nobody's neighbor
cannot be estimated so, and of white noise, which has no large hubs, the moments say too little: those
are measured among the sampled rows themselves.
"""

from __future__ import annotations

import numpy as np

from latentcli.geometry._cloud import Cloud, Measure, Readings, with_white_noise
from latentcli.numerics.neighbors import Neighbors, nearest
from latentcli.numerics.points import Points
from latentcli.numerics.resampling import Interval, bootstrap, groups, jackknife
from latentcli.numerics.types import Array, Progress

SECTION = "hubness"
NAMED = 5
"""How many hubs are named."""

_HUB = 2
_FEW, _AS_NOISE = 1.0, 1.25
"""Skewness of so little is none, and of so many times white noise's no more than its own error."""

_MANY_TIES = 0.005


def occurrences(neighbors: Array, rows: int) -> Array:
    """Count how often each row is a neighbor (N,) in lists of neighbors (Q, k)."""
    found: Array = np.bincount(neighbors.ravel(), minlength=rows)
    return found


def skewness(counts: Array, asked: int) -> float | None:
    """Return the skewness of N_k, of all `counts` (N,) from `queries` rows; None if it has none.

    >>> round(skewness(np.array([4, 1, 0, 0, 0]), 5), 6)
    1.290994
    """
    total = len(counts)
    seen = np.bincount(counts)
    values = np.arange(len(seen), dtype=np.float64)
    falling, factor, moments = np.ones(len(seen)), 1.0, []
    for step in range(3):
        falling = falling * (values - step)
        factor *= (total - step) / max(1, asked - step)
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


def measure(cloud: Cloud, progress: Progress | None = None) -> tuple[Measure, ...]:
    """Measure how unevenly the rows of a cloud are neighbors, and name its hubs."""
    found, noise = _figures(cloud, progress), _figures(cloud.noise, progress)
    compared = with_white_noise(found, noise, _READINGS)
    if len(found) == 1:
        return compared
    whole = [_of_all(cloud)] if _sampled(cloud.neighbors(), cloud) else []
    return (*whole, *compared, *_hubs(cloud))


def _of_all(cloud: Cloud) -> Measure:
    """Estimate the skewness among all rows, of which some were asked; of noise it says too little."""
    graph, (counts, _) = cloud.neighbors(), _scaled(cloud)
    asked = len(graph.asked)
    variant = f"k={cloud.k}, among all rows, {cloud.kind}"
    value = skewness(counts, asked)
    if value is None:
        note = f"{asked:,} query rows are too few to tell"
        return Measure(SECTION, "k_skewness", variant, None, note=note)
    low, high = _jackknifed(cloud, graph, counts, value)
    note = f"{asked:,} query rows"
    return Measure(SECTION, "k_skewness", variant, value, None, low, high, note)


def _read_skewness(one: Measure) -> str:
    value = one.value or 0.0
    least = value if one.low is None else one.low
    if value < _FEW:
        return "no hubs to speak of"
    if least <= _AS_NOISE * (one.white_noise or 0.0):
        return "no more hubs than white noise"
    return "hubs: some rows are near very many"


_READINGS: Readings = {
    "k_skewness": _read_skewness,
    "antihubs": lambda one: "of the rows: nobody's neighbor",
    "hub_share": lambda one: "of all neighbors are hubs",
    "robin_hood": lambda one: "of all neighbors would move to be even",
}


def _figures(cloud: Cloud, progress: Progress | None) -> list[Measure]:
    """Measure the query rows among themselves, which are all rows unless there are very many."""
    graph, k, settings = cloud.neighbors(progress), cloud.k, cloud.settings
    tied = _tied(graph, k)
    if tied == 1.0:
        why = _why_tied(graph, k)
        return [Measure(SECTION, "k_skewness", f"k={k}, {cloud.kind}", None, note=why)]
    note = f"order decided ties of {tied:.0%} of the rows" if tied > _MANY_TIES else ""
    counts, among = _scaled(cloud)[0], ""
    if _sampled(graph, cloud):
        asked = np.arange(len(graph.asked))
        own = nearest(Points(cloud.near.take(graph.asked)), asked, k)
        counts, among = occurrences(own.rows, len(asked)), f", among {len(asked):,} rows"
    variant = f"k={k}{among}, {cloud.kind}"
    value = skewness(counts, len(counts))
    low, high = bootstrap(counts.astype(np.float64), settings.ci, settings.seed, _skewnesses)
    if value is None:
        low, high, note = None, None, "every row is the neighbor of as many"
    return [
        Measure(SECTION, "k_skewness", variant, value, None, low, high, note),
        Measure(SECTION, "antihubs", variant, antihubs(counts)),
        Measure(SECTION, "hub_share", variant, hub_share(counts, k)),
        Measure(SECTION, "robin_hood", variant, robin_hood(counts)),
    ]


def _sampled(graph: Neighbors, cloud: Cloud) -> bool:
    """Tell whether some rows only were asked."""
    return len(graph.asked) < len(cloud)


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
    return f"no row's neighbor {k} is nearer than the next: which one counts is open"


def _jackknifed(cloud: Cloud, graph: Neighbors, counts: Array, value: float) -> Interval:
    """Leave out groups of the query rows."""
    asked, near = len(graph.asked), graph.rows[:, : cloud.k]
    without = [
        skewness(counts - occurrences(near[group], len(cloud)), asked - len(group))
        for group in groups(asked, cloud.settings.seed)
    ]
    return jackknife(value, without, cloud.settings.ci)


def _skewnesses(resampled: Array) -> Array:
    """Return the skewness (biased) of each resample (B, n); NaN where all are the same."""
    away = resampled - resampled.mean(axis=1, keepdims=True)
    variance = (away**2).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = (away**3).mean(axis=1) / variance**1.5
    return found


def _hubs(cloud: Cloud) -> list[Measure]:
    """Name the rows that are a neighbor of most; white noise: the most that one of its rows is."""
    counts, scale = _scaled(cloud)
    noise, noise_scale = _scaled(cloud.noise)
    most = float(noise.max()) * noise_scale
    variant = f"of {len(cloud):,} rows" + (
        f", from {len(cloud.queries):,}" if scale > 1 else ""
    )
    order = np.argsort(-counts, kind="stable")[:NAMED]
    return [
        Measure(
            SECTION, "hub", cloud.name(int(row)), float(counts[row]) * scale, most, note=variant
        )
        for row in order
        if counts[row]
    ]


def _scaled(cloud: Cloud) -> tuple[Array, float]:
    """Return how often each row is a neighbor of asked rows, and how many rows each stands for."""
    graph = cloud.neighbors()
    return occurrences(graph.rows[:, : cloud.k], len(cloud)), len(cloud) / len(graph.asked)
