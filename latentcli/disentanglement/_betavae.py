"""The BetaVAE score, Z-diff: a line through mean differences tells the factor that pairs share."""

from __future__ import annotations

import warnings
from typing import Unpack

import numpy as np

from latentcli.disentanglement import _voting as voting
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._score import Row, Score, Value
from latentcli.disentanglement._train_test_split import wilson
from latentcli.disentanglement._voting import Groups
from latentcli.numerics.types import Array, Progress

ABOUT = About(
    formula=(
        "the accuracy of a logistic regression that tells which factor pairs of rows share, from "
        "the mean over pairs of |z - z'|"
    ),
    range="1/K (chance, K factors) to 1",
    reading="1: for each factor some combination of dimensions is closer when it is shared",
    source="Higgins et al., 2017; the settings: Locatello et al., 2019",
    limitations=(
        "most things: it is 1 for noisy and for entangled codes alike, as the regression may use "
        "all dimensions; small dimensions count less, as the penalty of the regression has a scale"
    ),
    compat={
        "disentanglement_lib": {},
        "disent": {},
        "ubisoft": {"batch": 200},
    },
    differences=(
        "peers draw from a generator of images, or shuffle rows: here rows are drawn with "
        "replacement, and a row may be its own pair; ubisoft's scale from chance to 1 is "
        "betavae_scaled"
    ),
)

_ITERATIONS = 10_000


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
    """Score how well a line tells which factor pairs of rows share, from how far they are apart.

    Parameters
    ----------
    codes, factors
        (N, D) numbers and (N, K) labels, or columns by name; or a `Data`. Continuous factors are
        shared within a class.
    batch, train, evaluate
        Pairs in a batch; batches to learn from; batches to judge by.
    ci
        Coverage of the interval, None for none. It tells how sure the score is with these rows,
        were more batches drawn.
    seed
        How pairs are drawn.

    Returns
    -------
    Score
        `betavae`, the accuracy on new batches; `betavae_train` on those it was learnt from;
        `betavae_scaled` with chance at 0. The matrix (D, K) holds the mean of |z - z'| where the
        factor is shared, as a share of that where any other is. None with one factor.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 10)
    >>> betavae(grid, grid, train=100, evaluate=100).value
    1.0
    """
    voting.check_numbers(batch, train=train, evaluate=evaluate)
    data = prepare(codes, factors, **options)
    settings: dict[str, Value] = {
        "batch": batch,
        "train": train,
        "evaluate": evaluate,
        "ci": ci,
        "seed": seed,
    }
    groups = [voting.group(factor.labels) for factor in data.factors]
    held = np.array([k for k, grouped in enumerate(groups) if len(grouped.sizes)])
    if len(held) < 2:
        return voting.undefined(
            "betavae",
            settings,
            "fewer than two factors to share: there is nothing to tell apart",
        )
    points, shared = _pairs(data, groups, held, batch, train + evaluate, seed, progress)
    found, settled = _told(points, shared, train)
    right = found[train:] == shared[train:]
    value = float(right.mean())
    low, high = wilson(value, evaluate, ci)
    summary: dict[str, Value] = {
        "betavae": value,
        "betavae_low": low,
        "betavae_high": high,
        "betavae_train": float((found[:train] == shared[:train]).mean()),
        "betavae_scaled": (value - 1 / len(held)) / (1 - 1 / len(held)),
        "betavae_chance": 1 / len(held),
    }
    ratios = _ratios(points, shared, len(data.factors))
    return Score(
        numbers=summary,
        factors=_factor_rows(data, ratios, right, shared[train:]),
        dimensions=_dimension_rows(data, ratios),
        matrix=ratios,
        matrix_name="mean |z - z'| where shared / elsewhere",
        settings=settings,
        notes=_notes(points, settled),
    )


def _pairs(
    data: Data,
    groups: list[Groups],
    held: Array,
    batch: int,
    number: int,
    seed: int,
    progress: Progress | None,
) -> tuple[Array, Array]:
    """Draw batches of pairs: the mean of |z - z'| (n, D), and the factor that they share (n,)."""
    random = np.random.default_rng(seed)
    codes = np.ascontiguousarray(data.codes, dtype=np.float64)
    shared = held[random.integers(len(held), size=number)]
    points = np.empty((number, data.dimensions))
    draw = voting.by_class(groups, 2)
    for start, count in voting.blocks(number, 2 * batch * data.dimensions):
        for k in np.unique(shared[start : start + count]):
            mine = start + np.flatnonzero(shared[start : start + count] == k)
            rows = draw(random, int(k), len(mine) * batch).reshape(len(mine), batch, 2)
            apart = np.abs(codes[rows[..., 0]] - codes[rows[..., 1]])
            points[mine] = apart.mean(axis=1)
        if progress is not None:
            progress(start + count, number)
    return points, shared


def _told(points: Array, shared: Array, train: int) -> tuple[Array, bool]:
    """Return the factor that a regression, learnt from the first batches, tells of all (n,).

    And whether it came to an end.
    """
    from sklearn.linear_model import LogisticRegression

    known = np.unique(shared[:train])
    if len(known) < 2:
        return np.full(len(shared), known[0]), True
    model = LogisticRegression(max_iter=_ITERATIONS)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model.fit(points[:train], shared[:train])
        told = model.predict(points)
    return told, not said


def _notes(points: Array, settled: bool) -> tuple[str, ...]:
    if (points.min(axis=0) == points.max(axis=0)).all():
        return ("all batches are alike: the regression has nothing to learn",)
    if not settled:
        return ("the regression did not settle: the dimensions may have very unlike scales",)
    return ()


def _ratios(points: Array, shared: Array, factors: int) -> Array:
    """Return how far pairs that share a factor are apart, to pairs that share another (D, K)."""
    ratios = np.ones((points.shape[1], factors))
    for k in np.unique(shared):
        mine = shared == k
        here, there = points[mine].mean(axis=0), points[~mine].mean(axis=0)
        np.divide(here, there, out=ratios[:, k], where=there > 0)
    return ratios


def _factor_rows(data: Data, ratios: Array, right: Array, shared: Array) -> list[Row]:
    rows: list[Row] = []
    for k, factor in enumerate(data.factors):
        mine = shared == k
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "classes": factor.size,
                "dimension": data.names[int(ratios[:, k].argmin())],
                "betavae": float(right[mine].mean()) if mine.any() else None,
                "batches": int(mine.sum()),
            }
        )
    return rows


def _dimension_rows(data: Data, ratios: Array) -> list[Row]:
    return [
        {
            "dimension": name,
            "alive": bool(data.alive[j]),
            "factor": data.factors[int(ratios[j].argmin())].name if data.alive[j] else None,
            "ratios": [float(value) for value in ratios[j]],
        }
        for j, name in enumerate(data.names)
    ]
