"""Directions of attributes in a latent space: found from labelled codes, cleaned, applied.

A direction is a unit vector with what is needed to use it: where its plane lies (`intercept`),
how far the codes spread along it (`scale`), and how well it separates codes it was not made
from (`auc`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.core.vectors import unit
from latentcli.errors import LatentError, check_choice

Array = npt.NDArray[Any]

_VANISHED = 1e-6
_HELD_OUT = 0.3
_LEAST = 4  # codes of each side, below which none is held out


@dataclass(frozen=True)
class Direction:
    """A direction found from two sides.

    `vector` (D,) has length 1 and points to the positive side; `norm` is the length it was
    found with (the distance of the means, for the mean difference). A code x is on the positive
    side when x . vector + intercept > 0. `separation` is the distance of the two sides' means
    along it, in their pooled standard deviations (d'); `scale` the standard deviation of all codes
    along it; `auc` the area under the ROC curve on codes held out, None when there are too few;
    `kept` the cosine with what it was before others were taken out of it.
    """

    vector: Array
    norm: float
    intercept: float
    separation: float | None
    scale: float
    auc: float | None
    kept: float = 1.0


def find(
    positive: Array,
    negative: Array,
    *,
    method: str = "mean",
    seed: int = 0,
    others: tuple[Array, Array] | None = None,
    without: Sequence[Array] = (),
) -> Direction:
    """Find the direction from `negative` (M, D) to `positive` (N, D).

    Methods: "mean" difference; "logistic" regression, linear "svm", "ridge" regression, of
    standardised labels on the codes. `others` are further binary labels ((N, K), (M, K)) over which the mean
    difference is balanced: every combination weighs the same, so the direction is free of what
    only goes along with the attribute (White, 2016). What it shares with directions `without`
    is taken out, see `orthogonal_to`.
    """
    check_choice("method", method, METHODS)
    positive = np.asarray(positive, dtype=np.float64)
    negative = np.asarray(negative, dtype=np.float64)
    if not len(positive) or not len(negative):
        raise LatentError("a direction takes codes of both sides; one side is empty")
    codes = np.concatenate([positive, negative])
    labels = np.repeat([True, False], [len(positive), len(negative)])
    extra = None if others is None else np.concatenate(others)
    vector = METHODS[method](codes, labels, extra, seed)
    norm = float(np.linalg.norm(vector))
    spread = float(np.abs(codes).max(initial=0.0))
    if not norm > _VANISHED * 1e-6 * max(spread, 1e-300):
        raise LatentError("the two sides do not differ: there is no direction")
    direction = _cleaned(vector, without)
    scores = _held_out(codes, labels, extra, method, seed, without)
    found = judged(direction, norm, positive, negative)
    return replace(found, auc=scores, kept=float(direction @ unit(vector)))


def judged(direction: Array, norm: float, positive: Array, negative: Array) -> Direction:
    """Measure how a direction (D,) of length 1 separates two sides; its AUC is not held out."""
    codes = np.concatenate([positive, negative])
    labels = np.repeat([True, False], [len(positive), len(negative)])
    scores = codes @ direction
    middle = (scores[labels].mean() + scores[~labels].mean()) / 2
    return Direction(
        vector=direction,
        norm=norm,
        intercept=float(-middle),
        separation=_separation(scores, labels),
        scale=float(scores.std(ddof=1)) if len(scores) > 1 else 0.0,
        auc=None,
    )


def orthogonal_to(vector: Array, others: Sequence[Array]) -> Array:
    """Take out of a direction (D,) what it shares with others, all at once; return it at length 1.

    p - C^T (C C^T)^-1 C p. One after the other would be wrong where the others are not
    orthogonal themselves. LatentError when nothing is left.

    >>> found = orthogonal_to(np.array([1.0, 2, 3]), [np.array([1.0, 0, 0]), np.array([1.0, 1, 0])])
    >>> found.round(9).tolist()
    [0.0, 0.0, 1.0]
    """
    vector = np.asarray(vector, dtype=np.float64)
    conditions = np.stack([unit(other) for other in others])
    shared = np.linalg.lstsq(conditions.T, vector, rcond=None)[0] @ conditions
    left = vector - shared
    if not np.linalg.norm(left) > _VANISHED * np.linalg.norm(vector):
        raise LatentError("nothing is left: the direction lies in the span of the others")
    return unit(left)


def _cleaned(vector: Array, without: Sequence[Array]) -> Array:
    return orthogonal_to(vector, without) if without else unit(vector)


def cosines(vectors: Array) -> Array:
    """Return the matrix (n, n) of cosines between directions (n, D)."""
    directions = unit(vectors)
    matrix: Array = np.clip(directions @ directions.T, -1.0, 1.0)
    return matrix


def auc(scores: Array, labels: Array) -> float:
    """Return the area under the ROC curve: how often a positive scores above a negative.

    Ties count half (Mann and Whitney, 1947).

    >>> auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    _, start, count = np.unique(scores[order], return_index=True, return_counts=True)
    ranks[order] = np.repeat(start + (count + 1) / 2, count)
    many = int(labels.sum())
    wins = ranks[labels].sum() - many * (many + 1) / 2
    return float(wins / (many * (len(labels) - many)))


Fit = Callable[[Array, Array, Array | None, int], Array]


def _mean(codes: Array, labels: Array, extra: Array | None, seed: int) -> Array:
    if extra is None:
        difference: Array = codes[labels].mean(axis=0) - codes[~labels].mean(axis=0)
        return difference
    found = []
    for cell in itertools.product(*(np.unique(column) for column in extra.T)):
        here = (extra == np.array(cell)).all(axis=1)
        if (here & labels).any() and (here & ~labels).any():
            found.append(codes[here & labels].mean(axis=0) - codes[here & ~labels].mean(axis=0))
    if not found:
        raise LatentError(
            "no combination of the other labels has codes of both sides: cannot balance"
        )
    balanced: Array = np.mean(found, axis=0)
    return balanced


def _logistic(codes: Array, labels: Array, extra: Array | None, seed: int) -> Array:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=5000)
    return _coefficients(model.fit(codes, labels, sample_weight=_weights(labels, extra)))


