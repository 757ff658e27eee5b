"""Smoothness against outputs: whether neighbors decode to neighbors."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from latentcli.errors import LatentError
from latentcli.geometry._cloud import (
    LARGE,
    LEAST_ROWS,
    Cloud,
    Measure,
    Readings,
    graded,
    with_white_noise,
)
from latentcli.geometry._shuffled import SIGNIFICANT, p_value
from latentcli.numerics.blocks import sampled, spans
from latentcli.numerics.neighbors import nearest
from latentcli.numerics.points import Points, distances
from latentcli.numerics.resampling import bootstrap
from latentcli.numerics.types import Array, Progress

SECTION = "smoothness"
_QUANTILES = (0.5, 0.9, 0.99, 1.0)
_SHORT = 1e-12
_SHUFFLED = 500
"""Rows at most whose outputs are shuffled, to see what chance gives."""

_IN_MEMORY = 1 << 26
"""Numbers of outputs that are looked at: float64, so 0.5 GB."""


def trustworthiness(high: Array, low: Array, k: int) -> float:
    """Return how far the neighbors in `low` (n, D) are neighbors in `high` (n, M), in [0, 1].

    1 - 2 / (n k (2 n - 3 k - 1)) sum max(0, r - k), r the rank in `high` of each of the k nearest
    in `low` (Venna and Kaski, 2001), k < n / 2. With the arguments swapped it is the continuity.
    Rows that are equally far share the least rank.
    """
    return float(1 - _penalties(high, low, k).mean())


def _penalties(high: Array, low: Array, k: int) -> Array:
    """Return what each row takes off the trustworthiness (n,)."""
    count = len(high)
    near = nearest(Points(low), np.arange(count), k).rows
    found = np.empty(count)
    for part, away in distances(high):
        mine = np.arange(part.start, part.stop)
        away[np.arange(len(mine)), mine] = np.inf
        to_near = np.take_along_axis(away, near[part], axis=1)
        ranks = np.stack([(away < one[:, None]).sum(axis=1) + 1 for one in to_near.T], axis=1)
        found[part] = np.maximum(ranks - k, 0).sum(axis=1)
    return found * 2 / (k * (2 * count - 3 * k - 1))


def chance_of_trust(count: int, k: int) -> float:
    """Return the trustworthiness of `count` rows in no order at all, on average.

    Ranks are then even in 1 .. n - 1, and the penalty is (n - 1 - k) (n - k) / (2 (n - 1)) each.
    """
    return 1 - (count - 1 - k) * (count - k) / ((count - 1) * (2 * count - 3 * k - 1))


def slopes(codes: Array, outputs: Array, k: int) -> Array:
    """Return |f(x) - f(y)| / |x - y| from each code (n, D) to its k nearest, all in one array.

    `outputs` (n, M) are f; codes that are the same have no slope and are left out.
    """
    near = nearest(Points(codes), np.arange(len(codes)), k)
    away = np.empty(near.rows.shape)
    for part in spans(len(codes), outputs.shape[1] * k):
        away[part] = np.linalg.norm(outputs[near.rows[part]] - outputs[part][:, None], axis=2)
    apart = near.distances > _SHORT * np.median(near.distances)
    found: Array = away[apart] / near.distances[apart]
    return found


def distance_correlation(a: Array, b: Array) -> float | None:
    """Return the bias-corrected distance correlation (Szekely and Rizzo, 2013), at most 1.

    Of rows (n, D) and (n, M), n > 3; about 0 where they are independent, in any dimensions, and 1
    where distances are proportional. None where either has no extent.
    """
    count = len(a)
    means = [_distance_means(values) for values in (a, b)]
    products = np.zeros(3)
    for left, right in zip(_centred(a, means[0]), _centred(b, means[1]), strict=True):
        products += [(left * right).sum(), (left * left).sum(), (right * right).sum()]
    shared, first, second = products / (count * (count - 3))
    if not first > 0 or not second > 0:
        return None
    return min(1.0, float(shared / math.sqrt(first * second)))


def _distance_means(values: Array) -> tuple[Array, float]:
    """Return row sums over n - 2 (n,), and the total over (n - 1) (n - 2), of the distances."""
    count = len(values)
    sums = np.concatenate([away.sum(axis=1) for _, away in distances(values)])
    return sums / (count - 2), float(sums.sum() / ((count - 1) * (count - 2)))


def _centred(values: Array, means: tuple[Array, float]) -> Iterator[Array]:
    """Yield blocks of the U-centred distances."""
    rows, total = means
    for part, away in distances(values):
        found = away - rows[part][:, None] - rows + total
        found[np.arange(len(found)), np.arange(part.start, part.stop)] = 0.0
        yield found


def measure(cloud: Cloud, progress: Progress | None = None) -> tuple[Measure, ...]:
    """Measure how smoothly the rows of a cloud are decoded to their outputs."""
    if cloud.outputs is None:
        raise LatentError("smoothness is measured against outputs, and there are none")
    most = max(LEAST_ROWS, _IN_MEMORY // cloud.outputs.shape[1])
    some = sampled(len(cloud.drawn), most, cloud.settings.seed)
    codes = cloud.sample[some]
    outputs = np.asarray(cloud.outputs[cloud.drawn[some]], dtype=np.float64)
    if np.abs(outputs).max() > LARGE:
        raise LatentError(f"outputs beyond {LARGE:g}: multiply them by a power of ten")
    if not (outputs != outputs[0]).any():
        return (_nothing("all outputs are the same"),)
    # White noise of the codes' own size, so that slopes can be held against each other.
    noise = cloud.noise.rows[: len(codes)].astype(np.float64) * _spread(codes)
    return with_white_noise(
        [*_preserved(cloud, codes, outputs), *_slopes(cloud, codes, outputs),
         _correlated(codes, outputs, cloud.settings.seed)],
        _slopes(cloud, noise, outputs),
        _READINGS,
    )  # fmt: skip


def _nothing(note: str) -> Measure:
    return Measure(SECTION, "trustworthiness", "", None, note=note)


def _k(cloud: Cloud, codes: Array) -> int:
    """Return how many neighbors count: less than half of the codes looked at."""
    return max(1, min(cloud.k, (len(codes) - 1) // 2))


def _spread(values: Array) -> float:
    """Return the root mean square of the dimensions' standard deviations."""
    return float(np.sqrt(values.var(axis=0).mean()))


