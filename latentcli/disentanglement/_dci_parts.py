"""Intervals of DCI's scores, from parts of the rows that are fitted afresh."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from latentcli.disentanglement._blocks import Blocks, summed
from latentcli.disentanglement._data import Data
from latentcli.disentanglement._importance import completeness_of, disentanglement_of
from latentcli.disentanglement._predictors import Fitted, fit_each, predictors_of
from latentcli.disentanglement._score import Estimate
from latentcli.disentanglement._train_test_split import mean_known, split
from latentcli.numerics.blocks import sampled
from latentcli.numerics.halves import Halves
from latentcli.numerics.types import Array

PARTS = {"lasso": 20, "forest": 12}
"""Parts of up to 1,000 rows that are fitted afresh for the intervals; of boosting none."""

_OF_NOISE = "factors are predicted no better than by chance, and importances of noise do not depend on the number of rows by any known rule"


def refitted(
    estimator: str,
    data: Data,
    groups: Blocks,
    *,
    test: float,
    limit: int | None,
    ci: float | None,
    seed: int,
) -> Halves:
    """Return D, C and I of parts of the rows that are used, everything fitted afresh."""
    rows = min(data.rows, limit or data.rows)
    level = ci if estimator in PARTS else None
    some = sampled(data.rows, rows, seed)

    def afresh(chosen: Array) -> dict[str, float | None]:
        part = data.part(some[chosen])
        if len(part.factors) < len(data.factors):
            return {}
        splits = [
            split(f.labels, test=test, seed=seed, repeats=part.repeats) for f in part.factors
        ]
        fitted = fit_each(predictors_of(estimator, part, limit), part, splits, seed)
        found = summed(np.stack([one.importances for one in fitted], axis=1), groups)
        disentanglement, completeness = disentanglement_of(found), completeness_of(found)
        informativeness = mean_known([one.score for one in fitted])
        return {
            "disentanglement": disentanglement, "completeness": completeness,
            "informativeness": informativeness,
        }  # fmt: skip

    return Halves(
        data.repeats.of(some), afresh, ci=level, seed=seed, draws=PARTS.get(estimator, 0)
    )


def no_interval(estimator: str, noise: bool, ci: float | None) -> str | None:
    """Say why D and C have no interval, if so."""
    if ci is None:
        return None
    if estimator not in PARTS:
        return (
            f"fitted afresh to parts of the rows, {estimator} would take several times as long; "
            "`estimator` forest or lasso has one"
        )
    return _OF_NOISE if noise else None


def of_parts(
    informativeness: Estimate, parts: Halves, low: float, *, widened: float = 1.0
) -> Estimate:
    """Return I with the interval from parts of the rows: the delta method leaves out what training rows do."""
    interval = parts.interval(
        "informativeness", informativeness.value, low, 1.0, widened=widened
    )
    return informativeness if interval is None else replace(informativeness, interval=interval)


def lowest(fitted: Sequence[Fitted]) -> float:
    """Return the lowest score that is possible: r2 has none."""
    return -math.inf if any(one.regression for one in fitted) else 0.0
