"""Intervals of DCI's disentanglement and completeness, from parts of the rows that are fitted afresh."""

from __future__ import annotations

import numpy as np

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._importance import completeness_of, disentanglement_of
from latentcli.disentanglement._predictors import PREDICTORS, fit_each
from latentcli.disentanglement._train_test_split import split
from latentcli.numerics.blocks import sampled
from latentcli.numerics.halves import Halves
from latentcli.numerics.types import Array

PARTS = {"lasso": 20, "forest": 12}
"""Parts of up to 1,000 rows that are fitted afresh for the intervals of D and C; of boosting none."""


def refitted(
    estimator: str, data: Data, *, test: float, limit: int | None, ci: float | None, seed: int
) -> Halves:
    """Return D and C of parts of the rows that are used, everything fitted afresh."""
    predictor = PREDICTORS[estimator]
    rows = min(data.rows, limit or data.rows)
    level = ci if estimator in PARTS else None
    some = sampled(data.rows, rows, seed)

    def afresh(chosen: Array) -> dict[str, float | None]:
        part = data.part(some[chosen])
        if len(part.factors) < len(data.factors):
            return {}
        fitted = fit_each(
            predictor, part, [split(f.labels, test=test, seed=seed) for f in part.factors], seed
        )
        found = np.stack([one.importances for one in fitted], axis=1)
        disentanglement, completeness = disentanglement_of(found), completeness_of(found)
        return {"disentanglement": disentanglement, "completeness": completeness}

    return Halves(rows, afresh, ci=level, seed=seed, draws=PARTS.get(estimator, 0))


def without_interval(estimator: str, ci: float | None) -> tuple[str, ...]:
    """Say why an estimator has no interval of D and C."""
    if ci is None or estimator in PARTS:
        return ()
    note = (
        f"no interval of D and C by {estimator}: fitted afresh to parts of the rows it would take "
        "several times as long; `estimator` forest or lasso has one"
    )
    return (note,)
