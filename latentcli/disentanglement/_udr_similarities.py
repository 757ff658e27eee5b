"""How similar the dimensions of two models are, and the score of a pair (Duan et al., 2020)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np

from latentcli.disentanglement._scaling import scales, standardized
from latentcli.numerics.types import Array

ALPHA = 0.1
"""The penalty of the lasso, as published."""


def relative_strength(similarity: Array, weighting: str = "dimensions") -> float:
    """Return the score of a pair by the similarities (D_a, D_b) of their dimensions.

    The mean over all dimensions of r^2 / sum(R), r the largest of those with the other model's; with
    "sides" the mean of the two models' means. Dimensions without any similarity count 0.

    >>> relative_strength(np.eye(3)), relative_strength(np.full((2, 2), 0.5))
    (1.0, 0.25)
    """
    sides = []
    for axis in (0, 1):
        largest, total = similarity.max(axis=axis), similarity.sum(axis=axis)
        sides.append(np.divide(largest**2, total, out=np.zeros_like(total), where=total > 0))
    if weighting == "sides":
        return float((sides[0].mean() + sides[1].mean()) / 2)
    return float(np.concatenate(sides).mean())


def ranks_of(models: Mapping[str, Array]) -> dict[str, Array]:
    """Return the ranks (N, D) of each model's dimensions, ties sharing the mean of theirs."""
    from scipy.stats import rankdata

    return {name: rankdata(one, axis=0) for name, one in models.items()}


def similarities_of(
    models: Mapping[str, Array], estimator: str
) -> dict[tuple[str, str], Array]:
    """Return the similarity (D_a, D_b) of the dimensions of each pair: a predicts b; for "spearman" of ranks."""
    scaled = {name: standardized(one, *scales(one)) for name, one in models.items()}
    rows = len(next(iter(scaled.values())))
    ends = np.cumsum([0, *(one.shape[1] for one in scaled.values())])
    every = np.hstack(list(scaled.values()))
    correlations = np.clip(every.T @ every / rows, -1.0, 1.0)
    places = {name: slice(a, b) for name, a, b in zip(scaled, ends, ends[1:], strict=False)}
    found = {}
    for one, other in permutations(scaled, 2):
        across = correlations[places[one], places[other]]
        if estimator == "lasso":
            across = _lasso(correlations[places[one], places[one]], across)
        found[one, other] = np.abs(across)
    return found


def _lasso(inner: Array, across: Array) -> Array:
    """Return the weights (D_a, D_b) of a lasso, from correlations (D_a, D_a) and (D_a, D_b) alone.

    A lasso knows its rows by their products only: D_a rows with the same products, the root of the
    correlations, have the same solution, and take no time.
    """
    from sklearn.linear_model import Lasso

    weights = np.zeros_like(across)
    targets = np.flatnonzero(
        np.abs(across).max(axis=0) > ALPHA
    )  # of the others all weights are 0
    if not len(targets):
        return weights
    values, vectors = np.linalg.eigh(inner)
    used = values > 1e-12 * values.max()
    size = int(used.sum())
    half = np.sqrt(values[used] * size)[:, None] * vectors[:, used].T
    # Products with the targets: half.T @ goal / size = across.
    goal = np.linalg.lstsq(half.T, size * across[:, targets], rcond=None)[0]
    model = Lasso(alpha=ALPHA, fit_intercept=False, tol=1e-6, max_iter=10_000)
    weights[:, targets] = np.atleast_2d(model.fit(half, goal).coef_).T
    return weights