def _svm(codes: Array, labels: Array, extra: Array | None, seed: int) -> Array:
    from sklearn.svm import LinearSVC

    model = LinearSVC(random_state=seed, max_iter=20000, dual="auto")
    return _coefficients(model.fit(codes, labels, sample_weight=_weights(labels, extra)))


def _ridge(codes: Array, labels: Array, extra: Array | None, seed: int) -> Array:
    from sklearn.linear_model import Ridge

    weights = _weights(labels, extra)
    return _coefficients(Ridge().fit(codes, 2.0 * labels - 1.0, sample_weight=weights))


def _coefficients(model: Any) -> Array:
    vector: Array = np.ravel(model.coef_).astype(np.float64)
    return vector


METHODS: dict[str, Fit] = {
    "mean": _mean,
    "logistic": _logistic,
    "svm": _svm,
    "ridge": _ridge,
}
"""The ways to find a direction."""


def _weights(labels: Array, extra: Array | None) -> Array:
    """Weigh codes so that both sides, in every combination of other labels, count the same."""
    cells = labels[:, None] if extra is None else np.column_stack([labels, extra])
    _, cell, count = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    weights: Array = len(labels) / (len(count) * count[cell.ravel()])
    return weights


def _separation(scores: Array, labels: Array) -> float | None:
    """Distance of the means over the pooled standard deviation; None where there is no spread."""
    sides = scores[labels], scores[~labels]
    degrees = sum(len(side) - 1 for side in sides)
    if degrees < 1:
        return None
    pooled = np.sqrt(sum(((side - side.mean()) ** 2).sum() for side in sides) / degrees)
    apart = sides[0].mean() - sides[1].mean()
    return float(apart / pooled) if pooled > 0 else None


def _held_out(
    codes: Array,
    labels: Array,
    extra: Array | None,
    method: str,
    seed: int,
    without: Sequence[Array],
) -> float | None:
    """Find the direction again from 70% of each side, and score the rest with it."""
    if min(labels.sum(), (~labels).sum()) < _LEAST:
        return None
    rng = np.random.default_rng(seed)
    test = np.zeros(len(labels), dtype=bool)
    for side in (labels, ~labels):
        rows = np.flatnonzero(side)
        test[rng.permutation(rows)[: max(1, round(_HELD_OUT * len(rows)))]] = True
    kept = None if extra is None else extra[~test]
    try:
        found = METHODS[method](codes[~test], labels[~test], kept, seed)
        vector = _cleaned(found, without)
    except LatentError:
        return None
    return auc(codes[test] @ vector, labels[test])
