"""DMIG: MIG for factors that depend on each other."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement import _attribution as attribution
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import BinnedCounts, Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._score import Estimate, Score, mean_of_halves
from latentcli.numerics.resampling import half_sample_interval
from latentcli.numerics.types import Array
from latentcli.results import Record, number_or_none

ABOUT = About(
    formula=(
        "the mean over factors of [I(z_v; v) - I(z_2; v)] / H(v | v'), where z_v is the factor's own "
        "dimension and v' the factor whose own dimension is the runner-up z_2; H(v) if it is no "
        "factor's"
    ),
    range="-1 to 1, and beyond",
    reading=(
        "1: each factor is captured by its own dimension, also where factors are correlated and MIG "
        "stays below 1; below 0: another dimension has more information than the factor's own"
    ),
    limitations=(
        "It does not see two factors in one dimension where there are dimensions enough to give each "
        "one of its own (DLIG does). Where the runner-up has less information than its own factor "
        "would, the denominator is too small, and scores exceed 1."
    ),
    source="Watcharasupat and Lerch, 2021",
    estimators={"plugin": "counts of bins", "knn": "nearest neighbors"},
    compat={"latte": {"estimator": "knn", "neighbors": 3}},
    differences=(
        "latte takes dimension k for factor k; here each factor is given a dimension of its own so "
        "that the sum of information is largest"
    ),
    ceiling=("Factors of more classes than there are bins."),
)

_LEFT = 0.01
"""Share of a factor's entropy that another one must leave to it."""


def gaps(mutual: Array, own: Array, conditional: Array) -> tuple[Array, Array]:
    """Return the gaps (K,) and the runners-up (K,), -1 where there is none.

    `own` (K,) is the dimension of each factor, -1 for none; `conditional` (K, K) has H(v | v'), H(v)
    on its diagonal, NaN where nothing is left, and so has the gap then.
    """
    found, runners = np.zeros(len(own)), np.full(len(own), -1)
    owner_of = {int(dimension): k for k, dimension in enumerate(own) if dimension >= 0}
    for k, mine in enumerate(own):
        others = {j: value for j, value in enumerate(mutual[:, k]) if j != mine}
        first = mutual[mine, k] if mine >= 0 else 0.0
        second = 0.0
        if others:
            runners[k] = max(others, key=lambda j: others[j])
            second = others[runners[k]]
        found[k] = (first - second) / conditional[k, owner_of.get(int(runners[k]), k)]
    return found, runners


@metric(ABOUT)
def dmig(
    codes: Codes,
    factors: Factors = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    estimator: str = "plugin",
    neighbors: int = 3,
    ci: float | None = 0.95,
    seed: int = 0,
    **options: Unpack[Options],
) -> Score:
    """Score MIG with the denominator that dependent factors (N, K) leave to codes (N, D).

    Returns
    -------
    Score
        `dmig`, None where every factor is determined by another one; such factors are left out of
        the mean. `dlig`, its counterpart for dimensions between factors, and `xmig`, the gap to
        dimensions that are no factor's own; None where there are no others. `ceiling`, the score of
        perfect codes of these factors in these bins, by counts.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> a = rng.integers(4, size=1000)
    >>> b = np.where(rng.random(1000) < 0.5, a, rng.integers(4, size=1000))
    >>> pair = np.stack([a, b], axis=1)
    >>> round(dmig(pair, pair).value, 6)
    1.0
    """
    data = prepare(codes, factors, **options)
    cut = Cut(bins, binning, limits)
    binned = data.binned(cut)
    counts = binned.counts
    mutual = attribution.information(data, cut, estimator, neighbors, seed)
    own, conditional = (
        _assigned(mutual),
        _conditional(data.between_factors, corrected=estimator == "knn"),
    )
    found, runners = gaps(mutual, own, conditional)
    dlig = _dlig(mutual, own, conditional)
    xmig = _xmig(mutual, own, counts.factor_entropy)
    rows: list[Record] = [
        {
            "factor": factor.name,
            "dimension": None if own[k] < 0 else data.names[own[k]],
            "runner_up": data.names[runners[k]] if runners[k] >= 0 else None,
            "dmig": number_or_none(found[k]),
            "dlig": None if dlig is None else number_or_none(dlig[k]),
            "xmig": None if xmig is None else number_or_none(xmig[k]),
        }
        for k, factor in enumerate(data.factors)
    ]
    estimate = Estimate(_mean(found))
    if estimator == "plugin":
        estimate = _estimate(binned, _mean(found), ci, seed)
    return Score(
        numbers={
            "dmig": estimate,
            "dlig": None if dlig is None else _mean(dlig),
            "xmig": None if xmig is None else _mean(xmig),
            "ceiling": None
            if estimator == "knn"
            else _score(binned.perfect, data.between_factors),
        },
        factors=rows,
        matrix=mutual / counts.factor_entropy,
        matrix_name="I(z; v) / H(v)",
        notes=(*attribution.one_dimension(data), *_determined(data, found)),
    )


