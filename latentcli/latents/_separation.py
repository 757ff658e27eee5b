"""How well scores separate two sides: the distance of their means, and the area under the ROC curve."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array

_VANISHED = 1e-6
"""Degrees of freedom: what is less is rounding."""

_ROUNDING = 1e-14
"""A spread that is less than this part of a mean is rounding."""


def auc(scores: Array, labels: Array, weights: Array | None = None) -> float:
    """Return the area under the ROC curve: how often a positive scores above a negative.

    Ties count half (Mann and Whitney, 1947); a pair counts by the product of its `weights`.

    >>> auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    weights = np.ones(len(scores)) if weights is None else weights
    _, place = np.unique(scores, return_inverse=True)
    positive = np.bincount(place.ravel(), weights * labels)
    negative = np.bincount(place.ravel(), weights * ~labels)
    up_to = np.cumsum(negative)
    return float(
        positive @ (up_to - negative / 2) / (positive @ np.full_like(up_to, up_to[-1]))
    )


def moments(scores: Array, weights: Array) -> tuple[float, float, float]:
    """Return the weighted mean, sum of squares about it, and degrees of freedom."""
    mean = np.average(scores, weights=weights)
    total = weights.sum()
    squares = weights @ (scores - mean) ** 2
    return float(mean), float(squares), float(total - weights @ weights / total)


def separation_of(
    positive: tuple[float, float, float], negative: tuple[float, float, float]
) -> float | None:
    """Distance of the means over the pooled standard deviation; None where there is no spread."""
    degrees = positive[2] + negative[2]
    squares = positive[1] + negative[1]
    if degrees <= _VANISHED:
        return None
    spread = float(np.sqrt(squares / degrees))
    if spread <= _ROUNDING * max(abs(positive[0]), abs(negative[0])):
        return None
    return (positive[0] - negative[0]) / spread


def separation(scores: Array, labels: Array, weights: Array) -> float | None:
    """Distance of the two sides' weighted means over their pooled standard deviation (d')."""
    sides = [moments(scores[side], weights[side]) for side in (labels, ~labels)]
    return separation_of(*sides)


def separations(scores: Array, labels: Array, weights: Array) -> list[float]:
    """Return `separation` for each row of labels and weights (P, n); 0 where there is no spread."""
    scores = scores - scores.mean()
    means, squares, degrees = [], np.zeros(len(labels)), np.zeros(len(labels))
    for side in (weights * labels, weights * ~labels):
        total = side.sum(axis=1)
        mean = side @ scores / total
        means.append(mean)
        squares += np.maximum(side @ scores**2 - total * mean**2, 0.0)
        degrees += total - (side**2).sum(axis=1) / total
    usable = (degrees > _VANISHED) & (squares > 0)
    spread = np.sqrt(np.where(usable, squares, 1.0) / np.where(usable, degrees, 1.0))
    found: list[float] = np.where(usable, (means[0] - means[1]) / spread, 0.0).tolist()
    return found
