"""How stable clusters are when rows are drawn anew (Hennig, 2007)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from latentcli.numerics.repeats import repeats_of
from latentcli.numerics.types import Array, Progress

Labeler = Callable[[Array, int], Array]
"""Gives each row of values (n, D) the number of its cluster, -1 for none; with a random seed."""


def best_jaccard(labels: Array, others: Array) -> Array:
    """Return for each cluster of `labels` (n,) its Jaccard similarity with the most similar other one.

    Jaccard similarity: rows in both, divided by rows in either. NaN for a cluster without rows here.

    >>> best_jaccard(np.array([0, 0, 0, 1]), np.array([5, 5, 6, 6])).round(4).tolist()
    [0.6667, 0.5]
    """
    count = int(labels.max(initial=-1)) + 1
    names, places = np.unique(others, return_inverse=True)
    both = np.zeros((count, len(names)))
    used = labels >= 0
    np.add.at(both, (labels[used], places[used]), 1)
    sizes = np.bincount(labels[used], minlength=count)[:, None]
    either = sizes + np.bincount(places, minlength=len(names)) - both
    shares = np.where(names >= 0, both / either, 0.0)
    best = shares.max(axis=1, initial=0.0)
    return np.where(sizes[:, 0] > 0, best, np.nan)


def stability(
    values: Array, labels: Array, labeler: Labeler, bootstraps: int, seed: int,
    progress: Progress | None = None,
) -> Array:  # fmt: skip
    """Return the mean over bootstrap samples of each cluster's `best_jaccard` (K,).

    The distinct rows of each sample are clustered again. NaN for a cluster none of whose rows is here.
    """
    rng = np.random.default_rng([seed, 7])
    found = []
    for done in range(1, bootstraps + 1):
        rows = np.unique(rng.integers(len(values), size=len(values)))
        found.append(best_jaccard(labels[rows], labeler(values[rows], seed + done)))
        if progress:
            progress(done, bootstraps)
    count = int(labels.max(initial=-1)) + 1
    table = np.full((bootstraps, count), np.nan)
    for row, one in zip(table, found, strict=True):
        row[: len(one)] = one
    seen = ~np.isnan(table)
    sums, times = np.where(seen, table, 0.0).sum(axis=0), seen.sum(axis=0)
    means: Array = np.divide(sums, times, out=np.full(count, np.nan), where=times > 0)
    return means


def matched_gaussians(values: Array, draws: int, seed: int) -> Iterator[Array]:
    """Yield Gaussians of as many rows (n, D) and the same covariance as values, with as many repeats of rows."""
    repeats = repeats_of(values)
    centered = values - values.mean(axis=0)
    singular, axes = np.linalg.svd(centered, full_matrices=False)[1:]
    factor = (singular / len(values) ** 0.5)[:, None] * axes
    rng = np.random.default_rng([seed, 5])
    for _ in range(draws):
        yield repeats.spread(rng.standard_normal((len(values), len(factor))) @ factor)
