"""The mean correlation coefficient (MCC): each factor matched with one dimension, and their correlations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._notes import of_text
from latentcli.disentanglement._scaling import scales, standardized
from latentcli.disentanglement._score import Estimate, Score, mean_of_halves, shuffles
from latentcli.numerics.resampling import half_sample_interval
from latentcli.numerics.types import Array
from latentcli.results import Record

ABOUT = About(
    formula=(
        "the mean over factors of the absolute correlation with the dimension that the factor is matched "
        "with, each dimension with one factor at most, so that the sum is largest (optimal assignment)"
    ),
    range="0 to 1; of noise about what the largest of D correlations of N rows is (mcc_chance)",
    reading="1: each factor is one dimension, up to order, sign and scale",
    limitations=(
        "It does not see whether a dimension holds other factors too, nor relations that are not "
        "monotone. Pearson's also falls for relations that are not linear. Factors that correlate "
        "with each other raise it. Classes are taken as numbers, which means little for more than two "
        "without an order. It is computed on the training rows, so it is high by chance with many "
        "dimensions and few rows. An angle (`periodic`) correlates with one dimension at a time, its cosine as "
        "well as its sine."
    ),
    source="Hyvärinen and Morioka, 2016; Khemakhem et al., 2020",
    estimators={
        "pearson": "Pearson's correlation",
        "spearman": "Spearman's rank correlation, which any monotone relation leaves at 1",
    },
    compat={"icebeem": {}},
    differences=(
        "icebeem and its descendants take the mean over matched pairs where there are fewer dimensions "
        "than factors: that is mcc_matched, and factors without a dimension count 0 in mcc"
    ),
    ceiling=(
        "Nothing: perfect codes score 1, as each factor correlates with itself, and so no ceiling is computed. An angle is the exception: one dimension correlates with its cosine and sine together by less than 1."
    ),
)


def matched(correlations: Array) -> tuple[Array, Array]:
    """Return the dimensions and the factors (M,) that are matched, M the smaller of D and K.

    The assignment with the largest sum of absolute correlations (D, K) (Kuhn, 1955).

    >>> dimensions, factors = matched(np.array([[0.9, 0.8], [0.7, 0.1]]))
    >>> dimensions.tolist(), factors.tolist()
    ([0, 1], [1, 0])
    """
    from scipy.optimize import linear_sum_assignment

    dimensions, factors = linear_sum_assignment(-np.abs(correlations))
    return dimensions, factors


def mean_correlation(correlations: Array) -> float:
    """Return the mean over factors of the matched absolute correlations (D, K); 0 for those without.

    >>> mean_correlation(np.array([[0.9, 0.8], [0.7, 0.1]]))
    0.75
    """
    places = matched(correlations)
    return float(np.abs(correlations[places]).sum()) / correlations.shape[1]


@metric(ABOUT)
def mcc(
    codes: Codes,
    factors: Factors = None,
    *,
    estimator: str = "pearson",
    ci: float | None = 0.95,
    seed: int = 0,
    **options: Unpack[Options],
) -> Score:
    """Match each factor (N, K) with one dimension of codes (N, D), and take the mean correlation.

    Returns
    -------
    Score
        `mcc` by `estimator`, its interval from random halves of the rows, `mcc_chance` with shuffled
        factors; `mcc_matched` over the matched pairs only. Each factor has its `dimension` and their
        `correlation`, with its sign.

    Examples
    --------
    The factors in another order, flipped and scaled; a rotation of two:

    >>> import numpy as np
    >>> factors = np.random.default_rng(0).normal(size=(1000, 2))
    >>> round(mcc(factors[:, ::-1] * [-3, 0.1], factors).value, 6)
    1.0
    >>> turn = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    >>> round(mcc(factors @ turn, factors).value, 1)
    0.7
    """
    data = prepare(codes, factors, **options)
    correlate = _correlator(data, estimator)
    every = np.arange(data.rows)
    found = correlate(every, every)
    value = mean_correlation(found)
    rng = np.random.default_rng([seed, 11])
    null = tuple(
        mean_correlation(correlate(every, data.repeats.permutation(rng)))
        for _ in range(shuffles())
    )
    halves = [
        mean_correlation(correlate(rows, rows))
        for rows in (data.repeats.halves(seed, data.codes.size) if ci else [])
    ]
    interval = (
        half_sample_interval(value, halves, ci, low=0.0, high=1.0, widened=data.tail_factor)
        if ci
        else None
    )
    dimensions, places = matched(found)
    return Score(
        numbers={
            "mcc": Estimate(value, interval, null, halves=mean_of_halves(halves)),
            "mcc_matched": float(np.abs(found[dimensions, places]).mean()),
        },
        factors=_rows(
            data, found, dict(zip(places.tolist(), dimensions.tolist(), strict=True))
        ),
        matrix=np.abs(found),
        matrix_name="absolute correlation",
        notes=of_text(data.factors),
    )


def _correlator(data: Data, estimator: str) -> Callable[[Array, Array], Array]:
    """Return what correlates the codes of some rows with the factors of others: (D, K)."""
    codes = np.asarray(data.codes, dtype=np.float64)
    targets = [factor.targets for factor in data.factors]
    if estimator == "spearman":
        from scipy.stats import rankdata

        # Of a part of the rows, ranks among all of them order it as its own do.
        codes = rankdata(codes, axis=0)
        targets = [
            rankdata(one, axis=0, nan_policy="omit") if factor.period is None else one
            for one, factor in zip(targets, data.factors, strict=True)
        ]
    plain = [k for k, one in enumerate(data.factors) if one.complete and one.period is None]
    together = np.concatenate([targets[k] for k in plain], axis=1) if plain else None

    def correlate(rows: Array, others: Array) -> Array:
        some, found = codes[rows], np.empty((data.dimensions, len(targets)))
        if together is not None:
            found[:, plain] = _products(some, together[others])
        for k in set(range(len(targets))).difference(plain):
            values = targets[k][others]
            known = np.isfinite(values[:, 0])
            found[:, k] = circular_linear(some[known], values[known])
        return np.clip(found, -1.0, 1.0)

    return correlate


def _products(codes: Array, values: Array) -> Array:
    """Return Pearson's correlations (D, T) of columns."""
    left, right = (standardized(one, *scales(one)) for one in (codes, values))
    found: Array = left.T @ right / max(len(codes), 1)
    return found


def circular_linear(codes: Array, targets: Array) -> Array:
    """Return the correlation (D,) of each dimension (n, D) with a factor's targets (n, T).

    Of one target it is Pearson's. Of cosine and sine of an angle it is the multiple correlation of the
    dimension with both (Mardia, 1976), from 0 to 1, which no rotation of the angle changes.

    >>> angle = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    >>> pair = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    >>> circular_linear(np.cos(angle + 0.3)[:, None], pair).round(6)
    array([1.])
    """
    found = _products(codes, targets)
    if targets.shape[1] == 1:
        return found[:, 0]
    between = _products(targets, targets)
    explained = (found * (found @ np.linalg.pinv(between))).sum(axis=1)
    return np.sqrt(np.clip(explained, 0.0, 1.0))


def _rows(data: Data, correlations: Array, dimension_of: dict[int, int]) -> list[Record]:
    rows: list[Record] = []
    for k, factor in enumerate(data.factors):
        j = dimension_of.get(k)
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "dimension": None if j is None else data.names[j],
                "correlation": None if j is None else float(correlations[j, k]),
            }
        )
    return rows
