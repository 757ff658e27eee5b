"""Modularity: whether each dimension informs about one factor only."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._attribution import (
    dimension_rows,
    factor_rows,
    no_corrected,
    one_dimension,
)
from latentcli.disentanglement._confidence import estimate
from latentcli.disentanglement._data import Codes, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.disentanglement._score import Score
from latentcli.numerics.types import Array

ABOUT = About(
    formula=(
        "the mean over dimensions of 1 - sum of I(z; v')^2 over all factors v' but the best one v, "
        "divided by (K - 1) I(z; v)^2; a dimension without information scores 0"
    ),
    range="0 to 1",
    reading="1: no dimension informs about two factors",
    limitations=(
        "It does not lower the score of a factor that is spread over many dimensions. It is a ratio: "
        "dimensions of pure noise score 0.3 to 0.7 (modularity_chance), so read "
        "modularity_informative, the mean over the dimensions whose information is significant."
    ),
    source="Ridgeway and Mozer, 2018",
    read_with=("modularity_informative",),
    compat={"disentanglement_lib": {}, "disent": {}, "ubisoft": {"bins": 10}},
    differences="ubisoft gives NaN for a dimension without information; here it scores 0",
    ceiling=("Factors that depend on each other."),
)


def modularities(mutual: Array) -> Array:
    """Return the modularity (D,) of each dimension from information (D, K), K > 1.

    >>> modularities(np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]))
    array([1., 0., 0.])
    """
    squares = mutual**2
    best = squares.max(axis=1)
    rest = (squares.sum(axis=1) - best) / (mutual.shape[1] - 1)
    scores: Array = 1.0 - np.divide(rest, best, out=np.ones_like(best), where=best > 0)
    return scores


@metric(ABOUT)
def modularity(
    codes: Codes,
    factors: Factors = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    ci: float | None = 0.95,
    seed: int = 0,
    **options: Unpack[Options],
) -> Score:
    """Score whether each dimension of codes (N, D) informs about one factor (N, K) only.

    Returns
    -------
    Score
        `modularity`, the published mean over all dimensions; `modularity_informative`, the mean
        over the `informative` dimensions alone, whose information passes a G-test at 0.05 with
        Bonferroni's correction; `modularity_informative_corrected`, the same of information with
        Miller and Madow's correction, None where none passes at 0.015; `ceiling`, the score of perfect codes of these factors in
        these bins: factors that depend on each other lower it. None with one factor.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> round(modularity(grid, grid).value, 6)
    1.0
    """
    data = prepare(codes, factors, **options)
    cut = Cut(bins, binning, limits)
    binned, sharper = data.binned(cut), data.binned(cut.sharper)
    counts = binned.counts
    informative = np.asarray(counts.significant.any(axis=1))
    rows = dimension_rows(data, counts, counts.mutual, counts.factor_entropy)
    for row, score, one in zip(rows, _each(counts.mutual), informative, strict=True):
        row["modularity"], row["informative"] = score, bool(one)

    def plain(it: Counts) -> float | None:
        return _mean(it.mutual)

    def known(it: Counts) -> float | None:
        return _mean(it.mutual[informative])

    evident = bool(counts.evident.any())

    def corrected(it: Counts) -> float | None:
        return _mean(it.corrected.mutual[informative]) if evident else None

    return Score(
        numbers={
            "modularity": estimate(plain, binned, ci=ci, seed=seed, significant=evident),
            "modularity_informative": estimate(known, binned, ci=ci, seed=seed, null=False),
            "informative": int(informative.sum()),
            "modularity_informative_corrected": estimate(
                corrected, sharper, ci=ci, seed=seed, null=False, corrected=True
            ),
            "ceiling": plain(binned.perfect),
        },
        factors=factor_rows(data, counts.mutual, counts.factor_entropy),
        dimensions=rows,
        matrix=counts.mutual / counts.factor_entropy,
        matrix_name="I(z; v) / H(v)",
        notes=(*one_dimension(data), *_none(informative, evident)),
    )


def _each(mutual: Array) -> list[float | None]:
    if mutual.shape[1] < 2:
        return [None] * len(mutual)
    return [float(score) for score in modularities(mutual)]


def _mean(mutual: Array) -> float | None:
    if mutual.shape[1] < 2 or not len(mutual):
        return None
    return float(modularities(mutual).mean())


def _none(informative: Array, evident: bool) -> tuple[str, ...]:
    if informative.any():
        return no_corrected("modularity_informative_corrected", evident)
    return (
        "no dimension has significant information about any factor: do not interpret modularity",
    )
