"""Directions beside each other: their cosines, and what one has that others do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

_VANISHED = 1e-6
"""Of a length: what is shorter is rounding."""


def orthogonal_to(vector: Array, others: Sequence[Array]) -> Array:
    """Take out of a direction (D,) what it shares with others, all at once; return it at length 1.

    p - C^T (C C^T)^-1 C p. One after the other would be wrong where the others are not
    orthogonal themselves. LatentError when nothing is left.

    >>> found = orthogonal_to(np.array([1.0, 2, 3]), [np.array([1.0, 0, 0]), np.array([1.0, 1, 0])])
    >>> found.round(9).tolist()
    [0.0, 0.0, 1.0]
    """
    vector = np.asarray(vector, dtype=np.float64)
    conditions = np.stack([unit(other) for other in others])
    shared = np.linalg.lstsq(conditions.T, vector, rcond=None)[0] @ conditions
    left = vector - shared
    if not np.linalg.norm(left) > _VANISHED * np.linalg.norm(vector):
        raise LatentError("nothing is left: the direction lies in the span of the others")
    return unit(left)


def cleaned(vector: Array, without: Sequence[Array]) -> Array:
    """Return a vector (D,) at length 1, what it shares with others taken out."""
    return orthogonal_to(vector, without) if without else unit(vector)


def cosines(vectors: Array) -> Array:
    """Return the matrix (n, n) of cosines between directions (n, D)."""
    directions = unit(vectors)
    matrix: Array = np.clip(directions @ directions.T, -1.0, 1.0)
    return matrix
