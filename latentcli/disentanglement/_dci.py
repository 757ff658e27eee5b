"""Disentanglement, completeness and informativeness (DCI), from the importances of a predictor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._blocks import Blocks, checked, named_blocks, summed
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._dci_notes import (
    not_boosted,
    overfitted,
    predicted_by_chance,
    undefined,
)
from latentcli.disentanglement._dci_parts import lowest, no_interval, of_parts, refitted
from latentcli.disentanglement._importance import completeness_of, disentanglement_of, focus
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._notes import of_text
from latentcli.disentanglement._predictors import (
    PREDICTORS,
    Fitted,
    Predictor,
    fit_each,
    predictors_of,
)
from latentcli.disentanglement._protocol import shuffled
from latentcli.disentanglement._score import SHUFFLES, Estimate, Score, attributed, shuffles
from latentcli.disentanglement._train_test_split import (
    Split,
    ends,
    interval,
    limited,
    mean_known,
    null_means,
    split,
    untested_classes,
)
from latentcli.numerics.types import Array, Progress
from latentcli.results import Interval, Record

ABOUT = About(
    formula=(
        "three scores of a predictor with importances R (D, K) of dimensions for factors: D, the mean "
        "over dimensions, weighted by importance, of 1 - entropy in base K of their importances; C, the "
        "mean over factors of 1 - entropy in base D of theirs; I, accuracy or r2 on held-out rows"
    ),
    range="0 to 1 each",
    reading="1: D each dimension serves one factor, C each factor is in one dimension, I all factors are predicted",
    limitations=(
        "It sees only what the predictor sees: D of codes without information may be high, so read it "
        "with I. Importances of an over-fitted model are in part those of noise. Trees share importance "
        "between duplicates, a lasso does not. C depends on the number of dimensions by its base, and D "
        "rises with the number of rows."
    ),
    source="Eastwood and Williams, 2018; boosted trees: Locatello et al., 2019",
    read_with=("completeness", "informativeness"),
    estimators={
        "boosting": "gradient boosting of trees, for classes",
        "lasso": "linear regression with an L1 penalty, for values",
        "forest": "random forest, for classes, or values of continuous factors",
    },
    compat={
        "disentanglement_lib": {"limit": None},
        "disent": {"limit": None},
        "qedr": {"estimator": "lasso", "limit": None},
    },
    differences=(
        "ubisoft chooses the penalty of a lasso by cross-validation and stops at the first dimension "
        "without importance; disent's xgboost and lightgbm, and infomec's predictors, are not reproduced"
    ),
    ceiling=(
        "Factors that depend on each other share importances, and a predictor may not predict every class of them. With the estimator boosting no ceiling is computed, as it would take about as long as the score itself."
    ),
    perfect_codes=True,
    no_ceiling=("boosting",),
)

_REFITS = {"boosting": 0, "lasso": SHUFFLES, "forest": 3}
"""Fits with shuffled factors: boosting would take minutes; its informativeness has a null."""


def disentanglement_completeness(importances: Array) -> tuple[float | None, float | None]:
    """Return D and C of importances (D, K) >= 0; D is None with one factor, C with one dimension.

    >>> disentanglement_completeness(np.eye(3))
    (1.0, 1.0)
    """
    return disentanglement_of(importances), completeness_of(importances)


@metric(ABOUT)
def dci(
    codes: Codes,
    factors: Factors = None,
    *,
    estimator: str = "boosting",
    blocks: Sequence[Sequence[int]] | None = None,
    test: float = 0.2,
    limit: int | None = 15_000,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how importances of dimensions (N, D) for factors (N, K) are spread, and how well they predict.

    Parameters
    ----------
    estimator
        "boosting": 100 rounds of trees of depth 3 for each class, as scikit-learn's
        GradientBoostingClassifier; continuous factors by their classes, and a factor of more than 256
        classes, whose trees would take many minutes, as by "forest" (without a `limit` none). "lasso": absolute weights
        of a linear regression with penalty 0.02 on standardized codes and values (classes of text
        in sorted order). "forest": 10 trees of depth 12, of regression for continuous factors.
    blocks
        The dimensions of each latent that is a vector, `[[0, 1, 2], [3, 4, 5]]`: the importances of a
        block are the sums of those of its dimensions, and D and C are of blocks. Dimensions in no block
        are blocks of one.

    Returns
    -------
    Score
        `dci` is `disentanglement`, and `dci_chance` its mean with shuffled factors (lasso and forest;
        boosting would take as long again for each shuffle). `completeness` weights factors by their
        importance, `completeness_mean` does not. `informativeness`: accuracy on held-out rows, or r2 of a
        regression, its chance with shuffled test rows. Their intervals come from parts of up to 1,000
        rows, fitted afresh; boosting would take many times as long, and has that of `informativeness`
        only, by the delta method. `informativeness_train` on the training rows; `nrmse` of a regression. The matrix (D, K)
        holds the importances. With one factor D is None, with one dimension C.

    Examples
    --------
    Perfect codes, and codes that hold each factor twice:

    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 10)
    >>> round(dci(grid, grid, estimator="lasso").value, 6)
    1.0
    >>> twice = dci(np.hstack([grid, grid]), grid, estimator="forest")
    >>> round(twice.value, 6), twice.summary["completeness"] < 0.8
    (1.0, True)
    """
    data = prepare(codes, factors, **options)
    predictors = predictors_of(estimator, data, limit)
    splits = [
        split(f.labels, test=test, seed=seed, limit=limit, repeats=data.repeats)
        for f in data.factors
    ]
    fitted = fit_each(predictors, data, splits, seed, progress)
    groups = checked(blocks, data.dimensions)
    named = named_blocks(data, groups) if blocks else data
    importances = summed(np.stack([one.importances for one in fitted], axis=1), groups)
    disentanglement, completeness = disentanglement_completeness(importances)
    per_factor = focus(importances.T) if len(importances) > 1 else None
    informativeness = _informativeness(data, fitted, splits, ci, seed)
    noise = [
        _informativeness(data, [o], [s], None, seed).is_noise
        for o, s in zip(fitted, splits, strict=True)
    ]
    null = _null(predictors, data, groups, splits, seed, shuffles(_REFITS[estimator]))
    parts = refitted(estimator, data, groups, test=test, limit=limit, ci=ci, seed=seed)
    # A tree orders values; a regression follows the few of heavy tails.
    tails = data.tail_factor if estimator == "lasso" else 1.0
    informativeness = of_parts(informativeness, parts, lowest(fitted), widened=tails)
    why = no_interval(estimator, informativeness.is_noise, ci)

    def spread(name: str, value: float | None, null: tuple[float, ...] | None) -> Estimate:
        ends = None if why else parts.interval(name, value, 0.0, 1.0)
        # A ratio of noise may have any value: whether noise explains it, I says.
        trusted = not informativeness.is_noise
        return Estimate(value, ends, null, trusted, no_interval=None if value is None else why)

    return Score(
        numbers={
            "dci": spread("disentanglement", disentanglement, null),
            "disentanglement": disentanglement,
            "completeness": spread("completeness", completeness, None),
            "completeness_mean": None if per_factor is None else float(per_factor.mean()),
            "informativeness": informativeness,
            "informativeness_train": mean_known([one.train_score for one in fitted]),
            "nrmse": mean_known([one.nrmse for one in fitted]),
        },
        factors=_factor_rows(named, fitted, importances, per_factor, ci),
        dimensions=attributed(_dimension_rows(named, importances), informativeness),
        matrix=importances,
        matrix_name="importance",
        settings={
            **PREDICTORS[estimator].settings,
            "blocks": ", ".join(named.names) if blocks else None,
        },
        notes=(
            *limited(data, limit),
            *not_boosted(data.factors, predictors, estimator),
            *untested_classes(data.factors, splits),
            *predicted_by_chance(data, noise),
            *overfitted(data, fitted, noise),
            *(of_text(data.factors) if estimator == "lasso" else ()),
            *undefined(data, importances),
        ),
    )


