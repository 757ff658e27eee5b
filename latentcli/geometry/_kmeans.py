"""Groups that k-means finds (Lloyd, 1982), and whether one Gaussian gives as clear ones."""

from __future__ import annotations

import warnings

import numpy as np

from latentcli.numerics.blocks import sampled
from latentcli.numerics.nulls import TESTED, Null, noise_null
from latentcli.numerics.repeats import repeats_of
from latentcli.numerics.types import Array

_MOST_GROUPS = 10
_CHOSEN_ON = 2000
"""Rows on which the number of groups is chosen."""

_DRAWS = 19
"""Gaussians that are drawn."""


def silhouettes(values: Array, labels: Array) -> Array:
    """Return the silhouette of each row (n,), in [-1, 1] (Rousseeuw, 1987).

    (b - a) / max(a, b), a the mean distance to the rows of the own class, b to those of the nearest
    other one; 0 for a row alone in its class. Rows (n, D), labels (n,), two or more in use.
    """
    from sklearn import config_context
    from sklearn.metrics import silhouette_samples

    if len(np.unique(labels)) == len(labels):
        return np.zeros(len(labels))
    with config_context(working_memory=64):
        # Centered rows keep the digits of their distances.
        found: Array = silhouette_samples(values - values.mean(axis=0), labels)
    return found


def groups(values: Array, count: int, seed: int) -> Array:
    """Return the k-means group of each row (n,), best of 3 starts."""
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
    some = values[sampled(len(values), _CHOSEN_ON, seed)]
    most = min(_MOST_GROUPS, len(np.unique(some, axis=0)) - 1)
    scores = {count: silhouette_of_groups(some, count, seed) for count in range(2, most + 1)}
    return max(scores, key=scores.__getitem__, default=2)


def silhouette_of_groups(values: Array, count: int, seed: int) -> float:
    """Return the mean silhouette of the k-means groups of rows (n, D)."""
    labels = groups(values, count, seed)
    if len(np.unique(labels)) < 2:
        return 0.0
    return float(silhouettes(values, labels).mean())


def gaussian_null(values: Array, count: int, seed: int) -> Null | None:
    """Compare the silhouette of k-means groups with that of Gaussians of the same covariance.

    As in SigClust (Liu et al., 2008), so that a long or flat cloud is no clusters yet. On at most
    1,000 of the rows (n, D), with as many repeats.
    """
    some = values[sampled(len(values), TESTED, seed)]
    centered = some - some.mean(axis=0)
    singular, axes = np.linalg.svd(centered, full_matrices=False)[1:]
    factor = (singular / len(some) ** 0.5)[:, None] * axes
    rng = np.random.default_rng([seed, 5])
    repeats = repeats_of(some)
    draws = [
        silhouette_of_groups(
            repeats.spread(rng.standard_normal((len(some), len(factor))) @ factor), count, seed
        )
        for _ in range(_DRAWS)
    ]
    return noise_null(silhouette_of_groups(some, count, seed), draws)
