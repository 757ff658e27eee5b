"""Formulas of directions from pairs: of one layer, with each pair scored by the others' direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array

FOLDS = 10
"""Parts of the pairs that are held out in turn."""


@dataclass(frozen=True)
class Contrast:
    """The direction of one layer.

    `vector` (D,) from the second side to the first; `accuracy` the share of pairs whose first scores
    above its second along the direction found without it, a tie counting half; `separation` the
    distance of the sides' means of such scores in their pooled standard deviation, None without
    spread; `margins` (N, N) holds in row i what pair j adds to the margin of pair i, 0 within a fold.
    """

    vector: Array
    accuracy: float
    separation: float | None
    margins: Array


def mean_difference(differences: Array) -> Array:
    """Return the mean (D,) of differences (N, D)."""
    mean: Array = differences.mean(axis=0)
    return mean


def principal_difference(differences: Array) -> Array:
    """Return the first principal component (D,) about zero, on the side of their mean, at length 1.

    About zero it is the same whichever of a pair comes first.
    """
    _, _, axes = np.linalg.svd(differences, full_matrices=False)
    axis: Array = axes[0]
    return -axis if float((differences @ axis).sum()) < 0 else axis


METHODS: dict[str, Callable[[Array], Array]] = {
    "mean": mean_difference,
    "pca": principal_difference,
}
"""The ways to find a direction of pairs."""


def contrast(
    positive: Array, negative: Array, *, method: str, seed: int, repeats: Repeats
) -> Contrast:
    """Find the direction of pairs (N, D) and (N, D), and score each by that of the other folds.

    Pairs that repeat each other are in one fold.
    """
    differences = positive - negative
    vector = METHODS[method](differences)
    largest = max(float(np.abs(positive).max()), float(np.abs(negative).max()), 1e-300)
    if not np.linalg.norm(vector) > 1e-12 * largest:
        raise LatentError("the two sides do not differ: there is no direction")
    count = len(differences)
    fold = repeats.spread(_folds(repeats.distinct, seed))
    margins = np.zeros((count, count))
    scores = np.zeros((2, count))
    for number in range(fold.max() + 1):
        held, rest = fold == number, fold != number
        if method == "mean":  # the margin of i is the sum over j of d_i . d_j
            margins[np.ix_(held, rest)] = differences[held] @ differences[rest].T
            line = mean_difference(differences[rest])
        else:  # flips leave the axis as it is, and decide where it points
            line = principal_difference(differences[rest])
            along = differences @ line
            margins[np.ix_(held, rest)] = np.outer(along[held], along[rest])
        length = float(np.linalg.norm(line)) or 1.0
        scores[0, held], scores[1, held] = (
            side[held] @ line / length for side in (positive, negative)
        )
    margin = margins.sum(axis=1)
    return Contrast(vector, float(_hits(margin)), _separation(*scores), margins)


def family_p_values(
    layers: Sequence[Contrast], permutations: int, seed: int, repeats: Repeats
) -> Array:
    """Return for each layer the share of flips in which the best of all layers does as well (L,).

    Where the trait makes no difference, either of a pair may come first, of pairs that repeat each other in all. Counting the best layer of
    each flip keeps the rate of false alarms over all layers (Westfall and Young, 1993).
    """
    rng = np.random.default_rng(seed)
    flips = repeats.spread(rng.choice([-1.0, 1.0], (repeats.distinct, permutations)))
    best = np.zeros(permutations)
    for one in layers:
        np.maximum(best, _hits(flips * (one.margins @ flips)), out=best)
    reached = np.array([(best >= one.accuracy - 1e-12).sum() for one in layers])
    p_values: Array = (1 + reached) / (1 + permutations)
    return p_values


def _hits(margins: Array) -> Array:
    """Return the share of margins (N, ...) above 0, those of 0 counting half."""
    share: Array = (np.sign(margins).mean(axis=0) + 1) / 2
    return share


def _folds(count: int, seed: int) -> Array:
    """Return the fold (N,) of each pair."""
    return np.random.default_rng(seed).permutation(count) % min(FOLDS, count)


def _separation(first: Array, second: Array) -> float | None:
    spread = float((first.var(ddof=1) + second.var(ddof=1)) / 2)
    return float((first.mean() - second.mean()) / spread**0.5) if spread > 0 else None
