"""Disentanglement, completeness and informativeness, from the importances of a predictor."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factor, Factors, prepare
from latentcli.disentanglement._importance import completeness_of, disentanglement_of, focus
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._notes import listed, of_text
from latentcli.disentanglement._scaling import scales, standardised
from latentcli.disentanglement._score import Row, Score, Value
from latentcli.disentanglement._train_test_split import (
    Split,
    influence,
    interval,
    limited,
    mean_known,
    scarce,
    split,
)
from latentcli.errors import check_choice
from latentcli.numerics.gradient_boosting import fit_predict
from latentcli.numerics.parallel import Steps, each
from latentcli.numerics.types import Array, Progress

ABOUT = About(
    formula=(
        "1 - entropy of a dimension's importances for the factors, base K, mean over dimensions by "
        "importance (D); 1 - entropy of a factor's importances over dimensions, base D, mean over "
        "factors (C); and how well the predictor does on held-out rows (I)"
    ),
    range="0 to 1 each",
    reading="1: D each dimension serves one factor; C each factor is in one dimension; I all is told",
    source="Eastwood and Williams, 2018; boosted trees: Locatello et al., 2019",
    limitations=(
        "what the predictor does not see: D of codes that tell nothing may be high, so read it with "
        "I; importances of an over-fitted model; duplicates, which trees share and a lasso does not; "
        "C depends on the number of dimensions by its base"
    ),
    read_with=("completeness", "informativeness"),
    compat={
        "disentanglement_lib": {"limit": None},
        "disent": {"limit": None},
        "qedr": {"estimator": "lasso", "limit": None},
    },
    differences=(
        "ubisoft chooses a lasso's penalty by cross-validation, and stops at the first dimension "
        "without importance; disent's xgboost and lightgbm; infomec's predictors"
    ),
)

ESTIMATORS = ("boosting", "lasso", "forest")

_ROUNDS = 100
_ALPHA = 0.02
_TREES, _DEPTH = 10, 12
_OVERFITTED = 0.2
"""Informativeness on rows learnt from that is so much above the held-out rows' is worth a note."""


