"""Disentanglement and completeness of a matrix of importances (Eastwood and Williams, 2018)."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array


def disentanglement_of(importance: Array) -> float | None:
    """Return the disentanglement of importances (D, K) >= 0; None with a single factor.

    >>> disentanglement_of(np.eye(5)), disentanglement_of(np.ones((5, 5)))
    (1.0, 0.0)
    """
    if importance.shape[1] < 2:
        return None
    return _weighted(focus(importance), importance.sum(axis=1))


def completeness_of(importance: Array) -> float | None:
    """Return the completeness of importances (D, K) >= 0, factors weighted by their importance.

    None with a single dimension. Redundant codes lower it:

    >>> round(completeness_of(np.vstack([np.eye(5), np.eye(5)])), 5)
    0.69897
    """
    if importance.shape[0] < 2:
        return None
    return _weighted(focus(importance.T), importance.sum(axis=0))


def focus(importance: Array) -> Array:
    """Return 1 - entropy of each row (n, m), m > 1, in base m: 1 if all is in one place.

    Rows of zeros have no focus: 0.
    """
    total = importance.sum(axis=1, keepdims=True)
    parts = np.divide(importance, total, out=np.full(importance.shape, 1.0), where=total > 0)
    parts = np.where(total > 0, parts, 1.0 / importance.shape[1])
    logs = np.log(parts, out=np.zeros_like(parts), where=parts > 0)
    found: Array = 1.0 + (parts * logs).sum(axis=1) / np.log(importance.shape[1])
    return np.clip(found, 0.0, 1.0)


def _weighted(scores: Array, weights: Array) -> float:
    total = float(weights.sum())
    return float(scores @ weights / total) if total > 0 else 0.0
