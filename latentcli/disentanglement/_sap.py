"""The separated attribute predictability (SAP): how much better one dimension predicts a factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._ceiling import perfect
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._notes import listed, of_text
from latentcli.disentanglement._predictability import Predictability
from latentcli.disentanglement._score import Estimate, Score, attributed
from latentcli.disentanglement._single_dimension import PENALTY, Task
from latentcli.disentanglement._train_test_split import (
    ends,
    interval_of,
    limited,
    mean_known,
    untested_classes,
)
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record

ABOUT = About(
    formula=(
        "the mean over factors of S_1 - S_2, the scores of the two dimensions that predict the factor "
        "best, each alone: accuracy of a linear support vector machine for a discrete factor, squared "
        "correlation for a continuous one"
    ),
    range="0 to 1; by a support vector machine the largest possible value is sap_of_factors",
    reading="1: each factor is predicted by one dimension and by no other",
    limitations=(
        "It does not see two factors in one dimension. With a support vector machine the largest possible score falls with the number of classes and with the share of the most frequent one, rises with the "
        "number of rows, and depends on the scale of the codes: read sap_balanced and sap_r2, or take "
        "the estimator threshold. By r2 only linear relations count, and classes of text are taken in "
        "sorted order."
    ),
    source="Kumar, Sattigeri and Balakrishnan, 2018; C = 0.01 and class weights: Locatello et al., 2019",
    read_with=("sap_r2",),
    estimators={
        "svm": "accuracy of a linear support vector machine",
        "r2": "squared correlation",
        "threshold": "Youden's J of the best interval for each class",
        "knn": "r2 of the mean, or accuracy of the majority, of the nearest training rows",
    },
    compat={
        "disentanglement_lib": {},
        "disent": {},
        "ubisoft": {"estimator": "r2"},
    },
    differences=(
        "ubisoft's decision trees and latte's C = 1, both scored on their training rows, are not "
        "reproduced"
    ),
    ceiling=(
        "Factors that depend on each other, and, for a support vector machine, many or rare classes."
    ),
)

_LOW = 0.2
"""A largest possible gap below which a note names the reason."""


def gaps(scores: Array, baseline: Array) -> Array:
    """Return S_1 - S_2 (K,) of scores (D, K); with one dimension S_2 is the baseline (K,).

    >>> gaps(np.array([[0.9, 0.2], [0.5, 0.8]]), np.zeros(2)).round(2)
    array([0.4, 0.6])
    """
    ordered = np.sort(scores, axis=0)
    return ordered[-1] - (ordered[-2] if len(ordered) > 1 else baseline)


@metric(ABOUT)
def sap(
    codes: Codes,
    factors: Factors = None,
    *,
    estimator: str = "svm",
    neighbors: int = 10,
    test: float = 0.2,
    limit: int | None = None,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how much better one dimension of codes (N, D) predicts each factor (N, K) than any other.

    Parameters
    ----------
    estimator
        The score of one dimension for a factor. "svm": accuracy on held-out rows of a linear support
        vector machine (C = 0.01, balanced class weights), for continuous factors "r2". "r2":
        squared correlation with the factor's values over all rows; `test` and `limit` do not matter.
        "threshold": Youden's J on held-out rows of the best interval for each class, mean over
        classes: 0 without information, 1 where every class has an interval of its own. "knn": the
        `neighbors` nearest training rows in the dimension, on held-out rows: r2 of their mean for
        continuous factors, which sees any smooth relation, accuracy of their majority for others.

    Returns
    -------
    Score
        `sap` by `estimator`, its interval by the delta method, `sap_chance` with shuffled factors;
        `sap_balanced`, the same by balanced accuracy (the mean recall of the classes), which a rare
        class moves as much as a frequent one; `sap_r2` by squared correlation; `sap_of_factors`, the
        score of perfect codes: accuracy on the standardized factors themselves less that on dimensions
        of noise; `ceiling`, the score of codes that are these factors, each with the mean and deviation of the
        dimension that predicts it best, by the same `estimator`, which factors that depend on each other lower. `sap_balanced` and
        `sap_of_factors` are of svm only. None where no row can be tested.

    Examples
    --------
    Perfect codes, codes that hold each factor twice, and codes of noise:

    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> round(sap(grid, grid, estimator="r2").value, 6)
    1.0
    >>> sap(np.hstack([grid, grid]), grid, estimator="r2").value
    0.0
    >>> noise = np.random.default_rng(0).normal(size=(1200, 2))
    >>> sap(noise, grid, estimator="r2").value < 0.01
    True
    """
    data = prepare(codes, factors, **options)
    tasks = [
        Task.of(f, data.repeats, estimator, test, limit, seed, neighbors) for f in data.factors
    ]
    found = Predictability.of(data, tasks, seed, progress)
    baseline = np.array([task.baseline for task in tasks])
    tested = np.array([task.tested for task in tasks])
    each = gaps(found.scores, baseline)
    value = _mean(each, tested)
    # One dimension can predict less than the most frequent class does.
    least = -1.0 if data.dimensions == 1 else 0.0
    deviation, deviations = found.deviations()
    null = [_mean(gaps(scores, baseline), tested) for scores in found.null]
    straight = gaps(found.r2, np.zeros(len(tasks)))
    balanced = gaps(found.balanced, np.array([1 / f.size for f in data.factors]))
    largest = [task.largest_gap(seed) if task.estimator == "svm" else None for task in tasks]
    whole = Estimate(
        value,
        interval_of(value, deviation, data.repeats.distinct, ci, least),
        tuple(one for one in null if one is not None),
    )
    rows = _factor_rows(data, tasks, found)
    for k, row in enumerate(rows):
        gap = float(each[k]) if tested[k] else None
        row["sap"] = gap
        row["low"], row["high"] = ends(
            interval_of(gap, deviations[k], data.repeats.distinct, ci, least)
        )
        if estimator == "svm":
            row["balanced"] = float(balanced[k]) if tested[k] else None
        row["r2"] = float(straight[k])
        row["of_factor"] = largest[k]
    return Score(
        numbers={
            "sap": whole,
            "sap_balanced": _mean(balanced, tested) if estimator == "svm" else None,
            "sap_r2": float(straight.mean()),
            "sap_of_factors": mean_known(largest),
            "ceiling": _ceiling(tasks, found, seed),
        },
        factors=rows,
        dimensions=attributed(_dimension_rows(data, found.scores), whole),
        matrix=found.scores,
        matrix_name=" or ".join(dict.fromkeys(task.score_name for task in tasks)),
        settings={"C": PENALTY} if any(t.estimator == "svm" for t in tasks) else {},
        notes=_notes(data, tasks, largest, limit),
    )


