"""The mutual information gap and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentcli.disentanglement import _attribution as owners
from latentcli.disentanglement._confidence import normal_quantile
from latentcli.disentanglement._data import Data, prepare
from latentcli.disentanglement._mutual_information import Counts, Cut, log_ratios
from latentcli.disentanglement._score import About, Score, Value
from latentcli.errors import check_choice
from latentcli.numerics.resampling import GROUPS
from latentcli.numerics.types import Array

ABOUT = About(
    title="mutual information gap (MIG)",
    definition=(
        "the mean over factors of [I(z_1; v) - I(z_2; v)] / H(v), where z_1 and z_2 are the two "
        "dimensions that tell most about the factor v"
    ),
    range="0 to 1",
    best="1: each factor is in one dimension and in no other",
    source="Chen, Li, Grosse and Duvenaud, 2018; robust MIG: Do and Tran, 2020; MIG-sup: Li et al., 2020",
    blind=(
        "two factors in one dimension (see MIG-sup); correlated factors put a ceiling on it (see "
        "dmig); too few rows or an outlier lower it (see mig_corrected, mig_quantile)"
    ),
    beside=("mig_sup",),
    likes={
        "disentanglement_lib": {},
        "disent": {},
        "infomec": {},
        "ubisoft": {"bins": 10},
        "latte": {"estimator": "knn", "neighbors": 3},
    },
    unlike=(
        "ubisoft divides by the entropy of the code, which is not MIG: here it is the factor's. "
        "latte's continuous factors, whose entropy it estimates as finite, are cut into bins"
    ),
)

SENSITIVITY = (5, 10, 20, 50, 100)
"""Numbers of bins that show how much of a score is their choice."""

_ASIDE = 2_000_000
"""Numbers up to which other bins are tried without being asked for: they take most of the time."""

_BEYOND = 0.01
"""Share of numbers beyond fixed limits from which it is told."""

_LEFT_ASIDE = (
    f"mig_quantile and mig_robust are taken of up to {_ASIDE:,} numbers; --sensitivity takes them of "
    "more"
)


def mig(
    codes: Any,
    factors: Any = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    estimator: str = "plugin",
    neighbors: int = 3,
    sensitivity: bool = False,
    ci: float | None = 0.95,
    seed: int = 0,
) -> Score:
    """Score how much more one dimension tells about each factor than any other.

    Parameters
    ----------
    codes, factors
        (N, D) numbers and (N, K) labels, or columns by name; or a `Data`.
    bins, binning, limits
        How codes are cut into bins: see `information.discretize`.
    estimator
        "plugin": from counts; "knn": nearest neighbours, as scikit-learn does (Ross, 2014), with
        `neighbors` of them.
    sensitivity
        Also score with each number of bins in `SENSITIVITY`, as `mig_bins_5`, ...; and take
        `mig_quantile` and `mig_robust` of codes of any size, not of up to 2,000,000 numbers.
    ci
        Coverage of the intervals, None for none.

    Returns
    -------
    Score
        `mig` as published; `mig_corrected` with Miller and Madow's correction, on distinct values
        where a dimension has few, between `mig_low` and `mig_high`; `mig_quantile` on equally full
        bins; `mig_robust` on bins between fixed limits; `mig_sup` the gap of dimensions between
        factors; `mig_ratio` the share of the first dimension in all information; `aam` what is left
        of the first without all others; `ceiling` what correlated factors allow.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> float(mig(grid, grid).value.__round__(6))
    1.0
    """
    check_choice("estimator", estimator, owners.ESTIMATORS)
    data = prepare(codes, factors)
    cut = Cut(bins, binning, limits)
    counts = data.counts(cut)
    mutual = owners.information(data, cut, estimator, neighbors, seed)
    entropy = counts.factor_entropy
    gaps = _gaps(mutual, entropy)
    estimate = _estimate(data, cut.sharper, ci)
    ceilings = owners.ceilings(data)
    score = float(gaps.mean())
    aside = sensitivity or data.codes.size <= _ASIDE
    summary: dict[str, Value] = {
        "mig": score,
        "mig_corrected": float(estimate.gaps.mean()),
        "mig_low": estimate.low,
        "mig_high": estimate.high,
        "mig_quantile": _at(data, cut._replace(binning="quantile")) if aside else None,
        "mig_robust": _at(data, cut._replace(binning="fixed")) if aside else None,
        "mig_sup": _mean(owners.sup(mutual, entropy)),
        "mig_ratio": float(np.mean(owners.share(mutual))),
        "aam": float(np.mean(_alone(mutual))),
        "ceiling": float(ceilings.mean()),
    }
    if sensitivity:
        for number in SENSITIVITY:
            summary[f"mig_bins_{number}"] = _at(data, cut._replace(bins=number))
    rows = owners.factor_rows(data, mutual, entropy)
    for k, row in enumerate(rows):
        row["mig"] = float(gaps[k])
        row["corrected"] = float(estimate.gaps[k])
        row["low"], row["high"] = estimate.ends[k]
        row["ceiling"] = float(ceilings[k])
        row["reading"] = owners.reading(data, counts, mutual, k)
    return Score(
        "mig",
        score,
        summary,
        factors=rows,
        dimensions=owners.dimension_rows(data, counts, mutual, entropy),
        matrix=mutual / entropy,
        matrix_name="I(z; v) / H(v)",
        settings={
            **cut.settings(),
            "estimator": estimator,
            **({"neighbors": neighbors} if estimator == "knn" else {}),
            "ci": ci,
            "seed": seed,
        },
        notes=(*owners.one_dimension(data), *_aside(data, limits, aside)),
    )


def _aside(data: Data, limits: tuple[float, float], taken: bool) -> tuple[str, ...]:
    """Say what is not taken of large codes, and where fixed limits do not suit them."""
    if not taken:
        return (_LEFT_ASIDE,)
    beyond = float(((data.codes < limits[0]) | (data.codes > limits[1])).mean())
    if beyond < _BEYOND:
        return ()
    low, high = limits
    return (
        f"mig_robust: {beyond:.0%} of the numbers lie beyond {low:g} and {high:g} (--limits)",
    )


class _Estimate:
    """Corrected gaps (K,) with closed-form intervals: for each factor, and for their mean."""

    def __init__(self, gaps: Array, influences: Array | None, ci: float | None) -> None:
        self.gaps = gaps
        self.low: float | None = None
        self.high: float | None = None
        self.ends: list[tuple[float | None, float | None]] = [(None, None)] * len(gaps)
        if influences is None or ci is None:
            return
        reach = normal_quantile(ci) / np.sqrt(influences.shape[1])
        each = influences.std(axis=1) * reach
        whole = float(influences.mean(axis=0).std() * reach)
        self.low, self.high = _ends(float(gaps.mean()), whole)
        self.ends = [_ends(*pair) for pair in zip(gaps, each, strict=True)]


def _ends(gap: float, margin: float) -> tuple[float, float]:
    return max(0.0, float(gap - margin)), min(1.0, float(gap + margin))


def _estimate(data: Data, cut: Cut, ci: float | None) -> _Estimate:
    """Correct the gaps and say how sure they are.

    The delta method: how much each row moves the gap is known in closed form from the counts, and
    the deviation of that over the rows is the gap's standard error.
    """
    counts = data.counts(cut)
    gaps = _gaps(counts.corrected.mutual, counts.corrected.entropy)
    if ci is None or data.rows < 2 * GROUPS:
        return _Estimate(gaps, None, None)
    labels = data.binned(cut).labels
    influences = np.stack(
        [_influence(counts, labels, data.factors[k].labels, k) for k in range(len(gaps))]
    )
    return _Estimate(gaps, influences, ci)


def _influence(counts: Counts, bins: Array, labels: Array, k: int) -> Array:
    """Return how each row (N,) moves the gap of factor k: the influence function of its plug-in."""
    table = counts.tables[k]
    order = np.argsort(-counts.corrected.mutual[:, k], kind="stable")[:2]
    entropy = counts.factor_entropy[k]
    classes = table[0].sum(axis=0)
    surprise = np.log(counts.rows / np.maximum(classes, 1))[labels]
    terms = [log_ratios(table[j])[bins[j], labels] for j in order]
    gap = terms[0] - terms[1] if len(terms) > 1 else terms[0]
    influence: Array = (gap - gap.mean() / entropy * surprise) / entropy
    return influence


def _gaps(mutual: Array, entropy: Array) -> Array:
    """Return (I_1 - I_2) / H (K,) of information (D, K); with one dimension I_2 is 0."""
    ordered = np.sort(mutual, axis=0)[::-1]
    second = ordered[1] if len(ordered) > 1 else 0.0
    gaps: Array = (ordered[0] - second) / entropy
    return gaps


def _alone(mutual: Array) -> Array:
    """Return max(0, I_1 - sum of the others) / I_1 (K,), 0 where nothing is told."""
    first = mutual.max(axis=0)
    left = np.maximum(2 * first - mutual.sum(axis=0), 0.0)
    alone: Array = np.divide(left, first, out=np.zeros_like(first), where=first > 0)
    return alone


def _at(data: Data, cut: Cut) -> float:
    counts = data.counts(cut)
    return float(_gaps(counts.mutual, counts.factor_entropy).mean())


def _mean(values: Array | None) -> float | None:
    return None if values is None else float(values.mean())
