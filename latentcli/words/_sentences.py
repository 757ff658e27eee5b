"""Texts as vectors: one-hot, bag of words, mean of word vectors, and SIF (Arora et al., 2017)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

import numpy as np

from latentcli.numerics.blocks import Rows, blocks
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

SMOOTHING = 1e-3
"""The `a` of SIF that Arora et al. recommend."""

_ROUNDING = 1e-12

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words_of(text: str) -> list[str]:
    """Return the words of a text: runs of letters, digits and inner apostrophes, lower case.

    >>> words_of("The cat's 2 mats - sat!")
    ['the', "cat's", '2', 'mats', 'sat']
    """
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def one_hot_similarities(texts: Sequence[str]) -> Array:
    """Return 1 where two texts are the same and 0 elsewhere (n, n): one-hot codes of the texts."""
    names = np.unique(np.array(list(texts), dtype=object), return_inverse=True)[1]
    same: Array = (names[:, None] == names).astype(np.float64)
    return same


def bag_similarities(texts: Sequence[Sequence[str]]) -> Array:
    """Return the cosines (n, n) of the counts of words in each text; NaN for one without words."""
    places = {
        word: place for place, word in enumerate(dict.fromkeys(chain.from_iterable(texts)))
    }
    bags = np.zeros((len(texts), max(1, len(places))))
    for row, words in enumerate(texts):
        for word, count in Counter(words).items():
            bags[row, places[word]] = count
    return cosines(bags)


def cosines(vectors: Array) -> Array:
    """Return the cosines (n, n) of vectors (n, D) with each other; NaN where one is zero."""
    directions = unit(vectors)
    found: Array = np.clip(directions @ directions.T, -1.0, 1.0)
    nowhere = ~directions.any(axis=1)
    found[nowhere] = np.nan
    found[:, nowhere] = np.nan
    return found


def zipf(ranks: Rows, words: int) -> Array:
    """Return the probabilities of words by their ranks (from 0), 1 / rank among `words` (Zipf).

    >>> zipf(np.array([0, 1]), 2).round(4).tolist()
    [0.6667, 0.3333]
    """
    total = (1.0 / np.arange(1, words + 1)).sum()
    probabilities: Array = 1.0 / (np.asarray(ranks) + 1.0) / total
    return probabilities


def sif_weights(probabilities: Array, smoothing: float = SMOOTHING) -> Array:
    """Return the weights a / (a + p(w)) of words, in (0, 1]: frequent words weigh less.

    >>> sif_weights(np.array([0.0, 1e-3, 9e-3])).round(4).tolist()
    [1.0, 0.5, 0.1]
    """
    weights: Array = smoothing / (smoothing + np.asarray(probabilities, dtype=np.float64))
    return weights


def common_component(vectors: Array) -> Array:
    """Return the first right singular vector (D,) of vectors (n, D), not centered."""
    _, _, axes = np.linalg.svd(np.asarray(vectors, dtype=np.float64), full_matrices=False)
    component: Array = axes[0]
    return component


def common_component_of_words(
    matrix: Array,
    rows: Rows,
    probabilities: Array,
    *,
    smoothing: float = SMOOTHING,
    progress: Progress | None = None,
) -> Array:
    """Return the common component (D,) that very many texts of one word would have.

    Each row of the matrix is such a text, drawn with its probability (one for each of `rows`) and
    weighted as SIF does; the component is the first eigenvector of the sum of their outer
    products. It stands in for `common_component` where texts are too few to have one.
    """
    strength = probabilities * sif_weights(probabilities, smoothing) ** 2
    total = np.zeros((matrix.shape[1], matrix.shape[1]))
    done = 0
    for part, values in blocks(matrix, rows, progress=progress):
        weighted = values * strength[done : done + len(part), None]
        total += values.T @ weighted
        done += len(part)
    component: Array = np.linalg.eigh(total)[1][:, -1]
    return component


def without(vectors: Array, component: Array) -> Array:
    """Return vectors (n, D) less their part along a unit vector (D,); nothing but that is zero."""
    left: Array = vectors - np.outer(vectors @ component, component)
    rounding = np.linalg.norm(left, axis=1) <= _ROUNDING * np.linalg.norm(vectors, axis=1)
    left[rounding] = 0.0
    return left


def means(texts: Sequence[Array], weights: Sequence[Array] | None = None) -> Array:
    """Return the mean of each text's word vectors (m, D) as rows (n, D); zeros without words.

    With `weights` (m,) for each text, the weighted sum is still divided by the number of words,
    as Arora et al. have it.
    """
    rows = []
    for index, vectors in enumerate(texts):
        each = np.ones(len(vectors)) if weights is None else weights[index]
        rows.append(each @ vectors / max(1, len(vectors)))
    return np.stack(rows)
