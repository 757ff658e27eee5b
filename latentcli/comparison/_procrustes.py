"""The rotation that brings one space nearest to the other (Schoenemann, 1966)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.comparison._moments import Side, Triple
from latentcli.numerics.types import Array

_DIGITS = 12
"""Of a distance; what differs beyond is the rounding of a sum that should be 1."""


@dataclass(frozen=True)
class Rotation:
    """The best rotation of X onto Y, as two factors: `left` (D1, k) @ `right` (k, D2).

    k is the smaller of D1 and D2. `distance` is the orthogonal Procrustes distance in [0, 2].
    """

    left: Array
    right: Array
    distance: float

    def __call__(self, rows: Array) -> Array:
        """Rotate centered rows (n, D1) into Y's space (n, D2)."""
        rotated: Array = (rows @ self.left) @ self.right
        return rotated


def rotation(sums: Triple) -> Rotation:
    """Find the rotation, and the distance that is left (Ding, Denain and Steinhardt, 2021).

    Both sides are centered and brought to Frobenius norm 1; the squared distance between them
    after the best rotation is 2 - 2 |X^T Y|_*, the sum of singular values. Spaces of different
    dimensions are compared as if the smaller was padded with zeros, which changes nothing here.
    Reflections count as rotations.
    """
    left, singular, right = np.linalg.svd(sums.xy.centered_cross, full_matrices=False)
    total = float(singular.sum()) / float(sums.xx.count)  # sides have |X|_F^2 = n
    return Rotation(left, right, max(0.0, round(2.0 - 2.0 * total, _DIGITS)))


def aligned(rows: Array, x: Side, y: Side, found: Rotation) -> Array:
    """Return rows of X (n, D1), as they are in their file, rotated onto Y and shifted to its mean.

    Distances are kept, but for what lies outside of the span of the paired rows (where there are
    fewer of those than dimensions) and beyond Y's dimensions (where it has fewer). Rows of zeros,
    NaN or infinity have no place, and come out as zeros.
    """
    values = np.asarray(rows, dtype=np.float64)
    there = np.isfinite(values).all(axis=1) & values.any(axis=1)
    centered = values[there] - x.center
    rotated = found(centered if x.basis is None else centered @ x.basis)
    turned = np.zeros((len(values), len(y.center)))
    turned[there] = (rotated if y.basis is None else rotated @ y.basis.T) + y.center
    return turned
