"""Identifiability: how much of each factor a regression on all dimensions explains (R^2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._notes import of_text
from latentcli.disentanglement._scaling import scales, standardized
from latentcli.disentanglement._score import Estimate, Score, shuffles
from latentcli.disentanglement._train_test_split import ends, interval
from latentcli.numerics.blocks import sampled
from latentcli.numerics.resampling import half_sample_interval, half_samples
from latentcli.numerics.types import Array
from latentcli.results import Interval, Record

ABOUT = About(
    formula=(
        "the mean over factors of R^2 = 1 - SS_residual / SS_total on held-out rows, of a regression of "
        "the factor on all dimensions, in 5 folds: linear, or by kernel ridge regression"
    ),
    range="at most 1; about 0 for noise, and below 0 where the prediction is worse than the mean",
    reading=(
        "linear 1: the factors are a linear map of the codes (identified up to a linear map); kernel 1: a "
        "smooth function of them"
    ),
    limitations=(
        "It does not look for factors in dimensions of their own: any rotation of perfect codes scores 1, "
        "so read mcc beside it. Factors that depend on each other are predicted from each other. "
        "Classes are taken as numbers, which means little for more than two without an order. The kernel "
        "regression fails in many dimensions with few rows."
    ),
    source=(
        "Linear: Roeder, Metz and Kingma, 2021; Zimmermann et al., 2021; kernel: von Kügelgen et al., 2021"
    ),
    estimators={
        "linear": "least squares",
        "kernel": "kernel ridge regression with a Gaussian kernel, width and penalty by validation",
    },
)

_FOLDS = 5
_WIDTHS = (0.1, 0.5, 2.0)
_PENALTIES = (1.0, 1e-2, 1e-4)
"""What the kernel's width (gamma times dimensions) and penalty are chosen from."""

_KERNEL = (
    "a few values far from all others decide R^2, and the kernel regression would take too long to be fitted "
    "to halves of the rows, which say how much; `estimator` linear has an interval"
)


def shares_explained(values: Array, predicted: Array) -> Array:
    """Return R^2 (K,) of predictions for values (N, K): 1 - SS_residual / SS_total.

    >>> shares_explained(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [2.0], [2.0]])).tolist()
    [0.5]
    """
    residual = ((values - predicted) ** 2).sum(axis=0)
    total = ((values - values.mean(axis=0)) ** 2).sum(axis=0)
    found: Array = 1.0 - residual / total
    return found


@metric(ABOUT)
def identifiability(
    codes: Codes,
    factors: Factors = None,
    *,
    estimator: str = "linear",
    limit: int | None = 2000,
    ci: float | None = 0.95,
    seed: int = 0,
    **options: Unpack[Options],
) -> Score:
    """Score how much of each factor (N, K) a regression on codes (N, D) explains, on held-out rows.

    Parameters
    ----------
    limit
        Rows at most of the kernel regression, whose work grows with their cube; the linear one takes
        all.

    Returns
    -------
    Score
        `identifiability` by `estimator`, its interval by the delta method (of heavy tails by random halves of the
        rows), and what shuffled factors give; R^2 of each factor.

    Examples
    --------
    Factors that a rotation has mixed are identified up to a linear map:

    >>> import numpy as np
    >>> factors = np.random.default_rng(0).normal(size=(1000, 2))
    >>> turn = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    >>> round(identifiability(factors @ turn, factors).value, 6)
    1.0
    >>> identifiability(factors**2, factors).value < 0.05
    True
    """
    data = prepare(codes, factors, **options)
    some = sampled(data.rows, limit or data.rows, seed) if estimator == "kernel" else None
    rows = np.arange(data.rows) if some is None else some
    if len(rows) < 2 * _FOLDS:
        return Score(
            numbers={"identifiability": None},
            notes=(f"{len(rows):,} rows are too few for {_FOLDS} folds",),
        )
    values = np.stack([factor.values[rows] for factor in data.factors], axis=1)
    rng = np.random.default_rng([seed, 13])
    orders = [rng.permutation(len(rows)) for _ in range(shuffles())]
    targets = np.concatenate([values, *(values[order] for order in orders)], axis=1)
    used = np.asarray(data.codes[rows], dtype=np.float64)
    predicted = cross_predicted(used, targets, estimator, seed)
    shares = shares_explained(targets, predicted).reshape(len(orders) + 1, -1)
    value = float(shares[0].mean())
    own = predicted[:, : values.shape[1]]
    whole, *each = (
        _of_halves(used, values, shares[0], estimator, data.tail_factor, ci, seed)
        if data.heavy_tailed
        else _by_delta(values, own, shares[0], ci)
    )
    why = _KERNEL if ci and data.heavy_tailed and estimator != "linear" else None
    null = tuple(float(one) for one in shares[1:].mean(axis=1))
    left_out = len(rows) < data.rows
    return Score(
        numbers={"identifiability": Estimate(value, whole, null, no_interval=why)},
        factors=_rows(data, shares[0], each),
        notes=(
            *of_text(data.factors),
            *(
                (f"{len(rows):,} of {data.rows:,} rows are used; `limit` takes more",)
                if left_out
                else ()
            ),
        ),
    )