@metric(ABOUT)
def dci(
    codes: Codes,
    factors: Factors = None,
    *,
    estimator: str = "boosting",
    test: float = 0.2,
    limit: int | None = 15_000,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how importances of dimensions for factors are spread, and how much they predict.

    Parameters
    ----------
    codes, factors
        (N, D) numbers and (N, K) labels, or columns by name; or a `Data`.
    estimator
        "boosting": 100 rounds of trees of depth 3 for each class, as scikit-learn's
        GradientBoostingClassifier; continuous factors by their classes. "lasso": absolute weights
        of a linear regression with penalty 0.02 on standardised codes and values (classes of text
        stand in their sorted order). "forest": 10 trees of depth 12, of regression for continuous
        factors.
    test, seed, limit
        Share of the rows held out, of each class alike; how they are drawn; rows used at most.
    ci
        Coverage of the interval of informativeness, None for none.

    Returns
    -------
    Score
        `dci` is `disentanglement`; `completeness` weights factors by their importance,
        `completeness_mean` does not; `informativeness` on held-out rows (accuracy, or r2 of a
        regression) and `informativeness_train` on the rows learnt from; `nrmse` of a regression;
        `dci_chance`, its D, for lasso and forest when the factors' rows are shuffled. The matrix
        (D, K) holds the importances. With one factor D is None, with one dimension C.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 10)
    >>> round(dci(grid, grid, estimator="lasso").value, 6)
    1.0
    """
    check_choice("estimator", estimator, ESTIMATORS)
    data = prepare(codes, factors, **options)
    splits = [split(f.labels, test=test, seed=seed, limit=limit) for f in data.factors]
    learnt = _learn(estimator, data, list(data.factors), splits, seed, progress)
    importances = np.stack([found.importances for found in learnt], axis=1)
    per_factor = focus(importances.T) if data.dimensions > 1 else None
    value = disentanglement_of(importances)
    told = mean_known([found.told for found in learnt])
    low, high = _interval(learnt, ci)
    summary: dict[str, Value] = {
        "dci": value,
        "disentanglement": value,
        "dci_chance": _chance(estimator, data, splits, seed),
        "completeness": completeness_of(importances),
        "completeness_mean": None if per_factor is None else float(per_factor.mean()),
        "informativeness": told,
        "informativeness_low": low,
        "informativeness_high": high,
        "informativeness_train": mean_known([found.told_train for found in learnt]),
        "nrmse": mean_known([found.error for found in learnt]),
    }
    return Score(
        numbers=summary,
        factors=_factor_rows(data, learnt, importances, per_factor, ci),
        dimensions=_dimension_rows(data, importances),
        matrix=importances,
        matrix_name="importance",
        settings={
            "estimator": estimator,
            **_SETTINGS[estimator],
            "test": test,
            "limit": limit,
            "ci": ci,
            "seed": seed,
        },
        notes=(
            *limited(data, limit),
            *scarce(data.factors, splits),
            *_overfitted(data, learnt),
            *(of_text(data.factors) if estimator == "lasso" else ()),
            *_undefined(data, importances),
        ),
    )


@dataclass(frozen=True, eq=False)
class _Learnt:
    """What a predictor makes of a factor.

    Importances (D,); how much it tells of rows held out and learnt from (accuracy or r2), None
    where none can be tested; how each row (N,) moves the former; the error of a regression.
    """

    importances: Array
    told: float | None
    told_train: float
    influences: Array
    error: float | None = None


_Found = tuple[Array, Array, Array]
"""Importances (D,), and what is predicted for rows learnt from and rows held out."""

_Predict = Callable[[Array, Array, Array, int, Callable[[], None]], _Found]
"""Learns from codes (N, D) and their labels or values (N,), and predicts those of other codes."""


def _boosted(
    train: Array, labels: Array, test: Array, seed: int, step: Callable[[], None]
) -> _Found:
    found = fit_predict(train, labels, test, n_estimators=_ROUNDS, seed=seed, step=step)
    return found.importances, found.train_predictions, found.test_predictions


def _lasso(
    train: Array, values: Array, test: Array, seed: int, step: Callable[[], None]
) -> _Found:
    from sklearn.linear_model import Lasso

    mean, deviation = scales(values)
    model = Lasso(alpha=_ALPHA)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of slow convergence, which importances hardly feel
        model.fit(train, standardised(values, mean, deviation))
    step()
    told = [_of(model, rows) * deviation + mean for rows in (train, test)]
    return np.abs(model.coef_), told[0], told[1]


def _forest(
    train: Array, target: Array, test: Array, seed: int, step: Callable[[], None]
) -> _Found:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestRegressor if target.dtype.kind == "f" else RandomForestClassifier
    model = kind(n_estimators=_TREES, max_depth=_DEPTH, max_features=None, random_state=seed)
    model.fit(train, target)
    step()
    return model.feature_importances_, _of(model, train), _of(model, test)


def _of(model: Any, rows: Array) -> Array:
    """Return what a model predicts for rows, of which there may be none."""
    predicted: Array = model.predict(rows) if len(rows) else np.empty(0)
    return predicted


_PREDICTORS: dict[str, _Predict] = {"boosting": _boosted, "lasso": _lasso, "forest": _forest}
_STEPS = {"boosting": _ROUNDS, "lasso": 1, "forest": 1}
_SETTINGS: dict[str, dict[str, Value]] = {
    "boosting": {"rounds": _ROUNDS, "depth": 3, "rate": 0.1},
    "lasso": {"alpha": _ALPHA},
    "forest": {"trees": _TREES, "depth": _DEPTH},
}


def _regresses(estimator: str, factor: Factor) -> bool:
    return estimator == "lasso" or (estimator == "forest" and factor.kind == "continuous")


def _learn(
    estimator: str,
    data: Data,
    factors: list[Factor],
    splits: list[Split],
    seed: int,
    progress: Progress | None,
) -> list[_Learnt]:
    predict = _PREDICTORS[estimator]
    steps = Steps(progress, _STEPS[estimator] * len(factors))

    def learn(k: int) -> _Learnt:
        factor, parts = factors[k], splits[k]
        target = factor.values if _regresses(estimator, factor) else factor.labels
        # Trees ask for order alone, but take codes in single precision: small ones would be lost.
        mean, deviation = scales(data.codes[parts.train])
        train, test = (standardised(data.codes[rows], mean, deviation) for rows in parts)
        found = predict(train, target[parts.train], test, seed, steps.one)
        return _judged(target, parts, found)

    return each(learn, range(len(factors)))


def _judged(target: Array, parts: Split, found: _Found) -> _Learnt:
    """Judge predictions: by r2 where the target is values, by accuracy where it is labels."""
    importances, *predicted = found
    regression = target.dtype.kind == "f"
    terms = []
    for rows, guess in zip(parts, predicted, strict=True):
        if regression:
            # Where all values are the same there is no variance to explain.
            variance = float(target[rows].var()) if len(rows) else 0.0
            terms.append(1 - (guess - target[rows]) ** 2 / (variance or 1.0))
        else:
            terms.append((guess == target[rows]).astype(np.float64))
    learnt, tested = terms
    if not len(tested):
        return _Learnt(importances, None, float(learnt.mean()), np.zeros(len(target)))
    told = float(tested.mean())
    error = float(np.sqrt(max(0.0, 1 - told))) if regression else None
    moved = influence(tested, parts.test, len(target))
    return _Learnt(importances, told, float(learnt.mean()), moved, error)


def _chance(estimator: str, data: Data, splits: list[Split], seed: int) -> float | None:
    """Return D when the factors' rows are shuffled; None where that would take as long again."""
    if estimator == "boosting" or len(data.factors) < 2:
        return None
    order = np.random.default_rng(seed).permutation(data.rows)
    factors = [
        Factor(f.name, f.kind, f.labels[order], f.classes, f.values[order])
        for f in data.factors
    ]
    # Row i of the shuffled factor is row order[i]: so the same classes are held out as before.
    place = np.argsort(order)
    moved = [Split(place[train], place[test]) for train, test in splits]
    learnt = _learn(estimator, data, factors, moved, seed, None)
    return disentanglement_of(np.stack([found.importances for found in learnt], axis=1))


