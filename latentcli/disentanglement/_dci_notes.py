"""What DCI has to say of its predictors: over-fitted ones, those of noise, scores that are not defined."""

from __future__ import annotations

from collections.abc import Sequence

from latentcli.disentanglement._data import Data, Factor
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._predictors import (
    BOOSTED_CLASSES,
    PREDICTORS,
    Fitted,
    Predictor,
)
from latentcli.numerics.types import Array

_OVERFITTED = 0.2
"""A fall of informativeness from training to test rows that deserves a note."""


def overfitted(data: Data, fitted: Sequence[Fitted], noise: Sequence[bool]) -> tuple[str, ...]:
    """Say where informativeness falls on test rows; continuous factors have a better estimator."""
    cut: list[str] = []
    names: list[str] = []
    for factor, one, is_noise in zip(data.factors, fitted, noise, strict=True):
        if is_noise or one.score is None or one.train_score - one.score <= _OVERFITTED:
            continue
        text = f"{factor.name} ({one.train_score:.2f} to {one.score:.2f})"
        classes = factor.kind == "continuous" and not one.regression
        (cut if classes else names).append(text)
    notes = []
    if cut:
        notes.append(
            "continuous factors are predicted by the classes into which they are cut, and few test rows "
            f"fall into the right one: {listed(cut)}; `estimator` forest or lasso predicts their values"
        )
    if names:
        notes.append(
            "over-fitted: informativeness falls from training to test rows for "
            f"{listed(names)}; the importances are in part those of noise"
        )
    return tuple(notes)


def not_boosted(
    factors: Sequence[Factor], predictors: Sequence[Predictor], estimator: str
) -> tuple[str, ...]:
    """Name the factors with too many classes to be boosted."""
    names = [
        f"{factor.name} ({factor.size:,})"
        for factor, one in zip(factors, predictors, strict=True)
        if one is not PREDICTORS[estimator]
    ]
    if not names:
        return ()
    note = (
        f"more than {BOOSTED_CLASSES} classes, which are predicted by a random forest, as boosting would take many "
        f"minutes: {listed(names)}; without a `limit` all are boosted"
    )
    return (note,)


def predicted_by_chance(data: Data, noise: Sequence[bool]) -> tuple[str, ...]:
    """Name the factors that are predicted as noise is."""
    names = [name for name, one in zip(data.factor_names, noise, strict=True) if one]
    if not names:
        return ()
    note = (
        f"predicted no better than shuffled test rows: {listed(names)}; their importances, and their "
        "part in D and C, are those of noise"
    )
    return (note,)


def undefined(data: Data, importances: Array) -> tuple[str, ...]:
    """Say which scores a single factor or dimension leaves undefined."""
    notes = []
    if len(data.factors) < 2:
        notes.append("one factor: disentanglement compares factors and is not defined")
    if len(importances) < 2:
        notes.append("one dimension: completeness compares dimensions and is not defined")
    if not importances.any():
        notes.append("no dimension has any importance: D and C are 0")
    return tuple(notes)
