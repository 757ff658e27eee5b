"""The separated attribute predictability score: how much better one dimension predicts a factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factor, Factors, prepare
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
from latentcli.numerics import linear_svm as sorted_classes
from latentcli.numerics.linear_svm import Ordered
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array, Progress

ABOUT = About(
    formula=(
        "the mean over factors of the gap between the two dimensions that predict it best, each "
        "alone: accuracy of a linear support vector machine for a discrete factor, squared "
        "correlation for a continuous one"
    ),
    range="0 to 1; by support vector machine far less is the most (see sap_of_factors)",
    reading="1: each factor is predicted by one dimension and by no other",
    source="Kumar, Sattigeri and Balakrishnan, 2018; C = 0.01 and balance: Locatello et al., 2019",
    limitations=(
        "two factors in one dimension; by support vector machine what it can reach falls with "
        "the number of classes, and depends on the scale of the codes (see sap_r2, threshold); "
        "by r2 only straight relations count, and classes of text stand in their sorted order"
    ),
    read_with=("sap_r2",),
    compat={
        "disentanglement_lib": {},
        "disent": {},
        "ubisoft": {"estimator": "r2"},
    },
    differences=(
        "ubisoft's decision trees, scored on the rows they grew from, and latte's C = 1, likewise, "
        "are not reproduced"
    ),
)

ESTIMATORS = ("svm", "r2", "threshold")

_PENALTY = 0.01
_LOW = 0.2
"""A gap of the factor itself that is worth a note."""


@metric(ABOUT)
def sap(
    codes: Codes,
    factors: Factors = None,
    *,
    estimator: str = "svm",
    test: float = 0.2,
    limit: int | None = None,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how much better one dimension predicts each factor than any other.

    Parameters
    ----------
    codes, factors
        (N, D) numbers and (N, K) labels, or columns by name; or a `Data`.
    estimator
        How well one dimension predicts a factor. "svm": accuracy on held-out rows of a linear
        support vector machine (C = 0.01, classes balanced), for continuous factors "r2"; "r2":
        squared correlation with the factor's values over all rows; "threshold": the share of a
        class between two cuts less the share of the rest, by the best cuts for the class, on
        held-out rows, mean over classes: 0 for chance, 1 where every class has its interval.
    test, seed, limit
        Share of the rows held out, of each class alike; how they are drawn; rows used at
        most. None of these matters to "r2", which takes all rows.
    ci
        Coverage of the intervals, None for none.

    Returns
    -------
    Score
        `sap` by `estimator` between `sap_low` and `sap_high`; `sap_r2` by squared correlation;
        `sap_of_factors` what the factors themselves, standardised, score by support vector machine
        against a dimension that tells nothing, None for other estimators.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> round(sap(grid, grid, estimator="r2").value, 6)
    1.0
    """
    check_choice("estimator", estimator, ESTIMATORS)
    data = prepare(codes, factors, **options)
    ways = [_way(estimator, factor) for factor in data.factors]
    splits = [split(f.labels, test=test, seed=seed, limit=limit) for f in data.factors]
    work = _Work(data, splits, ways)
    work.run(progress)
    best = [_best(work.scores[:, k], work.nothing(k)) for k in range(len(ways))]
    gaps = [work.gap(k, found) for k, found in enumerate(best)]
    influences = np.stack([work.moved(k, found) for k, found in enumerate(best)])
    straight = [_best(column, 0.0) for column in work.r2.T]
    itself = [
        _itself(factor, parts) if way == "svm" else None
        for factor, parts, way in zip(data.factors, splits, ways, strict=True)
    ]
    value = mean_known(gaps)
    tested = [gap is not None for gap in gaps]
    low, high = _interval(value, influences[tested], ci)
    summary: dict[str, Value] = {
        "sap": value,
        "sap_low": low,
        "sap_high": high,
        "sap_r2": mean_known([found.gap for found in straight]),
        "sap_of_factors": mean_known(itself),
    }
    rows = _factor_rows(data, ways, best)
    for k, row in enumerate(rows):
        row["sap"] = gaps[k]
        row["low"], row["high"] = _interval(gaps[k], influences[k : k + 1], ci)
        row["r2"] = straight[k].gap
        row["of_factor"] = itself[k]
    return Score(
        numbers=summary,
        factors=rows,
        dimensions=_dimension_rows(data, work.scores),
        matrix=work.scores,
        matrix_name=" or ".join(dict.fromkeys(_NAMES[way] for way in ways)),
        settings={
            "estimator": estimator,
            "C": _PENALTY if "svm" in ways else None,
            "test": test,
            "limit": limit,
            "ci": ci,
            "seed": seed,
        },
        notes=(
            *((*limited(data, limit), *scarce(data.factors, splits)) if work.learnt else ()),
            *_capped(data, itself),
            *of_text(data.factors),
            *_one_dimension(data),
        ),
    )


