"""Classifier two-sample test: whether a classifier can tell rows of two sets that it has not seen."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np

from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array

LEAST = 20
"""Rows of each set, below which none is held out."""

_WIDEST = 512
"""More dimensions are projected at random onto so many."""


class Held(NamedTuple):
    """Scores of rows held out, which of them are of the second set, and which repeat others."""

    scores: Array
    second: Array
    repeats: Repeats


def held_out(x: Array, y: Array, seed: int, repeats: Repeats) -> Held:
    """Fit logistic regression on half of the rows, and score the other half (Lopez-Paz and Oquab, 2017).

    Its features are the numbers and their squares, standardized, so that it sees shifts and spreads.
    Rows that repeat each other are in one half.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng([seed, 7])
    rows = np.concatenate([x, y]).astype(np.float64)
    if rows.shape[1] > _WIDEST:
        rows = rows @ rng.standard_normal((rows.shape[1], _WIDEST))
    second = np.arange(len(rows)) >= len(x)
    order = rng.permutation(repeats.distinct)
    fitted, held = map(repeats.whole, np.split(order, [len(order) // 2]))
    scale = StandardScaler().fit(rows[fitted])
    rows = scale.transform(rows)
    features = np.concatenate([rows, rows * rows], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of convergence: the scores are judged, not the fit
        model = LogisticRegression(C=0.1, max_iter=200).fit(features[fitted], second[fitted])
    scores = np.asarray(model.decision_function(features[held]))
    return Held(scores, second[held], repeats.of(held))


def auc(scores: Array, second: Array) -> Array:
    """Return the area under the ROC curve (R,) for scores (n,) and labels (n, R); ties count half."""
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    positive = second.sum(axis=0)
    above = ranks @ second - positive * (positive + 1) / 2
    found: Array = above / (positive * (len(scores) - positive))
    return found


def interval(held: Held, level: float) -> tuple[float, float]:
    """Return the interval of an AUC (DeLong et al., 1988), within 0 and 1."""
    from scipy.special import ndtri

    first, second = held.scores[~held.second], held.scores[held.second]
    ordered = np.sort(first), np.sort(second)
    below = _share_below(ordered[0], second)
    above = 1 - _share_below(ordered[1], first)
    value = float(below.mean())
    error = np.sqrt(below.var(ddof=1) / len(below) + above.var(ddof=1) / len(above))
    error *= np.sqrt(held.repeats.rows / held.repeats.distinct)
    reach = float(ndtri((1 + level) / 2) * error)
    return max(0.0, value - reach), min(1.0, value + reach)


def _share_below(ordered: Array, values: Array) -> Array:
    """Return the share of ordered numbers below each value, equal ones half."""
    sides = [np.searchsorted(ordered, values, side) for side in ("left", "right")]
    found: Array = (sides[0] + sides[1]) / (2 * len(ordered))
    return found
