"""Dimension: how many directions the points need, near each point and on the whole."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from latentcli.geometry._cloud import Cloud
from latentcli.geometry._measure import Measure, kind_of, of_drawn, with_white_noise
from latentcli.geometry._sampling import LEAST_ROWS, NEAREST, halves_of
from latentcli.geometry._spectrum import (
    Spectrum,
    components,
    participation_ratio,
    spectrum_of,
)
from latentcli.numerics.halves import Halves
from latentcli.numerics.nulls import Null, noise_null
from latentcli.numerics.points import distances
from latentcli.numerics.types import Array
from latentcli.results import Interval

SECTION = "manifold"
_KEPT = 0.9
_TIED = {
    "two_nn": "the two nearest are equally far: no dimension",
    "mle": "all neighbors are equally far: no dimension",
}
_SHARES = (0.9, 0.99)
_ENDLESS = 1e6
_NEAR_NOISE = 0.8
"""Part of what white noise gives from which a number is near it."""

_EQUAL = 1e-9


def two_nn(first: Array, second: Array, kept: float = _KEPT) -> float:
    """Return the TwoNN dimension (Facco et al., 2017) from the two nearest distances (n,).

    The slope through 0 of -ln(1 - F) on ln mu, mu = r2 / r1, F = i / n, without the largest tenth of
    mu. All `first` must be above 0; infinity where all ratios are 1.
    """
    logs = np.sort(np.log(second / first))
    # A hair is added because 0.9 is no binary number: 0.9 x 10 must keep 9.
    keep = min(max(1, int(kept * len(logs) + 1e-9)), len(logs) - 1)
    x = logs[:keep]
    y = -np.log1p(-np.arange(1, keep + 1) / len(logs))
    with np.errstate(divide="ignore", invalid="ignore"):
        return float((x @ y) / (x @ x))


def two_nn_likelihood(first: Array, second: Array) -> float:
    """Return the maximum-likelihood TwoNN dimension, (n - 1) / sum ln mu."""
    with np.errstate(divide="ignore"):
        return float((len(first) - 1) / np.log(second / first).sum())


def mle(near: Array) -> float:
    """Return the dimension by Levina and Bickel (2005) from distances (n, k), ascending, above 0.

    1/m of a point is the mean of ln(T_k / T_j), j < k; points are combined by the harmonic mean
    (MacKay and Ghahramani, 2005).
    """
    with np.errstate(divide="ignore"):
        return float(1 / np.log(near[:, -1:] / near[:, :-1]).mean(axis=1).mean())


def distance_spread(values: Array) -> float | None:
    """Return the standard deviation of the distances of all pairs of rows (n, D), over their mean.

    0 where all rows are equally far from each other (Beyer et al., 1999); None where they are the
    same.
    """
    middle = total = squared = 0.0
    for part, block in distances(values):
        middle = middle or float(block[0].sum()) / (len(values) - 1)
        block -= middle
        block[np.arange(len(block)), np.arange(part.start, part.stop)] = 0.0
        total += float(block.sum())
        squared += float((block * block).sum())
    pairs = len(values) * (len(values) - 1)
    offset = total / pairs
    if not middle + offset > 0:
        return None
    return math.sqrt(max(squared / pairs - offset * offset, 0.0)) / (middle + offset)


def measure(cloud: Cloud) -> tuple[Measure, ...]:
    """Measure the dimension of a cloud."""
    # Without the rows at hand no copies among them are found, which would mislead `_local`.
    local = _nothing if hasattr(cloud.rows, "reduced") else _local
    first, *others = cloud.noises
    expected = [*local(first), *_global(first)]
    found = with_white_noise([*local(cloud), *_global(cloud)], expected)
    draws = [expected, *([*local(one), _spread(one)] for one in others)]
    return tuple(_judged(one, draws, cloud.dimensions) for one in found)


def _judged(one: Measure, draws: list[list[Measure]], dimensions: int) -> Measure:
    """Read a measure by its null, what white noise gives."""
    read = _READINGS.get(one.measure)
    if one.value is None or read is None:
        return one
    key = one.measure, one.variant
    null = noise_null(
        one.value,
        [other.value for draw in draws for other in draw if (other.measure, other.variant) == key],
    )  # fmt: skip
    if null is None:
        return one
    reading, p_value = read(one.value, null, dimensions)
    return replace(one, null=null.mean, p_value=p_value, reading=reading)


def reading_of_dimension(value: float, null: Null, dimensions: int) -> tuple[str, float | None]:
    """Read a local dimension beside that of white noise, which is too low in many dimensions."""
    if null.smaller and value < _NEAR_NOISE * null.mean:
        return "fewer dimensions than white noise", null.p_smaller
    saturated = null.mean < _NEAR_NOISE * dimensions
    return "saturated: a lower bound" if saturated else "as white noise", null.p_smaller


def reading_of_spread(value: float, null: Null, _: int) -> tuple[str, float | None]:
    """Read the spread of distances beside that of white noise."""
    if value < _EQUAL:
        return "equidistant: all rows are equally far", null.p_smaller
    if null.smaller and value < _NEAR_NOISE * null.mean:
        return "distances differ less than in white noise", null.p_smaller
    if null.larger and value > null.mean / _NEAR_NOISE:
        return "distances differ more than in white noise", null.p_larger
    return "as white noise", min(
        (p for p in (null.p_larger, null.p_smaller) if p is not None), default=None
    )


_READINGS: dict[str, Callable[[float, Null, int], tuple[str, float | None]]] = {
    "two_nn": reading_of_dimension,
    "mle": reading_of_dimension,
    "distance_spread": reading_of_spread,
}


def _nothing(_: Cloud) -> list[Measure]:
    return []


def _local(cloud: Cloud) -> list[Measure]:
    """Measure the dimension near each point, from the distances to its distinct neighbors."""
    graph, repeated = cloud.distinct.neighbors, cloud.distinct.repeated
    near = _apart(graph.distances)
    note = (
        f"{repeated:,} of {len(cloud):,} rows left out: copies of another" if repeated else ""
    )
    every = len(graph.queries) == len(cloud)
    halves = halves_of(
        cloud.rows if every else len(graph.queries),
        cloud.settings,
        lambda rows: _logarithms(cloud.part(graph.queries[rows])),
    )
    variants = {
        "fit": ("two_nn", "fit, without the top 10 %"),
        "likelihood": ("two_nn", "maximum likelihood"),
        "mle": ("mle", f"k={near.shape[1]}, harmonic mean"),
    }
    found = _dimensions(graph.distances)
    return [
        _estimated(cloud, *variants[key], value, _interval(halves, key, value), len(near), note)
        for key, value in found.items()
    ]


def _apart(distances: Array) -> Array:
    """Return the distances to the nearest neighbors (n, k) of points whose nearest is not in their place."""
    near = distances[:, :NEAREST]
    return near[near[:, 0] > 0] if near.shape[1] > 1 else near[:0]


def _dimensions(distances: Array) -> dict[str, float | None]:
    """Return the estimates from distances (n, k) to neighbors; None where there is none."""
    near = _apart(distances)
    if len(near) < LEAST_ROWS:
        return dict.fromkeys(("fit", "likelihood", "mle"))
    first, second = near[:, 0], near[:, 1]
    found = {
        "fit": two_nn(first, second),
        "likelihood": two_nn_likelihood(first, second),
        "mle": mle(near),
    }
    return {key: value if value < _ENDLESS else None for key, value in found.items()}


def _logarithms(part: Cloud) -> dict[str, float | None]:
    """Return the logarithms of the estimates of a part, whose rows are neighbors of each other further apart.

    At another distance the dimension is another, but its error is the same in proportion: 1 / sqrt(n) of it.
    """
    found = _dimensions(part.distinct.neighbors.distances)
    return {key: math.log(value) if value else None for key, value in found.items()}


def _interval(halves: Halves, key: str, value: float | None) -> Interval | None:
    """Return the interval of an estimate, of which halves have the logarithm."""
    found = halves.interval(key, math.log(value)) if value else None
    return found and Interval(math.exp(found.low), math.exp(found.high))


def _estimated(
    cloud: Cloud,
    name: str,
    variant: str,
    value: float | None,
    interval: Interval | None,
    count: int,
    note: str,
) -> Measure:
    """Return an estimate from the neighbors of so many points, or why there is none."""
    why = ""
    if value is None:
        why = "too few distinct rows" if count < LEAST_ROWS else _TIED[name]
    notes = "; ".join(filter(None, (why, note)))
    return Measure(SECTION, name, f"{variant}, {kind_of(cloud)}", value, interval, note=notes)


def _spread(cloud: Cloud) -> Measure:
    spread = distance_spread(cloud.sample)
    return Measure(
        SECTION,
        "distance_spread",
        f"sd / mean{of_drawn(cloud)}, {kind_of(cloud)}",
        spread,
        note="" if spread is not None else "the rows are all in one place",
    )


def _global(cloud: Cloud) -> list[Measure]:
    """Measure the dimension of the whole, from the spectrum, and how distances spread."""
    spectrum, size = cloud.spectrum, cloud.dimensions
    expected = spectrum.rows * size / (spectrum.rows + size)
    ratio, top = participation_ratio(spectrum.values), top_share(spectrum)
    halves = halves_of(
        cloud.rows, cloud.settings, lambda rows: _of_spectrum(cloud, rows), cloud.repeats
    )
    tails = cloud.tail_factor if cloud.settings.ci else 1.0
    return [
        Measure(
            SECTION, "participation_ratio", "covariance", ratio,
            halves.interval("participation_ratio", ratio, 1.0, float(size), widened=tails), expected,
        ),
        *(
            Measure(
                SECTION,
                "pca_components",
                f"{share:.0%} of the variance",
                float(components(spectrum.values, share)),
            )
            for share in _SHARES
        ),
        Measure(
            SECTION, "pca_top_share", "first component", top,
            halves.interval("pca_top_share", top, 0.0, 1.0, widened=tails),
        ),
        _spread(cloud),
    ]  # fmt: skip


def top_share(spectrum: Spectrum) -> float:
    """Return the share of the variance in the first principal component, in (0, 1]."""
    return float(spectrum.values[0] / spectrum.values.sum())


def _of_spectrum(cloud: Cloud, rows: Array) -> dict[str, float | None]:
    spectrum = spectrum_of(cloud.rows[rows])
    if not spectrum.values.sum() > 0:
        return {}
    return {
        "participation_ratio": participation_ratio(spectrum.values),
        "pca_top_share": top_share(spectrum),
    }