class _Best(NamedTuple):
    """The two dimensions that predict best, and how well; without a second, what chance does."""

    first: int
    second: int | None
    top: float
    next_best: float

    @property
    def gap(self) -> float:
        """How much better the first is."""
        return self.top - self.next_best


class _Way(NamedTuple):
    """A way to learn classes from a sorted dimension, and terms whose mean on other rows scores it."""

    learn: Callable[[Ordered], Any]
    terms: Callable[[Any, Array, Array], Array]


class _Work:
    """Every dimension, sorted once, against all factors; `scores` and `r2` (D, K) are the results."""

    def __init__(self, data: Data, splits: list[Split], ways: list[str]) -> None:
        self.data, self.splits, self.ways = data, splits, ways
        self.values = _standardised(np.stack([f.values for f in data.factors], axis=1))
        self.learnt = [k for k, way in enumerate(ways) if way in _WAYS]
        self.trains = {k: np.zeros(data.rows, dtype=bool) for k in self.learnt}
        for k, train in self.trains.items():
            train[splits[k].train] = True
        self.models: list[dict[int, Any]] = []
        self.scores = np.zeros((data.dimensions, len(ways)))
        self.r2 = np.zeros_like(self.scores)

    def run(self, progress: Progress | None) -> None:
        """Fit every dimension."""
        self.models = each(self._fit, range(self.data.dimensions), progress)

    def _fit(self, j: int) -> dict[int, Any]:
        column = self.data.codes[:, j].astype(np.float64)
        if self.data.alive[j]:
            told = (_standardised(column) @ self.values / len(column)) ** 2
            self.scores[j] = self.r2[j] = np.minimum(told, 1.0)
        if not self.learnt:
            return {}
        places = np.argsort(column, kind="stable")
        ascending, models = column[places], {}
        for k in self.learnt:
            way, labels = _WAYS[self.ways[k]], self.data.factors[k].labels
            used = self.trains[k][places]
            ordered = sorted_classes.order(ascending[used], labels[places[used]])
            models[k] = way.learn(ordered)
            test = self.splits[k].test
            terms = way.terms(models[k], column[test], labels[test])
            self.scores[j, k] = max(0.0, float(terms.mean())) if len(test) else 0.0
        return models

    def nothing(self, k: int) -> float:
        """Return what a dimension that tells nothing would score."""
        labels = self.data.factors[k].labels[self.splits[k].test]
        if self.ways[k] != "svm" or not len(labels):
            return 0.0
        return float(np.bincount(labels).max() / len(labels))

    def gap(self, k: int, best: _Best) -> float | None:
        """Return the gap of factor k; None where no row can be tested."""
        if self.ways[k] != "r2" and not len(self.splits[k].test):
            return None
        return best.gap

    def moved(self, k: int, best: _Best) -> Array:
        """Return how each row (N,) moves the gap of factor k."""
        moved = self._influence(best.first, k)
        return moved if best.second is None else moved - self._influence(best.second, k)

    def _influence(self, j: int, k: int) -> Array:
        column, test = self.data.codes[:, j].astype(np.float64), self.splits[k].test
        if self.ways[k] == "r2":
            return _influence_of_r2(column, self.values[:, k])
        if not len(test):
            return np.zeros(self.data.rows)
        labels = self.data.factors[k].labels[test]
        terms = _WAYS[self.ways[k]].terms(self.models[j][k], column[test], labels)
        return influence(terms, test, self.data.rows)


def _way(estimator: str, factor: Factor) -> str:
    return "r2" if estimator == "svm" and factor.kind == "continuous" else estimator


def _learn_planes(ordered: Ordered) -> tuple[Array, Array, Array]:
    return (*sorted_classes.svm(ordered, penalty=_PENALTY), ordered.classes)


