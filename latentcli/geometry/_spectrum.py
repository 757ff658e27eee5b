"""The spectrum of a set of points: its principal variances, and the ranks made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from latentcli.numerics.blocks import sampled
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array

_LARGEST = 4096
"""Rows of a spectrum where both rows and dimensions are more: a matrix of 128 MB."""

ORIGIN = 1000
"""Rows whose mean is the origin of moments."""

_RANKME = 1e-7
"""Keeps the logarithm of RankMe finite, as in Garrido et al. (2023)."""


@dataclass(frozen=True)
class Spectrum:
    """The eigenvalues of the covariance (1/N), descending, min(N, D) of them.

    `axes` (D, R) are their eigenvectors, `mean` (D,) that of the rows, `raw` the eigenvalues of the
    second moment, not centered; `rows` says how many rows were taken.
    """

    values: Array
    axes: Array
    mean: Array
    raw: Array
    rows: int


class Moments(NamedTuple):
    """The sum `total` (D,) and the products (D, D) of rows about an origin (D,); they add up."""

    origin: Array
    total: Array
    products: Array


def spectrum_of(rows: Array, *, seed: int = 0, moments: Moments | None = None) -> Spectrum:
    """Compute the spectrum of rows (N, D), in blocks, or of their moments where these are known.

    The smaller of the D x D and the N x N matrix is taken apart; where both are larger than
    4,096, so many rows are drawn.
    """
    if min(rows.shape) > _LARGEST:
        rows = rows[sampled(len(rows), _LARGEST, seed)]
    if not by_moments(rows):
        return _of_few(np.asarray(rows, dtype=np.float64))
    if moments is None:
        points = Points(rows)
        moments = points.reduced(partial(moments_of, origin_of(points)), added)
    return _of_many(moments, len(rows))


def by_moments(rows: Array) -> bool:
    """Tell whether the spectrum of rows (N, D) is made of their moments, D x D numbers."""
    return bool(rows.shape[1] <= min(len(rows), _LARGEST))


def origin_of(points: Points) -> Array:
    """Return the mean (D,) of the first rows: moments about it keep the digits."""
    return np.asarray(points.take(slice(0, ORIGIN)).mean(axis=0))


def moments_of(origin: Array, block: Array) -> Moments:
    """Return the moments of some rows (n, D)."""
    block = block - origin
    return Moments(origin, block.sum(axis=0), block.T @ block)


def added(one: Moments, other: Moments) -> Moments:
    """Add the moments of two blocks about one origin."""
    return Moments(one.origin, one.total + other.total, one.products + other.products)


def _of_many(moments: Moments, count: int) -> Spectrum:
    """Take the D x D covariance apart."""
    offset = moments.total / count
    covariance = moments.products / count - np.outer(offset, offset)
    mean = moments.origin + offset
    values, axes = np.linalg.eigh(covariance)
    raw = np.linalg.eigvalsh(covariance + np.outer(mean, mean))
    return Spectrum(_descending(values), axes[:, ::-1], mean, _descending(raw), count)


def _of_few(rows: Array) -> Spectrum:
    """Take the N x N products apart: fewer rows than dimensions."""
    count = len(rows)
    mean = rows.mean(axis=0)
    centered = rows - mean
    values, left = np.linalg.eigh(centered @ centered.T / count)
    values, left = _descending(values), left[:, ::-1]
    axes = centered.T @ left
    lengths = np.linalg.norm(axes, axis=0)
    # An axis without variance would be one of rounding errors, at no right angle to the others.
    axes = np.divide(axes, lengths, out=np.zeros_like(axes), where=values > 0)
    raw = np.linalg.eigvalsh(rows @ rows.T / count)
    return Spectrum(values, axes, mean, _descending(raw), count)


def _descending(values: Array) -> Array:
    """Return eigenvalues from the largest on; what is rounding error only is 0."""
    ordered = values[::-1].copy()
    ordered[ordered < max(ordered[0], 0.0) * len(ordered) * np.finfo(np.float64).eps] = 0.0
    return ordered


def participation_ratio(values: Array) -> float:
    """Return (sum l)^2 / sum l^2 of eigenvalues l, in [1, D].

    >>> round(participation_ratio(np.array([4.0, 1.0])), 6)
    1.470588
    """
    return float(values.sum() ** 2 / (values**2).sum())


def isoscore(values: Array, dimensions: int) -> float:
    """Return IsoScore (Rudman et al., 2022), in [0, 1]: (PR - 1) / (D - 1), to which it reduces.

    >>> round(isoscore(np.array([4.0, 1.0]), 2), 6)
    0.470588
    """
    return (participation_ratio(values) - 1) / (dimensions - 1)


def effective_rank(values: Array) -> float:
    """Return exp of the entropy of the singular values (Roy and Vetterli, 2007).

    `values` are eigenvalues: the squares of the singular values, up to a factor.

    >>> round(effective_rank(np.array([8.0, 2.0])), 6)
    1.889882
    """
    shares = np.sqrt(values) / np.sqrt(values).sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def rankme(values: Array) -> float:
    """Return RankMe (Garrido et al., 2023): the effective rank of rows that are not centered."""
    shares = np.sqrt(values) / np.sqrt(values).sum() + _RANKME
    return float(np.exp(-(shares * np.log(shares)).sum()))


def stable_rank(values: Array) -> float:
    """Return the squared Frobenius norm over the squared spectral norm, in [1, D].

    >>> stable_rank(np.array([8.0, 2.0]))
    1.25
    """
    return float(values.sum() / values[0])


def components(values: Array, share: float) -> int:
    """Return how many principal components hold this share of the variance.

    >>> components(np.array([6.0, 3.0, 1.0]), 0.9)
    2
    """
    running = np.cumsum(values) / values.sum()
    return int(np.searchsorted(running, share - 1e-12) + 1)
