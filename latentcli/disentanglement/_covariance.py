"""The correlations of codes and their triangular root, in bounded memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._scaling import scales, standardized
from latentcli.numerics.types import Array

_BLOCK = 1 << 22
"""Numbers of codes that are taken at a time."""


class Moments(NamedTuple):
    """Means (A,), deviations (A,) with N - 1, and correlations (A, A) of dimensions that change.

    `root` (A, A) is upper triangular, and `root.T @ root` the correlations. It comes from the codes
    themselves (QR), not from the correlations, whose rounding hides determinants below 1e-16.
    """

    mean: Array
    deviation: Array
    correlation: Array
    root: Array


def moments(data: Data) -> Moments:
    """Return the moments of the dimensions that change."""
    found = [scales(data.codes[:, j], ddof=1) for j in np.flatnonzero(data.alive)]
    mean, deviation = np.array(found).T
    correlation = np.zeros((len(mean), len(mean)))
    root: Array = np.empty((0, len(mean)))
    for rows in blocks(data):
        part = standardized(data.codes[rows][:, data.alive], mean, deviation)
        correlation += part.T @ part
        root = np.asarray(np.linalg.qr(np.vstack([root, part]), mode="r"))
    correlation /= data.rows - 1
    np.fill_diagonal(correlation, 1.0)
    return Moments(mean, deviation, correlation, root / np.sqrt(data.rows - 1))


def correlation_of(codes: Array, moments: Moments) -> Array:
    """Return the correlations (A, A) of codes (N, A) whose rows were shuffled in each dimension."""
    rows = standardized(codes, moments.mean, moments.deviation)
    correlation = rows.T @ rows / (len(rows) - 1)
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation)


def blocks(data: Data) -> list[slice]:
    """Return slices that go through the rows, so many at a time that a block stays small."""
    step = max(1, _BLOCK // data.dimensions)
    return [slice(start, start + step) for start in range(0, data.rows, step)]
