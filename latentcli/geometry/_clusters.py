"""Clusters: whether rows of one class, or of one group that is found, lie together."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from latentcli.geometry._cloud import Cloud, Measure, Readings, graded, with_white_noise
from latentcli.geometry._shuffled import SIGNIFICANT, p_value
from latentcli.numerics.blocks import sampled
from latentcli.numerics.points import Points, distances
from latentcli.numerics.resampling import bootstrap
from latentcli.numerics.types import Array, Progress

SECTION = "clusters"
_MOST_GROUPS = 10
_TRIED_ON = 2000
"""Rows on which the number of groups is chosen."""

_FOLDS = 5
_ROUNDING = 1e-12
"""Mean distances that differ by less, in parts of the larger, are the same."""

_STEPS = 300
_MOST_CLASSES, _MOST_PROBED = 1000, 100
"""Classes that are measured at most, and that a linear probe is trained for."""


def silhouettes(values: Array, labels: Array) -> Array:
    """Return the silhouette of each row (n,), in [-1, 1] (Rousseeuw, 1987).

    Rows (n, D), labels (n,) 0 .. C - 1, two or more of them in use; 0 for a row alone in its class.
    """
    used, labels = np.unique(labels, return_inverse=True)
    counts = np.bincount(labels)
    members = np.zeros((len(labels), len(used)))
    members[np.arange(len(labels)), labels] = 1.0
    found = np.empty(len(values))
    for part, away in distances(values):
        sums = away @ members
        mine = np.arange(len(sums)), labels[part]
        own = sums[mine] / np.maximum(counts[labels[part]] - 1, 1)
        others = sums / counts
        others[mine] = np.inf
        other = others.min(axis=1)
        largest = np.maximum(own, other)
        apart = np.abs(other - own) > _ROUNDING * largest
        found[part] = np.divide(other - own, largest, out=np.zeros(len(own)), where=apart)
    found[counts[labels] == 1] = 0.0
    return found


@dataclass(frozen=True)
class Scatter:
    """Classes of rows: how many rows and which mean each has, and how far rows are from it.

    `counts` (C,), `means` (C, D), `within` the sum of the squared distances of the rows to their
    class's mean, `between` the sum of those of the means to the mean of all, a row each; `reach`
    (C,) the mean distance of a class's rows to its mean.
    """

    counts: Array
    means: Array
    within: float
    between: float
    reach: Array

    def davies_bouldin(self) -> float | None:
        """Return the index of Davies and Bouldin (1979), 0 or more, less is better.

        None for one class, and where the means of two are the same.
        """
        apart = np.stack([np.linalg.norm(self.means - mean, axis=1) for mean in self.means])
        np.fill_diagonal(apart, np.inf)
        if len(apart) < 2 or not apart.all():
            return None
        return float(((self.reach[:, None] + self.reach) / apart).max(axis=1).mean())

    def calinski_harabasz(self) -> float | None:
        """Return the variance ratio of Calinski and Harabasz (1974), 1 without classes.

        None for one class, and where the rows of each are the same.
        """
        rows, classes = int(self.counts.sum()), len(self.counts)
        if classes < 2 or not self.within > 0 or rows == classes:
            return None
        return self.between * (rows - classes) / (self.within * (classes - 1))


def scatter(points: Points, labels: Array) -> Scatter:
    """Measure the classes (N,) of rows in two passes, block by block."""
    labels = np.unique(labels, return_inverse=True)[1]
    counts = np.bincount(labels)
    sums = np.zeros((len(counts), points.dimensions))
    for part, block in points.blocks():
        np.add.at(sums, labels[part], block)
    means = sums / counts[:, None]
    mean = sums.sum(axis=0) / len(points)
    squared, lengths = np.zeros(len(counts)), np.zeros(len(counts))
    for part, block in points.blocks():
        away = ((block - means[labels[part]]) ** 2).sum(axis=1)
        squared += np.bincount(labels[part], away, minlength=len(counts))
        lengths += np.bincount(labels[part], np.sqrt(away), minlength=len(counts))
    between = float((counts * ((means - mean) ** 2).sum(axis=1)).sum())
    return Scatter(counts, means, float(squared.sum()), between, lengths / counts)


def purities(near: Array, labels: Array, queries: Array) -> Array:
    """Return the share of each query row's neighbors (Q, k) that have its label (Q,)."""
    found: Array = (labels[near] == labels[queries][:, None]).mean(axis=1)
    return found