def _estimate(
    binned: BinnedCounts, value: float | None, ci: float | None, seed: int
) -> Estimate:
    """Return the score with its interval from halves of the rows, and that of shuffled factors.

    Shuffling keeps the rows of factors together, and so their dependence.
    """
    data, interval, halves = binned.data, None, []
    if ci is not None and value is not None:
        rows = data.repeats.halves(seed, data.codes.size)
        halves = [
            _score(counts, data.count_factors(part))
            for counts, part in zip(binned.halves(seed), rows, strict=True)
        ]
        interval = half_sample_interval(value, halves, ci, widened=binned.tail_factor)
    null = [_score(counts, data.between_factors) for counts in binned.shuffled(seed)]
    return Estimate(
        value,
        interval,
        tuple(one for one in null if one is not None),
        most=np.inf,
        halves=mean_of_halves(halves),
    )


def _score(counts: Counts, between: Counts) -> float | None:
    if not counts.factor_entropy.all():
        return None
    found, _ = gaps(counts.mutual, _assigned(counts.mutual), _conditional(between))
    return _mean(found)


def _assigned(mutual: Array) -> Array:
    """Give each factor (K,) a dimension of its own, -1 where there are too few dimensions."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-mutual)
    own = np.full(mutual.shape[1], -1)
    own[columns] = rows
    return own


def _conditional(between: Counts, *, corrected: bool = False) -> Array:
    """Return H(v_k | v_l) (K, K), on the diagonal H(v_k); NaN where nearly nothing is left.

    By the estimator of the numerator: as counted, or without bias, as nearest neighbors nearly are.
    """
    entropy = between.factor_entropy
    left = entropy[:, None] - (between.corrected.mutual if corrected else between.mutual).T
    np.fill_diagonal(left, entropy)
    conditional: Array = np.where(left > _LEFT * entropy[:, None], left, np.nan)
    return conditional


def _determined(data: Data, gaps: Array) -> tuple[str, ...]:
    names = [data.factor_names[k] for k in np.flatnonzero(np.isnan(gaps))]
    if not names:
        return ()
    return (f"another factor determines {listed(names)}: no DMIG, and left out of the mean",)


def _mean(gaps: Array) -> float | None:
    known = gaps[~np.isnan(gaps)]
    return float(known.mean()) if len(known) else None


def _dlig(mutual: Array, own: Array, conditional: Array) -> Array | None:
    if len(own) < 2:
        return None
    gaps = np.zeros(len(own))
    for k, mine in enumerate(own):
        if mine >= 0:
            others = mutual[mine].copy()
            others[k] = -np.inf
            rival = int(others.argmax())
            gaps[k] = (mutual[mine, k] - others[rival]) / conditional[k, rival]
    return gaps


def _xmig(mutual: Array, own: Array, entropy: Array) -> Array | None:
    free = np.setdiff1d(np.arange(len(mutual)), own)
    if not len(free):
        return None
    first = np.where(own >= 0, mutual[own, np.arange(len(own))], 0.0)
    gaps: Array = (first - mutual[free].max(axis=0)) / entropy
    return gaps
