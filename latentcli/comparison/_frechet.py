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

_LEAST = 60
"""Rows from which there is an extrapolation."""

_TOGETHER = 1 << 23
"""Numbers of the products of parts that are summed in one reading: float64, so 64 MB."""


class Gaussian(NamedTuple):
    """A set of codes by its moments: `mean` (D,), `covariance` (D, D) with N - 1 degrees of freedom."""

    mean: Array
    covariance: Array


def moments(rows: Array) -> Gaussian:
    """Return the moments of rows (N, D), N > 1, block by block."""
    return moments_of(rows, [None])[0]


def moments_of(rows: Array, parts: Sequence[Array | None]) -> list[Gaussian]:
    """Return the moments of parts of rows (N, D), each a mask (N,) of two or more, None for all rows.

    Two readings serve all parts, unless their products fill too much memory.
    """
    points, width = Points(rows), rows.shape[1]
    counts = [len(rows) if part is None else int(part.sum()) for part in parts]
    totals = points.reduced_parts(parts, [sums] * len(parts), operator.add)
    means = [total / count for total, count in zip(totals, counts, strict=True)]
    together = max(1, _TOGETHER // width**2)
    squares: list[Array] = []
    for start in range(0, len(parts), together):
        some = slice(start, start + together)
        squares += points.reduced_parts(
            parts[some], [partial(products, mean) for mean in means[some]], operator.add
        )
    return [
        Gaussian(mean, square / (count - 1))
        for mean, square, count in zip(means, squares, counts, strict=True)
    ]


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
    """Return the distance of two sets of rows; of no more rows than dimensions from their products.

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


class Both(NamedTuple):
    """The distance of two sets, and that at infinitely many rows, None for fewer than 60.

    `moments` are those of all rows of each; None where they are no more than the dimensions.
    """

    distance: float
    extrapolated: float | None
    moments: tuple[Gaussian, Gaussian] | None


def of_both(x: Array, y: Array, seed: int) -> Both:
    """Return the distance of two sets of rows, and at infinitely many: a line in 1/n through subsets of both.

    The distance of few rows is too large, by about as much as their number is small (Chong and Forsyth,
    2020).
    """
    count, width = min(len(x), len(y)), x.shape[1]
    sizes = (
        [] if count < _LEAST else np.geomspace(count // 3, count, SIZES).astype(int).tolist()
    )
    sizes = sorted({*sizes})
    parts = _parts(x, y, sizes, seed)
    few = sum(size <= width for size in sizes)
    found = [of_rows(_some(x, a), _some(y, b)) for a, b in parts[:few]]
    if count <= width:
        return Both(of_rows(x, y), _at_infinity(sizes, found) if sizes else None, None)
    first = moments_of(x, [None, *(a for a, _ in parts[few:])])
    second = moments_of(y, [None, *(b for _, b in parts[few:])])
    whole, *others = map(distance, first, second)
    found += others
    return Both(whole, _at_infinity(sizes, found) if sizes else None, (first[0], second[0]))


def _some(rows: Array, part: Array) -> Array:
    return some_of(rows, np.flatnonzero(part))


def _parts(x: Array, y: Array, sizes: Sequence[int], seed: int) -> list[tuple[Array, Array]]:
    """Draw subsets of both sets of each size, as masks (N,) and (M,): a byte for each row."""
    rng = np.random.default_rng([seed, 5])
    found = []
    for size in sizes:
        both = np.zeros(len(x), dtype=bool), np.zeros(len(y), dtype=bool)
        for mask in both:
            mask[rng.permutation(len(mask))[:size]] = True
        found.append(both)
    return found


def _at_infinity(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return where a line through values over 1/size meets 0.

    >>> round(_at_infinity([10, 20, 40], [3.0, 2.5, 2.25]), 9)
    2.0
    """
    return float(np.polyfit(1 / np.asarray(sizes, dtype=np.float64), values, 1)[1])