def probe(values: Array, labels: Array, seed: int) -> Array:
    """Return which rows (n, D) a linear probe gets right that was trained on others (n,), 0 or 1.

    Logistic regression (C = 1) on standardised dimensions, in 5 stratified folds, or as many as the
    smallest class has rows; each class has two or more.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    folds = min(_FOLDS, int(np.unique(labels, return_counts=True)[1].min()))
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=_STEPS))
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings(action="ignore"):  # not quite converged is near enough
        said = cross_val_predict(model, values, labels, cv=parts)
    right: Array = (said == labels).astype(np.float64)
    return right


def groups(values: Array, count: int, seed: int) -> Array:
    """Return the k-means group of each row (n,) (Lloyd, 1982), best of 3 starts."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    # Its threads wait by spinning: on few rows, and beside other work, that costs seconds.
    with (
        warnings.catch_warnings(action="ignore"),  # of fewer distinct rows than groups
        threadpool_limits(1, user_api="openmp"),
    ):
        found: Array = KMeans(count, n_init=3, random_state=seed).fit_predict(values)
    return found.astype(np.int64)


def group_count(values: Array, seed: int) -> int:
    """Return the number of k-means groups, 2 to 10, whose silhouette is best."""
    some = values[sampled(len(values), _TRIED_ON, seed)]
    most = min(_MOST_GROUPS, len(np.unique(some, axis=0)) - 1)
    scores = {}
    for count in range(2, most + 1):
        labels = groups(some, count, seed)
        scores[count] = float(silhouettes(some, labels).mean())
    return max(scores, key=scores.__getitem__, default=2)


def measure(cloud: Cloud, progress: Progress | None = None) -> tuple[Measure, ...]:
    """Measure the classes of a cloud; where it has no labels, the groups that k-means finds."""
    if cloud.labels is None:
        return _unlabelled(cloud)
    labelled = np.flatnonzero(cloud.labels >= 0)
    found = np.unique(cloud.labels[labelled])
    if why := _no_classes(len(found), len(labelled)):
        return (Measure(SECTION, "silhouette", "labels", None, note=f"{why}: no classes"),)
    whole = cloud if len(labelled) == len(cloud) else cloud.part(labelled)
    return with_white_noise(
        _of_labels(whole, progress), _of_labels(whole.noise, progress), _READINGS
    )


def _no_classes(labels: int, rows: int) -> str:
    """Say why labels make no classes; nothing if they do."""
    if labels < 2:
        return "all rows have one label" if labels else "no row has a label"
    if labels == rows:
        return "each row has its own label"
    return f"{labels:,} labels, more than {_MOST_CLASSES:,}" if labels > _MOST_CLASSES else ""


def _unlabelled(cloud: Cloud) -> tuple[Measure, ...]:
    values = cloud.sample
    count = group_count(values, cloud.settings.seed)
    variant = f"k-means, {count} groups{cloud.of_drawn}, {cloud.kind}"
    found = _of_groups(cloud, values, count, variant)
    return with_white_noise(
        found, _of_groups(cloud, cloud.noise.sample, count, variant), _READINGS
    )


def _of_groups(cloud: Cloud, values: Array, count: int, variant: str) -> list[Measure]:
    labels = groups(values, count, cloud.settings.seed)
    return [
        _silhouette(cloud, values, labels, variant),
        *_scattered(scatter(Points(values), labels), variant),
    ]


def _of_labels(cloud: Cloud, progress: Progress | None) -> list[Measure]:
    labels = cloud.labels
    assert labels is not None, "the caller has looked"
    drawn = labels[cloud.drawn]
    used = np.unique(labels)
    if len(used) < 2:  # of very many rows, white noise has the first only
        return []
    variant = f"{len(used):,} labels, {cloud.kind}"
    some = f"{len(used):,} labels{cloud.of_drawn}, {cloud.kind}"
    return [
        _silhouette(cloud, cloud.sample, drawn, some),
        *_scattered(scatter(cloud.near, labels), variant),
        _purity(cloud, labels, progress),
        _probed(cloud, cloud.sample, drawn, some),
    ]


