"""Is a code plausible? Its length under the prior N(0, I), or its place among other codes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.repeats import repeats_of
from latentcli.numerics.types import Array

ALPHA = 0.01
"""Below this p-value the norms are said not to be those of N(0, I)."""

_LEAST = 5
"""Vectors from which equal norms are a sphere."""

_DISTINCT = 10
"""Norms that differ, below which many that are repeated say nothing."""

_SPHERE = 0.05
"""Norms that spread less than this part of what N(0, I) gives are said to be the same."""


@dataclass(frozen=True)
class Length:
    """How long vectors of N(0, I_D) are: chi-distributed, `expected` on average, `deviation` sd."""

    expected: float
    deviation: float


@dataclass(frozen=True)
class Shape:
    """A set of codes as an ellipsoid: `mean` (D,), and `whiten` (D, R), which makes it round.

    `rank` R counts the directions in which the set has any extent.
    """

    mean: Array
    whiten: Array
    rank: int


def length_of(dimensions: int) -> Length:
    """Return mean and standard deviation of the length of N(0, I_D).

    >>> round(length_of(512).expected, 4), round(length_of(512).deviation, 4)
    (22.6164, 0.7069)
    """
    log_ratio = math.lgamma((dimensions + 1) / 2) - math.lgamma(dimensions / 2)
    expected = math.sqrt(2) * math.exp(log_ratio)
    # D - expected^2 loses all digits for large D; there the series of the variance is exact.
    if dimensions > 1000:
        variance = 0.5 - 1 / (8 * dimensions) - 1 / (16 * dimensions**2)
    else:
        variance = dimensions - expected**2
    return Length(expected, math.sqrt(variance))


def sigmas(norms: Array, dimensions: int) -> Array:
    """Return how many standard deviations lengths are from what N(0, I_D) gives."""
    prior = length_of(dimensions)
    return (np.asarray(norms, dtype=np.float64) - prior.expected) / prior.deviation


def percentiles(norms: Array, dimensions: int) -> Array:
    """Return the percentage of N(0, I_D) that is no longer than `norms`: the chi distribution.

    >>> percentiles(np.array([2.0]), 2).round(4).tolist()  # 100 (1 - exp(-2))
    [86.4665]
    """
    from scipy.special import chdtr

    shares: Array = 100.0 * chdtr(dimensions, np.asarray(norms, dtype=np.float64) ** 2)
    return shares


def shape_of(codes: Array) -> Shape:
    """Fit the ellipsoid of a set of codes (N, D), N > 1; flat directions are left out."""
    codes = np.asarray(codes, dtype=np.float64)
    if len(codes) < 2:
        raise LatentError("a reference needs two codes or more")
    mean = codes.mean(axis=0)
    _, singular, axes = np.linalg.svd(codes - mean, full_matrices=False)
    kept = singular > singular.max(initial=0.0) * 1e-10 * max(codes.shape)
    if not kept.any():
        raise LatentError("all codes of the reference are the same")
    scale = singular[kept] / math.sqrt(len(codes) - 1)
    return Shape(mean, axes[kept].T / scale, int(kept.sum()))


def mahalanobis(codes: Array, shape: Shape) -> Array:
    """Return the Mahalanobis distance (N,) of codes to a fitted set: sigmas, as if round.

    What lies outside the directions of the set is not seen.
    """
    distances: Array = np.linalg.norm((codes - shape.mean) @ shape.whiten, axis=-1)
    return distances


def estimated_percentiles(
    distances: Array, count: int, dimensions: int, inside: Array
) -> Array:
    """Place Mahalanobis distances (n,) to `count` normal codes (N, D), N > D + 1, in percent.

    Where the ellipsoid is estimated from the codes, the squared distance of another code follows an
    F distribution (Hotelling, 1931), and that of a code `inside` (n,) them a beta distribution
    (Gnanadesikan and Kettenring, 1972); chi-squared is right only for very many codes.
    """
    from scipy.special import betainc, fdtr

    n, p = float(count), float(dimensions)
    squares = np.asarray(distances, dtype=np.float64) ** 2
    outer = fdtr(p, n - p, squares * n * (n - p) / ((n * n - 1) * p))
    inner = betainc(p / 2, (n - p - 1) / 2, np.minimum(squares * n / (n - 1) ** 2, 1.0))
    shares: Array = 100.0 * np.where(inside, inner, outer)
    return shares


def judged(norms: Array, dimensions: int) -> tuple[float | None, str]:
    """Test norms (n,) against those of N(0, I_D): a p-value, and how to read it; None of a few that are repeated.

    Kolmogorov-Smirnov. Twice the exact one-sided probability (Birnbaum and Tingey, 1951) bounds p from
    above, and is p where it is small.

    >>> judged(np.full(50, 8.0), 64)[1]
    'on a sphere: all norms are the same'
    """
    from scipy.special import chdtr, smirnov

    prior = length_of(dimensions)
    spread = _SPHERE * prior.deviation * min(1.0, float(np.mean(norms)) / prior.expected)
    sphere = len(norms) >= _LEAST and np.std(norms) < spread
    repeats = repeats_of(np.asarray(norms)[:, None])
    if repeats and not sphere:  # codes that are repeated are no new evidence
        if repeats.distinct < _DISTINCT:
            return None, "not tested"
        norms = repeats.once(norms)
    count = len(norms)
    below = np.sort(chdtr(dimensions, np.asarray(norms, dtype=np.float64) ** 2))
    steps = np.arange(1, count + 1) / count
    largest = max((steps - below).max(), (below - steps + 1 / count).max())
    p_value = min(1.0, 2 * float(smirnov(count, largest)))
    if sphere:
        return p_value, "on a sphere: all norms are the same"
    return p_value, "norms not as of N(0, I)" if p_value <= ALPHA else "norms as of N(0, I)"
