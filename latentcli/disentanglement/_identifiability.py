"""Identifiability: how much of each factor a regression on all dimensions explains (R^2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._cross_prediction import FOLDS, cross_predicted
from latentcli.disentanglement._data import Codes, Data, Factor, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._notes import of_text
from latentcli.disentanglement._score import Estimate, Score, shuffles
from latentcli.disentanglement._train_test_split import ends, interval
from latentcli.numerics.blocks import sampled
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.resampling import half_sample_interval
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
    ceiling=(
        "Nothing: a linear regression predicts perfect codes exactly, a kernel ridge regression almost "
        "(0.99 and above from 60 rows), and so no ceiling is computed."
    ),
)

_KERNEL = (
    "a few values far from all others decide R^2, and the kernel regression would take too long to be fitted "
    "to halves of the rows, which say how much; `estimator` linear has an interval"
)


def shares_explained(
    values: Array, predicted: Array, starts: Sequence[int] | Array = (0,), width: int = 1
) -> Array:
    """Return R^2 (S, K) of predictions for S sets of values, `width` columns each: 1 - SS_residual / SS_total.

    `starts` (K,) are the first columns of each factor in a set: an angle has two, whose sums of
    squares add up.

    >>> shares_explained(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [2.0], [2.0]])).tolist()
    [[0.5]]
    """
    residual = ((values - predicted) ** 2).sum(axis=0).reshape(-1, width)
    total = ((values - values.mean(axis=0)) ** 2).sum(axis=0).reshape(-1, width)
    found: Array = 1.0 - np.add.reduceat(residual, starts, axis=1) / np.add.reduceat(
        total, starts, axis=1
    )
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
    fewest = min(int((factor.labels[rows] >= 0).sum()) for factor in data.factors)
    if fewest < 2 * FOLDS:
        return Score(
            numbers={"identifiability": None},
            notes=(f"{fewest:,} rows are too few for {FOLDS} folds",),
        )
    rng = np.random.default_rng([seed, 13])
    orders = [rng.permutation(len(rows)) for _ in range(shuffles())]
    shares = np.empty((len(orders) + 1, len(data.factors)))
    influences = np.zeros((len(rows), len(data.factors)))
    halves: list[Array] = [np.empty(0)] * len(data.factors)
    for members in _alike(data.factors):
        group = _Some.of(data, members, rows)
        shares[:, members], influences[np.ix_(group.places, np.array(members))] = (
            group.explained(orders, estimator, seed, len(rows))
        )
        if ci and data.heavy_tailed and estimator == "linear":
            for k, found in zip(members, group.of_halves(estimator, seed).T, strict=True):
                halves[k] = found
    value = float(shares[0].mean())
    whole, *each = (
        _by_halves(halves, shares[0], data.tail_factor, ci)
        if data.heavy_tailed
        else _by_delta(data.repeats.of(rows), influences, shares[0], ci)
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


def _alike(factors: Sequence[Factor]) -> list[list[int]]:
    """Return the numbers of the factors, those that the same rows have together."""
    groups: dict[bytes, list[int]] = {}
    for k, factor in enumerate(factors):
        groups.setdefault(factor.known.tobytes(), []).append(k)
    return list(groups.values())


@dataclass(frozen=True, eq=False)
class _Some:
    """Factors that the same rows have: `places` (n,) of these, codes (n, D), and targets (n, T).

    `starts` (K,) are the first targets of each factor; `repeats` says which of the rows repeat others.
    """

    places: Array
    codes: Array
    targets: Array
    starts: Array
    repeats: Repeats

    @classmethod
    def of(cls, data: Data, members: Sequence[int], rows: Array) -> _Some:
        places = np.flatnonzero(data.factors[members[0]].labels[rows] >= 0)
        parts = [data.factors[k].targets[rows[places]] for k in members]
        starts = np.cumsum([0, *(part.shape[1] for part in parts)])[:-1]
        codes = np.asarray(data.codes[rows[places]], dtype=np.float64)
        repeats = data.repeats.of(rows[places])
        return cls(places, codes, np.concatenate(parts, axis=1), starts, repeats)

    def explained(
        self, orders: Sequence[Array], estimator: str, seed: int, total: int
    ) -> tuple[Array, Array]:
        """Return R^2 (1 + S, K) of the factors and of S shuffles, and influences (n, K) of `total` rows."""
        values = self.targets
        if self.repeats:
            rng = np.random.default_rng([seed, 13])
            orders = [self.repeats.permutation(rng) for _ in orders]
        else:
            orders = [np.argsort(np.argsort(order[self.places])) for order in orders]
        shuffled = [values[order] for order in orders]
        every = np.concatenate([values, *shuffled], axis=1)
        predicted = cross_predicted(self.codes, every, estimator, seed, self.repeats)
        shares = shares_explained(every, predicted, self.starts, values.shape[1])
        away = self._of_factors((values - values.mean(axis=0)) ** 2)
        missed = self._of_factors((values - predicted[:, : values.shape[1]]) ** 2)
        influences = ((1 - shares[0]) * away - missed) / away.mean(axis=0)
        return shares, influences * (total / len(self.places))

    def of_halves(self, estimator: str, seed: int) -> Array:
        """Return R^2 (H, K) of random halves of the rows, everything fitted afresh."""
        found = []
        for half in self.repeats.halves(seed, self.codes.size):
            values = self.targets[half]
            predicted = cross_predicted(
                self.codes[half], values, estimator, seed, self.repeats.of(half)
            )
            found.append(shares_explained(values, predicted, self.starts, values.shape[1])[0])
        return np.array(found).reshape(-1, len(self.starts))

    def _of_factors(self, columns: Array) -> Array:
        return np.asarray(np.add.reduceat(columns, self.starts, axis=1))


def _by_delta(
    repeats: Repeats, influences: Array, shares: Array, ci: float | None
) -> list[Interval | None]:
    """Return the intervals of the mean R^2 and of each factor's, by the influence of each row on it."""
    return [
        interval(float(share), repeats.summed(influence), ci, low=-np.inf)
        for share, influence in zip(
            (shares.mean(), *shares), (influences.mean(axis=1), *influences.T), strict=True
        )
    ]


def _by_halves(
    halves: Sequence[Array], shares: Array, tails: float, ci: float | None
) -> list[Interval | None]:
    """Return the same where tails are heavy: a few rows decide squares, and the regression that is taken as given."""
    several = len({len(one) for one in halves}) == 1
    means = np.mean(halves, axis=0) if several else np.empty(0)
    return [
        half_sample_interval(float(share), found.tolist(), ci or 0.0, high=1.0, widened=tails)
        for share, found in zip((shares.mean(), *shares), (means, *halves), strict=True)
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
