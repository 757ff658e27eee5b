"""Formulas of principal components: of codes read block by block, exact, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from latentcli.numerics.blocks import let_go, spans
from latentcli.numerics.types import Array, Progress

_SQUARE = 8192
"""Up to so many rows or columns a square matrix of them is made; beyond, the rows are passed again."""

_SPARE, _PASSES, _SETTLED = 20, 60, 1e-10

Rows = Callable[[], Iterator[Array]]
"""Yields blocks (n, D) float64 of all rows, as often as it is called."""


class Components(NamedTuple):
    """Axes of a set: `vectors` (k, D) at length 1, `variances` (k,) along them, `total` of all axes."""

    vectors: Array
    variances: Array
    total: float


def rows_in_blocks(sets: Sequence[Array], progress: Progress | None = None) -> Rows:
    """Return what yields the codes (N, ...) of sets as rows of float64, maybe mapped from files."""
    count = sum(map(len, sets))

    def rows() -> Iterator[Array]:
        done = 0
        for codes in sets:
            flat = codes.reshape(len(codes), -1)
            for part in spans(len(flat), flat.shape[1]):
                yield flat[part].astype(np.float64)
                let_go(flat)
                if progress:
                    progress(done + part.stop, count)
            done += len(flat)

    return rows


def mean_of(rows: Rows) -> tuple[Array, int]:
    """Return the mean (D,) of rows, and how many there are."""
    total, count = 0.0, 0
    for block in rows():
        total, count = total + block.sum(axis=0), count + len(block)
    return np.asarray(total) / count, count


def components(rows: Rows, center: Array, count: int, k: int, degrees: int) -> Components:
    """Return the k axes along which rows (N, D) vary most about a center (D,), the first most.

    The eigenvectors of X^T X / `degrees`, X the rows less the center; the largest number of each is
    positive, as scikit-learn has it.
    """
    dimensions = len(center)
    if min(count, dimensions) > _SQUARE:
        vectors, values, total = _by_passes(rows, center, k)
    elif dimensions <= count:
        vectors, values, total = _by_covariance(rows, center, k)
    else:
        vectors, values, total = _by_products(rows, center, k)
    return Components(signed(vectors), np.maximum(values, 0.0) / degrees, total / degrees)


def signed(vectors: Array) -> Array:
    """Return vectors (k, D) with the largest number of each positive."""
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)
    return vectors * np.where(largest < 0, -1.0, 1.0)


def _by_covariance(rows: Rows, center: Array, k: int) -> tuple[Array, Array, float]:
    square = np.zeros((len(center), len(center)))
    for block in rows():
        block -= center
        square += block.T @ block
    values, vectors = np.linalg.eigh(square)
    return vectors[:, ::-1][:, :k].T, values[::-1][:k], float(np.trace(square))


def _by_products(rows: Rows, center: Array, k: int) -> tuple[Array, Array, float]:
    """Return the axes of few rows, from a decomposition of the rows themselves."""
    whole = np.concatenate([block - center for block in rows()])
    _, singular, vectors = np.linalg.svd(whole, full_matrices=False)
    return vectors[:k], singular[:k] ** 2, float((singular**2).sum())


def _by_passes(rows: Rows, center: Array, k: int) -> tuple[Array, Array, float]:
    """Return the axes by subspace iteration (Halko, Martinsson and Tropp, 2011), until they settle."""
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((len(center), k + _SPARE)))[0]
    values, total = np.zeros(k), 0.0
    for _ in range(_PASSES):
        product, total = np.zeros_like(basis), 0.0
        for block in rows():
            block -= center
            total += float((block * block).sum())
            product += block.T @ (block @ basis)
        small, turned = np.linalg.eigh(basis.T @ product)
        values, turned = small[::-1][:k], turned[:, ::-1][:, :k]
        vectors = (basis @ turned).T
        left = product @ turned - vectors.T * values
        if np.abs(left).max() <= _SETTLED * max(float(values[0]), 1e-300):
            break
        basis = np.linalg.qr(product)[0]
    return vectors, values, total
