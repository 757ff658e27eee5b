"""Dimension: how many directions the points need, near each point and on the whole."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from latentcli.geometry._cloud import (
    LEAST_ROWS,
    NEAREST,
    Cloud,
    Measure,
    graded,
    with_white_noise,
)
from latentcli.geometry._spectrum import components, participation_ratio
from latentcli.numerics.points import distances
from latentcli.numerics.resampling import bootstrap
from latentcli.numerics.types import Array, Progress

SECTION = "manifold"
_KEPT = 0.9
_TIED = {
    "two_nn": "the two nearest are equally far: no dimension",
    "mle": "all neighbors are equally far: no dimension",
}
_TWO_NN = (("two_nn", "fit, without the top 10 %"), ("two_nn", "maximum likelihood"))
_SHARES = (0.9, 0.99)
_ENDLESS = 1e6
_SATURATES = 0.8
"""An estimate saturates that is above this share of white noise's, if that is below it of D."""

_AS_NOISE = 1.25
"""Distances that spread no more than so many times white noise's."""

_EQUAL = 1e-9


def two_nn(first: Array, second: Array, kept: float = _KEPT) -> float:
    """Return the TwoNN dimension (Facco et al., 2017) from the two nearest distances (n,).

    The slope through 0 of -ln(1 - F) on ln mu, mu = r2 / r1, F = i / n, without the largest tenth of
    mu. All `first` must be above 0; infinity where all ratios are 1.
    """
    return float(_slope(np.log(second / first)[None], kept)[0])


def _slope(logs: Array, kept: float = _KEPT) -> Array:
    """Fit each row of ln mu (B, n), in any order."""
    count = logs.shape[1]
    # A hair is added because 0.9 is no binary number: 0.9 x 10 must keep 9.
    keep = max(1, int(kept * count + 1e-9))
    keep = min(keep, count - 1)
    x = np.sort(logs, axis=1)[:, :keep]
    y = -np.log1p(-np.arange(1, keep + 1) / count)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes: Array = (x @ y) / (x * x).sum(axis=1)
    return slopes


def two_nn_likelihood(first: Array, second: Array) -> float:
    """Return the maximum-likelihood TwoNN dimension, (n - 1) / sum ln mu."""
    return float(_likelihood(np.log(second / first)[None])[0])


def _likelihood(logs: Array) -> Array:
    with np.errstate(divide="ignore"):
        found: Array = (logs.shape[1] - 1) / logs.sum(axis=1)
    return found


def mle(near: Array) -> float:
    """Return the dimension by Levina and Bickel (2005) from distances (n, k), ascending, above 0.

    1/m of a point is the mean of ln(T_k / T_j), j < k; points are combined by the harmonic mean
    (MacKay and Ghahramani, 2005).
    """
    return float(_harmonic(_inverse(near)[None])[0])


def _inverse(near: Array) -> Array:
    found: Array = np.log(near[:, -1:] / near[:, :-1]).mean(axis=1)
    return found


def _harmonic(inverse: Array) -> Array:
    with np.errstate(divide="ignore"):
        found: Array = 1 / inverse.mean(axis=1)
    return found


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


def measure(cloud: Cloud, progress: Progress | None = None) -> tuple[Measure, ...]:
    """Measure the dimension of a cloud."""
    found = [*_local(cloud, progress), *_global(cloud)]
    noise = [*_local(cloud.noise, progress), *_global(cloud.noise)]
    size = cloud.dimensions

    def saturates(one: Measure) -> str:
        known = one.white_noise
        low = (
            known is not None
            and known < _SATURATES * size
            and (one.value or 0.0) >= _SATURATES * known
        )
        return f"of {size:,}; saturates" if low else f"of {size:,}"

    def out_of(one: Measure) -> str:
        return f"of {size:,}"

    return with_white_noise(
        found,
        noise,
        {
            "two_nn": saturates,
            "mle": saturates,
            "participation_ratio": out_of,
            "pca_components": out_of,
            "pca_top_share": lambda one: "of the variance",
            "distance_spread": _read_spread,
        },
    )


def _read_spread(one: Measure) -> str:
    return graded(
        one.value or 0.0,
        (_EQUAL, "equidistant: all rows are equally far"),
        (_AS_NOISE * (one.white_noise or 0.0), "distances differ no more than white noise's"),
        beyond="distances differ more than white noise's",
    )


def _local(cloud: Cloud, progress: Progress | None) -> list[Measure]:
    """Measure the dimension near each point, from the distances to its neighbors."""
    kept = cloud.distinct
    copies = len(cloud) - len(kept)
    note = ""
    if copies:
        note = f"{copies:,} of {len(cloud):,} rows left out: copies, exactly or to rounding"
    if len(kept) < LEAST_ROWS:
        why = f"fewer than {LEAST_ROWS} distinct rows; {note}"
        return [
            Measure(SECTION, name, f"{variant}, {cloud.kind}", None, note=why)
            for name, variant in (*_TWO_NN, ("mle", "harmonic mean"))
        ]
    single = cloud if not copies else cloud.part(kept)
    near = single.neighbors(progress).distances[:, :NEAREST]
    apart = near[near[:, 0] > 0]
    logs = np.log(apart[:, 1] / apart[:, 0])
    estimates: tuple[tuple[str, str, Array, Callable[[Array], Array]], ...] = (
        (*_TWO_NN[0], logs, _slope),
        (*_TWO_NN[1], logs, _likelihood),
        ("mle", f"k={near.shape[1]}, harmonic mean", _inverse(apart), _harmonic),
    )
    return [_estimated(cloud, *estimate, note) for estimate in estimates]


def _estimated(
    cloud: Cloud,
    name: str,
    variant: str,
    values: Array,
    statistic: Callable[[Array], Array],
    note: str,
) -> Measure:
    """Return an estimate from a value for each point (n,), and its bootstrap interval."""
    settings = cloud.settings
    variant = f"{variant}, {cloud.kind}"
    if len(values) < LEAST_ROWS:
        return Measure(SECTION, name, variant, None, note=note or "too few rows")
    found = float(statistic(values[None])[0])
    if not found < _ENDLESS:
        why = "; ".join(filter(None, (_TIED[name], note)))
        return Measure(SECTION, name, variant, None, note=why)
    low, high = bootstrap(values, settings.ci, settings.seed, statistic)
    return Measure(SECTION, name, variant, found, None, low, high, note)


def _global(cloud: Cloud) -> list[Measure]:
    """Measure the dimension of the whole, from the spectrum, and how distances spread."""
    spectrum, size = cloud.spectrum, cloud.dimensions
    values = spectrum.values
    expected = spectrum.rows * size / (spectrum.rows + size)
    ratio = participation_ratio(values)
    top = float(values[0] / values.sum())
    spread = distance_spread(cloud.sample)
    return [
        Measure(SECTION, "participation_ratio", "covariance", ratio, expected),
        *(
            Measure(
                SECTION,
                "pca_components",
                f"{share:.0%} of the variance",
                float(components(values, share)),
            )
            for share in _SHARES
        ),
        Measure(SECTION, "pca_top_share", "first component", top),
        Measure(
            SECTION,
            "distance_spread",
            f"sd / mean{cloud.of_drawn}, {cloud.kind}",
            spread,
            note="" if spread is not None else "the rows are all in one place",
        ),
    ]