def _mean(values: Array, tested: Array) -> float | None:
    return float(values[tested].mean()) if tested.any() else None


def _ceiling(tasks: Sequence[Task], found: Predictability, seed: int) -> float | None:
    """Return the score of codes (N, K) that are the factors themselves; None where labels are missing.

    Each has the mean and the deviation of the dimension that predicts it best: by a support vector machine
    larger codes score higher, and codes far from 0 lower.
    """
    sizes: Array | float = 1.0
    means: Array | float = 0.0
    if any(task.estimator != "r2" for task in tasks):
        best = found.scores.argmax(axis=0)
        spread = found.data.codes.std(axis=0, dtype=np.float64)[best]
        sizes = np.where(spread > 0, spread, 1.0)
        means = found.data.codes.mean(axis=0, dtype=np.float64)[best]
    codes = perfect(found.data, sizes, means)
    if codes is None:
        return None
    of_perfect = Predictability.of(codes, tasks, seed, None, null=False)
    baseline = np.array([task.baseline for task in tasks])
    return _mean(gaps(of_perfect.scores, baseline), np.array([task.tested for task in tasks]))


def _factor_rows(data: Data, tasks: Sequence[Task], found: Predictability) -> list[Record]:
    rows: list[Record] = []
    for k, task in enumerate(tasks):
        first, *second = np.argsort(-found.scores[:, k], kind="stable")[:2]
        rows.append(
            {
                "factor": task.factor.name,
                "kind": task.factor.kind,
                "classes": task.factor.size,
                "estimator": task.estimator,
                "dimension": data.names[first],
                "score": float(found.scores[first, k]),
                "runner_up": data.names[second[0]] if second else None,
                "runner_up_score": float(found.scores[second[0], k])
                if second
                else task.baseline,
            }
        )
    return rows


def _dimension_rows(data: Data, scores: Array) -> list[Record]:
    return [
        {
            "dimension": name,
            "alive": bool(data.alive[j]),
            "factor": data.factors[int(scores[j].argmax())].name if data.alive[j] else None,
            "score": float(scores[j].max()),
            "scores": [float(value) for value in scores[j]],
        }
        for j, name in enumerate(data.names)
    ]


def _notes(
    data: Data, tasks: Sequence[Task], largest: Sequence[float | None], limit: int | None
) -> tuple[str, ...]:
    fitted = [task for task in tasks if task.estimator != "r2"]
    notes = list(limited(data, limit)) if fitted else []
    notes += untested_classes([t.factor for t in fitted], [t.split for t in fitted])
    low = [
        (t, gap)
        for t, gap in zip(tasks, largest, strict=True)
        if gap is not None and gap < _LOW
    ]
    many = [
        f"{t.factor.name} ({t.factor.size} classes) {gap:.3f}"
        for t, gap in low
        if t.baseline < 0.5
    ]
    rare = [
        f"{t.factor.name} ({t.baseline:.0%}) {gap:.3f}" for t, gap in low if t.baseline >= 0.5
    ]
    if many:
        notes.append(
            "a linear SVM on one dimension cannot separate many classes: perfect codes of standard deviation 1 "
            f"score about {listed(many)}; use `estimator` r2 or threshold"
        )
    if rare:
        notes.append(
            "a dimension without information already predicts the most frequent class: perfect codes of "
            f"standard deviation 1 score about {listed(rare)}; read sap_balanced"
        )
    notes += of_text(data.factors)
    if data.dimensions == 1:
        notes.append(
            "one dimension: the runner-up is the share of the most frequent class, or 0 for r2 and "
            "threshold"
        )
    return tuple(notes)
