"""A linear probe of labels: how often it is right about rows that it has not seen."""

from __future__ import annotations

import warnings

import numpy as np

from latentcli.geometry._cloud import Cloud
from latentcli.geometry._measure import Measure
from latentcli.geometry._sampling import bootstrap_interval
from latentcli.numerics.nulls import LEVEL
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array

_FOLDS = 5
_STEPS = 300
_MOST_PROBED = 100
"""Classes that a linear probe is trained for at most."""


def probe(values: Array, labels: Array, seed: int, repeats: Repeats | None = None) -> Array:
    """Return which rows (n, D) a linear probe predicts right that was trained on others (n,), 0 or 1.

    Logistic regression (C = 1) on standardized dimensions, in 5 stratified folds, or as many as the
    smallest class has distinct rows; each class has two or more (Alain and Bengio, 2017). Rows that repeat each other are in one fold.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import (
        StratifiedGroupKFold,
        StratifiedKFold,
        cross_val_predict,
    )
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    distinct = labels if repeats is None else repeats.once(labels)
    folds = min(_FOLDS, int(np.unique(distinct, return_counts=True)[1].min()))
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=_STEPS))
    groups = repeats.group if repeats is not None else None
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    parts = kind(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings(action="ignore"):  # not quite converged is near enough
        predicted = cross_val_predict(model, values, labels, groups=groups, cv=parts)
    right: Array = (predicted == labels).astype(np.float64)
    return right


def probed(
    cloud: Cloud, values: Array, labels: Array, variant: str, repeats: Repeats
) -> Measure:
    """Return the accuracy of the probe on the rows of classes of two rows or more."""
    section, name, settings = "clusters", "probe_accuracy", cloud.settings
    counts = np.bincount(repeats.once(labels), minlength=labels.max(initial=0) + 1)
    kept = counts[labels] > 1
    classes = int((counts > 1).sum())
    if not 1 < classes <= _MOST_PROBED:
        many = f"more than {_MOST_PROBED} classes"
        why = "too few classes of two distinct rows or more" if classes < 2 else many
        return Measure(section, name, variant, None, note=why)
    repeats = repeats.of(np.flatnonzero(kept))
    right = probe(values[kept], labels[kept], settings.seed, repeats)
    from scipy.stats import binom

    value, most = float(right.mean()), float(counts.max() / counts[counts > 1].sum())
    tested = repeats.once(right)
    p_value = float(binom.sf(tested.sum() - 1, len(tested), most))
    return Measure(
        section, name, variant, value, bootstrap_interval(tested, settings), None, most, p_value,
        reading_of_probe(p_value),
    )  # fmt: skip


def reading_of_probe(p_value: float) -> str:
    """Read the accuracy of a linear classifier by its binomial p-value."""
    if p_value <= LEVEL:
        return "better than the most frequent label"
    return "no better than the most frequent label"
