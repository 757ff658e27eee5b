"""Isotropy: whether the points use all directions alike."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from latentcli.geometry._cloud import Cloud, Measure, graded, with_white_noise
from latentcli.geometry._spectrum import Spectrum, effective_rank, isoscore, rankme, stable_rank
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

SECTION = "isotropy"
_HARDLY, _SHARED = 0.02, 0.1
"""A mean cosine is none below the first, and more than a little from the second on."""

_GONE = 1e-7
"""What is left of a row, in parts of the rows' usual length, that is rounding error only."""


def mean_cosine(rows: Array) -> float | None:
    """Return the mean cosine of all pairs of distinct rows (N, D) (Ethayarajh, 2019), exactly.

    (|sum u|^2 - n) / (n (n - 1)) over the n rows that are not zero; None for fewer than two.
    """
    return _mean_cosine(Points(rows), np.zeros(rows.shape[1]), np.zeros((rows.shape[1], 0)))


def all_but_the_top(rows: Array, spectrum: Spectrum, top: int) -> float | None:
    """Return the mean cosine without the mean and the `top` components (Mu and Viswanath, 2018)."""
    return _mean_cosine(Points(rows), spectrum.mean, spectrum.axes[:, :top])


def _mean_cosine(points: Points, mean: Array, axes: Array) -> float | None:
    """Average the cosines of all pairs without a mean (D,) and axes (D, R), orthonormal."""
    total, count = np.zeros(points.dimensions), 0
    for _, block in points.blocks():
        left = block - mean
        left -= (left @ axes) @ axes.T
        lengths = np.linalg.norm(left, axis=1)
        kept = lengths > _GONE * np.linalg.norm(block, axis=1)
        total += unit(left[kept]).sum(axis=0)
        count += int(kept.sum())
    if count < 2:
        return None
    return float((total @ total - count) / (count * (count - 1)))


def measure(cloud: Cloud, progress: Progress | None = None) -> tuple[Measure, ...]:
    """Measure how evenly a cloud uses its directions."""
    size = cloud.dimensions

    def out_of(one: Measure) -> str:
        return f"of {size:,}"

    readings = {
        "mean_cosine": _reader(cloud),
        "all_but_the_top": _reader(cloud),
        "isoscore": lambda one: "same evidence as participation ratio",
        "effective_rank": out_of,
        "stable_rank": out_of,
    }
    return with_white_noise(_figures(cloud), _figures(cloud.noise), readings)


def _reader(cloud: Cloud) -> Callable[[Measure], str]:
    """Return what reads a mean cosine beside that of white noise of as many rows."""
    count = len(cloud.rows)
    most = noise_cosine(count, cloud.dimensions)

    def read(one: Measure) -> str:
        return graded(
            one.value or 0.0,
            (max(most, _HARDLY), "no common direction"),
            (_SHARED, "a little of a common direction"),
            beyond="anisotropic: a shared direction",
        )

    return read


def noise_cosine(rows: int, dimensions: int, share: float = 0.99) -> float:
    """Return the mean cosine that this share of white noise of as many rows stays below.

    D |sum u|^2 / N of N directions is about chi-squared with D degrees of freedom (Rayleigh, 1919).

    >>> round(noise_cosine(1000, 10), 5)
    0.00132
    """
    from scipy.special import chdtri

    return (float(chdtri(dimensions, 1 - share)) / dimensions - 1) / (rows - 1)


def _figures(cloud: Cloud) -> list[Measure]:
    spectrum, size = cloud.spectrum, cloud.dimensions
    top = max(1, round(size / 100))
    noise = math.nan if size == 1 else _noise_isoscore(spectrum.rows, size)
    return [
        _cosine("mean_cosine", "all pairs", mean_cosine(cloud.rows), cloud.zeros),
        _cosine(
            "all_but_the_top",
            f"without mean, top {top}",
            all_but_the_top(cloud.rows, spectrum, top),
            cloud.zeros,
        ),
        Measure(SECTION, "isoscore", "covariance", None, note="one dimension has no isotropy")
        if size == 1
        else Measure(SECTION, "isoscore", "covariance", isoscore(spectrum.values, size), noise),
        Measure(
            SECTION,
            "effective_rank",
            "singular values, centred",
            effective_rank(spectrum.values),
        ),
        Measure(
            SECTION,
            "effective_rank",
            "RankMe, not centred",
            rankme(spectrum.raw),
        ),
        Measure(SECTION, "stable_rank", "centred", stable_rank(spectrum.values)),
    ]


def _cosine(name: str, variant: str, value: float | None, zeros: str) -> Measure:
    note = zeros if value is not None else "nothing is left that has a direction"
    return Measure(SECTION, name, variant, value, 0.0, note=note)


def _noise_isoscore(rows: int, size: int) -> float:
    """Return the IsoScore of N(0, I), whose participation ratio is ND / (N + D) on average."""
    return (rows * size / (rows + size) - 1) / (size - 1)
