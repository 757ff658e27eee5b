"""Smoothness against outputs: whether neighbors decode to neighbors."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from latentcli.errors import LatentError
from latentcli.geometry._cloud import COMPARED, LARGE, Cloud
from latentcli.geometry._measure import Measure, graded, with_white_noise
from latentcli.geometry._sampling import LEAST_ROWS, halves_of
from latentcli.numerics.blocks import sampled, spans
from latentcli.numerics.halves import Halves
from latentcli.numerics.neighbors import nearest
from latentcli.numerics.nulls import PERMUTATIONS, Null, permutation_null
from latentcli.numerics.points import Points, distances
from latentcli.numerics.repeats import repeats_of
from latentcli.numerics.types import Array

SECTION = "smoothness"
_QUANTILES = (0.5, 0.9, 0.99, 1.0)
_SHORT = 1e-12
_IN_MEMORY = 1 << 26
"""Numbers of outputs that are looked at: float64, so 0.5 GB."""

_TESTED = 300
"""Rows at most on which outputs are shuffled."""


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
    for left, right in zip(_centered(a, means[0]), _centered(b, means[1]), strict=True):
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


def _centered(values: Array, means: tuple[Array, float]) -> Iterator[Array]:
    """Yield blocks of the U-centered distances."""
    rows, total = means
    for part, away in distances(values):
        found = away - rows[part][:, None] - rows + total
        found[np.arange(len(found)), np.arange(part.start, part.stop)] = 0.0
        yield found


def shuffled_outputs_null(codes: Array, outputs: Array, k: int, seed: int) -> dict[str, Null]:
    """Compare trustworthiness, continuity and distance correlation with those of shuffled outputs.

    On at most 300 of the rows (n, D) and (n, M).
    """
    some = sampled(len(codes), _TESTED, seed)
    codes, outputs = codes[some], outputs[some]
    k = max(1, min(k, (len(some) - 1) // 2))
    of_codes, of_outputs = _ranks(codes), _ranks(outputs)
    weight = 2 / (len(some) * k * (2 * len(some) - 3 * k - 1))
    first, second = (_u_centered(values) for values in (codes, outputs))
    size = math.sqrt(float((first**2).sum() * (second**2).sum())) if len(some) > 3 else 0.0

    def figures(order: Array) -> list[float]:
        shuffled = of_outputs[np.ix_(order, order)]
        kept = [1 - weight * np.maximum(high[(low <= k) & (low > 0)] - k, 0).sum()
                for high, low in ((shuffled, of_codes), (of_codes, shuffled))]  # fmt: skip
        linked = (first * second[np.ix_(order, order)]).sum() / size if size > 0 else 0.0
        return [*map(float, kept), float(linked)]

    rng = np.random.default_rng([seed, 10])
    found = figures(np.arange(len(some)))
    repeats = repeats_of(codes, *outputs.T[:COMPARED])
    draws = [figures(repeats.permutation(rng)) for _ in range(PERMUTATIONS)]
    names = ("trustworthiness", "continuity", "distance_correlation")
    return {
        name: permutation_null(value, drawn)
        for name, value, drawn in zip(names, found, zip(*draws, strict=True), strict=True)
    }


def _ranks(values: Array) -> Array:
    """Return the rank of each row among the neighbors of each other (n, n), from 1; 0 for itself."""
    away = np.concatenate([block for _, block in distances(values)])
    np.fill_diagonal(away, -1.0)
    order = np.argsort(away, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(len(values))[None], axis=1)
    return ranks


def _u_centered(values: Array) -> Array:
    """Return the U-centered distances (n, n); zeros for three rows or fewer."""
    if len(values) < 4:
        return np.zeros((len(values), len(values)))
    return np.concatenate([*_centered(values, _distance_means(values))])


def measure(cloud: Cloud) -> tuple[Measure, ...]:
    """Measure how smoothly the rows of a cloud are decoded to their outputs."""
    if cloud.outputs is None:
        raise LatentError("smoothness is measured with `outputs`, and there are none")
    drawn, settings = cloud.sampling.drawn, cloud.settings
    most = max(LEAST_ROWS, _IN_MEMORY // cloud.outputs.shape[1])
    some = sampled(len(drawn), most, settings.seed)
    codes = cloud.sample[some]
    outputs = np.asarray(cloud.outputs[drawn[some]], dtype=np.float64)
    if np.abs(outputs).max() > LARGE:
        raise LatentError(f"outputs beyond {LARGE:g}: multiply them by a power of ten")
    if not (outputs != outputs[0]).any():
        why = "all outputs are the same"
        return (Measure(SECTION, "trustworthiness", "", None, note=why),)
    # White noise of the codes' own size, so that slopes can be compared.
    noise = cloud.noise.rows[: len(codes)].astype(np.float64) * _spread(codes)
    k = _k(cloud, codes)
    null = shuffled_outputs_null(codes, outputs, k, settings.seed)
    halves = halves_of(
        len(codes), settings, lambda rows: _afresh(codes[rows], outputs[rows], cloud.settings.k)
    )
    return with_white_noise(
        [
            *_preserved(codes, outputs, k, halves, null),
            *_slopes(codes, outputs, k),
            _correlated(codes, outputs, halves, null["distance_correlation"]),
        ],
        _slopes(noise, outputs, k),
    )


def _k(cloud: Cloud, codes: Array) -> int:
    """Return how many neighbors count: less than half of the codes looked at."""
    return max(1, min(cloud.sampling.k, (len(codes) - 1) // 2))


def _spread(values: Array) -> float:
    """Return the root mean square of the dimensions' standard deviations."""
    return float(np.sqrt(values.var(axis=0).mean()))


