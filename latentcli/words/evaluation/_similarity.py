"""Sets of word pairs with people's scores, beside the cosines of a space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.files.pair_sets import PairSet
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit
from latentcli.words._space import Space
from latentcli.words.evaluation._correlation import Agreements, agreements
from latentcli.words.evaluation._protocol import Lexicon, Protocol

ABSENT: tuple[str, ...] = ("skip", "zero")
"""What becomes of a pair with a word that is not there."""


@dataclass(frozen=True)
class Likeness:
    """Agreement with people over `used` pairs of all; `skipped` have a word that is not there."""

    pairs: int
    used: int
    skipped: int
    agreements: Agreements


def compare(
    space: Space,
    given: PairSet,
    protocol: Protocol,
    *,
    oov: str = "skip",
    resamples: int = 1000,
    seed: int = 0,
) -> Likeness:
    """Correlate the cosines of pairs with the scores that people gave.

    With `oov` "zero", a pair with a word that is not there has the cosine 0. Models with
    n-grams (fastText) make a vector for any word, unless the protocol restricts the rows.
    """
    words = list(dict.fromkeys(word for pair in given.pairs for word in pair))
    found = vectors_of(space, words, protocol)
    cosines: list[float] = []
    scores: list[float] = []
    skipped = 0
    for (one, two), score in zip(given.pairs, given.scores, strict=True):
        here = one in found and two in found
        skipped += not here
        if here or oov == "zero":
            cosines.append(_cosine(found[one], found[two]) if here else 0.0)
            scores.append(score)
    return Likeness(
        pairs=len(given.pairs),
        used=len(scores),
        skipped=skipped if oov == "skip" else 0,
        agreements=agreements(
            np.array(scores), np.array(cosines), resamples=resamples, seed=seed
        ),
    )


def _cosine(u: Array, v: Array) -> float:
    """Return the cosine of unit vectors by their distance: exactly 1 for equal ones, so they tie."""
    step = u - v
    return 1.0 - float(step @ step) / 2


def vectors_of(space: Space, words: list[str], protocol: Protocol) -> dict[str, Array]:
    """Return the unit vector of each word that is there."""
    lexicon = Lexicon(space, protocol, words)
    makes_any = "ngrams" in space.entry.extras and protocol.restrict is None
    found = {}
    for word in words:
        row = lexicon.row(word)
        if row is not None:
            found[word] = unit(np.asarray(space.matrix[row], dtype=np.float64))
        elif makes_any and (made := space.from_subwords(word)) is not None:
            found[word] = unit(made)
    return found
