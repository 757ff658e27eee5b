"""MED: disentanglement with mutual information as importance."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentcli.disentanglement import _attribution as owners
from latentcli.disentanglement._confidence import estimates
from latentcli.disentanglement._data import prepare
from latentcli.disentanglement._importance import completeness_of, disentanglement_of, focus
from latentcli.disentanglement._mutual_information import Cut, Information
from latentcli.disentanglement._score import About, Score
from latentcli.numerics.types import Array

ABOUT = About(
    title="mutual information based entropy disentanglement (MED)",
    definition=(
        "disentanglement and completeness of DCI, with importance R = I(z; v) / sum of I(.; v) over "
        "dimensions in place of what a predictor finds important"
    ),
    range="0 to 1",
    best="1: each dimension tells about one factor only",
    source="Cao et al., 2022",
    blind=(
        "how much of a factor is told at all, as it is a ratio; without correction perfect codes "
        "are below 1 and noise above 0 (med_corrected, med_chance)"
    ),
    beside=("med_completeness",),
)


def med(
    codes: Any,
    factors: Any = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    ci: float | None = 0.95,
    seed: int = 0,
) -> Score:
    """Score how each dimension of codes (N, D) is about one factor (N, K), by information.

    `med` is the disentanglement, `med_completeness` its counterpart for factors, `med_top` the
    disentanglement of the best dimension for each factor (top-1 MED).
    """
    data = prepare(codes, factors)
    cut = Cut(bins, binning, limits)
    counts = data.counts(cut)
    importance = _importance(counts.plugin)
    summary = estimates(
        "med", lambda it: disentanglement_of(_importance(it)), data, cut, ci=ci, seed=seed
    )
    summary["med_completeness"] = completeness_of(importance)
    summary["med_top"] = _top(importance)
    rows = owners.factor_rows(data, counts.mutual, counts.factor_entropy)
    if data.dimensions > 1:
        for row, part in zip(rows, focus(importance.T), strict=True):
            row["completeness"] = float(part)
    parts = owners.dimension_rows(data, counts, counts.mutual, counts.factor_entropy)
    if len(data.factors) > 1:
        for row, part in zip(parts, focus(importance), strict=True):
            row["disentanglement"] = float(part)
    return Score(
        "med",
        disentanglement_of(importance),
        summary,
        factors=rows,
        dimensions=parts,
        matrix=importance,
        matrix_name="importance I(z; v) / sum I(.; v)",
        settings={**cut.settings(), "ci": ci, "seed": seed},
        notes=owners.one_dimension(data),
    )


def _importance(information: Information) -> Array:
    total = information.mutual.sum(axis=0)
    importance: Array = np.divide(
        information.mutual, total, out=np.zeros_like(information.mutual), where=total > 0
    )
    return np.maximum(importance, 0.0)


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
