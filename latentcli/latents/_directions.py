"""Formulas of directions: found from two sides or a score, cleaned, tested on codes held out.

A direction is a unit vector with what is needed to use it: where its plane lies (`intercept`),
how far the codes spread along it (`scale`), and how well it separates codes it was not made
from (`test`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from latentcli.errors import LatentError, check_choice
from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

ALPHA = 0.025
"""Up to this one-sided p-value a direction is said to separate: a two-sided test at 5 %."""

_VANISHED = 1e-6
_HELD_OUT = 0.3
_LEAST = 10  # codes of each side, below which none is held out: at least 3 are
_REFITTED = (
    199  # permutations where each one is a new fit; of large codes, or by a solver, fewer
)
_REFITTED_FEW = 49
_LARGE = 1_000_000


@dataclass(frozen=True)
class Test:
    """How well a direction does, beside shuffled labels (a permutation test).

    `value` is the separation (for scores: the correlation) on codes held out if `held_out`, else of
    the codes that the direction was found from, each permutation with a fit of its own. `chance` is
    the mean of `permutations` shuffles of the labels, `chance_95` what 5 % of them reach, `p_value`
    the share of them, with the observed one, that reach `value`.
    """

    value: float
    chance: float
    chance_95: float
    p_value: float
    permutations: int
    held_out: bool


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
        raise LatentError("a direction takes codes of both sides; one side is empty")
    codes = np.concatenate([positive, negative])
    labels = np.repeat([True, False], [len(positive), len(negative)])
    extra = None if others is None else np.concatenate(others)
    weights = _weights(labels, extra, shared=method == "mean")
    vector, intercept = METHODS[method](codes, labels, weights, seed)
    norm = float(np.linalg.norm(vector))
    spread = float(np.abs(codes).max(initial=0.0))
    if not norm > _VANISHED * 1e-6 * max(spread, 1e-300):
        raise LatentError("the two sides do not differ: there is no direction")
    direction = _cleaned(vector, without)
    held = _held_out(codes, labels, extra, method, seed, without)
    # Without other labels each side is judged as it is: weights would only change their shares.
    balance = weights if extra is not None else None
    found = judged(direction, norm, positive, negative, balance)
    kept = float(direction @ unit(vector))
    if intercept is not None and not without:
        found = replace(found, intercept=intercept / norm)
    found = replace(
        found, norm=norm * kept, auc=None if held is None else held.auc(), kept=kept
    )
    if not permutations:
        return found
    if held is not None:
        return replace(found, test=held.test(permutations, seed))
    test = _in_sample(found.separation, codes, labels, extra, method, seed, without)
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
    sides = [_moments(scores[side], weights[side]) for side in (labels, ~labels)]
    _, squares, degrees = _moments(scores, weights)
    return Direction(
        vector=direction,
        norm=norm,
        intercept=-(sides[0][0] + sides[1][0]) / 2,
        separation=_separation(*sides),
        scale=float(np.sqrt(squares / degrees)) if degrees > _VANISHED else 0.0,
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


def auc(scores: Array, labels: Array, weights: Array | None = None) -> float:
    """Return the area under the ROC curve: how often a positive scores above a negative.

    Ties count half (Mann and Whitney, 1947); a pair counts by the product of its `weights`.

    >>> auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, False, True, True]))
    0.875
    """
    weights = np.ones(len(scores)) if weights is None else weights
    _, place = np.unique(scores, return_inverse=True)
    positive = np.bincount(place.ravel(), weights * labels)
    negative = np.bincount(place.ravel(), weights * ~labels)
    up_to = np.cumsum(negative)
    return float(
        positive @ (up_to - negative / 2) / (positive @ np.full_like(up_to, up_to[-1]))
    )


Fit = Callable[[Array, Array, Array, int], tuple[Array, float | None]]
"""From codes, labels, weights and a seed, a direction of any length, and its own intercept."""


def _mean(codes: Array, labels: Array, weights: Array, seed: int) -> tuple[Array, float | None]:
    positive, negative = (
        np.average(codes[side], axis=0, weights=weights[side]) for side in (labels, ~labels)
    )
    return positive - negative, None


def _logistic(
    codes: Array, labels: Array, weights: Array, seed: int
) -> tuple[Array, float | None]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=5000)
    return _plane(model.fit(codes, labels, sample_weight=weights))


def _svm(codes: Array, labels: Array, weights: Array, seed: int) -> tuple[Array, float | None]:
    from sklearn.svm import LinearSVC

    model = LinearSVC(random_state=seed, max_iter=20000, dual="auto")
    return _plane(model.fit(codes, labels, sample_weight=weights))


def _ridge(
    codes: Array, labels: Array, weights: Array, seed: int
) -> tuple[Array, float | None]:
    from sklearn.linear_model import Ridge

    return _plane(Ridge().fit(codes, 2.0 * labels - 1.0, sample_weight=weights))


def _plane(model: Any) -> tuple[Array, float | None]:
    vector: Array = np.ravel(model.coef_).astype(np.float64)
    return vector, float(np.ravel(model.intercept_)[0])


METHODS: dict[str, Fit] = {
    "mean": _mean,
    "logistic": _logistic,
    "svm": _svm,
    "ridge": _ridge,
}
"""The ways to find a direction."""


def _weights(labels: Array, extra: Array | None, *, shared: bool) -> Array:
    """Weigh codes so that both sides, in every combination of other labels, count the same.

    With `shared`, combinations that only one side has count nothing.
    """
    if extra is None:
        extra = np.zeros((len(labels), 1))
    _, cell = np.unique(extra, axis=0, return_inverse=True)
    _, part, count = np.unique(
        2 * cell.ravel() + labels, return_inverse=True, return_counts=True
    )
    weights = 1.0 / count[part.ravel()]
    if shared:
        both = np.intersect1d(cell.ravel()[labels], cell.ravel()[~labels])
        if not len(both):
            raise LatentError(
                "no combination of the other labels has codes of both sides: cannot balance"
                "; without `balance` the other labels are left out"
            )
        weights = weights * np.isin(cell.ravel(), both)
    scaled: Array = weights * (len(labels) / weights.sum())
    return scaled


def _moments(scores: Array, weights: Array) -> tuple[float, float, float]:
    """Return the weighted mean, sum of squares about it, and degrees of freedom."""
    mean = np.average(scores, weights=weights)
    total = weights.sum()
    squares = weights @ (scores - mean) ** 2
    return float(mean), float(squares), float(total - weights @ weights / total)


def _separation(
    positive: tuple[float, float, float], negative: tuple[float, float, float]
) -> float | None:
    """Distance of the means over the pooled standard deviation; None where there is no spread."""
    degrees = positive[2] + negative[2]
    squares = positive[1] + negative[1]
    if degrees <= _VANISHED or squares <= 0:
        return None
    return float((positive[0] - negative[0]) / np.sqrt(squares / degrees))


def separation(scores: Array, labels: Array, weights: Array) -> float | None:
    """Distance of the two sides' weighted means over their pooled standard deviation (d')."""
    sides = [_moments(scores[side], weights[side]) for side in (labels, ~labels)]
    return _separation(*sides)


@dataclass(frozen=True)
class _Held:
    """Codes held out: their scores along a direction found without them, labels, cells, weights."""

    scores: Array
    labels: Array
    extra: Array | None
    shared: bool

    def weights(self) -> Array | None:
        if self.extra is None:
            return None
        return _weights(self.labels, self.extra, shared=self.shared)

    def auc(self) -> float:
        return auc(self.scores, self.labels, self.weights())

    def test(self, permutations: int, seed: int) -> Test | None:
        """Shuffle the labels of the codes held out, within each combination of other labels."""
        weights = self.weights()
        weights = np.ones(len(self.scores)) if weights is None else weights
        value = separation(self.scores, self.labels, weights)
        if value is None:
            return None
        rng = np.random.default_rng(seed)
        count = len(self.labels)
        shuffled: list[float] = []
        for part in spans(permutations, count):
            orders = np.stack(
                [_shuffle(rng, self.extra, count) for _ in range(part.stop - part.start)]
            )
            # Weights go by label and combination, so they are shuffled with the labels.
            shuffled += _separations(self.scores, self.labels[orders], weights[orders])
        return _test(value, shuffled, held_out=True)


def _held_out(
    codes: Array,
    labels: Array,
    extra: Array | None,
    method: str,
    seed: int,
    without: Sequence[Array],
) -> _Held | None:
    """Find the direction again from 70% of each side, and score the rest with it.

    With other labels both parts are balanced over them, each by its own combinations.
    """
    if min(labels.sum(), (~labels).sum()) < _LEAST:
        return None
    rng = np.random.default_rng(seed)
    test = np.zeros(len(labels), dtype=bool)
    for side in (labels, ~labels):
        rows = np.flatnonzero(side)
        test[rng.permutation(rows)[: max(1, round(_HELD_OUT * len(rows)))]] = True
    fitted, scored = (None if extra is None else extra[part] for part in (~test, test))
    shared = method == "mean"
    try:
        weights = _weights(labels[~test], fitted, shared=shared)
        found, _ = METHODS[method](codes[~test], labels[~test], weights, seed)
        held = _Held(codes[test] @ _cleaned(found, without), labels[test], scored, shared)
        held.weights()
    except LatentError:
        return None
    return held


def _in_sample(
    value: float | None,
    codes: Array,
    labels: Array,
    extra: Array | None,
    method: str,
    seed: int,
    without: Sequence[Array],
) -> Test | None:
    """Shuffle the labels, find the direction again each time, and see how it separates its own codes."""
    if value is None or len(labels) < 3:
        return None
    few = method in ("logistic", "svm") or codes.size > _LARGE
    rng = np.random.default_rng(seed)
    shuffled = []
    for _ in range(_REFITTED_FEW if few else _REFITTED):
        mixed = labels[_shuffle(rng, extra, len(labels))]
        try:
            weights = _weights(mixed, extra, shared=method == "mean")
            vector = _cleaned(METHODS[method](codes, mixed, weights, seed)[0], without)
            balance = weights if extra is not None else np.ones(len(mixed))
            found = separation(codes @ vector, mixed, balance)
        except LatentError:
            found = None
        shuffled.append(0.0 if found is None else found)
    return _test(value, shuffled, held_out=False)


def _separations(scores: Array, labels: Array, weights: Array) -> list[float]:
    """Return `separation` for each row of labels and weights (P, n); 0 where there is no spread."""
    scores = scores - scores.mean()
    means, squares, degrees = [], np.zeros(len(labels)), np.zeros(len(labels))
    for side in (weights * labels, weights * ~labels):
        total = side.sum(axis=1)
        mean = side @ scores / total
        means.append(mean)
        squares += np.maximum(side @ scores**2 - total * mean**2, 0.0)
        degrees += total - (side**2).sum(axis=1) / total
    usable = (degrees > _VANISHED) & (squares > 0)
    spread = np.sqrt(np.where(usable, squares, 1.0) / np.where(usable, degrees, 1.0))
    found: list[float] = np.where(usable, (means[0] - means[1]) / spread, 0.0).tolist()
    return found


def _shuffle(rng: np.random.Generator, extra: Array | None, count: int) -> Array:
    """Return a random order (n,) of rows, within each combination of the other labels."""
    if extra is None:
        return rng.permutation(count)
    _, cell = np.unique(extra, axis=0, return_inverse=True)
    order = np.empty(count, dtype=np.int64)
    order[np.argsort(cell.ravel(), kind="stable")] = np.lexsort(
        (rng.random(count), cell.ravel())
    )
    return order


def _test(value: float, shuffled: Sequence[float], *, held_out: bool) -> Test:
    found = np.asarray(shuffled)
    reached = int((found >= value * (1 - 1e-12)).sum())
    return Test(
        value=value,
        chance=float(found.mean()),
        chance_95=float(np.quantile(found, 0.95)),
        p_value=(1 + reached) / (1 + len(found)),
        permutations=len(found),
        held_out=held_out,
    )


# Directions of a score.


def _correlation(codes: Array, scores: Array) -> Array:
    """Return what one standard deviation of the score adds to the codes: cov(x, s) / sd(s)."""
    centred = scores - scores.mean()
    vector: Array = centred @ (codes - codes.mean(axis=0)) / (len(codes) * scores.std())
    return vector


def _ridge_of_score(codes: Array, scores: Array) -> Array:
    from sklearn.linear_model import Ridge

    return np.asarray(Ridge().fit(codes, scores / scores.std()).coef_, dtype=np.float64)


OF_SCORES: dict[str, Callable[[Array, Array], Array]] = {
    "correlation": _correlation,
    "ridge": _ridge_of_score,
}
"""The ways to find the direction of a score."""


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
        raise LatentError("the codes do not go along with the scores: there is no direction")
    direction = _cleaned(vector, without)
    kept = float(direction @ unit(vector))
    along = codes @ direction
    test = None
    if len(codes) >= 2 * _LEAST and permutations:
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(codes))
        held, fitted = np.split(order, [round(_HELD_OUT * len(codes))])
        if scores[held].std() > 0 and scores[fitted].std() > 0:
            found = _cleaned(OF_SCORES[method](codes[fitted], scores[fitted]), without)
            projected = codes[held] @ found
            value = _pearson(projected, scores[held])
            shuffled = [
                _pearson(projected, rng.permutation(scores[held])) for _ in range(permutations)
            ]
            test = _test(value, shuffled, held_out=True)
    return Direction(
        vector=direction,
        norm=norm * kept,
        intercept=-float(along.mean()),
        separation=None,
        scale=float(along.std(ddof=1)),
        auc=None,
        kept=kept,
        test=test,
    )


def _pearson(x: Array, y: Array) -> float:
    x, y = x - x.mean(), y - y.mean()
    length = float(np.linalg.norm(x) * np.linalg.norm(y))
    return float(x @ y) / length if length > 0 else 0.0
