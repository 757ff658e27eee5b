"""Maximum mean discrepancy of two sets of codes, unbiased (Gretton et al., 2012)."""

from __future__ import annotations

import numpy as np

from latentcli.numerics.points import squares
from latentcli.numerics.types import Array


def polynomial_kernel(rows: Array) -> Array:
    """Return (x . y / D + 1)^3 of all pairs of rows (N, D): the kernel of KID (Binkowski et al., 2018)."""
    kernel: Array = (rows @ rows.T / rows.shape[1] + 1.0) ** 3
    return kernel


def gaussian_kernel(rows: Array, bandwidth: float | None = None) -> tuple[Array, float]:
    """Return exp(-|x - y|^2 / (2 s^2)) of all pairs of rows (N, D), and the bandwidth s.

    By default s is the median of the distances between different rows.
    """
    centered = rows - rows.mean(axis=0)
    away = squares(centered, centered)
    np.fill_diagonal(away, 0.0)
    if bandwidth is None:
        bandwidth = float(np.sqrt(np.median(away[np.triu_indices(len(away), 1)]))) or 1.0
    kernel: Array = np.exp(away / (-2.0 * bandwidth**2))
    return kernel, bandwidth


def squared_mmd(kernel: Array, first: Array) -> Array:
    """Return MMD^2 (R,) of the rows that are `first` (N, R) bool and the others; below 0 by chance.

    The mean of k over different pairs within each set, less twice the mean over pairs across.

    >>> kernel = np.array([[1.0, 0.5, 0.0, 0.0], [0.5, 1, 0, 0], [0, 0, 1, 0.5], [0, 0, 0.5, 1]])
    >>> squared_mmd(kernel, np.array([[True], [True], [False], [False]])).tolist()
    [1.0]
    """
    apart = kernel.copy()
    np.fill_diagonal(apart, 0.0)
    a = first.astype(np.float64)
    b = 1.0 - a
    with_a = apart @ a
    with_b = apart.sum(axis=1)[:, None] - with_a
    n, m = a.sum(axis=0), b.sum(axis=0)
    within = (a * with_a).sum(axis=0) / (n * (n - 1)) + (b * with_b).sum(axis=0) / (m * (m - 1))
    found: Array = within - 2 * (a * with_b).sum(axis=0) / (n * m)
    return found
