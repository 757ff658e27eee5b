"""The BetaVAE score (Z-diff): a linear classifier of mean differences identifies the shared factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

import numpy as np

from latentcli.disentanglement import _voting as voting
from latentcli.disentanglement._about import About
from latentcli.disentanglement._attribution import quiet
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._score import Score, attributed
from latentcli.disentanglement._voting import Groups, Undefined
from latentcli.numerics.parallel import Steps
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record

ABOUT = About(
    formula=(
        "the accuracy of a logistic regression that predicts which factor the pairs of rows in a batch "
        "share from the mean over pairs of |z - z'|"
    ),
    range="1 / number of factors to 1; with few rows noise scores far above the lower end",
    reading="1: for each factor some combination of dimensions is closer when it is shared",
    limitations=(
        "It is 1 for noisy and for entangled codes alike, as the regression may use all dimensions, and "
        "near 1 for noise where rows are few (see betavae_chance). Small dimensions count less, as the "
        "penalty of the regression has a scale."
    ),
    source="Higgins et al., 2017; the settings: Locatello et al., 2019",
    compat={
        "disentanglement_lib": {},
        "disent": {},
        "ubisoft": {"batch": 200},
    },
    differences=(
        "other libraries draw from a generator of images, or shuffle rows: here rows are drawn with "
        "replacement, and a row may be its own pair; ubisoft's scale from a uniform guess to 1 is "
        "betavae_scaled"
    ),
    ceiling=(
        "Few rows in a class, and factors that depend on each other, so that pairs that share one are closer in another."
    ),
    perfect_codes=True,
    by_size=True,
)

_ITERATIONS = 100

_LARGEST = 1e4
"""Differences are scaled down to it: there the penalty of the regression has no weight any more."""


def mean_differences(first: Array, second: Array) -> Array:
    """Return the mean over pairs of |z - z'| (n, D) of batches of pairs, each (n, L, D).

    >>> mean_differences(np.array([[[0.0], [1.0]]]), np.array([[[1.0], [4.0]]]))
    array([[2.]])
    """
    return np.abs(first - second).mean(axis=1)


@metric(ABOUT)
def betavae(
    codes: Codes,
    factors: Factors = None,
    *,
    batch: int = 64,
    train: int = 10_000,
    evaluate: int = 5_000,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how well differences of codes (N, D) identify the factor (N, K) that pairs of rows share.

    Continuous factors are shared within a class.

    Parameters
    ----------
    batch
        Pairs in a batch.
    train, evaluate
        Batches that train the regression; batches that evaluate it.

    Returns
    -------
    Score
        `betavae`, the accuracy on evaluation batches; its interval from random halves of the rows,
        at least Wilson's of so many batches;
        `betavae_chance`, what these rows score with shuffled factors; `betavae_train` on the training
        batches; `betavae_scaled` with a uniform guess at 0. Halves and shuffles are evaluated by at
        most 1,000 batches, and halves trained by as many. The matrix (D, K) holds the mean of |z - z'|
        where the factor is shared, as a share of that where any other is. None with one factor.

    Examples
    --------
    Perfect codes, and codes that never change:

    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 10)
    >>> betavae(grid, grid, train=100, evaluate=100).value
    1.0
    >>> betavae(np.zeros((120, 2)), grid, train=100, evaluate=100).value < 0.7
    True
    """
    voting.check_batch(batch)
    data = prepare(codes, factors, **options)

    def accuracy(other: Data, train: int, evaluate: int) -> float:
        return _run(other, batch, train, evaluate, seed, Steps(None, 0)).accuracy

    with quiet():  # notes say what scikit-learn warns of
        try:
            run = _run(data, batch, train, evaluate, seed, Steps(progress, train + evaluate))
        except Undefined as why:
            return Score(numbers={"betavae": None}, notes=(str(why),))
        score = voting.repeated(
            run.accuracy, data, accuracy, train=train, evaluate=evaluate, ci=ci, seed=seed
        )
    ratios = _ratios(run, len(data.factors))
    return Score(
        numbers={
            "betavae": score,
            "betavae_train": run.train_accuracy,
            "betavae_scaled": voting.from_uniform(run.accuracy, run.shareable),
        },
        factors=_factor_rows(data, ratios, run),
        dimensions=attributed(_dimension_rows(data, ratios), score),
        matrix=ratios,
        matrix_name="mean |z - z'| where shared / elsewhere",
        notes=_notes(run),
    )


