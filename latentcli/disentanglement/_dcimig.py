"""DCIMIG: the gap of dimensions, of which each may serve one factor only."""

from __future__ import annotations

from typing import Any

import numpy as np

from latentcli.disentanglement import _attribution as owners
from latentcli.disentanglement._confidence import estimates
from latentcli.disentanglement._data import prepare
from latentcli.disentanglement._mutual_information import Cut, Information
from latentcli.disentanglement._score import About, Score
from latentcli.numerics.types import Array

ABOUT = About(
    title="DCIMIG (3CharM)",
    definition=(
        "each dimension's gap between its two best factors counts for the best one; the largest gap "
        "of each factor, summed, divided by the sum of the factors' entropies"
    ),
    range="0 to 1",
    best="1: every factor has a dimension that tells all of it, and of nothing else",
    source="Sepliarskaia, Kiseleva and de Rijke, 2019",
    blind="redundant dimensions, which it does not punish; factors of high entropy weigh more",
    likes={"ubisoft": {"bins": 10}},
)


def dcimig(
    codes: Any,
    factors: Any = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    ci: float | None = 0.95,
    seed: int = 0,
) -> Score:
    """Score whether each factor (N, K) has a dimension of codes (N, D) of its own."""
    data = prepare(codes, factors)
    cut = Cut(bins, binning, limits)
    counts = data.counts(cut)
    gaps = _gaps(counts.plugin)
    rows = owners.factor_rows(data, counts.mutual, counts.factor_entropy)
    for k, row in enumerate(rows):
        row["dcimig"] = float(gaps[k] / counts.factor_entropy[k])
    summary = estimates("dcimig", _score, data, cut, ci=ci, seed=seed)
    return Score(
        "dcimig",
        _score(counts.plugin),
        summary,
        factors=rows,
        dimensions=owners.dimension_rows(data, counts, counts.mutual, counts.factor_entropy),
        matrix=counts.mutual / counts.factor_entropy,
        matrix_name="I(z; v) / H(v)",
        settings={**cut.settings(), "ci": ci, "seed": seed},
        notes=owners.one_dimension(data),
    )


def _gaps(information: Information) -> Array:
    """Return the largest gap (K,) of the dimensions that each factor owns, in nats."""
    mutual = information.mutual
    ordered = np.sort(mutual, axis=1)
    second = ordered[:, -2] if mutual.shape[1] > 1 else 0.0
    owner = mutual.argmax(axis=1)
    gaps = np.zeros(mutual.shape[1])
    np.maximum.at(gaps, owner, ordered[:, -1] - second)
    return gaps


def _score(information: Information) -> float:
    return float(_gaps(information).sum() / information.entropy.sum())
