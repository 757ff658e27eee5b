"""Modularity: whether each dimension tells about one factor only."""

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
    title="modularity",
    definition=(
        "the mean over dimensions of 1 - sum of I(z; v')^2 over all factors but the best, divided by "
        "(K - 1) I(z; v)^2 of the best; a dimension that tells nothing scores 0"
    ),
    range="0 to 1",
    best="1: no dimension tells about two factors",
    source="Ridgeway and Mozer, 2018",
    blind=(
        "a factor spread over many dimensions; and it is a ratio: dimensions of pure noise score "
        "0.3 to 0.7 (modularity_chance), so read modularity_informative, of the dimensions that "
        "tell something beyond chance"
    ),
    beside=("modularity_informative",),
    likes={"disentanglement_lib": {}, "disent": {}, "ubisoft": {"bins": 10}},
    unlike="ubisoft gives NaN for a dimension that tells nothing; here it scores 0",
)


def modularity(
    codes: Any,
    factors: Any = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    ci: float | None = 0.95,
    seed: int = 0,
) -> Score:
    """Score whether each dimension of codes (N, D) tells about one factor (N, K) only.

    `modularity` is the published mean over all dimensions; `modularity_informative` that over the
    `informative` dimensions, whose information passes a G-test (with Bonferroni's correction);
    `modularity_corrected`, with interval, has bias-corrected information of these.
    """
    data = prepare(codes, factors)
    cut = Cut(bins, binning, limits)
    counts = data.counts(cut)
    told = np.asarray(counts.told.any(axis=1))

    def informative(information: Information) -> float | None:
        return _mean(information.mutual[told])

    whole = estimates("modularity", lambda it: _mean(it.mutual), data, cut, ci=None, seed=seed)
    part = estimates("modularity", informative, data, cut.sharper, ci=ci, seed=seed)
    scores = _scores(counts.mutual)
    rows = owners.dimension_rows(data, counts, counts.mutual, counts.factor_entropy)
    for j, row in enumerate(rows):
        row["modularity"] = None if scores is None else float(scores[j])
        row["informative"] = bool(told[j])
    value = whole["modularity"]
    notes = list(owners.one_dimension(data))
    if not told.any():
        notes.append(
            "no dimension tells about any factor beyond chance: modularity says nothing"
        )
    return Score(
        "modularity",
        None if value is None else float(value),  # type: ignore[arg-type]
        {
            "modularity": value,
            "modularity_informative": informative(counts.plugin),
            "informative": int(told.sum()),
            "modularity_corrected": part["modularity_corrected"],
            "modularity_low": part["modularity_low"],
            "modularity_high": part["modularity_high"],
            "modularity_chance": whole["modularity_chance"],
        },
        factors=owners.factor_rows(data, counts.mutual, counts.factor_entropy),
        dimensions=rows,
        matrix=counts.mutual / counts.factor_entropy,
        matrix_name="I(z; v) / H(v)",
        settings={**cut.settings(), "ci": ci, "seed": seed},
        notes=tuple(notes),
    )


def _scores(mutual: Array) -> Array | None:
    """Return the modularity (D,) of each dimension; None with one factor."""
    factors = mutual.shape[1]
    if factors < 2:
        return None
    squares = mutual**2
    best = squares.max(axis=1)
    others = squares.sum(axis=1) - best
    parts = np.divide(others, best * (factors - 1), out=np.ones_like(best), where=best > 0)
    scores: Array = 1.0 - parts
    return scores


def _mean(mutual: Array) -> float | None:
    scores = _scores(mutual)
    return None if scores is None or not len(scores) else float(scores.mean())
