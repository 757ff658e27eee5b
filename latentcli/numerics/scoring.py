"""What makes one row a better answer than another: a score from cosines and norms.

A question is one or more unit probes; each row of the space has a cosine to every probe and a
norm. A scorer turns those into one number. `corners` says where the score is greatest when the
cosines are known within an error only, which bounds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from latentcli.numerics.types import Array

COSMUL_EPSILON = 1e-6
"""Keeps 3CosMul finite; the same as gensim's, so that the scores agree."""

SAME = 1e-9
"""Directions nearer than this are one: float32 rows cannot tell them apart."""


@dataclass(frozen=True)
class Scorer:
    """One way to score.

    `score(cosines, norms, lengths)` takes cosines (Q, P, n), the rows' norms (n,) and the
    questions' own lengths (Q,) and returns (Q, n), larger is better. `additive` marks a score
    that is the first cosine itself, so that an error in it is an error in the score. Each of
    the `corners` has a sign for each cosine: the score is greatest with all of them that much
    greater (+1) or less (-1), and least with all of them the other way, in one of the corners.
    `exact(rows, probes, vector)` scores rows (n, D) without going through cosines, where that
    would cost digits; `vector` (D,) is what was asked with. `shown` turns the score into what
    people are shown.
    """

    name: str
    corners: tuple[tuple[float, ...], ...]
    score: Callable[[Array, Array, Array], Array]
    additive: bool = False
    exact: Callable[[Array, Array, Array], Array] | None = None
    shown: Callable[[Array], Array] = lambda score: score


def _cosine(cosines: Array, norms: Array, lengths: Array) -> Array:
    first: Array = cosines[:, 0]
    return first


def _dot(cosines: Array, norms: Array, lengths: Array) -> Array:
    products: Array = cosines[:, 0] * norms * lengths[:, None]
    return products


def _exact_dot(rows: Array, probes: Array, vector: Array) -> Array:
    products: Array = (rows * vector).sum(axis=1)
    return products


def _euclidean(cosines: Array, norms: Array, lengths: Array) -> Array:
    """Minus the squared distance."""
    q = lengths[:, None]
    squares: Array = norms**2 + q**2 - 2 * cosines[:, 0] * norms * q
    return -squares


def _exact_euclidean(rows: Array, probes: Array, vector: Array) -> Array:
    squares: Array = ((rows - vector) ** 2).sum(axis=1)
    return -squares


def _cosmul(cosines: Array, norms: Array, lengths: Array) -> Array:
    """3CosMul (Levy and Goldberg, 2014), cosines shifted to [0, 1] as they suggest.

    Probes come in the order of A, B, C of A - B + C.
    """
    shifted = np.maximum((1 + cosines) / 2, 0)
    scores: Array = shifted[:, 0] * shifted[:, 2] / (shifted[:, 1] + COSMUL_EPSILON)
    return scores


def _pair_direction(cosines: Array, norms: Array, lengths: Array) -> Array:
    """PairDirection (Levy and Goldberg, 2014): cosine of x - C with A - B, all of unit length.

    Probes are the direction of A - B, and C; `lengths` holds the cosine between those two.
    """
    apart = np.sqrt(np.maximum(2 - 2 * cosines[:, 1], SAME**2))
    scores: Array = (cosines[:, 0] - lengths[:, None]) / apart
    return scores


def _exact_pair_direction(rows: Array, probes: Array, vector: Array) -> Array:
    direction, start = probes
    offsets = rows / np.sqrt((rows * rows).sum(axis=1, keepdims=True)) - start
    apart = np.maximum(np.sqrt((offsets * offsets).sum(axis=1)), SAME)
    scores: Array = np.clip((offsets * direction).sum(axis=1) / apart, -1.0, 1.0)
    return scores


COSINE = Scorer("cosine", ((1.0,),), _cosine, additive=True)
DOT = Scorer("dot", ((1.0,),), _dot, exact=_exact_dot)
EUCLIDEAN = Scorer(
    "euclidean",
    ((1.0,),),
    _euclidean,
    exact=_exact_euclidean,
    shown=lambda score: np.sqrt(np.maximum(-score, 0)),
)
COSMUL = Scorer("3cosmul", ((1.0, -1.0, 1.0),), _cosmul)
# A positive score rises with the second cosine, a negative one falls: either may be greatest.
PAIR_DIRECTION = Scorer(
    "pairdirection", ((1.0, 1.0), (1.0, -1.0)), _pair_direction, exact=_exact_pair_direction
)
