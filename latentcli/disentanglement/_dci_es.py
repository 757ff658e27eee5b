"""Explicitness and size (DCI-ES): how large a predictor has to be to find a factor in the codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factor, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._probes import PROBES, Probed
from latentcli.disentanglement._score import Estimate, Score
from latentcli.disentanglement._train_test_split import (
    Split,
    ends,
    influence,
    interval,
    limited,
    null_means,
    split,
    untested_classes,
)
from latentcli.numerics.blocks import sampled
from latentcli.numerics.halves import Halves
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record

ABOUT = About(
    formula=(
        "the mean over factors of E = 1 - 2 A / [(k_max - k_min) l_0], where A is the area between a "
        "factor's loss-capacity curve, the lowest loss on held-out rows of predictors up to each "
        "capacity k, and its end, and l_0 the loss without codes; size S is K / D"
    ),
    range="-1 to 1",
    reading=(
        "1: the smallest predictor is as good as the largest; 0: the loss falls in a straight line with "
        "capacity; below: only large predictors find the factor"
    ),
    limitations=(
        "It says nothing about how good the best predictor is: codes without information, whose curve is "
        "flat, score about 1, so read it with informativeness. It depends on the family of predictors, "
        "on the capacities that are tried and on the number of rows."
    ),
    whole_rows=True,
    source="Eastwood et al., 2023",
    read_with=("informativeness",),
    estimators={
        "rff": "ridge regression on the codes and random Fourier features; capacity: log of how many",
        "forest": "random forest; capacity: depth",
    },
    compat={"dci-es": {"estimator": "forest"}},
    differences=(
        "the authors' code takes 1 / classes for the accuracy without codes, here it is the share of the "
        "most frequent class, which is the same for classes of one size; its multilayer perceptrons are "
        "not reproduced"
    ),
    ceiling=(
        "None is computed, as perfect codes do not bound E: codes without information score about 1, and "
        "perfect codes of factors with a class in the middle of a dimension below it."
    ),
)

_LEAST = 8
"""Training rows of which a predictor can be learned."""

_PARTS, _MOST = 12, 2_500
"""Parts that are fitted afresh for the intervals, and their rows at most: of fewer, the largest predictors learn less."""


def explicitness_of(capacities: Array, losses: Array, baseline: float) -> float:
    """Return E of the losses (P,) of predictors of ascending capacities (P,).

    >>> explicitness_of(np.array([0.0, 1.0]), np.array([0.2, 0.2]), 1.0)
    1.0
    >>> explicitness_of(np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.5, 0.0]), 1.0)
    0.0
    """
    lowest = losses[_best(losses)]
    return float(1 - _weights(capacities, baseline) @ (lowest - lowest[-1]))


def _best(losses: Array) -> Array:
    """Return for each place (P,) that of the lowest loss up to it."""
    places = np.arange(len(losses))
    improved = losses < np.minimum.accumulate(np.concatenate([[np.inf], losses[:-1]]))
    found: Array = np.maximum.accumulate(np.where(improved, places, 0))
    return found


def _weights(capacities: Array, baseline: float) -> Array:
    """Return the weights (P,) by which losses add up to twice the area, of what it can be."""
    steps = np.diff(capacities)
    sums = np.concatenate([steps, [0.0]]) + np.concatenate([[0.0], steps])
    found: Array = sums / ((capacities[-1] - capacities[0]) * baseline)
    return found


@metric(ABOUT)
def dci_es(
    codes: Codes,
    factors: Factors = None,
    *,
    estimator: str = "rff",
    test: float = 0.2,
    limit: int | None = 10_000,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how small a predictor may be that finds each factor (N, K) in the codes (N, D).

    Parameters
    ----------
    estimator
        The predictors, from the smallest to the largest. "rff": ridge regression on the standardized
        codes, then with 16, 32, ..., 1,024 random Fourier features besides, up to a quarter of the
        training rows; of discrete factors on their indicators. "forest": random forests of 10 trees
        of depth 1 to 32.

    Returns
    -------
    Score
        `dci_es`, the explicitness E, its interval from parts of the rows fitted afresh, and
        `dci_es_chance` with shuffled held-out rows; `size` S, factors by dimensions; `informativeness` of the best predictor, r2 or
        accuracy. Each factor has its `losses` by capacity, 1 - r2 or 1 - accuracy, the loss without
        codes (`baseline`), and `capacity`, the smallest with the lowest loss.

    Examples
    --------
    Factors as they are need no more than a linear predictor, their cubes need more:

    >>> import numpy as np
    >>> factors = np.random.default_rng(0).normal(size=(1000, 2))
    >>> round(dci_es(factors, factors).value, 2)
    1.0
    >>> dci_es(np.cbrt(factors), factors).value < 0.95
    True
    """
    data = prepare(codes, factors, **options)
    parts = _parts(data, test, limit, seed)
    few = not len(parts.test) or len(parts.train) < _LEAST
    if few or not data.alive.any():
        why = (
            f"{data.rows:,} rows are too few to train and to test"
            if few
            else "no dimension varies"
        )
        return Score(numbers={"dci_es": None, "size": _size(data)}, notes=(why,))
    found = _probed(data, estimator, parts, seed, progress)
    splits = [parts] * len(found)
    classed = [factor for factor in data.factors if factor.kind == "discrete"]
    afresh = _afresh(data, estimator, test=test, limit=limit, ci=ci, seed=seed)
    best, e = _mean([one.informed for one in found]), _mean([one.terms for one in found])
    informativeness = Estimate(
        best,
        afresh.interval("informativeness", best, high=1.0, widened=data.tail_factor),
        null_means(data, splits, lambda k, order: found[k].shuffled_share(order), seed),
    )
    explicit = Estimate(
        e,
        afresh.interval("dci_es", e, -1.0, 1.0, widened=data.tail_factor),
        null_means(data, splits, lambda k, order: found[k].shuffled(order), seed),
        # A flat curve of noise is explicit: whether noise explains it, informativeness says.
        significant=not informativeness.is_noise,
    )
    return Score(
        numbers={"dci_es": explicit, "size": _size(data), "informativeness": informativeness},
        factors=[
            _row(f, one, parts, data.repeats, ci)
            for f, one in zip(data.factors, found, strict=True)
        ],
        settings={"capacities": [float(one) for one in found[0].probed.capacities]},
        notes=(
            *_beside_chance(explicit, informativeness),
            *limited(data, limit),
            *untested_classes(classed, [parts] * len(classed)),
        ),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """What predictors of all capacities say of a factor.

    `losses` (P,); `terms` and `informed` (n,) of the held-out rows, whose means are E and the score of the best.
    """

    probed: Probed
    baseline: float
    losses: Array
    terms: Array
    informed: Array

    @classmethod
    def of(cls, probed: Probed, factor: Factor, parts: Split) -> _Found:
        losses = probed.losses(probed.target)
        baseline = 1.0
        if not probed.regression:
            used = np.concatenate([factor.labels[rows] for rows in parts])
            baseline = 1 - float(np.bincount(used).max() / len(used))
        means = losses.mean(axis=1)
        lowest = losses[_best(means)]
        weights = _weights(probed.capacities, baseline or 1.0)
        return cls(probed, baseline, means, 1 - weights @ (lowest - lowest[-1]), 1 - lowest[-1])

    def shuffled(self, order: Array) -> float:
        """Return E with the held-out targets in another order."""
        losses = self.probed.losses(self.probed.target[order]).mean(axis=1)
        return explicitness_of(self.probed.capacities, losses, self.baseline or 1.0)

    def shuffled_share(self, order: Array) -> float:
        """Return the score of the best predictor with the held-out targets in another order."""
        best = int(self.losses.argmin())
        return float(1 - self.probed.losses(self.probed.target[order])[best].mean())


def _probed(
    data: Data, estimator: str, parts: Split, seed: int, progress: Progress | None = None
) -> list[_Found]:
    """Return what predictors say of each factor."""
    probed = PROBES[estimator](data, parts, seed, progress)
    return [_Found.of(one, f, parts) for one, f in zip(probed, data.factors, strict=True)]


def _afresh(
    data: Data, estimator: str, *, test: float, limit: int | None, ci: float | None, seed: int
) -> Halves:
    """Return E and informativeness of parts of the rows that are used, everything fitted afresh."""
    some = sampled(data.rows, min(data.rows, limit or data.rows), seed)

    def of_part(chosen: Array) -> dict[str, float | None]:
        part = data.part(some[chosen])
        parts = _parts(part, test, None, seed)
        if len(part.factors) < len(data.factors) or len(parts.train) < _LEAST:
            return {}
        found = _probed(part, estimator, parts, seed)
        return {
            "dci_es": _mean([one.terms for one in found]),
            "informativeness": _mean([one.informed for one in found]),
        }

    return Halves(data.repeats.of(some), of_part, ci=ci, seed=seed, draws=_PARTS, most=_MOST)


def _parts(data: Data, test: float, limit: int | None, seed: int) -> Split:
    """Return the rows that train and those that test: the same for all factors, which share features."""
    same = np.zeros(data.rows, dtype=np.intp)
    return split(same, test=test, seed=seed, limit=limit, repeats=data.repeats)


def _beside_chance(explicit: Estimate, informativeness: Estimate) -> tuple[str, ...]:
    """Say why chance is above a score of codes that inform: codes that tell nothing have a flat curve."""
    value, chance = explicit.value, explicit.chance
    if value is None or chance is None or value >= chance or informativeness.is_noise:
        return ()
    note = (
        f"dci_es is below its chance of {chance:.3f}, as the loss curve of codes without information is flat: "
        "compare dci_es of codes with similar informativeness (here "
        f"{informativeness.value:.3f}, by chance {informativeness.chance:.3f})"
    )
    return (note,)


def _size(data: Data) -> float:
    return len(data.factors) / data.dimensions


def _mean(terms: Sequence[Array]) -> float:
    """Return the mean of terms (n,) of factors."""
    return float(np.mean(terms))


def _row(
    factor: Factor, found: _Found, parts: Split, repeats: Repeats, ci: float | None
) -> Record:
    value = float(found.terms.mean())
    influences = repeats.summed(influence(found.terms, parts.test, repeats.rows))
    low, high = ends(interval(value, influences, ci, low=-1.0))
    return {
        "factor": factor.name,
        "kind": factor.kind,
        "dci_es": value,
        "low": low,
        "high": high,
        "informativeness": float(found.informed.mean()),
        "baseline": found.baseline,
        "capacity": float(found.probed.capacities[int(found.losses.argmin())]),
        "losses": [float(one) for one in found.losses],
    }