def _afresh(codes: Array, outputs: Array, k: int) -> dict[str, float | None]:
    """Measure a part of the rows with their own neighbors."""
    k = max(1, min(k, (len(codes) - 1) // 2))
    return {
        "trustworthiness": trustworthiness(outputs, codes, k),
        "continuity": trustworthiness(codes, outputs, k),
        "distance_correlation": distance_correlation(codes, outputs),
    }


def _preserved(
    codes: Array, outputs: Array, k: int, halves: Halves, null: dict[str, Null]
) -> list[Measure]:
    return [
        Measure(
            SECTION, name, f"k={k}: {what}", value, halves.interval(name, value, 0.0, 1.0),
            chance_of_trust(len(codes), k), null[name].mean, null[name].p_larger,
            reading_of_trust(value, null[name]),
        )
        for name, what, value in (
            ("trustworthiness", "near codes have near outputs", trustworthiness(outputs, codes, k)),
            ("continuity", "near outputs have near codes", trustworthiness(codes, outputs, k)),
        )
    ]  # fmt: skip


def _slopes(codes: Array, outputs: Array, k: int) -> list[Measure]:
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


def _correlated(codes: Array, outputs: Array, halves: Halves, null: Null) -> Measure:
    name, variant = "distance_correlation", "bias-corrected"
    value = distance_correlation(codes, outputs) if len(codes) > 3 else None
    if value is None:
        note = "takes more than three rows" if len(codes) <= 3 else "the codes have no extent"
        return Measure(SECTION, name, variant, None, white_noise=0.0, note=note)
    return Measure(
        SECTION, name, variant, value, halves.interval(name, value, -1.0, 1.0), 0.0,
        null.mean, null.p_larger, reading_of_correlation(value, null),
    )  # fmt: skip


def reading_of_trust(value: float, null: Null) -> str:
    """Read trustworthiness and continuity: 1 where all neighbors are kept."""
    if not null.larger:
        return "neighbors are kept as by chance"
    return graded(value, (0.9, "neighbors are kept in part"), beyond="neighbors are kept")


def reading_of_correlation(value: float, null: Null) -> str:
    """Read the distance correlation: 0 where outputs are independent of codes."""
    if not null.larger:
        return "outputs follow the codes as by chance"
    return graded(
        value, (0.5, "outputs follow the codes in part"), beyond="outputs follow the codes"
    )
