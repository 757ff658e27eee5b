"""Small facts of vectors: unit length, angles, distances. Everything in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.types import Array

LARGEST = 1e150
"""Numbers up to which squares and their sums are numbers."""

_SMALL, _LARGE = 1e-100, 1e100


@dataclass(frozen=True)
class Pair:
    """How two vectors relate; `angle_degrees` is in [0, 180]."""

    cosine: float
    dot: float
    euclidean: float
    angle_degrees: float


def unit(vector: Array) -> Array:
    """Return the vector(s) at length 1 along the last axis; zeros stay zeros.

    >>> unit(np.array([3.0, 4.0])).tolist()
    [0.6, 0.8]
    """
    vector = np.asarray(vector, dtype=np.float64)
    with np.errstate(over="ignore", under="ignore"):
        norm = np.sqrt((vector * vector).sum(axis=-1, keepdims=True))
    if norm.size and norm.min() > _SMALL and norm.max() < _LARGE:
        plain: Array = vector / norm
        return plain
    # Scaling first keeps squares of very large and very small numbers in range.
    largest = np.abs(vector).max(axis=-1, keepdims=True)
    scaled = np.divide(vector, largest, out=np.zeros_like(vector), where=largest > 0)
    norm = np.linalg.norm(scaled, axis=-1, keepdims=True)
    directions: Array = np.divide(scaled, norm, out=np.zeros_like(vector), where=norm > 0)
    return directions


def angle(u: Array, v: Array) -> float:
    """Return the angle in radians, exact also for nearly (anti)parallel vectors (Kahan, 2006).

    >>> round(float(np.degrees(angle(np.array([1.0, 0.0]), np.array([0.0, 2.0])))), 9)
    90.0
    """
    a, b = unit(u), unit(v)
    return float(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b)))


def cosine(u: Array, v: Array) -> float:
    """Return the cosine of the angle, within [-1, 1]."""
    return float(np.clip(unit(u) @ unit(v), -1.0, 1.0))


def pair(u: Array, v: Array) -> Pair:
    """Measure two vectors of the same length.

    >>> pair(np.array([1.0, 0.0]), np.array([1.0, 1.0])).dot
    1.0
    """
    u, v = np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64)
    return Pair(
        cosine=cosine(u, v),
        dot=float(u @ v),
        euclidean=float(np.linalg.norm(u - v)),
        angle_degrees=float(np.degrees(angle(u, v))),
    )


def _cosine_distances(vectors: Array) -> Array:
    # 1 - cos is half the squared distance of unit vectors: exact for equals and near-equals.
    squares: Array = _euclidean_distances(unit(vectors)) ** 2
    return squares / 2


def _euclidean_distances(vectors: Array) -> Array:
    return np.stack([np.linalg.norm(vectors - vector, axis=1) for vector in vectors])


def _angles(vectors: Array) -> Array:
    return np.array([[np.degrees(angle(u, v)) for v in vectors] for u in vectors])


DISTANCES: dict[str, Callable[[Array], Array]] = {
    "cosine": _cosine_distances,
    "euclidean": _euclidean_distances,
    "angle": _angles,
}
"""Distances of a set of vectors (n, D) to each other (n, n): 1 - cosine, Euclidean, degrees."""


def distances(vectors: Array, metric: str = "cosine") -> Array:
    """Return the symmetric matrix (n, n) of distances between the rows, exactly 0 with itself.

    >>> distances(np.eye(2), metric="euclidean").round(4).tolist()
    [[0.0, 1.4142], [1.4142, 0.0]]
    """
    found = DISTANCES[metric](np.asarray(vectors, dtype=np.float64))
    found = (found + found.T) / 2
    np.fill_diagonal(found, 0.0)
    return found


def one_hot_distance(metric: str = "euclidean") -> float:
    """Return how far any two different one-hot vectors are apart, whatever they stand for.

    >>> round(one_hot_distance(), 6), one_hot_distance("angle")
    (1.414214, 90.0)
    """
    return float(distances(np.eye(2), metric)[0, 1])


def check_squares(rows: Array, parameter: str) -> None:
    """Raise LatentError for finite rows (N, D), given for a parameter, whose squares overflow."""
    if rows.size and max(rows.max(), -rows.min()) > LARGEST:
        raise LatentError(
            f"`{parameter}` holds numbers beyond {LARGEST:.0g}, whose squares overflow"
        )
