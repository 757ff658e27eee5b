"""Explicitness: how well a linear classifier on all dimensions predicts each class of a factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._attribution import quiet
from latentcli.disentanglement._data import Codes, Data, Factor, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._scaling import for_classes, scales, standardized
from latentcli.disentanglement._score import Estimate, Score
from latentcli.disentanglement._train_test_split import (
    Split,
    ends,
    influence,
    interval,
    limited,
    mean_known,
    null_means,
    split,
    untested_classes,
)
from latentcli.errors import shown
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array, Progress
from latentcli.results import Interval, Record

ABOUT = About(
    formula=(
        "the area under the ROC curve (AUC) of each class against the rest, on held-out rows, by a "
        "logistic regression on all dimensions: the mean over classes, then over factors"
    ),
    range="0.5 (no information) to 1",
    reading="1: a linear classifier of the codes ranks every class of every factor perfectly",
    limitations=(
        "It does not see where a factor is: entangled codes score as well. It does not see what is not "
        "linear, such as a class in the middle of a dimension."
    ),
    source="Ridgeway and Mozer, 2018; test rows and standardized codes: Locatello et al., 2019",
    compat={"disentanglement_lib": {"limit": None}},
    differences=(
        "ubisoft's one-against-rest regressions on codes scaled from 0 to 1, with class weights and "
        "scored on their training rows, are not reproduced; its scale from 0 to 1 is explicitness_scaled"
    ),
    ceiling=(
        "Many classes on one dimension, which a linear classifier separates only in part."
    ),
    perfect_codes=True,
)

_ITERATIONS = 100
_TRAINING = 300
"""Rows of which other training rows add as much variance as held-out rows have; less of more rows, by simulation."""


def areas_under_curves(scores: Array, labels: Array) -> tuple[Array, Array, Array]:
    """Return the AUC (C,) of each class, terms (n,) with their mean, and the classes.

    The AUC is the share of pairs of a row of the class and another row that the scores (n, M) rank
    right, ties by half. Only classes that some rows have and some have not are scored. A row's term
    says how many of the other side it is ranked right of (DeLong's placements).

    >>> areas_under_curves(np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1]))[0]
    array([1., 1.])
    """
    rows = len(labels)
    areas, classes, terms = [], [], np.zeros(rows)
    for c in _scored(labels, scores.shape[1]).tolist():
        own = labels == c
        mine, others = scores[own, c], scores[~own, c]
        right = np.empty(rows)
        right[own] = _below(mine, others) / len(others)
        right[~own] = 1 - _below(others, mine) / len(mine)
        area = float(right[own].mean())
        areas.append(area)
        classes.append(c)
        terms += area + np.where(own, rows / len(mine), rows / len(others)) * (right - area)
    return np.array(areas), terms / max(len(areas), 1), np.array(classes, dtype=np.intp)


def mean_area(ranks: Array, labels: Array) -> float | None:
    """Return the mean AUC of classes by the ranks (n, M) of scores, which no label changes.

    >>> mean_area(np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([0, 1]))
    1.0
    """
    rows, size = ranks.shape
    scored = _scored(labels, size)
    if not len(scored):
        return None
    sums = np.bincount(labels, ranks[np.arange(rows), labels], size)[scored]
    sizes = np.bincount(labels, minlength=size)[scored]
    found = (sums - sizes * (sizes + 1) / 2) / (sizes * (rows - sizes))
    return float(found.mean())


def _scored(labels: Array, size: int) -> Array:
    """Return the classes that some rows have and some have not."""
    counts = np.bincount(labels, minlength=size)
    return np.flatnonzero((counts > 0) & (counts < len(labels)))


def _below(values: Array, others: Array) -> Array:
    """Count for each value (n,) how many of the others are below it, ties by half."""
    others = np.sort(others)
    found = np.searchsorted(others, values) + np.searchsorted(others, values, side="right")
    return np.asarray(found / 2)


@metric(ABOUT)
def explicitness(
    codes: Codes,
    factors: Factors = None,
    *,
    test: float = 0.2,
    limit: int | None = 15_000,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how well a linear classifier of codes (N, D) predicts each class of each factor (N, K).

    Continuous factors are predicted by their classes.

    Returns
    -------
    Score
        `explicitness` on held-out rows, its interval by the delta method (DeLong, DeLong and
        Clarke-Pearson, 1988; on the scale of log-odds), its chance with shuffled test rows; `explicitness_train` on the
        training rows; `explicitness_scaled` with 0.5 at 0. None where no class can be tested.

    Examples
    --------
    Perfect codes (a class in the middle has no side of a plane to itself), and codes of noise:

    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(2) for b in range(2)] * 25)
    >>> explicitness(grid, grid).value
    1.0
    >>> noise = np.random.default_rng(0).normal(size=(100, 2))
    >>> explicitness(noise, grid).value < 0.7
    True
    """
    data = prepare(codes, factors, **options)
    splits = [
        split(f.labels, test=test, seed=seed, limit=limit, repeats=data.repeats)
        for f in data.factors
    ]

    def fit(k: int) -> _Fitted:
        return _fit(data, data.factors[k], splits[k])

    with quiet():  # notes say what scikit-learn warns of
        fitted = each(fit, range(len(data.factors)), progress)
    value = mean_known([one.test for one in fitted])
    tested = [one.influences for one in fitted if one.test is not None]
    whole = _interval(value, np.mean(tested, axis=0), ci) if tested else None
    return Score(
        numbers={
            "explicitness": Estimate(value, whole, _null(data, fitted, splits, seed)),
            "explicitness_train": mean_known([one.train for one in fitted]),
            "explicitness_scaled": None if value is None else 2 * (value - 0.5),
        },
        factors=[
            _row(factor, one, ci) for factor, one in zip(data.factors, fitted, strict=True)
        ],
        settings={"C": 1.0},
        notes=(
            *limited(data, limit),
            *untested_classes(data.factors, splits),
            *_notes(data, fitted),
        ),
    )


