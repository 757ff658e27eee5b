"""What the geometry of a space looks like, beside white noise: one page; and the chart of codes' capacity."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from latentcli.charts import dot_of
from latentcli.geometry._cloud import Cloud
from latentcli.geometry._measure import Measure
from latentcli.geometry._report_views import short_name
from latentcli.numerics.ordering import histogram
from latentcli.numerics.points import distances
from latentcli.numerics.types import Array
from latentcli.results import Bars, Curve, Dot, Dots, Histogram, Picture, Record

if TYPE_CHECKING:
    from latentcli.geometry._capacity import CapacityResult
    from latentcli.geometry._duplicates import DuplicatesResult
    from latentcli.geometry._outliers import OutliersResult

_THESE, _NOISE = "these rows", "white noise"

_DIMENSIONS = {
    "two_nn", "mle", "participation_ratio", "pca_components", "effective_rank", "stable_rank",
}  # fmt: skip
"""Measures that are numbers of dimensions."""

_UNITS = 300
"""Units up to which the chart of capacity goes: 2^300 still has a place on its axis."""


def page(cloud: Cloud, measures: Sequence[Measure]) -> tuple[Picture, ...]:
    """Return a picture for each section that was measured."""
    sections = {one.section for one in measures}
    drawn: list[Picture] = []
    if sections & {"manifold", "isotropy"}:
        drawn += [_spectrum(cloud), _distances(cloud)]
    if "hubness" in sections:
        drawn.append(_occurrences(cloud))
    if "clusters" in sections:
        drawn += _silhouettes(cloud, measures)
    drawn += _dimensions(measures)
    return tuple(drawn) or tuple(_numbers(measures))


def _spectrum(cloud: Cloud) -> Curve:
    shares = {name: one.spectrum.values for name, one in _both(cloud)}
    lines = {name: values / values.sum() for name, values in shares.items()}
    count = min(map(len, lines.values()))
    x = np.arange(1, count + 1)
    positive = {name: np.where(values[:count] > 0, values[:count], np.nan) for name, values in lines.items()}  # fmt: skip
    return Curve(
        "spectrum", "principal component", "share of the variance", x.tolist(),
        {name: values.tolist() for name, values in positive.items()},
        log="xy" if count > 50 else "y",
    )  # fmt: skip


def _both(cloud: Cloud) -> Iterator[tuple[str, Cloud]]:
    yield _THESE, cloud
    yield _NOISE, cloud.noise


def _distances(cloud: Cloud) -> Histogram:
    """Return the distances of pairs of rows over their mean: in many dimensions all are near 1."""
    found = {name: _relative(one.sample) for name, one in _both(cloud)}
    high = max(float(np.quantile(values, 0.999)) for values in found.values())
    low = min(float(np.quantile(values, 0.001)) for values in found.values())
    binned = {name: histogram(values, low, high) for name, values in found.items()}
    edges = next(iter(binned.values()))[0]
    return Histogram(
        "distances of pairs", "distance over the mean distance", "density", edges.tolist(),
        {name: heights.tolist() for name, (_, heights) in binned.items()},
    )  # fmt: skip


def _relative(values: Array, most: int = 1000) -> Array:
    """Return the distances of all pairs of some rows, over their mean."""
    some = values[:most]
    found = []
    for part, block in distances(some):
        columns = np.arange(len(some))[None]
        found.append(block[columns > np.arange(part.start, part.stop)[:, None]])
    away = np.concatenate(found)
    return away / (away.mean() or 1.0)


def _occurrences(cloud: Cloud) -> Curve:
    """Return the share of rows that are a neighbor of so many others or more."""
    from latentcli.geometry._hubness import occurrences

    k = cloud.sampling.k
    lines = {}
    for name, one in _both(cloud):
        graph = one.neighbors
        lines[name] = occurrences(graph.rows[:, :k], len(one)) * (len(one) / len(graph.queries))
    most = int(max(float(counts.max()) for counts in lines.values()))
    x = np.unique(np.round(np.geomspace(1, max(most, 2), 120))).astype(np.int64)
    shares = {
        name: [float((counts >= at).mean()) or math.nan for at in x]
        for name, counts in lines.items()
    }
    return Curve(
        "k-occurrence", f"N_k: among the {k} nearest of so many rows",
        "share of rows from there on", x.tolist(), shares, places={f"k = {k}": k}, log="xy",
    )  # fmt: skip


def _silhouettes(cloud: Cloud, measures: Sequence[Measure]) -> list[Picture]:
    from latentcli.geometry._kmeans import group_count, groups, silhouettes

    whole = next((one for one in measures if one.measure == "silhouette"), None)
    if whole is None or whole.value is None:
        return []
    seed, values = cloud.settings.seed, cloud.sample
    if cloud.labels is None:
        labels, what = groups(values, group_count(values, seed), seed), "groups of k-means"
    else:
        drawn = cloud.labels[cloud.sampling.drawn]
        values, labels, what = values[drawn >= 0], drawn[drawn >= 0], "labels"
    if len(np.unique(labels)) < 2:
        return []
    each = silhouettes(values, labels)
    edges, heights = histogram(each, -1.0, 1.0)
    return [
        Histogram(
            f"silhouettes of {what}", "silhouette (from -1 to 1)", "density",
            edges.tolist(), {_THESE: heights.tolist()}, places={"mean": float(each.mean())},
        )
    ]  # fmt: skip


def _dimensions(measures: Sequence[Measure]) -> list[Picture]:
    known = [one for one in measures if one.measure in _DIMENSIONS and one.value is not None]
    if not known:
        return []
    names = [short_name(one) for one in known]
    return [
        Dots(
            "estimates of the dimension", "dimensions", names,
            {_THESE: [_dot(one) for one in known], _NOISE: [Dot(one.white_noise) for one in known]},
        )
    ]  # fmt: skip


def _numbers(measures: Sequence[Measure]) -> list[Picture]:
    """Return the numbers themselves, where no section has a picture of its own."""
    known = [one for one in measures if one.value is not None and one.measure != "hub"]
    if not known:
        return []
    return [
        Dots(
            "", "value", [short_name(one) for one in known],
            {_THESE: [_dot(one) for one in known], _NOISE: [Dot(one.white_noise) for one in known]},
        )
    ]  # fmt: skip


def _dot(one: Measure) -> Dot:
    low, high = one.interval or (None, None)
    return Dot(one.value, low, high)


def chart_of_units(dims: int, levels: int) -> Curve:
    """Return how many concepts n units distinguish: n of their own, 2^n patterns."""
    most = min(max(dims, 2), _UNITS)
    n = list(range(1, most + 1))
    lines = {
        "local (one-hot): n": [float(one) for one in n],
        "distributed (binary): 2^n": [2.0**one for one in n],
    }
    if levels > 2 and most * math.log10(levels) < 300:
        lines[f"distributed ({levels:,} levels): {levels}^n"] = [
            float(levels) ** one for one in n
        ]
    places = {f"n = {dims:,}": float(dims)} if dims <= most else {}
    return Curve(
        "", "units n", "concepts that are distinguished", [float(one) for one in n], lines,
        places=places, log="y",
    )  # fmt: skip


def chart_of_concepts(concepts: int, levels: int) -> Curve:
    """Return how many units so many concepts need: one each, or log2 of them."""
    x = np.unique(np.round(np.geomspace(1, max(2, concepts), 60)))
    lines = {
        "local (one-hot)": x.tolist(),
        "distributed (binary): log2, rounded up": [
            max(1.0, math.ceil(math.log2(one))) for one in x
        ],
    }
    if levels > 2:
        lines[f"distributed ({levels:,} levels)"] = [
            max(1.0, math.ceil(round(math.log(one, levels), 9))) for one in x
        ]
    return Curve(
        "", "concepts", "units that are needed", x.tolist(), lines,
        places={f"{concepts:,} concepts": float(concepts)}, log="xy",
    )  # fmt: skip


def of_space(result: CapacityResult) -> tuple[Picture, ...]:
    """Return cosines beside what is possible, and the share of patterns and bits that is used."""
    rows = {str(record["measure"]): record for record in result.records}
    drawn: list[Picture] = []
    for title, label, names in (
        ("cosines of pairs", "cosine", ("rms_cosine", "mean_abs_cosine", "largest_abs_cosine")),
        ("signs", "share of the maximum", ("share_of_possible", "bits_per_dimension")),
    ):  # fmt: skip
        there = [name for name in names if name in rows]
        if there:
            series = {
                "these vectors": [Dot(_float(rows[name]["value"])) for name in there],
                "bound, or at random": [Dot(_float(rows[name]["reference"])) for name in there],
            }
            called = [name.replace("_", " ") for name in there]
            drawn.append(Dots(title, label, called, series))
    return tuple(drawn)


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def of_outliers(result: OutliersResult) -> tuple[Picture, ...]:
    """Return the scores of all rows, and from where on they are listed."""
    method = str(result.settings["method"])
    scores: Array = getattr(result, method)
    scores = scores[np.isfinite(scores)]
    if not len(scores):
        return ()
    edges, heights = histogram(scores, float(scores.min()), float(scores.max()))
    listed = float(scores[np.argsort(-scores, kind="stable")[: len(result.records)]].min())
    return (
        Histogram(
            "", f"{method.replace('lof', 'local outlier factor').replace('knn', 'distance to the k-th nearest row')} of each row",
            "density", edges.tolist(), {_THESE: heights.tolist()}, places={"listed from here on": listed},
        ),
    )  # fmt: skip


def of_clusters(records: Sequence[Record]) -> tuple[Picture, ...]:
    """Return the stability of each cluster beside what a Gaussian gives, and how many rows it has."""
    names = [f"{row['cluster']}: {row.get('central') or ''}".rstrip(": ") for row in records]
    stable = [dot_of(row, "stability") for row in records]
    found: list[Picture] = []
    if any(dot.value is not None for dot in stable):
        chance = [dot_of(row, "stability_chance") for row in records]
        found.append(
            Dots("stability of the clusters", "Jaccard similarity", names, {_THESE: stable, "Gaussian": chance})
        )  # fmt: skip
    return (*found, Bars("rows", names, [float(str(row["rows"])) for row in records], "rows"))


def of_duplicates(result: DuplicatesResult) -> tuple[Picture, ...]:
    """Return the cosines of the pairs that are listed, and how many groups have so many rows."""
    if not result.records:
        return ()
    names = [f"{row['a']} - {row['b']}" for row in result.records]
    pairs = Bars(
        "pairs", names, [float(str(row["cosine"])) for row in result.records], "cosine"
    )
    _, sizes = np.unique(result.groups, return_counts=True)
    rows, groups = np.unique(sizes[sizes > 1], return_counts=True)
    many = Bars("groups", [f"{size:,} rows" for size in rows.tolist()], groups.astype(float).tolist(), "groups")  # fmt: skip
    return pairs, many
