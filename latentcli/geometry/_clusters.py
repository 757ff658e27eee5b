"""Clusters: whether rows of one class, or of one group that is found, lie together."""

from __future__ import annotations

import numpy as np

from latentcli.geometry._cloud import Cloud
from latentcli.geometry._kmeans import (
    gaussian_null,
    group_count,
    groups,
    silhouette_of_groups,
    silhouettes,
)
from latentcli.geometry._measure import Measure, graded, kind_of, of_drawn, with_white_noise
from latentcli.geometry._probe import probed
from latentcli.geometry._sampling import halves_of
from latentcli.geometry._scatter import Scatter, scatter
from latentcli.numerics.blocks import sampled
from latentcli.numerics.halves import Halves
from latentcli.numerics.neighbors import nearest
from latentcli.numerics.nulls import PERMUTATIONS, TESTED, Null, permutation_null
from latentcli.numerics.points import Points
from latentcli.numerics.repeats import repeats_of
from latentcli.numerics.types import Array

SECTION = "clusters"
_MOST_CLASSES = 1000
"""Classes that are measured at most."""


def purities(near: Array, labels: Array, queries: Array) -> Array:
    """Return the share of the neighbors (Q, k) of each row that have its label (Q,)."""
    found: Array = (labels[near] == labels[queries][:, None]).mean(axis=1)
    return found


def measure(cloud: Cloud) -> tuple[Measure, ...]:
    """Measure the classes of a cloud; where it has no labels, the groups that k-means finds."""
    if cloud.labels is None:
        return _unlabeled(cloud)
    labeled = np.flatnonzero(cloud.labels >= 0)
    found = np.unique(cloud.labels[labeled])
    if why := _no_classes(len(found), len(labeled)):
        return (Measure(SECTION, "silhouette", "labels", None, note=f"{why}: no classes"),)
    whole = cloud if len(labeled) == len(cloud) else cloud.part(labeled)
    return with_white_noise(_of_labels(whole, judged=True), _of_labels(whole.noise))


def _no_classes(labels: int, rows: int) -> str:
    """Say why labels make no classes; nothing if they do."""
    if labels < 2:
        return "all rows have one label" if labels else "no row has a label"
    if labels == rows:
        return "each row has its own label"
    return f"{labels:,} labels, more than {_MOST_CLASSES:,}" if labels > _MOST_CLASSES else ""


def _unlabeled(cloud: Cloud) -> tuple[Measure, ...]:
    values, settings = cloud.sample, cloud.settings
    count = group_count(values, settings.seed)
    variant = f"k-means, {count} groups{of_drawn(cloud)}, {kind_of(cloud)}"
    labels, noise = groups(values, count, settings.seed), cloud.noise.sample
    noise_labels = groups(noise, count, settings.seed)
    null = gaussian_null(values, count, settings.seed)
    halves = halves_of(
        len(values),
        settings,
        lambda rows: {"silhouette": silhouette_of_groups(values[rows], count, settings.seed)},
    )
    found = [
        _silhouette(values, labels, variant, halves, null, reading_of_groups),
        *_scattered(scatter(Points(values), labels), variant),
    ]
    return with_white_noise(
        found,
        [
            _silhouette(noise, noise_labels, variant),
            *_scattered(scatter(Points(noise), noise_labels), variant),
        ],
    )


def _of_labels(cloud: Cloud, *, judged: bool = False) -> list[Measure]:
    labels = cloud.labels
    assert labels is not None, "the caller has looked"
    drawn, values = labels[cloud.sampling.drawn], cloud.sample
    used = np.unique(labels)
    if len(used) < 2:  # of very many rows, white noise has the first only
        return []
    variant = f"{len(used):,} labels, {kind_of(cloud)}"
    some = f"{len(used):,} labels{of_drawn(cloud)}, {kind_of(cloud)}"
    halves = null = None
    if judged:
        halves = halves_of(
            len(values),
            cloud.settings,
            lambda rows: _afresh(cloud, values[rows], drawn[rows]),
            cloud.repeats.of(cloud.sampling.drawn),
        )
        null = _shuffled_silhouettes(values, drawn, cloud.settings.seed)
    return [
        _silhouette(values, drawn, some, halves, null, reading_of_classes),
        *_scattered(scatter(cloud.near, labels), variant),
        _purity(cloud, labels, halves),
        probed(cloud, values, drawn, some, cloud.repeats.of(cloud.sampling.drawn)),
    ]