@dataclass(frozen=True, eq=False)
class _Fitted:
    """Mean AUC of a factor on test and training rows, each row's influence (N,), the worst class.

    `ranks` (n, M) of their scores and `labels` are those of the test rows.
    """

    test: float | None
    train: float | None
    influences: Array
    worst: str | None
    worst_area: float | None
    converged: bool
    ranks: Array
    labels: Array

    def shuffled(self, order: Array) -> float | None:
        """Return the mean AUC with the test rows' labels in another order."""
        if self.test is None:
            return None
        return mean_area(self.ranks, self.labels[order])


def _fit(data: Data, factor: Factor, parts: Split) -> _Fitted:
    from scipy.stats import rankdata
    from sklearn.linear_model import LogisticRegression

    mean, deviation = scales(data.codes[parts.train])
    codes = for_classes(standardized(data.codes, mean, deviation), factor.size)
    train, test = (codes[rows] for rows in parts)
    # Newton's method reaches the same optimum as the default solver in a fraction of its time.
    model = LogisticRegression(solver="newton-cg", max_iter=_ITERATIONS)
    model.fit(train, factor.labels[parts.train])
    scores = model.predict_proba(test) if len(test) else np.empty((0, factor.size))
    labels = factor.labels[parts.test]
    areas, terms, classes = areas_under_curves(scores, labels)
    learned = rankdata(model.predict_proba(train), axis=0)
    return _Fitted(
        test=float(areas.mean()) if len(areas) else None,
        train=mean_area(learned, factor.labels[parts.train]),
        influences=data.repeats.summed(influence(terms, parts.test, data.rows)),
        worst=factor.classes[classes[int(areas.argmin())]] if len(areas) else None,
        worst_area=float(areas.min()) if len(areas) else None,
        converged=bool(np.max(model.n_iter_) < _ITERATIONS),
        ranks=rankdata(scores, axis=0),
        labels=labels,
    )


def _interval(value: float | None, influences: Array, ci: float | None) -> Interval | None:
    """Return the interval of a mean AUC with influences (N,), on the scale of log(AUC / (1 - AUC)).

    There it does not reach beyond 1, and is as skewed as estimates near to 1 are (Pepe, 2003, section 5.2). The
    variance over held-out rows is raised for the training rows.
    """
    rows = len(influences)
    raised = influences * np.sqrt(1 + _TRAINING / rows)
    found = interval(value, raised, ci, low=-np.inf, high=np.inf)
    if value is None or found is None or not 0 < value < 1:
        return found and Interval(max(0.0, found.low), min(1.0, found.high))
    from scipy.special import expit, logit

    reach = (found.high - value) / (value * (1 - value))
    return Interval(*(float(expit(logit(value) + one)) for one in (-reach, reach)))


def _null(
    data: Data, fitted: Sequence[_Fitted], splits: Sequence[Split], seed: int
) -> tuple[float, ...]:
    return null_means(data, splits, lambda k, order: fitted[k].shuffled(order), seed)


def _row(factor: Factor, fitted: _Fitted, ci: float | None) -> Record:
    low, high = ends(_interval(fitted.test, fitted.influences, ci))
    return {
        "factor": factor.name,
        "kind": factor.kind,
        "classes": factor.size,
        "explicitness": fitted.test,
        "low": low,
        "high": high,
        "explicitness_train": fitted.train,
        "worst_class": fitted.worst,
        "worst_explicitness": fitted.worst_area,
    }


def _notes(data: Data, fitted: Sequence[_Fitted]) -> tuple[str, ...]:
    notes = []
    for factor, one in zip(data.factors, fitted, strict=True):
        if one.test is None:
            notes.append(f"factor {shown(factor.name)}: too few rows to test any class")
        if not one.converged:
            notes.append(
                f"factor {shown(factor.name)}: the regression did not converge in {_ITERATIONS:,} steps"
            )
    return tuple(notes)