@dataclass(frozen=True, eq=False)
class _Run:
    """Batches (n, D) with the factor that is shared (n,) and predicted (n,); `train` come first."""

    points: Array
    shared: Array
    predicted: Array
    train: int
    shareable: int
    converged: bool

    @property
    def accuracy(self) -> float:
        return float((self.predicted == self.shared)[self.train :].mean())

    @property
    def train_accuracy(self) -> float:
        return float((self.predicted == self.shared)[: self.train].mean())


def _run(data: Data, batch: int, train: int, evaluate: int, seed: int, steps: Steps) -> _Run:
    """Draw batches, and fit the regression to the first of them."""
    groups = [voting.group(factor.labels) for factor in data.factors]
    shareable = np.array([k for k, grouped in enumerate(groups) if len(grouped.sizes)])
    if len(shareable) < 2:
        raise Undefined("fewer than two factors can be shared by pairs of rows: two are needed")
    random = np.random.default_rng(seed)
    shared = shareable[random.integers(len(shareable), size=train + evaluate)]
    points = _draw(data, groups, shared, batch, random, steps)
    predicted, converged = _predict(points, shared, train)
    return _Run(points, shared, predicted, train, len(shareable), converged)


def _draw(
    data: Data,
    groups: Sequence[Groups],
    shared: Array,
    batch: int,
    random: np.random.Generator,
    steps: Steps,
) -> Array:
    """Draw a batch of pairs that share each of the factors (n,), and return its differences (n, D)."""
    codes = np.ascontiguousarray(data.codes, dtype=np.float64)
    points = np.empty((len(shared), data.dimensions))
    draw = voting.by_class(groups, 2)
    for start, count in voting.blocks(len(shared), 2 * batch * data.dimensions):
        for k in np.unique(shared[start : start + count]):
            own = start + np.flatnonzero(shared[start : start + count] == k)
            rows = draw(random, int(k), len(own) * batch).reshape(len(own), batch, 2)
            points[own] = mean_differences(codes[rows[..., 0]], codes[rows[..., 1]])
        steps.advance(count)
    return points


def _predict(points: Array, shared: Array, train: int) -> tuple[Array, bool]:
    """Return the factor that a regression, fitted to the first batches, predicts for all (n,).

    And whether it converged.
    """
    from sklearn.linear_model import LogisticRegression

    occurring = np.unique(shared[:train])
    if len(occurring) < 2:
        return np.full(len(shared), occurring[0]), True
    # Newton's method reaches the optimum of the default solver in a third of its time.
    model = LogisticRegression(solver="newton-cg", max_iter=_ITERATIONS)
    scaled = points / max(1.0, float(points.max()) / _LARGEST)
    model.fit(scaled[:train], shared[:train])
    return model.predict(scaled), bool(np.max(model.n_iter_) < _ITERATIONS)


def _notes(run: _Run) -> tuple[str, ...]:
    if (run.points.min(axis=0) == run.points.max(axis=0)).all():
        return ("all batches are equal: the regression has nothing to fit",)
    if not run.converged:
        return ("the regression did not converge: the dimensions may have very unlike scales",)
    return ()


def _ratios(run: _Run, factors: int) -> Array:
    """Return the differences where a factor is shared to those where another is (D, K)."""
    ratios = np.ones((run.points.shape[1], factors))
    for k in np.unique(run.shared):
        own = run.shared == k
        if own.all():
            continue
        here, there = run.points[own].mean(axis=0), run.points[~own].mean(axis=0)
        np.divide(here, there, out=ratios[:, k], where=there > 0)
    return ratios


def _factor_rows(data: Data, ratios: Array, run: _Run) -> list[Record]:
    shared = run.shared[run.train :]
    right = run.predicted[run.train :] == shared
    rows: list[Record] = []
    for k, factor in enumerate(data.factors):
        own = shared == k
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "classes": factor.size,
                "dimension": data.names[int(ratios[:, k].argmin())],
                "betavae": float(right[own].mean()) if own.any() else None,
                "batches": int(own.sum()),
            }
        )
    return rows


def _dimension_rows(data: Data, ratios: Array) -> list[Record]:
    return [
        {
            "dimension": name,
            "alive": bool(data.alive[j]),
            "factor": data.factors[int(ratios[j].argmin())].name if data.alive[j] else None,
            "ratios": [float(value) for value in ratios[j]],
        }
        for j, name in enumerate(data.names)
    ]
