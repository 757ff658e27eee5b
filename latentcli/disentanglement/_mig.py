"""The mutual information gap (MIG) and its kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Unpack

import numpy as np

from latentcli.disentanglement import _attribution as attribution
from latentcli.disentanglement import _mig_neighbors as by_neighbors
from latentcli.disentanglement._about import About
from latentcli.disentanglement._attribution import gaps_of_factors
from latentcli.disentanglement._blocks import checked
from latentcli.disentanglement._confidence import chance, estimate, normal_quantile
from latentcli.disentanglement._data import BinnedCounts, Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mig_influence import (
    deviation,
    influences,
    moments_of_influences,
)
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.disentanglement._score import Estimate, Number, Score
from latentcli.errors import ParameterError
from latentcli.numerics.resampling import GROUPS
from latentcli.numerics.types import Array
from latentcli.results import Interval

ABOUT = About(
    formula=(
        "the mean over factors v of [I(z_1; v) - I(z_2; v)] / H(v), where z_1 and z_2 are the two "
        "dimensions with most information about v"
    ),
    range="0 to 1",
    reading="1: each factor is captured by one dimension and by no other",
    limitations=(
        "It does not see two factors in one dimension (see mig_sup). Factors that depend on each "
        "other put a ceiling on it (see dmig). Few rows and outliers lower it (see mig_corrected, "
        "mig_quantile)."
    ),
    source="Chen, Li, Grosse and Duvenaud, 2018; robust MIG: Do and Tran, 2020; MIG-sup: Li et al., 2020",
    read_with=("mig_sup",),
    estimators={"plugin": "counts of bins", "knn": "nearest neighbors"},
    compat={
        "disentanglement_lib": {},
        "disent": {},
        "infomec": {},
        "ubisoft": {"bins": 10},
        "latte": {"estimator": "knn", "neighbors": 3},
    },
    differences=(
        "ubisoft divides by the entropy of the code, which is not MIG: here it is the factor's. "
        "latte's continuous factors, whose entropy it estimates as finite, are cut into bins"
    ),
    ceiling=(
        "Factors that depend on each other, and factors of more classes than there are bins."
    ),
)

SENSITIVITY = (5, 10, 20, 50, 100)
"""Numbers of bins that show how much of a score is their choice."""

_ASIDE = 2_000_000
"""Numbers up to which other bins are tried as a matter of course: they take most of the time."""

_BEYOND = 0.01
"""Share of numbers beyond fixed limits from which a note says so."""


@metric(ABOUT)
def mig(
    codes: Codes,
    factors: Factors = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    estimator: str = "plugin",
    neighbors: int = 3,
    blocks: Sequence[Sequence[int]] | None = None,
    sensitivity: bool = False,
    ci: float | None = 0.95,
    seed: int = 0,
    **options: Unpack[Options],
) -> Score:
    """Score how much more information one dimension has about each factor than any other.

    Parameters
    ----------
    estimator
        "plugin": information from counts; "knn": from nearest neighbors, as scikit-learn does
        (Ross, 2014), with `neighbors` of them, and of the values of continuous factors (Kraskov et
        al., 2004); H is of their classes.
    blocks
        The dimensions of each latent that is a vector, `[[0, 1, 2], [3, 4, 5]]`, with the estimator "knn":
        gaps are between blocks. Dimensions in no block are blocks of one.
    sensitivity
        Also score with each number of bins in `SENSITIVITY`, as `mig_bins_5`, ...; and take
        `mig_quantile` and `mig_robust` of codes of any size, not of up to 2,000,000 numbers.

    Returns
    -------
    Score
        `mig` as published; `mig_corrected` with Miller and Madow's correction, on distinct values
        where a dimension has few; `mig_quantile` on equally full bins; `mig_robust` on bins between
        fixed limits; `mig_sup` the mean gap of dimensions between factors; `mig_ratio` the share of
        the first dimension in all information; `aam` what is left of the first without all others;
        `ceiling` what perfect codes of these factors, in these bins, would score as `mig`.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> round(mig(grid, grid).value, 6)
    1.0
    """
    data = prepare(codes, factors, **options)
    if blocks is not None:
        groups = checked(blocks, data.dimensions)
        if estimator != "knn":
            raise ParameterError(
                "`blocks` needs `estimator` knn: bins of vectors would be empty"
            )
        return by_neighbors.of_blocks(data, groups, neighbors, ci=ci, seed=seed)
    cut = Cut(bins, binning, limits)
    binned, sharper = data.binned(cut), data.binned(cut.sharper)
    counts = binned.counts
    mutual = attribution.information(data, cut, estimator, neighbors, seed)
    entropy = counts.factor_entropy
    highest = ceilings(binned)
    better = sharper.counts.corrected
    found, corrected = (
        gaps_of_factors(mutual, entropy),
        gaps_of_factors(better.mutual, better.entropy),
    )
    if estimator == "plugin":
        whole, each = _intervals(binned, found, _mean, ci=ci, seed=seed)
    else:
        whole, each = by_neighbors.estimates(data, found, neighbors, ci=ci, seed=seed)
    whole_corrected, each_corrected = _intervals(
        sharper, corrected, _mean_corrected, ci=ci, seed=seed, corrected=True
    )
    aside = sensitivity or data.codes.size <= _ASIDE
    if aside and estimator == "plugin":
        whole = replace(whole, null=chance(_mean, binned, seed=seed))
    if aside:
        # The largest of several corrected values is above 0 also of noise, and what is below 0 is cut.
        null = chance(_mean_corrected, sharper, seed=seed)
        whole_corrected = replace(whole_corrected, null=null)
    sup = attribution.sup(mutual, entropy)
    numbers: dict[str, Number] = {
        "mig": whole,
        "mig_corrected": whole_corrected,
        "mig_quantile": _at(data, cut._replace(binning="quantile")) if aside else None,
        "mig_robust": _at(data, cut._replace(binning="fixed")) if aside else None,
        "mig_sup": None if sup is None else float(sup.mean()),
        "mig_ratio": float(ratios(mutual).mean()),
        "aam": float(alone(mutual).mean()),
        "ceiling": float(highest.mean()),
    }
    if sensitivity:
        numbers |= {f"mig_bins_{n}": _at(data, cut._replace(bins=n)) for n in SENSITIVITY}
    rows = attribution.factor_rows(data, mutual, entropy)
    readings = attribution.readings(data, sharper.counts)
    for k, row in enumerate(rows):
        row["mig"] = float(found[k])
        row["low"], row["high"] = each[k] or (None, None)
        row["corrected"] = float(corrected[k])
        row["corrected_low"], row["corrected_high"] = each_corrected[k] or (None, None)
        row["ceiling"] = float(highest[k])
        row["reading"] = readings[k]
    return Score(
        numbers=numbers,
        factors=rows,
        dimensions=attribution.dimension_rows(data, counts, mutual, entropy),
        matrix=mutual / entropy,
        matrix_name="I(z; v) / H(v)",
        notes=(
            *attribution.one_dimension(data),
            *attribution.shared_dimensions(data, sharper.counts),
            *_aside(data, limits, aside),
        ),
    )


def ratios(mutual: Array) -> Array:
    """Return I_1 / sum of I over dimensions (K,); 0 without information."""
    total = mutual.sum(axis=0)
    parts: Array = np.divide(
        mutual.max(axis=0), total, out=np.zeros_like(total), where=total > 0
    )
    return parts


def alone(mutual: Array) -> Array:
    """Return max(0, I_1 - sum of the others) / I_1 (K,); 0 without information."""
    first = mutual.max(axis=0)
    left = np.maximum(2 * first - mutual.sum(axis=0), 0.0)
    found: Array = np.divide(left, first, out=np.zeros_like(first), where=first > 0)
    return found


def ceilings(binned: BinnedCounts) -> Array:
    """Return what MIG can be at most (K,): that of codes that are the factors' numbered classes.

    A factor's rival is then the factor that depends on it most; and 20 bins hold no 40 classes.
    """
    return gaps_of_factors(binned.perfect.mutual, binned.counts.factor_entropy)


def _mean(counts: Counts) -> float:
    return float(gaps_of_factors(counts.mutual, counts.factor_entropy).mean())


def _mean_corrected(counts: Counts) -> float:
    return float(gaps_of_factors(counts.corrected.mutual, counts.corrected.entropy).mean())


def _at(data: Data, cut: Cut) -> float:
    return _mean(data.counts(cut))


def _intervals(
    binned: BinnedCounts,
    found: Array,
    mean: Callable[[Counts], float],
    *,
    ci: float | None,
    seed: int,
    corrected: bool = False,
) -> tuple[Estimate, list[Interval | None]]:
    """Return the mean of the gaps found (K,) with its interval, and the interval of each.

    By the delta method: how much each row moves the gap is known in closed form from the counts, and
    the deviation of that over the rows is the gap's standard error. It takes bins as given, which
    they are not where tails are heavy and a few values lay them: there, and where rows are repeated, of the mean, by random halves
    of the rows.
    Where halves of the rows say that a correction fails, the interval reaches as far, or there is none.
    """
    data, none = binned.data, [None] * len(found)
    value = float(found.mean())
    if ci is None or data.rows < 2 * GROUPS:
        return Estimate(value), [*none]
    heavy, checked = (
        binned.tail_factor > 1 or bool(data.repeats),
        corrected and data.codes.size <= _ASIDE,
    )
    halves = Estimate(value)
    if heavy or checked:
        halves = estimate(mean, binned, ci=ci, seed=seed, null=False, corrected=corrected)
        if heavy or halves.no_interval:
            return halves, [*none]
    errors, error = _standard_errors(binned)
    quantile = normal_quantile(ci)
    each = [_ends(gap, quantile * one) for gap, one in zip(found, errors, strict=True)]
    drift = 0.0 if halves.halves is None else abs(value - halves.halves)
    return Estimate(value, _ends(value, max(quantile * error, drift))), [*each]


def _standard_errors(binned: BinnedCounts) -> tuple[Array, float]:
    """Return the standard errors of the gaps (K,) and of their mean."""
    factors, rows = binned.data.factors, binned.data.rows
    parts = binned.over_rows(moments_of_influences, influences(binned.counts), rows)
    total, *each = (deviation(one) for one in zip(*parts, strict=True))
    errors = np.array(each) / np.sqrt([factor.rows for factor in factors])
    return errors, float(total / np.sqrt(rows) / len(factors))


def _ends(gap: float, margin: float) -> Interval:
    return Interval(max(0.0, float(gap - margin)), min(1.0, float(gap + margin)))


def _aside(data: Data, limits: tuple[float, float], taken: bool) -> tuple[str, ...]:
    """Say what is not taken of large codes, and where fixed limits do not suit them."""
    if not taken:
        return (
            (
                f"mig_quantile and mig_robust are computed for up to {_ASIDE:,} numbers; `sensitivity` "
                "computes them for more"
            ),
        )
    beyond = float(((data.codes < limits[0]) | (data.codes > limits[1])).mean())
    if beyond < _BEYOND:
        return ()
    low, high = limits
    return (
        f"mig_robust: {beyond:.0%} of the numbers lie beyond {low:g} and {high:g} (`limits`)",
    )