def _silhouette(cloud: Cloud, values: Array, labels: Array, variant: str) -> Measure:
    name, classes = "silhouette", len(np.unique(labels))
    if not 1 < classes < len(labels):
        return Measure(SECTION, name, variant, None, note="the sample has no classes")
    each = silhouettes(values, labels)
    ends = bootstrap(each, cloud.settings.ci, cloud.settings.seed)
    return Measure(SECTION, name, variant, float(each.mean()), None, *ends)


def _scattered(found: Scatter, variant: str) -> list[Measure]:
    overlap, ratio = found.davies_bouldin(), found.calinski_harabasz()
    return [
        Measure(
            SECTION,
            "davies_bouldin",
            variant,
            overlap,
            note="" if overlap is not None else "one class, or two with the same mean",
        ),
        Measure(
            SECTION,
            "calinski_harabasz",
            variant,
            ratio,
            note="" if ratio is not None else "one class, or the rows of each are the same",
        ),
    ]


def _purity(cloud: Cloud, labels: Array, progress: Progress | None) -> Measure:
    graph, settings = cloud.neighbors(progress), cloud.settings
    each = purities(graph.rows[:, : cloud.k], labels, graph.asked)
    counts, total = np.bincount(labels).astype(np.float64), len(labels)
    value = float(each.mean())

    def purity(order: Array) -> float:
        shuffled = labels[order]
        return float(purities(graph.rows[:, : cloud.k], shuffled, graph.asked).mean())

    low, high = bootstrap(each, settings.ci, settings.seed)
    by_chance = float((counts * (counts - 1)).sum()) / (total * (total - 1))
    return Measure(
        SECTION,
        "knn_purity",
        f"k={cloud.k}, {cloud.kind}",
        value,
        by_chance,
        low,
        high,
        _read_purity(value, by_chance, p_value(value, purity, len(labels), settings.seed)),
    )


def _probed(cloud: Cloud, values: Array, labels: Array, variant: str) -> Measure:
    name, settings = "probe_accuracy", cloud.settings
    counts = np.bincount(labels)
    kept = counts[labels] > 1
    classes = len(np.unique(labels[kept]))
    if not 1 < classes <= _MOST_PROBED:
        many = f"more than {_MOST_PROBED} classes"
        why = "too few classes of two rows or more" if classes < 2 else many
        return Measure(SECTION, name, variant, None, note=why)
    right = probe(values[kept], labels[kept], settings.seed)
    low, high = bootstrap(right, settings.ci, settings.seed)
    note = f"the most frequent label: {counts.max() / counts.sum():.2f}"
    return Measure(SECTION, name, variant, float(right.mean()), None, low, high, note)


def _read_silhouette(one: Measure) -> str:
    # K-means parts white noise, too, and in few dimensions quite well.
    return graded(
        _beyond_noise(one),
        (0.25, "no clear clusters"),
        (0.5, "weak clusters"),
        (0.7, "clear clusters"),
        beyond="strong clusters",
    )


def _read_purity(value: float, by_chance: float, p: float) -> str:
    beyond = (value - by_chance) / (1 - by_chance) if by_chance < 1 else 0.0
    said = graded(
        beyond if p <= SIGNIFICANT else 0.0,
        (1e-9, "neighbors have any label"),
        (0.5, "neighbors share labels in part"),
        beyond="neighbors share labels",
    )
    return f"{said} (p = {p:.3g})"


def _beyond_noise(one: Measure) -> float:
    """Return how much of what white noise leaves up to 1 a measure has."""
    noise = max(0.0, one.white_noise or 0.0)
    return ((one.value or 0.0) - noise) / (1 - noise) if noise < 1 else 0.0


_READINGS: Readings = {
    "silhouette": _read_silhouette,
    "davies_bouldin": lambda one: "less is better",
    "calinski_harabasz": lambda one: "more is better, 1 is none",
}
