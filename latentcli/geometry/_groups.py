"""Clusters of rows, how stable they are, and the words that name them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from latentcli.errors import LatentError, ParameterError, check_choice, counted
from latentcli.geometry._kmeans import silhouettes
from latentcli.geometry._labelers import METHODS, by_size, count_of, labeler_of
from latentcli.geometry._stability import Labeler, matched_gaussians, stability
from latentcli.numerics.blocks import sampled
from latentcli.numerics.named_rows import NamedRows, named_rows
from latentcli.numerics.nulls import TESTED, Null, noise_null
from latentcli.numerics.points import Points
from latentcli.numerics.repeats import repeats_of
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.results import Picture, Record, Result, Sheet

COLUMNS = (
    "cluster", "rows", "share", "silhouette", "stability", "stability_chance", "reading",
    "central", "distinctive",
)  # fmt: skip

STABLE, DISSOLVED = 0.75, 0.5
"""Jaccard similarity from which a cluster is stable, and up to which it dissolves (Hennig, 2007)."""

_DRAWS = 19

_FEWEST = 10


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ClustersResult(Result):
    """The cluster of each row.

    `labels` (N,) int64: 0 is the largest cluster; -1 a row in none, or left out. `centers` (K, D) are the
    means of the clusters' rows, as they were clustered.
    """

    labels: Array
    centers: Array

    def pictures(self) -> tuple[Picture, ...]:
        """Return the stability of each cluster beside what a Gaussian gives, and the sizes."""
        from latentcli.geometry._pictures import of_clusters

        return of_clusters(self.records)


def clusters(
    x: HasMatrix | ArrayLike,
    *,
    k: int | None = None,
    method: str = "kmeans",
    min_cluster_size: int = 5,
    unit: bool | None = None,
    bootstraps: int = 20,
    sample: int | None = 5000,
    named_by: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> ClustersResult:
    """Find clusters of rows, test whether they are more than one Gaussian gives, and name them.

    Parameters
    ----------
    x : (N, D)
        A space (`latentcli.open`), an array, or a file; ten usable rows or more.
    k
        Clusters of k-means, from 2; None takes the number from 2 to 10 with the best silhouette.
    method
        "kmeans" (Lloyd, 1982) or "hdbscan" (Campello et al., 2013), both scikit-learn's.
    min_cluster_size
        Rows of the smallest cluster of HDBSCAN, from 2.
    unit
        Whether rows are set to length 1 first; None does so for words.
    bootstraps
        Bootstrap samples for the stability, from 0 (none).
    sample
        Rows at most that silhouettes and stability are computed of; None is all.
    named_by
        Words (or rows) that name a cluster, from 1.
    seed
        Random seed.
    progress
        Called with bootstrap samples done and in all.

    Returns
    -------
    ClustersResult
        A record for each cluster, the largest first. `stability` is the mean Jaccard similarity of the
        cluster with the most similar one of each bootstrap sample (Hennig, 2007), `stability_chance` the
        largest of the clusters of a Gaussian with the same covariance. `central` are the rows nearest
        the center, `distinctive` those that are nearer to it than to the next center by most.

    Raises
    ------
    ParameterError
        For a number out of its range.
    LatentError
        For fewer than ten usable rows, fewer distinct rows than clusters, or no cluster.

    Examples
    --------
    >>> import numpy, latentcli
    >>> rng = numpy.random.default_rng(0)
    >>> x = rng.standard_normal((90, 2)) + numpy.repeat([[0, 0], [9, 0], [0, 9]], 30, axis=0)
    >>> found = latentcli.clusters(x)
    >>> [(one["rows"], one["reading"]) for one in found.records]
    [(30, 'stable'), (30, 'stable'), (30, 'stable')]
    """
    check_choice("method", method, METHODS)
    for name, value, least in (
        ("k", k, 2), ("min_cluster_size", min_cluster_size, 2), ("bootstraps", bootstraps, 0),
        ("sample", sample, _FEWEST), ("named_by", named_by, 1), ("seed", seed, 0),
    ):  # fmt: skip
        if value is not None and value < least:
            raise ParameterError(name, value, f"a whole number from {least}")
    given = named_rows(x, "x")
    unit = given.named if unit is None else unit
    usable = given.usable(unit=unit)
    which = np.flatnonzero(usable)
    if len(which) < _FEWEST:
        raise LatentError(
            f"`x` has {counted(len(which), 'usable row')}; clusters take {_FEWEST}"
        )
    values = Points(given.rows, unit, which).take(slice(None))
    # A float32 step of the rows is no structure; and centered rows keep the digits of distances.
    values -= values.mean(axis=0)
    chosen = k is None and method == "kmeans"
    k = count_of(values, k, seed) if method == "kmeans" else None
    labeler = labeler_of(method, k, min_cluster_size)
    labels = by_size(labeler(values, seed))
    if labels.max() < 0:
        raise LatentError(
            f"HDBSCAN finds no cluster of `min_cluster_size` {min_cluster_size} or more in `x`"
        )
    some = sampled(len(values), sample or len(values), seed)
    judged = _judge(values[some], labels[some], labeler, bootstraps, seed, progress)
    notes = [*given.notes("x", usable), *repeats_of(values).note]
    if len(some) < len(values):
        less = ", and of fewer rows HDBSCAN finds fewer" if method == "hdbscan" else ""
        notes.append(
            f"silhouettes and stability are of {len(some):,} rows drawn with seed {seed}{less}"
        )
    if judged.null is not None and not judged.null.larger:
        notes.append(
            f"the silhouette, {judged.silhouette:.3f}, is not significantly larger than that of one Gaussian "
            f"with the same covariance, {judged.null.mean:.3f} (p {judged.null.p_larger:.2f}): "
            "these are parts of a cloud, not clusters"
        )
    settings: Record = {
        "method": method, "k": k, "k_chosen": chosen,
        "min_cluster_size": min_cluster_size if method == "hdbscan" else None, "unit": unit,
        "bootstraps": bootstraps, "sample": sample, "named_by": named_by, "seed": seed,
    }  # fmt: skip
    return _result(given, which, values, labels, judged, settings, tuple(notes))


@dataclass(frozen=True)
class _Judged:
    """What was found of the drawn rows: silhouettes (n,) and labels (n,), stabilities by cluster."""

    labels: Array
    silhouettes: Array
    silhouette: float
    null: Null | None
    stability: Array | None
    chance: float | None


def _judge(
    values: Array, labels: Array, labeler: Labeler, bootstraps: int, seed: int,
    progress: Progress | None,
) -> _Judged:  # fmt: skip
    each = _silhouettes(values, labels)
    few = values[sampled(len(values), TESTED, seed)]
    draws = matched_gaussians(few, _DRAWS, seed)
    null = noise_null(
        _mean_silhouette(few, labeler, seed),
        [_mean_silhouette(draw, labeler, seed) for draw in draws],
    )
    found = chance = None
    if bootstraps:
        found = stability(values, labels, labeler, bootstraps, seed, progress)
        noise = next(iter(matched_gaussians(values, 1, seed)))
        of_noise = stability(noise, by_size(labeler(noise, seed)), labeler, bootstraps, seed)
        chance = float(np.nanmax(of_noise, initial=0.0)) if len(of_noise) else 0.0
    return _Judged(labels, each, float(each.mean()), null, found, chance)


def _mean_silhouette(values: Array, labeler: Callable[[Array, int], Array], seed: int) -> float:
    return float(_silhouettes(values, labeler(values, seed)).mean())


def _silhouettes(values: Array, labels: Array) -> Array:
    """Return the silhouette of each row (n,); 0 for a row in no cluster, and for a single cluster."""
    found = np.zeros(len(values))
    used = labels >= 0
    if len(np.unique(labels[used])) > 1:
        found[used] = silhouettes(values[used], labels[used])
    return found


def _result(
    given: NamedRows, which: Array, values: Array, labels: Array, judged: _Judged,
    settings: Record, notes: tuple[str, ...],
) -> ClustersResult:  # fmt: skip
    count = int(labels.max()) + 1
    centers = np.stack([values[labels == cluster].mean(axis=0) for cluster in range(count)])
    away = np.stack([np.linalg.norm(values - center, axis=1) for center in centers])
    most = int(str(settings["named_by"]))
    records: list[Record] = []
    for cluster in range(count):
        rows = np.flatnonzero(labels == cluster)
        own = away[cluster, rows]
        others = np.delete(away[:, rows], cluster, axis=0)
        margin = others.min(axis=0) - own if len(others) else -own
        mine = judged.labels == cluster
        stable = None if judged.stability is None else float(judged.stability[cluster])
        records.append({
            "cluster": cluster,
            "rows": len(rows),
            "share": len(rows) / len(values),
            "silhouette": float(judged.silhouettes[mine].mean()) if mine.any() else None,
            "stability": None if stable is None or np.isnan(stable) else stable,
            "stability_chance": judged.chance,
            "reading": _reading(stable, judged),
            "central": _names(given, which[rows[np.argsort(own, kind="stable")[:most]]]),
            "distinctive": _names(given, which[rows[np.argsort(-margin, kind="stable")[:most]]]),
        })  # fmt: skip
    whole = np.full(len(given), -1, dtype=np.int64)
    whole[which] = labels
    null = judged.null
    optional = ("share", "stability_chance")
    return ClustersResult(
        labels=whole,
        centers=centers,
        title=f"Clusters: {counted(len(values), 'row')}, {settings['method']}, {count}",
        columns=COLUMNS,
        records=records,
        summary={
            "clusters": count,
            "rows_in_none": int((labels < 0).sum()),
            "silhouette": judged.silhouette,
            "silhouette_chance": None if null is None else null.mean,
            "silhouette_p_value": None if null is None else null.p_larger,
        },
        settings=settings,
        notes=notes,
        views=(
            Sheet("", COLUMNS[:7], records, optional),
            Sheet("nearest the center, and farthest from other centers",
                  ("cluster", "central", "distinctive"), records),
        ),
    )  # fmt: skip


def _reading(stable: float | None, judged: _Judged) -> str:
    if judged.null is not None and not judged.null.larger:
        return "as one Gaussian"
    if stable is None or np.isnan(stable) or judged.chance is None:
        return "not tested"
    if stable >= STABLE and stable > judged.chance:
        return "stable"
    return "dissolves" if stable <= DISSOLVED else "unsure"


def _names(given: NamedRows, rows: Array) -> str:
    return ", ".join(given.name(int(row)) for row in rows)
