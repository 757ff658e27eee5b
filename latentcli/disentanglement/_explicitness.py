"""Explicitness: how well a line through all dimensions tells each value of a factor."""

from __future__ import annotations

import warnings
from typing import NamedTuple, Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factor, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
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
from latentcli.errors import shown
from latentcli.numerics.types import Array, Progress

ABOUT = About(
    formula=(
        "the area under the ROC curve of each class against the rest, on held-out rows, by a "
        "logistic regression on all dimensions: mean over classes, then over factors"
    ),
    range="0.5 (chance) to 1",
    reading="1: a line through the code tells every value of every factor",
    source="Ridgeway and Mozer, 2018; test rows and standardised codes: Locatello et al., 2019",
    limitations=(
        "where a factor is: entangled codes score as well; what a line does not tell, as a class in "
        "the middle of a dimension"
    ),
    compat={"disentanglement_lib": {"limit": None}},
    differences=(
        "ubisoft's one-against-rest regressions on codes from 0 to 1, balanced and judged on the rows "
        "they learnt from; its scale from chance to 1 is explicitness_scaled"
    ),
)

_ITERATIONS = 100


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
    """Score how well a logistic regression on the whole code tells each class of each factor.

    Parameters
    ----------
    codes, factors
        (N, D) numbers and (N, K) labels, or columns by name; or a `Data`. Of continuous factors the
        classes are told.
    test, seed, limit
        Share of the rows held out, of each class alike; how they are drawn; rows used at most.
    ci
        Coverage of the intervals (DeLong, DeLong and Clarke-Pearson, 1988), None for none.

    Returns
    -------
    Score
        `explicitness` on held-out rows between `explicitness_low` and `explicitness_high`;
        `explicitness_train` on the rows that were learnt from; `explicitness_scaled` with chance at
        0. None where no class can be tested.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 10)
    >>> explicitness(grid, grid).value > 0.7
    True
    """
    data = prepare(codes, factors, **options)
    splits = [split(f.labels, test=test, seed=seed, limit=limit) for f in data.factors]
    told: list[_Told] = []
    for k, (factor, parts) in enumerate(zip(data.factors, splits, strict=True)):
        told.append(_tell(data, factor, parts))
        if progress is not None:
            progress(k + 1, len(data.factors))
    value = mean_known([found.test for found in told])
    judged = [found.influences for found in told if found.test is not None]
    low, high = (None, None) if value is None else interval(value, np.mean(judged, axis=0), ci)
    rows: list[Row] = []
    for factor, found in zip(data.factors, told, strict=True):
        ends = (
            (None, None) if found.test is None else interval(found.test, found.influences, ci)
        )
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "classes": factor.size,
                "explicitness": found.test,
                "low": ends[0],
                "high": ends[1],
                "explicitness_train": found.train,
                "hardest": found.hardest,
                "hardest_explicitness": found.least,
            }
        )
    summary: dict[str, Value] = {
        "explicitness": value,
        "explicitness_low": low,
        "explicitness_high": high,
        "explicitness_train": mean_known([found.train for found in told]),
        "explicitness_scaled": None if value is None else 2 * (value - 0.5),
    }
    return Score(
        numbers=summary,
        factors=rows,
        settings={"C": 1.0, "test": test, "limit": limit, "ci": ci, "seed": seed},
        notes=(*limited(data, limit), *scarce(data.factors, splits), *_notes(data, told)),
    )


class _Told(NamedTuple):
    """What a regression tells of a factor: mean areas, the rows' influence (N,), the hardest class."""

    test: float | None
    train: float | None
    influences: Array
    hardest: str | None
    least: float | None
    settled: bool


def _tell(data: Data, factor: Factor, parts: Split) -> _Told:
    from sklearn.linear_model import LogisticRegression

    mean, deviation = scales(data.codes[parts.train])
    train, test = (standardised(data.codes[rows], mean, deviation) for rows in parts)
    # Newton's method reaches the same optimum as the default solver in a fraction of its time.
    model = LogisticRegression(solver="newton-cg", max_iter=_ITERATIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # said in a note instead
        model.fit(train, factor.labels[parts.train])
    tested = model.predict_proba(test) if len(test) else np.empty((0, factor.size))
    areas, terms, classes = _areas(tested, factor.labels[parts.test])
    learnt, _, _ = _areas(model.predict_proba(train), factor.labels[parts.train])
    moved = influence(terms, parts.test, data.rows) if len(areas) else np.zeros(data.rows)
    hardest = None if not len(areas) else factor.classes[classes[int(areas.argmin())]]
    return _Told(
        float(areas.mean()) if len(areas) else None,
        float(learnt.mean()) if len(learnt) else None,
        moved,
        hardest,
        float(areas.min()) if len(areas) else None,
        bool(np.max(model.n_iter_) < _ITERATIONS),
    )


def _areas(scores: Array, labels: Array) -> tuple[Array, Array, Array]:
    """Return areas under ROC curves (C,), terms (n,) that average to their mean, and the classes.

    Only classes are judged that some rows have and some have not. A row's term counts how many of
    the other side it is ranked right of, ties by half.
    """
    from scipy.stats import rankdata

    rows = len(labels)
    areas, classes, terms = [], [], np.zeros(rows)
    for c in range(scores.shape[1]):
        mine = labels == c
        positive = int(mine.sum())
        negative = rows - positive
        if not positive or not negative:
            continue
        ranks = rankdata(scores[:, c])
        right = np.empty(rows)
        right[mine] = (ranks[mine] - rankdata(scores[mine, c])) / negative
        right[~mine] = 1 - (ranks[~mine] - rankdata(scores[~mine, c])) / positive
        area = float(right[mine].mean())
        areas.append(area)
        classes.append(c)
        weight = np.where(mine, rows / positive, rows / negative)
        terms += area + weight * (right - area)
    return np.array(areas), terms / max(len(areas), 1), np.array(classes, dtype=np.intp)


def _notes(data: Data, told: list[_Told]) -> tuple[str, ...]:
    notes = []
    for factor, found in zip(data.factors, told, strict=True):
        if found.test is None:
            notes.append(f"factor {shown(factor.name)}: too few rows to test any class")
        if not found.settled:
            notes.append(
                f"factor {shown(factor.name)}: the regression did not settle in {_ITERATIONS:,} steps"
            )
    return tuple(notes)
