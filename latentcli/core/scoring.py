"""What makes one row a better answer than another: a score from cosines and norms.

A question is one or more unit probes; each row of the space has a cosine to every probe and a
norm. A scorer turns those into one number. `signs` says whether the score rises (+1) or falls
(-1) with each cosine, which bounds the score when a cosine is known within an error only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

COSMUL_EPSILON = 1e-6
"""Keeps 3CosMul finite; the same as gensim's, so that the scores agree."""


@dataclass(frozen=True)
class Scorer:
    """One way to score.

    `score(cosines, norms, lengths)` takes cosines (Q, P, n), the rows' norms (n,) and the
    questions' own lengths (Q,) and returns (Q, n), larger is better. `additive` marks a score
    that is the first cosine itself, so that an error in it is an error in the score. `shown`
    turns the score into what people are shown.
    """

    name: str
    signs: tuple[float, ...]
    score: Callable[[Array, Array, Array], Array]
    additive: bool = False
    shown: Callable[[Array], Array] = lambda score: score


def _cosine(cosines: Array, norms: Array, lengths: Array) -> Array:
    first: Array = cosines[:, 0]
    return first


def _dot(cosines: Array, norms: Array, lengths: Array) -> Array:
    products: Array = cosines[:, 0] * norms * lengths[:, None]
    return products


def _euclidean(cosines: Array, norms: Array, lengths: Array) -> Array:
    """Minus the squared distance."""
    q = lengths[:, None]
    squares: Array = norms**2 + q**2 - 2 * cosines[:, 0] * norms * q
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
    apart = np.sqrt(np.maximum(2 - 2 * cosines[:, 1], 1e-12))
    scores: Array = (cosines[:, 0] - lengths[:, None]) / apart
    return scores


COSINE = Scorer("cosine", (1.0,), _cosine, additive=True)
DOT = Scorer("dot", (1.0,), _dot)
EUCLIDEAN = Scorer(
    "euclidean", (1.0,), _euclidean, shown=lambda score: np.sqrt(np.maximum(-score, 0))
)
COSMUL = Scorer("3cosmul", (1.0, -1.0, 1.0), _cosmul)
PAIR_DIRECTION = Scorer("pairdirection", (1.0, 1.0), _pair_direction)
