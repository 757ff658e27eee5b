"""Ways to find a direction: from labels, weighed so that both sides count the same, or from a score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.types import Array

Fit = Callable[[Array, Array, Array, int], tuple[Array, float | None]]
"""From codes, labels, weights and a seed, a direction of any length, and its own intercept."""


def _mean(codes: Array, labels: Array, weights: Array, seed: int) -> tuple[Array, float | None]:
    positive, negative = (
        np.average(codes[side], axis=0, weights=weights[side]) for side in (labels, ~labels)
    )
    return positive - negative, None


def _logistic(
    codes: Array, labels: Array, weights: Array, seed: int
) -> tuple[Array, float | None]:
    from sklearn.linear_model import LogisticRegression

    # Gradients are in units of the codes: small ones would end the fit before it has begun.
    model = LogisticRegression(max_iter=5000, tol=1e-4 * min(1.0, float(np.abs(codes).max())))
    return _plane(model.fit(codes, labels, sample_weight=weights))


def _svm(codes: Array, labels: Array, weights: Array, seed: int) -> tuple[Array, float | None]:
    from sklearn.svm import LinearSVC

    model = LinearSVC(random_state=seed, max_iter=20000, dual="auto")
    return _plane(model.fit(codes, labels, sample_weight=weights))


def _ridge(
    codes: Array, labels: Array, weights: Array, seed: int
) -> tuple[Array, float | None]:
    from sklearn.linear_model import Ridge

    return _plane(Ridge().fit(codes, 2.0 * labels - 1.0, sample_weight=weights))


def _plane(model: Any) -> tuple[Array, float | None]:
    vector: Array = np.ravel(model.coef_).astype(np.float64)
    return vector, float(np.ravel(model.intercept_)[0])


METHODS: dict[str, Fit] = {
    "mean": _mean,
    "logistic": _logistic,
    "svm": _svm,
    "ridge": _ridge,
}
"""The ways to find a direction."""


def weights_of(labels: Array, extra: Array | None, *, shared: bool) -> Array:
    """Weigh codes so that both sides, in every combination of other labels, count the same.

    With `shared`, combinations that only one side has count nothing.
    """
    if extra is None:
        extra = np.zeros((len(labels), 1))
    _, cell = np.unique(extra, axis=0, return_inverse=True)
    _, part, count = np.unique(
        2 * cell.ravel() + labels, return_inverse=True, return_counts=True
    )
    weights = 1.0 / count[part.ravel()]
    if shared:
        both = np.intersect1d(cell.ravel()[labels], cell.ravel()[~labels])
        if not len(both):
            raise LatentError(
                "no combination of the other labels has codes of both sides: cannot balance"
                "; without `balance` the other labels are left out"
            )
        weights = weights * np.isin(cell.ravel(), both)
    scaled: Array = weights * (len(labels) / weights.sum())
    return scaled


def _correlation(codes: Array, scores: Array) -> Array:
    """Return what one standard deviation of the score adds to the codes: cov(x, s) / sd(s)."""
    centered = scores - scores.mean()
    vector: Array = centered @ (codes - codes.mean(axis=0)) / (len(codes) * scores.std())
    return vector


def _ridge_of_score(codes: Array, scores: Array) -> Array:
    from sklearn.linear_model import Ridge

    return np.asarray(Ridge().fit(codes, scores / scores.std()).coef_, dtype=np.float64)


OF_SCORES: dict[str, Callable[[Array, Array], Array]] = {
    "correlation": _correlation,
    "ridge": _ridge_of_score,
}
"""The ways to find the direction of a score."""
