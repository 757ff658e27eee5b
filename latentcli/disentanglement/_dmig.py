"""DMIG: MIG for factors that depend on each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentcli.disentanglement import _attribution as owners
from latentcli.disentanglement._data import Data, prepare
from latentcli.disentanglement._mutual_information import Cut
from latentcli.disentanglement._score import About, Row, Score, Value
from latentcli.errors import check_choice, shown
from latentcli.numerics.types import Array

ABOUT = About(
    title="dependence-aware mutual information gap (DMIG)",
    definition=(
        "the mean over factors of [I(z_v; v) - I(z_2; v)] / H(v | v'), where z_v is the factor's own "
        "dimension and v' the factor whose own dimension is the runner-up z_2; H(v) if it is no "
        "factor's"
    ),
    range="-1 to 1, and beyond",
    best=(
        "1, also for correlated factors, which keep MIG below 1; below 0 where another dimension tells "
        "more than the factor's own"
    ),
    source="Watcharasupat and Lerch, 2021",
    blind=(
        "two factors in one dimension, unless the assignment is one to one (DLIG sees it); where the "
        "runner-up tells less than its factor would, the denominator is too small, and scores go "
        "beyond 1"
    ),
    likes={"latte": {"estimator": "knn", "neighbors": 3}},
    unlike=(
        "latte takes dimension k for factor k; here each factor is given a dimension of its own so "
        "that the information is largest in sum"
    ),
)

_LEFT = 0.01
"""Share of a factor's entropy that must be left to it by another one."""


def dmig(
    codes: Any,
    factors: Any = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    estimator: str = "plugin",
    neighbors: int = 3,
    seed: int = 0,
) -> Score:
    """Score MIG with the denominator that dependent factors (N, K) leave to codes (N, D).

    A factor that the rival factor gives away leaves no denominator: it has no score, and is left
    out of the mean.
    `dlig` is the counterpart for dimensions between factors, `xmig` the gap to dimensions that are
    no factor's own; both are None where there are no others.
    """
    check_choice("estimator", estimator, owners.ESTIMATORS)
    data = prepare(codes, factors)
    cut = Cut(bins, binning, limits)
    counts = data.counts(cut)
    mutual = owners.information(data, cut, estimator, neighbors, seed)
    own = _assigned(mutual)
    conditional = _conditional(data)
    gaps, runners = _dmig(mutual, own, conditional)
    dlig, xmig = _dlig(mutual, own, conditional), _xmig(mutual, own, counts.factor_entropy)
    value = _mean(gaps)
    rows: list[Row] = []
    for k, factor in enumerate(data.factors):
        rows.append(
            {
                "factor": factor.name,
                "dimension": None if own[k] < 0 else data.names[own[k]],
                "runner_up": data.names[runners[k]] if runners[k] >= 0 else None,
                "dmig": _known(gaps[k]),
                "dlig": None if dlig is None else _known(dlig[k]),
                "xmig": None if xmig is None else _known(xmig[k]),
            }
        )
    summary: dict[str, Value] = {
        "dmig": value,
        "dlig": None if dlig is None else _mean(dlig),
        "xmig": None if xmig is None else _mean(xmig),
    }
    return Score(
        "dmig",
        value,
        summary,
        factors=rows,
        matrix=mutual / counts.factor_entropy,
        matrix_name="I(z; v) / H(v)",
        settings={
            **cut.settings(),
            "estimator": estimator,
            **({"neighbors": neighbors} if estimator == "knn" else {}),
            "seed": seed,
        },
        notes=(*owners.one_dimension(data), *_given_away(data, gaps)),
    )


def _assigned(mutual: Array) -> Array:
    """Give each factor (K,) a dimension of its own, -1 where there are too few dimensions."""
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-mutual)
    own = np.full(mutual.shape[1], -1)
    own[columns] = rows
    return own


def _conditional(data: Data) -> Array:
    """Return H(v_k | v_l) (K, K), on the diagonal H(v_k); NaN where nearly nothing is left."""
    shared, entropy = owners.between(data)
    left = entropy[:, None] - shared
    conditional: Array = np.where(left > _LEFT * entropy[:, None], left, np.nan)
    return conditional


def _given_away(data: Data, gaps: Array) -> tuple[str, ...]:
    names = [shown(data.factor_names[k]) for k in np.flatnonzero(np.isnan(gaps))]
    if not names:
        return ()
    return (f"another factor gives away {', '.join(names)}: no DMIG, and left out of the mean",)


def _mean(gaps: Array) -> float | None:
    known = gaps[~np.isnan(gaps)]
    return float(known.mean()) if len(known) else None


def _known(gap: float) -> float | None:
    return None if np.isnan(gap) else float(gap)


def _dmig(mutual: Array, own: Array, conditional: Array) -> tuple[Array, Array]:
    """Return the gaps (K,), NaN without room, and the runners-up (K,), -1 where there is none."""
    gaps, runners = np.zeros(len(own)), np.full(len(own), -1)
    owner_of = {int(dimension): k for k, dimension in enumerate(own) if dimension >= 0}
    for k, mine in enumerate(own):
        others = {j: value for j, value in enumerate(mutual[:, k]) if j != mine}
        first = mutual[mine, k] if mine >= 0 else 0.0
        second = 0.0
        if others:
            runners[k] = max(others, key=lambda j: others[j])
            second = others[runners[k]]
        gaps[k] = (first - second) / conditional[k, owner_of.get(int(runners[k]), k)]
    return gaps, runners


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