def cross_predicted(codes: Array, targets: Array, estimator: str, seed: int) -> Array:
    """Return predictions (N, T) of targets, each row by a model of the other folds."""
    fit: Callable[[Array, Array, Array], Array]
    fit = _linear if estimator == "linear" else _kernel
    shuffled = np.random.default_rng([seed, 12]).permutation(len(codes))
    predicted = np.empty_like(targets, dtype=np.float64)
    for test in np.array_split(shuffled, _FOLDS):
        train = np.setdiff1d(shuffled, test)
        mean, deviation = scales(codes[train])
        seen, new = (standardized(codes[part], mean, deviation) for part in (train, test))
        predicted[test] = fit(seen, targets[train], new)
    return predicted


def _linear(seen: Array, targets: Array, new: Array) -> Array:
    mean = targets.mean(axis=0)
    weights = np.linalg.lstsq(seen, targets - mean, rcond=None)[0]
    predicted: Array = new @ weights + mean
    return predicted


def _kernel(seen: Array, targets: Array, new: Array) -> Array:
    """Predict by kernel ridge regression, each target with what is best for a fifth of the rows."""
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    # On so few rows threads wait for each other: one is several times as fast.
    with threadpool_limits(1, user_api="blas"):
        return _validated(seen, targets, new)


def _validated(seen: Array, targets: Array, new: Array) -> Array:
    part = max(1, len(seen) // _FOLDS)
    settings = [(width, penalty) for width in _WIDTHS for penalty in _PENALTIES]
    errors = [
        ((_ridge(seen[part:], targets[part:], seen[:part], *one) - targets[:part]) ** 2).sum(
            axis=0
        )
        for one in settings
    ]
    best = np.argmin(errors, axis=0)
    predicted = np.empty((len(new), targets.shape[1]))
    for place in np.unique(best):
        mine = best == place
        predicted[:, mine] = _ridge(seen, targets[:, mine], new, *settings[place])
    return predicted


def _ridge(seen: Array, targets: Array, new: Array, width: float, penalty: float) -> Array:
    from scipy.linalg import cho_factor, cho_solve
    from sklearn.metrics.pairwise import rbf_kernel

    gamma, mean = width / seen.shape[1], targets.mean(axis=0)
    inner = rbf_kernel(seen, gamma=gamma)
    inner[np.diag_indices_from(inner)] += penalty
    dual = cho_solve(cho_factor(inner, overwrite_a=True), targets - mean)
    predicted: Array = rbf_kernel(new, seen, gamma=gamma) @ dual + mean
    return predicted


def _by_delta(
    values: Array, predicted: Array, shares: Array, ci: float | None
) -> list[Interval | None]:
    """Return the intervals of the mean R^2 and of each factor's, by the influence of each row on it."""
    away = (values - values.mean(axis=0)) ** 2
    influences = ((1 - shares) * away - (values - predicted) ** 2) / away.mean(axis=0)
    return [
        interval(float(share), influence, ci, low=-np.inf)
        for share, influence in zip(
            (shares.mean(), *shares), (influences.mean(axis=1), *influences.T), strict=True
        )
    ]


def _of_halves(
    codes: Array,
    values: Array,
    shares: Array,
    estimator: str,
    tails: float,
    ci: float | None,
    seed: int,
) -> list[Interval | None]:
    """Return the same where tails are heavy: a few rows decide squares, and the regression that is taken as given."""
    parts = half_samples(len(codes), seed, codes.size) if estimator == "linear" and ci else []
    found = [
        shares_explained(
            values[rows], cross_predicted(codes[rows], values[rows], estimator, seed)
        )
        for rows in parts
    ]
    each = [[float(one[k]) for one in found] for k in range(len(shares))]
    return [
        half_sample_interval(float(share), halves, ci or 0.0, high=1.0, widened=tails)
        for share, halves in zip(
            (shares.mean(), *shares), ([float(one.mean()) for one in found], *each), strict=True
        )
    ]


def _rows(data: Data, shares: Array, intervals: Sequence[Interval | None]) -> list[Record]:
    rows: list[Record] = []
    for factor, share, one in zip(data.factors, shares, intervals, strict=True):
        low, high = ends(one)
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "r2": float(share),
                "low": low,
                "high": high,
            }
        )
    return rows