def _null(
    predictors: Sequence[Predictor],
    data: Data,
    groups: Blocks,
    splits: Sequence[Split],
    seed: int,
    shuffles: int,
) -> tuple[float, ...] | None:
    """Return D with the factors' rows in random orders; None without shuffles or with one factor."""
    if not shuffles or len(data.factors) < 2:
        return None
    random = np.random.default_rng([seed, 1])
    found = []
    for _ in range(shuffles):
        # Codes in another order are factors in another order, and the same classes are held out.
        other = shuffled(data, data.repeats.permutation(random))
        fitted = fit_each(predictors, other, splits, seed)
        found.append(
            disentanglement_of(
                summed(np.stack([o.importances for o in fitted], axis=1), groups)
            )
        )
    return tuple(one for one in found if one is not None)


def _informativeness(
    data: Data, fitted: Sequence[Fitted], splits: Sequence[Split], ci: float | None, seed: int
) -> Estimate:
    value = mean_known([one.score for one in fitted])
    null = null_means(data, splits, lambda k, order: fitted[k].shuffled_score(order), seed)
    return Estimate(value, _interval(fitted, ci), null)


def _interval(fitted: Sequence[Fitted], ci: float | None) -> Interval | None:
    tested = [one for one in fitted if one.score is not None]
    value = mean_known([one.score for one in tested])
    if value is None:
        return None
    influences = np.mean([one.influences for one in tested], axis=0)
    return interval(value, influences, ci, low=lowest(tested))


def _factor_rows(
    data: Data,
    fitted: Sequence[Fitted],
    importances: Array,
    per_factor: Array | None,
    ci: float | None,
) -> list[Record]:
    rows: list[Record] = []
    for k, (factor, one) in enumerate(zip(data.factors, fitted, strict=True)):
        low, high = ends(_interval([one], ci))
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
                "informativeness": one.score,
                "low": low,
                "high": high,
                "informativeness_train": one.train_score,
                "nrmse": one.nrmse,
            }
        )
    return rows


def _dimension_rows(data: Data, importances: Array) -> list[Record]:
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
