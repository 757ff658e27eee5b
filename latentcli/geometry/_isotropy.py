"""Isotropy: whether the points use all directions alike."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np

from latentcli.geometry._cloud import Cloud
from latentcli.geometry._directions import added, direction_sum, directions, none_removed
from latentcli.geometry._measure import Measure, graded, with_white_noise
from latentcli.geometry._sampling import halves_of
from latentcli.geometry._spectrum import (
    Spectrum,
    effective_rank,
    isoscore,
    rankme,
    spectrum_of,
    stable_rank,
)
from latentcli.numerics.nulls import PERMUTATIONS, Null, permutation_null
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array

SECTION = "isotropy"
_COSINES = ("mean_cosine", "all_but_the_top")
"""Measures of directions, which the lengths of rows do not move."""

_LEAST = {"mean_cosine": -1.0, "all_but_the_top": -1.0, "isoscore": 0.0}
"""The least that measures can be; ranks are 1 or more."""


def mean_cosine(rows: Array) -> float | None:
    """Return the mean cosine of all pairs of distinct rows (N, D) (Ethayarajh, 2019), exactly.

    (|sum u|^2 - n) / (n (n - 1)) over the n rows that are not zero; None for fewer than two.
    """
    return _without(rows, *none_removed(rows.shape[1]))


def all_but_the_top(rows: Array, spectrum: Spectrum, top: int) -> float | None:
    """Return the mean cosine without the mean and the `top` components (Mu and Viswanath, 2018)."""
    return _without(rows, spectrum.mean, spectrum.axes[:, :top])


def _without(rows: Array, mean: Array, axes: Array) -> float | None:
    return Points(rows).reduced(partial(direction_sum, mean, axes), added).mean_cosine


def sign_null(directions: Array, seed: int, originals: Array | None = None) -> Null | None:
    """Compare the mean cosine of unit vectors (n, D) with that of the same ones of random signs.

    Directions are as likely as their opposites under this null, whatever their spread; copies, which
    have the same of `originals` (n,), keep one sign.
    """
    count = len(directions)
    if count < 2:
        return None
    signs = np.random.default_rng([seed, 8]).choice([-1.0, 1.0], (PERMUTATIONS, count))
    if originals is not None:
        signs = signs[:, np.unique(originals, return_inverse=True)[1]]
    totals = np.concatenate([np.ones((1, count)), signs]) @ directions
    found = ((totals**2).sum(axis=1) - count) / (count * (count - 1))
    return permutation_null(float(found[0]), found[1:].tolist())


def reading_of_cosine(value: float, null: Null) -> str:
    """Read a mean cosine: 0 where there is no direction that rows share."""
    if not null.larger:
        return "no common direction"
    return graded(
        value,
        (0.02, "no common direction"),
        (0.1, "slight common direction"),
        beyond="anisotropic: a common direction",
    )


def measure(cloud: Cloud) -> tuple[Measure, ...]:
    """Measure how evenly a cloud uses its directions."""
    return with_white_noise(_figures(cloud, judged=True), _figures(cloud.noise))


def _figures(cloud: Cloud, *, judged: bool = False) -> list[Measure]:
    spectrum, size, summed = cloud.spectrum, cloud.dimensions, cloud.sums.directions
    top = max(1, round(size / 100))
    halves = None
    if judged:
        halves = halves_of(
            cloud.rows, cloud.settings, lambda rows: _afresh(cloud, rows, top), cloud.repeats
        )
    expected = math.nan if size == 1 else _noise_isoscore(spectrum.rows, size)
    values = {
        "mean_cosine": mean_cosine(cloud.rows) if summed is None else summed.mean_cosine,
        "all_but_the_top": all_but_the_top(cloud.rows, spectrum, top),
        **_of_spectrum(spectrum, size),
    }

    def one(key: str, variant: str, high: float, noise: float | None = None) -> Measure:
        value = values[key]
        interval = None
        if halves and value is not None:
            widened = 1.0 if key in _COSINES else cloud.tail_factor
            # RankMe, with its 1e-7 in each term, is a little beyond D of as good as equal singular values.
            low, most = min(_LEAST.get(key, 1.0), value), max(high, value)
            interval = halves.interval(key, value, low, most, widened=widened)
        name = "effective_rank" if key == "rankme" else key
        return Measure(SECTION, name, variant, value, interval, noise)

    return [
        _cosine(cloud, one("mean_cosine", "all pairs", 1.0, 0.0), None, 0, judged=judged),
        _cosine(
            cloud,
            one("all_but_the_top", f"without mean, top {top}", 1.0, 0.0),
            spectrum,
            top,
            judged=judged,
        ),
        Measure(SECTION, "isoscore", "covariance", None, note="one dimension has no isotropy")
        if size == 1
        else one("isoscore", "covariance", 1.0, expected),
        one("effective_rank", "singular values, centered", float(size)),
        one("rankme", "RankMe, not centered", float(size)),
        one("stable_rank", "centered", float(size)),
    ]


def _of_spectrum(spectrum: Spectrum, size: int) -> dict[str, float | None]:
    return {
        "isoscore": isoscore(spectrum.values, size) if size > 1 else None,
        "effective_rank": effective_rank(spectrum.values),
        "rankme": rankme(spectrum.raw),
        "stable_rank": stable_rank(spectrum.values),
    }


def _afresh(cloud: Cloud, rows: Array, top: int) -> dict[str, float | None]:
    values = cloud.rows[rows]
    spectrum = spectrum_of(values)
    if not spectrum.values.sum() > 0:
        return {}
    return {
        "mean_cosine": mean_cosine(values),
        "all_but_the_top": all_but_the_top(values, spectrum, top),
        **_of_spectrum(spectrum, cloud.dimensions),
    }


def _cosine(
    cloud: Cloud, one: Measure, spectrum: Spectrum | None, top: int, *, judged: bool
) -> Measure:
    """Return a mean cosine with its reading."""
    if one.value is None:
        return replace(one, note="nothing is left that has a direction")
    if not judged:
        return one
    size = cloud.dimensions
    left_out = (
        none_removed(size) if spectrum is None else (spectrum.mean, spectrum.axes[:, :top])
    )
    drawn = cloud.sampling.drawn
    found, kept = directions(Points(cloud.rows).take(drawn), *left_out)
    null = sign_null(found, cloud.settings.seed, cloud.originals[drawn[kept]])
    if null is None:
        return one
    reading = reading_of_cosine(one.value, null)
    return replace(one, null=null.mean, p_value=null.p_larger, reading=reading)


def _noise_isoscore(rows: int, size: int) -> float:
    """Return the IsoScore of N(0, I), whose participation ratio is ND / (N + D) on average."""
    return (rows * size / (rows + size) - 1) / (size - 1)
