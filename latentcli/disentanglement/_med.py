"""MED: disentanglement with mutual information as importance."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._attribution import (
    dimension_rows,
    factor_rows,
    no_corrected,
    one_dimension,
    readings,
)
from latentcli.disentanglement._confidence import estimate
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._importance import completeness_of, disentanglement_of, focus
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._score import Score
from latentcli.numerics.types import Array

ABOUT = About(
    formula=(
        "disentanglement and completeness as DCI defines them, with importance R = I(z; v) / sum of "
        "I(.; v) over dimensions in place of the importances of a predictor"
    ),
    range="0 to 1",
    reading="1: each dimension informs about one factor only",
    limitations=(
        "As a ratio it does not say how much of a factor is captured at all. Without correction "
        "perfect codes score below 1 and noise above 0 (see med_corrected, med_chance)."
    ),
    source="Cao et al., 2022",
    read_with=("med_completeness",),
    ceiling=("Factors that depend on each other."),
)


def importances(mutual: Array) -> Array:
    """Return I(z; v) / sum of I(.; v) (D, K): columns add up to 1, or to 0 without information."""
    total = mutual.sum(axis=0)
    parts: Array = np.divide(mutual, total, out=np.zeros_like(mutual), where=total > 0)
    return parts


@metric(ABOUT)
def med(
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
    """Score how each dimension of codes (N, D) is about one factor (N, K), by information.

    Returns
    -------
    Score
        `med`, the disentanglement; `med_corrected`, the same of information with Miller and Madow's
        correction, over the factors of which some dimension has significant information (None
        where none is significant at 0.015); `med_completeness`, its counterpart for factors; `med_top`, the
        disentanglement of the best dimension for each factor (top-1 MED); `ceiling`, the `med` of perfect
        codes of these factors in these bins. None with one factor.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> round(med(grid, grid).value, 6)
    1.0
    """
    data = prepare(codes, factors, **options)
    cut = Cut(bins, binning, limits)
    binned, sharper = data.binned(cut), data.binned(cut.sharper)
    counts = binned.counts
    importance = importances(counts.mutual)
    captured = np.asarray(sharper.counts.significant.any(axis=0))
    evident = bool(sharper.counts.evident.any())

    def corrected(it: Counts) -> float | None:
        if not evident:
            return None
        return disentanglement_of(importances(it.corrected.mutual) * captured)

    rows = factor_rows(data, counts.mutual, counts.factor_entropy)
    words = readings(data, sharper.counts)
    for k, row in enumerate(rows):
        if data.dimensions > 1:
            row["completeness"] = float(focus(importance.T)[k])
        row["reading"] = words[k]
    parts = dimension_rows(data, counts, counts.mutual, counts.factor_entropy)
    if len(data.factors) > 1:
        for row, part in zip(parts, focus(importance), strict=True):
            row["disentanglement"] = float(part)
    return Score(
        numbers={
            "med": estimate(
                _plain,
                binned,
                ci=ci,
                seed=seed,
                relative=True,
                significant=evident,
            ),
            "med_corrected": estimate(
                corrected, sharper, ci=ci, seed=seed, null=False, corrected=True
            ),
            "med_completeness": completeness_of(importance),
            "med_top": _top(importance),
            "ceiling": _plain(binned.perfect),
        },
        factors=rows,
        dimensions=parts,
        matrix=importance,
        matrix_name="importance I(z; v) / sum I(.; v)",
        notes=(*one_dimension(data), *_left_out(data, captured, evident)),
    )


def _plain(counts: Counts) -> float | None:
    return disentanglement_of(importances(counts.mutual))


def _left_out(data: Data, captured: Array, evident: bool) -> tuple[str, ...]:
    if len(captured) < 2:
        return ()
    if not evident or captured.all():
        return no_corrected("med_corrected", evident)
    names = [name for name, one in zip(data.factor_names, captured, strict=True) if not one]
    return (
        f"med_corrected leaves out factors without significant information: {listed(names)}",
    )


def _top(importance: Array) -> float | None:
    """Return the disentanglement of each factor's one best dimension (Cao et al., 2022)."""
    if importance.shape[1] < 2:
        return None
    scores = focus(importance)
    owner = importance.argmax(axis=1)
    chosen = [
        int(mine[scores[mine].argmax()])
        for k in range(importance.shape[1])
        if len(mine := np.flatnonzero(owner == k))
    ]
    return disentanglement_of(importance[chosen])
