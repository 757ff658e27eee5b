"""Rotations learned from pairs, and nearest rows across two spaces, by cosine and by CSLS."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.types import Array

_BLOCK = 512
"""Rows that are compared at a time."""


def procrustes(x: Array, y: Array) -> Array:
    """Return the orthogonal matrix (D, D) that takes paired rows x (n, D) nearest to y (n, D).

    U V^T of the singular value decomposition of x^T y (Schönemann, 1966).

    >>> turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> procrustes(np.eye(2), np.eye(2) @ turn).round(6) + 0
    array([[ 0.,  1.],
           [-1.,  0.]])
    """
    left, _, right = np.linalg.svd(x.T @ y)
    found: Array = left @ right
    return found


def densities(rows: Array, others: Array, neighbors: int) -> Array:
    """Return the mean cosine (n,) of unit rows (n, D) with their nearest among others (m, D)."""
    k = min(neighbors, len(others))
    found = np.empty(len(rows))
    for start in range(0, len(rows), _BLOCK):
        scores = rows[start : start + _BLOCK] @ others.T
        nearest = np.partition(scores, scores.shape[1] - k, axis=1)[:, -k:]
        found[start : start + _BLOCK] = nearest.mean(axis=1)
    return found


def translations(queries: Array, targets: Array, penalty: Array, top: int) -> Array:
    """Return the rows (q, top) of targets with the largest 2 cos - penalty (m,), best first."""
    top = min(top, len(targets))
    found = np.empty((len(queries), top), dtype=np.int64)
    for start in range(0, len(queries), _BLOCK):
        scores = 2 * (queries[start : start + _BLOCK] @ targets.T) - penalty
        best = np.argpartition(-scores, top - 1, axis=1)[:, :top]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1, kind="stable")
        found[start : start + _BLOCK] = np.take_along_axis(best, order, axis=1)
    return found