def _interval(learnt: list[_Learnt], ci: float | None) -> tuple[float | None, float | None]:
    tested = [found for found in learnt if found.told is not None]
    value = mean_known([found.told for found in tested])
    if value is None:
        return None, None
    moved = np.mean([found.influences for found in tested], axis=0)
    return interval(value, moved, ci, low=-float("inf") if value < 0 else 0.0)


def _factor_rows(
    data: Data,
    learnt: list[_Learnt],
    importances: Array,
    per_factor: Array | None,
    ci: float | None,
) -> list[Row]:
    rows: list[Row] = []
    for k, (factor, found) in enumerate(zip(data.factors, learnt, strict=True)):
        low, high = _interval([found], ci)
        best = int(importances[:, k].argmax())
        total = float(importances[:, k].sum())
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "classes": factor.size,
                "dimension": data.names[best] if total > 0 else None,
                "share": float(importances[best, k]) / total if total > 0 else None,
                "completeness": None if per_factor is None else float(per_factor[k]),
                "informativeness": found.told,
                "low": low,
                "high": high,
                "informativeness_train": found.told_train,
                "nrmse": found.error,
            }
        )
    return rows


def _dimension_rows(data: Data, importances: Array) -> list[Row]:
    per_dimension = focus(importances) if len(data.factors) > 1 else None
    weights = importances.sum(axis=1)
    total = float(weights.sum())
    return [
        {
            "dimension": name,
            "alive": bool(data.alive[j]),
            "factor": data.factors[int(importances[j].argmax())].name
            if weights[j] > 0
            else None,
            "disentanglement": None if per_dimension is None else float(per_dimension[j]),
            "weight": float(weights[j]) / total if total > 0 else 0.0,
            "importances": [float(value) for value in importances[j]],
        }
        for j, name in enumerate(data.names)
    ]


def _overfitted(data: Data, learnt: list[_Learnt]) -> tuple[str, ...]:
    names = [
        f"{factor.name} ({found.told_train:.2f} to {found.told:.2f})"
        for factor, found in zip(data.factors, learnt, strict=True)
        if found.told is not None and found.told_train - found.told > _OVERFITTED
    ]
    if not names:
        return ()
    note = (
        f"over-fitted: informativeness falls from rows learnt from to rows held out for "
        f"{listed(names)}; importances are in part those of noise"
    )
    return (note,)


def _undefined(data: Data, importances: Array) -> tuple[str, ...]:
    notes = []
    if len(data.factors) < 2:
        notes.append("one factor: disentanglement compares factors and is not defined")
    if data.dimensions < 2:
        notes.append("one dimension: completeness compares dimensions and is not defined")
    if not importances.any():
        notes.append("no dimension has any importance: D and C are 0")
    return tuple(notes)
