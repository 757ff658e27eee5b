"""Fréchet distance of two sets of codes: that of two Gaussians with their means and covariances."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from latentcli.numerics.blocks import some_of
from latentcli.numerics.points import Points, products, sums
from latentcli.numerics.types import Array

SIZES = 8
"""So many sizes of subsets, from a third of the rows to all, carry the extrapolation."""


class Gaussian(NamedTuple):
    """A set of codes by its moments: `mean` (D,), `covariance` (D, D) with N - 1 degrees of freedom."""

    mean: Array
    covariance: Array


def moments(rows: Array) -> Gaussian:
    """Return the moments of rows (N, D), N > 1, block by block."""
    points = Points(rows)
    mean = points.reduced(sums, operator.add) / len(rows)
    square = points.reduced(partial(products, mean), operator.add)
    return Gaussian(mean, square / (len(rows) - 1))


def distance(x: Gaussian, y: Gaussian) -> float:
    """Return |mx - my|^2 + tr(Cx + Cy - 2 (Cx Cy)^(1/2)) (Dowson and Landau, 1982; Heusel et al., 2017).

    The eigenvalues of Cx Cy are those of Cx^(1/2) Cy Cx^(1/2), which is symmetric.

    >>> one = Gaussian(np.zeros(2), np.diag([1.0, 4.0]))
    >>> distance(one, Gaussian(np.ones(2), np.diag([4.0, 1.0])))  # 2 + (1 - 2)^2 + (2 - 1)^2
    4.0
    """
    values, vectors = np.linalg.eigh(x.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    product = np.linalg.eigvalsh(root.T @ y.covariance @ root)
    spread = np.trace(x.covariance) + np.trace(y.covariance)
    shift = float(((x.mean - y.mean) ** 2).sum())
    return max(0.0, float(shift + spread - 2 * np.sqrt(np.maximum(product, 0.0)).sum()))


def of_rows(x: Array, y: Array) -> float:
    """Return the distance of two sets of rows; of fewer rows than dimensions from their products.

    The eigenvalues of Cx Cy are then the squares of the singular values of X Y^T, both centered.
    """
    if min(len(x), len(y)) > x.shape[1]:
        return distance(moments(x), moments(y))
    a, b = (np.asarray(side, np.float64) for side in (x, y))
    shift = float(((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum())
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    freedom = len(a) - 1, len(b) - 1
    spread = float((a * a).sum() / freedom[0] + (b * b).sum() / freedom[1])
    shared = np.linalg.svd(a @ b.T, compute_uv=False).sum() / np.sqrt(freedom[0] * freedom[1])
    return max(0.0, shift + spread - 2 * float(shared))


def extrapolated(x: Array, y: Array, seed: int) -> float | None:
    """Return the distance at infinitely many rows: a line in 1/n through subsets of both sets.

    The distance of few rows is too large, by about as much as their number is small (Chong and Forsyth,
    2020). None for fewer than 60 rows.
    """
    count = min(len(x), len(y))
    if count < 60:
        return None
    rng = np.random.default_rng([seed, 5])
    sizes = np.unique(np.geomspace(count // 3, count, SIZES).astype(int))
    found = [
        of_rows(*(some_of(one, rng.permutation(len(one))[:size]) for one in (x, y)))
        for size in sizes
    ]
    return _at_infinity(sizes.tolist(), found)


def _at_infinity(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return where a line through values over 1/size meets 0.

    >>> round(_at_infinity([10, 20, 40], [3.0, 2.5, 2.25]), 9)
    2.0
    """
    return float(np.polyfit(1 / np.asarray(sizes, dtype=np.float64), values, 1)[1])
