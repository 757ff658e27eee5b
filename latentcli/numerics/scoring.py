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
    lengths of the questions (Q, L) and returns (Q, n), larger is better. `additive` marks a
    score that is the first cosine itself, so that an error in it is an error in the score. Each
    of the `corners` has a sign for each cosine: the score is greatest with all of them that much
    greater (+1) or less (-1), and least with all of them the other way, in one of the corners.
    `exact(rows, probes, vector)` scores rows (n, D) without going through cosines, where that
    would cost digits; `vector` (D,) is the vector of the question. `shown` turns the score into
    the number that is reported.
    """

    name: str
    corners: tuple[tuple[float, ...], ...]
    score: Callable[[Array, Array, Array], Array]
    additive: bool = False
    exact: Callable[[Array, Array, Array], Array] | None = None
    shown: Callable[[Array], Array] = lambda score: score

    def bounds(
        self, cosines: Array, norms: Array, lengths: Array, error: float
    ) -> tuple[Array, Array, float]:
        """Return the least and the greatest score (Q, n) of cosines that are right within `error`.

        The third is to be added to the greatest: where the score is the cosine itself, the same
        array serves for both. `cosines` (Q P, n).
        """
        if self.additive:
            return cosines, cosines, 2 * error
        shaped = cosines.reshape(len(lengths), -1, cosines.shape[1]).astype(np.float64)
        scores = [
            self.score(shaped + sign[:, None], norms, lengths)
            for corner in self.corners
            for sign in (error * np.array(corner), -error * np.array(corner))
        ]
        return np.min(scores, axis=0), np.max(scores, axis=0), 0.0

    def of_rows(self, rows: Array, probes: Array, lengths: Array, vector: Array) -> Array:
        """Score rows (n, D) of float64, each on its own, so that equal rows score equal."""
        if self.exact is not None:
            return self.exact(rows, probes, vector)
        norms = np.sqrt((rows * rows).sum(axis=1))
        cosines = np.stack([(rows * probe).sum(axis=1) for probe in probes])
        with np.errstate(divide="ignore", invalid="ignore"):
            cosines = np.clip(cosines / norms, -1.0, 1.0)
        scores: Array = self.score(cosines[None], norms, lengths[None])[0]
        return scores


def _cosine(cosines: Array, norms: Array, lengths: Array) -> Array:
    first: Array = cosines[:, 0]
    return first


def _dot(cosines: Array, norms: Array, lengths: Array) -> Array:
    products: Array = cosines[:, 0] * norms * lengths[:, :1]
    return products


def _exact_dot(rows: Array, probes: Array, vector: Array) -> Array:
    products: Array = (rows * vector).sum(axis=1)
    return products


def _euclidean(cosines: Array, norms: Array, lengths: Array) -> Array:
    """Minus the squared distance."""
    q = lengths[:, :1]
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

    Probes are the direction of A - B, and C; `lengths` has the cosine between those two.
    """
    return _along(cosines, 1.0, lengths[:, :1], 1.0)


def _raw_pair_direction(cosines: Array, norms: Array, lengths: Array) -> Array:
    """PairDirection of vectors as they are; `lengths` has that cosine, and the norm of C."""
    return _along(cosines, norms, lengths[:, :1], lengths[:, 1:])


def _along(cosines: Array, x: Array | float, along: Array, c: Array | float) -> Array:
    """Return the cosine of x - C with a direction, of the norms `x` and `c` and the cosines.

    By the law of cosines: of x with the direction and with C, and of C with the direction.
    """
    squares = x * x + c * c - 2 * x * c * cosines[:, 1]
    apart = np.sqrt(np.maximum(squares, (SAME * c) ** 2))
    scores: Array = (x * cosines[:, 0] - c * along) / apart
    return scores


def _exact_pair_direction(rows: Array, probes: Array, vector: Array) -> Array:
    offsets = rows / np.sqrt((rows * rows).sum(axis=1, keepdims=True)) - probes[1]
    return _cosines_with(offsets, probes[0], SAME)


def _exact_raw_pair_direction(rows: Array, probes: Array, vector: Array) -> Array:
    return _cosines_with(rows - vector, probes[0], SAME * float(np.sqrt(vector @ vector)))


def _cosines_with(offsets: Array, direction: Array, least: float) -> Array:
    """Return the cosines of offsets (n, D); those shorter than `least` have no direction: 0."""
    apart = np.sqrt((offsets * offsets).sum(axis=1))
    scores: Array = np.clip(
        (offsets * direction).sum(axis=1) / np.maximum(apart, least), -1.0, 1.0
    )
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
_EITHER = ((1.0, 1.0), (1.0, -1.0))
PAIR_DIRECTION = Scorer("pairdirection", _EITHER, _pair_direction, exact=_exact_pair_direction)
RAW_PAIR_DIRECTION = Scorer(
    "pairdirection", _EITHER, _raw_pair_direction, exact=_exact_raw_pair_direction
)
