"""Formulas of directions: found from two sides or a score, cleaned, tested on codes held out.

A direction is a unit vector with what is needed to use it: where its plane lies (`intercept`),
how far the codes spread along it (`scale`), and how well it separates codes it was not made
from (`test`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from latentcli.errors import LatentError, check_choice
from latentcli.latents._direction_fits import METHODS, OF_SCORES, weights_of
from latentcli.latents._orthogonal import cleaned
from latentcli.latents._permutation_test import (
    HELD_OUT,
    LEAST,
    Test,
    compared,
    held_out_codes,
    in_sample,
)
from latentcli.latents._separation import moments, separation_of
from latentcli.numerics.repeats import Repeats, repeats_of
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

ALPHA = 0.025
"""Up to this one-sided p-value a direction is said to separate: a two-sided test at 5 %."""

_VANISHED = 1e-6


@dataclass(frozen=True)
class Direction:
    """A direction found from two sides.

    `vector` (D,) has length 1 and points to the positive side; `norm` is the length it was
    found with (the distance of the means, for the mean difference), or what is left of it where
    others were taken out. A code x is on the positive side when x . vector + intercept > 0: the
    plane is a classifier's own, or else midway between the means of the sides. `separation` is
    the distance of the two sides' means along it, in their pooled standard deviations (d');
    `scale` the standard deviation of all codes along it; `auc` the area under the ROC curve on
    codes held out, None when there are too few. Where the direction is balanced over other
    labels, codes count in all of these as they do in the balance. `kept` is the cosine with what
    it was before others were taken out of it.
    """

    vector: Array
    norm: float
    intercept: float
    separation: float | None
    scale: float
    auc: float | None
    kept: float = 1.0
    test: Test | None = None
    repeats: Repeats | None = None
    """Which of the codes it was found from repeat others."""


def find(
    positive: Array,
    negative: Array,
    *,
    method: str = "mean",
    seed: int = 0,
    others: tuple[Array, Array] | None = None,
    without: Sequence[Array] = (),
    permutations: int = 0,
) -> Direction:
    """Find the direction from `negative` (M, D) to `positive` (N, D).

    Methods: "mean" difference; "logistic" regression, linear "svm", "ridge" regression of
    labels -1 and 1 on the codes. `others` are further binary labels ((N, K), (M, K)) over which
    the direction is balanced: every combination weighs the same, so it is free of what only goes
    along with the attribute (White, 2016). The mean difference leaves out combinations that only
    one side has. What it shares with directions `without` is taken out, see `orthogonal_to`; the
    intercept is then midway between the sides, as a classifier's own belongs to the whole normal.
    """
    check_choice("method", method, METHODS)
    positive = np.asarray(positive, dtype=np.float64)
    negative = np.asarray(negative, dtype=np.float64)
    if not len(positive) or not len(negative):
        raise LatentError("a direction needs codes of both sides; one side is empty")
    codes = np.concatenate([positive, negative])
    labels = np.repeat([True, False], [len(positive), len(negative)])
    extra = None if others is None else np.concatenate(others)
    weights = weights_of(labels, extra, shared=method == "mean")
    vector, intercept = METHODS[method](codes, labels, weights, seed)
    norm = float(np.linalg.norm(vector))
    spread = float(np.abs(codes).max(initial=0.0))
    if not norm > _VANISHED * 1e-6 * max(spread, 1e-300):
        raise LatentError("the two sides do not differ: there is no direction")
    direction = cleaned(vector, without)
    others_of = () if extra is None else tuple(extra.T)
    repeats = repeats_of(codes, labels, *others_of, classes=2)
    held = held_out_codes(codes, labels, extra, method, seed, without, repeats)
    # Without other labels each side is judged as it is: weights would only change their shares.
    balance = weights if extra is not None else None
    found = judged(direction, norm, positive, negative, balance)
    kept = float(direction @ unit(vector))
    if intercept is not None and not without:
        found = replace(found, intercept=intercept / norm)
    found = replace(
        found, norm=norm * kept, auc=None if held is None else held.auc(), kept=kept,
        repeats=repeats,
    )  # fmt: skip
    if not permutations:
        return found
    if held is not None:
        return replace(found, test=held.test(permutations, seed))
    test = in_sample(found.separation, codes, labels, extra, method, seed, without, repeats)
    return replace(found, test=test)


def judged(
    direction: Array,
    norm: float,
    positive: Array,
    negative: Array,
    weights: Array | None = None,
) -> Direction:
    """Measure how a direction (D,) of length 1 separates two sides, without an AUC.

    `weights` (N + M,) say how much each code counts, the positive ones first. The intercept is
    the midpoint of the weighted means; spreads are unbiased for such weights, and the usual ones
    where all are the same.
    """
    codes = np.concatenate([positive, negative])
    labels = np.repeat([True, False], [len(positive), len(negative)])
    weights = np.ones(len(codes)) if weights is None else weights
    scores = codes @ direction
    sides = [moments(scores[side], weights[side]) for side in (labels, ~labels)]
    _, squares, degrees = moments(scores, weights)
    return Direction(
        vector=direction,
        norm=norm,
        intercept=-(sides[0][0] + sides[1][0]) / 2,
        separation=separation_of(*sides),
        scale=float(np.sqrt(squares / degrees)) if degrees > _VANISHED else 0.0,
        auc=None,
    )


def find_of_score(
    codes: Array,
    scores: Array,
    *,
    method: str,
    seed: int = 0,
    without: Sequence[Array] = (),
    permutations: int = 0,
) -> Direction:
    """Find the direction along which codes (N, D) have greater scores (N,).

    Its plane goes through the mean of the codes. The test is of the correlation with the scores of
    30 % of the codes, held out when there are 20.
    """
    codes = np.asarray(codes, dtype=np.float64)
    scores = np.asarray(scores, dtype=np.float64)
    if not np.isfinite(scores).all() or not scores.std() > 0:
        raise LatentError("all scores are the same: there is no direction")
    vector = OF_SCORES[method](codes, scores)
    norm = float(np.linalg.norm(vector))
    if not norm > 0:
        raise LatentError("the codes do not vary with the scores: there is no direction")
    direction = cleaned(vector, without)
    kept = float(direction @ unit(vector))
    along = codes @ direction
    test = None
    repeats = repeats_of(codes, scores)
    if repeats.distinct >= 2 * LEAST and permutations:
        rng = np.random.default_rng(seed)
        order = rng.permutation(repeats.distinct)
        held, fitted = map(repeats.whole, np.split(order, [round(HELD_OUT * len(order))]))
        if scores[held].std() > 0 and scores[fitted].std() > 0:
            found = cleaned(OF_SCORES[method](codes[fitted], scores[fitted]), without)
            projected = codes[held] @ found
            value = _pearson(projected, scores[held])
            tested = repeats.of(held)
            orders = (tested.permutation(rng) for _ in range(permutations))
            shuffled = [_pearson(projected, scores[held][order]) for order in orders]
            test = compared(value, shuffled, held_out=True)
    return Direction(
        vector=direction,
        norm=norm * kept,
        intercept=-float(along.mean()),
        separation=None,
        scale=float(along.std(ddof=1)),
        auc=None,
        kept=kept,
        test=test,
        repeats=repeats,
    )


def _pearson(x: Array, y: Array) -> float:
    x, y = x - x.mean(), y - y.mean()
    length = float(np.linalg.norm(x) * np.linalg.norm(y))
    return float(x @ y) / length if length > 0 else 0.0