def _right(planes: tuple[Array, Array, Array], values: Array, labels: Array) -> Array:
    """Return 1 where planes give the right class to values (n,), else 0."""
    right: Array = (sorted_classes.decide(*planes, values) == labels).astype(np.float64)
    return right


def _learn_cuts(ordered: Ordered) -> tuple[Array, Array, Array]:
    return (*sorted_classes.intervals(ordered), ordered.classes)


def _gained(cuts: tuple[Array, Array, Array], values: Array, labels: Array) -> Array:
    """Return terms (n,) whose mean is the share of a class inside less that of the rest.

    The mean over classes, each in its own interval.
    """
    lows, highs, classes = cuts
    known, counts = np.unique(labels, return_counts=True)
    terms = np.zeros(len(values))
    for c, label, count in zip(np.searchsorted(classes, known), known, counts, strict=True):
        held = (values >= lows[c]) & (values <= highs[c])
        rest = max(len(values) - count, 1)
        terms += held * np.where(labels == label, len(values) / count, -len(values) / rest)
    return terms / len(known)


_WAYS = {"svm": _Way(_learn_planes, _right), "threshold": _Way(_learn_cuts, _gained)}
_NAMES = {"svm": "accuracy", "r2": "r2", "threshold": "J"}


def _standardised(values: Array) -> Array:
    return standardised(values, *scales(values))


def _influence_of_r2(column: Array, values: Array) -> Array:
    """Return how each row moves a squared correlation (the delta method)."""
    code = _standardised(column)
    r = float(code @ values) / len(code)
    moved: Array = 2 * r * (code * values - r * (code**2 + values**2) / 2)
    return moved


def _best(scores: Array, nothing: float) -> _Best:
    order = np.argsort(-scores, kind="stable")
    first = int(order[0])
    if len(order) == 1:
        return _Best(first, None, float(scores[first]), nothing)
    second = int(order[1])
    return _Best(first, second, float(scores[first]), float(scores[second]))


def _itself(factor: Factor, parts: Split) -> float | None:
    """Return the gap of the factor itself, standardised, to a dimension that tells nothing."""
    train, test = parts
    if not len(test):
        return None
    places = _standardised(factor.labels.astype(np.float64))
    ascending = train[np.argsort(factor.labels[train], kind="stable")]
    planes = _learn_planes(sorted_classes.order(places[ascending], factor.labels[ascending]))
    accuracy = float(_right(planes, places[test], factor.labels[test]).mean())
    return max(0.0, accuracy - 1 / factor.size)


def _interval(
    value: float | None, influences: Array, ci: float | None
) -> tuple[float | None, float | None]:
    """Return the interval of a mean of gaps with influences (K, N)."""
    return (None, None) if value is None else interval(value, influences.mean(axis=0), ci)


def _capped(data: Data, itself: list[float | None]) -> tuple[str, ...]:
    low = [
        f"{factor.name} ({factor.size} classes) {gap:.3f}"
        for factor, gap in zip(data.factors, itself, strict=True)
        if gap is not None and gap < _LOW
    ]
    if not low:
        return ()
    note = (
        "a line cannot cut a class out of the middle: by svm a dimension that is the factor itself, "
        f"standardised, scores only {listed(low)}; see sap_r2, or --estimator threshold"
    )
    return (note,)


def _one_dimension(data: Data) -> tuple[str, ...]:
    if data.dimensions > 1:
        return ()
    return (
        "one dimension: the runner-up is the most frequent class, or 0 for r2 and threshold",
    )


def _factor_rows(data: Data, ways: list[str], best: list[_Best]) -> list[Row]:
    return [
        {
            "factor": factor.name,
            "kind": factor.kind,
            "classes": factor.size,
            "estimator": way,
            "dimension": data.names[found.first],
            "score": found.top,
            "runner_up": None if found.second is None else data.names[found.second],
            "runner_up_score": found.next_best,
        }
        for factor, way, found in zip(data.factors, ways, best, strict=True)
    ]


def _dimension_rows(data: Data, matrix: Array) -> list[Row]:
    rows: list[Row] = []
    for j, name in enumerate(data.names):
        best = int(matrix[j].argmax())
        rows.append(
            {
                "dimension": name,
                "alive": bool(data.alive[j]),
                "factor": data.factors[best].name if data.alive[j] else None,
                "score": float(matrix[j, best]),
                "scores": [float(value) for value in matrix[j]],
            }
        )
    return rows