def _preserved(cloud: Cloud, codes: Array, outputs: Array) -> list[Measure]:
    settings, k = cloud.settings, _k(cloud, codes)
    found = []
    for name, high, low, what in (
        ("trustworthiness", outputs, codes, "near codes have near outputs"),
        ("continuity", codes, outputs, "near outputs have near codes"),
    ):
        each = 1 - _penalties(high, low, k)
        ends = bootstrap(each, settings.ci, settings.seed)
        found.append(
            Measure(
                SECTION, name, f"k={k}: {what}", float(each.mean()),
                chance_of_trust(len(codes), k), *ends,
            )
        )  # fmt: skip
    return found


def _slopes(cloud: Cloud, codes: Array, outputs: Array) -> list[Measure]:
    k = _k(cloud, codes)
    found = slopes(codes, outputs, k)
    if not found.size:
        return [Measure(SECTION, "lipschitz", f"k={k}", None, note="all codes are the same")]
    left = len(codes) * k - found.size
    note = f"{left:,} of {len(codes) * k:,} steps left out: the same code" if left else ""
    return [
        Measure(
            SECTION,
            "lipschitz",
            f"{'largest' if share == 1 else f'{share:.0%} quantile'} slope, k={k}",
            float(np.quantile(found, share)),
            note=note,
        )
        for share in _QUANTILES
    ]


def _correlated(codes: Array, outputs: Array, seed: int) -> Measure:
    name, variant = "distance_correlation", "bias-corrected"
    if len(codes) <= 3:
        return Measure(SECTION, name, variant, None, 0.0, note="takes more than three rows")
    value = distance_correlation(codes, outputs)
    if value is None:
        return Measure(SECTION, name, variant, None, 0.0, note="the codes have no extent")
    note = _read_correlation(value, _shuffled_p(codes, outputs, seed))
    return Measure(SECTION, name, variant, value, 0.0, note=note)


def _shuffled_p(codes: Array, outputs: Array, seed: int) -> float:
    """Return the share of shuffles of the outputs whose distances agree as well with the codes'."""
    some = sampled(len(codes), _SHUFFLED, seed)
    first, second = (
        np.concatenate([*_centred(values, _distance_means(values))])
        for values in (codes[some], outputs[some])
    )

    def agreement(order: Array) -> float:
        return float((first * second[np.ix_(order, order)]).sum())

    return p_value(agreement(np.arange(len(some))), agreement, len(some), seed)


def _read_trust(one: Measure) -> str:
    chance = one.white_noise or 0.0
    surely = one.low is not None and one.low > chance
    return graded(
        ((one.value or 0.0) - chance) / (1 - chance) if surely else 0.0,
        (0.1, "hardly better than chance"),
        (0.8, "neighbors are preserved in part"),
        beyond="neighbors are preserved",
    )


def _read_correlation(value: float, p: float) -> str:
    said = graded(
        value if p <= SIGNIFICANT else 0.0,
        (1e-9, "outputs do not follow the codes"),
        (0.5, "outputs follow the codes in part"),
        beyond="outputs follow the codes",
    )
    return f"{said} (p = {p:.3g})"


_READINGS: Readings = {
    "trustworthiness": _read_trust,
    "continuity": _read_trust,
    "lipschitz": lambda one: "steps of outputs per step of codes",
}