def _afresh(cloud: Cloud, values: Array, labels: Array) -> dict[str, float | None]:
    """Compute silhouette and purity of a part of the rows (m, D), with their own neighbors."""
    if len(np.unique(labels)) < 2:
        return {}
    k = max(1, min(cloud.sampling.k, (len(values) - 1) // 2))
    every = np.arange(len(values))
    near = nearest(Points(values), every, k).rows
    return {
        "silhouette": float(silhouettes(values, labels).mean()),
        "knn_purity": float(purities(near, labels, every).mean()),
    }


def _silhouette(
    values: Array,
    labels: Array,
    variant: str,
    halves: Halves | None = None,
    null: Null | None = None,
    read: object = None,
) -> Measure:
    name, classes = "silhouette", len(np.unique(labels))
    if classes < 2:
        return Measure(SECTION, name, variant, None, note="one class: there is no other")
    value = float(silhouettes(values, labels).mean())
    interval = halves.interval(name, value, -1.0, 1.0) if halves else None
    one = Measure(SECTION, name, variant, value, interval)
    if null is None or not callable(read):
        return one
    return Measure(
        SECTION, name, variant, value, interval, None, null.mean, null.p_larger,
        read(value, null),
    )  # fmt: skip


def _shuffled_silhouettes(values: Array, labels: Array, seed: int) -> Null | None:
    """Compare the silhouette with that of shuffled labels, on at most 1,000 rows."""
    from sklearn.metrics import silhouette_score

    some = sampled(len(values), TESTED, seed)
    values, labels = values[some] - values[some].mean(axis=0), labels[some]
    if not 1 < len(np.unique(labels)) < len(labels):
        return None
    away = np.sqrt(
        np.maximum(
            (values**2).sum(axis=1)[:, None] + (values**2).sum(axis=1) - 2 * values @ values.T,
            0.0,
        )
    )
    np.fill_diagonal(away, 0.0)
    repeats = repeats_of(values, labels, classes=len(np.unique(labels)))
    rng = np.random.default_rng([seed, 6])
    draws = [
        float(silhouette_score(away, labels[repeats.permutation(rng)], metric="precomputed"))
        for _ in range(PERMUTATIONS if len(labels) <= 300 else 99)
    ]
    return permutation_null(float(silhouette_score(away, labels, metric="precomputed")), draws)


def _scattered(found: Scatter, variant: str) -> list[Measure]:
    index, ratio = found.davies_bouldin(), found.calinski_harabasz()
    return [
        Measure(
            SECTION,
            "davies_bouldin",
            variant,
            index,
            note="" if index is not None else "one class, or two with the same mean",
        ),
        Measure(
            SECTION,
            "calinski_harabasz",
            variant,
            ratio,
            note="" if ratio is not None else "one class, or the rows of each are the same",
        ),
    ]


def _purity(cloud: Cloud, labels: Array, halves: Halves | None) -> Measure:
    name, variant = "knn_purity", f"k={cloud.sampling.k}, {kind_of(cloud)}"
    graph = cloud.neighbors
    near = graph.rows[:, : cloud.sampling.k]
    value = float(purities(near, labels, graph.queries).mean())
    counts, total = np.bincount(labels).astype(np.float64), len(labels)
    by_chance = float((counts * (counts - 1)).sum()) / (total * (total - 1))
    if halves is None:
        return Measure(SECTION, name, variant, value, None, by_chance)
    rng = np.random.default_rng([cloud.settings.seed, 7])
    draws = []
    for _ in range(PERMUTATIONS):
        shuffled = labels[cloud.repeats.permutation(rng)]
        draws.append(float(purities(near, shuffled, graph.queries).mean()))
    null = permutation_null(value, draws)
    return Measure(
        SECTION, name, variant, value, halves.interval(name, value, 0.0, 1.0), by_chance,
        by_chance, null.p_larger, reading_of_purity(value, null),
    )  # fmt: skip


def reading_of_groups(value: float, null: Null) -> str:
    """Read the silhouette of k-means groups: k-means divides a single Gaussian as well."""
    if not null.larger:
        return "no clearer groups than one Gaussian has"
    return graded(
        _beyond(value, null),
        (0.25, "no clear clusters"),
        (0.5, "weak clusters"),
        (0.7, "clear clusters"),
        beyond="strong clusters",
    )


def reading_of_classes(value: float, null: Null) -> str:
    """Read the silhouette of labeled classes."""
    if not null.larger:
        return "no clearer classes than shuffled labels"
    return graded(
        _beyond(value, null),
        (0.25, "classes overlap"),
        (0.5, "weak clusters"),
        (0.7, "clear clusters"),
        beyond="strong clusters",
    )


def reading_of_purity(value: float, null: Null) -> str:
    """Read the share of neighbors with the same label."""
    if not null.larger:
        return "neighbors share labels as by chance"
    return graded(
        _beyond(value, null),
        (0.5, "neighbors share labels in part"),
        beyond="neighbors share labels",
    )


def _beyond(value: float, null: Null) -> float:
    """Return how much of what the null leaves up to 1 a measure has."""
    by_chance = max(0.0, null.mean)
    return (value - by_chance) / (1 - by_chance) if by_chance < 1 else 0.0
