"""Texts as one-hot, bag of words, mean of word vectors and SIF, and how similar they are in each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import NamedTuple

import numpy as np

from latentcli.errors import LatentError, ParameterError, WordError, check_choice, shown
from latentcli.numerics.types import Array, Progress
from latentcli.results import Picture, Record, Result, Sheet, number_or_none
from latentcli.words import _sentences as sentences
from latentcli.words._frequencies import Frequencies
from latentcli.words._space import Space

COLUMNS = ("representation", "dimensions", "similarity_built_in", "a", "b", "similarity")

MEAN, SIF = "mean of word vectors", "SIF"
BUILT_IN = {
    "one-hot": "no",
    "bag of words": "shared words only",
    MEAN: "yes",
    SIF: "yes, rare words count more",
}
"""Every representation, and whether texts of like meaning are near in it by construction."""

MOST = 500
"""Texts at most: every pair is shown."""

ENOUGH = 20
"""Texts from which they have a common component of their own."""

_LISTED = 10


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Representations(Result):
    """Texts in each representation.

    `similarities` has for each representation the cosines (n, n) of the texts, NaN for a text
    without a vector; `dimensions` the length of its vectors; `vectors` the vectors (n, D)
    themselves, of those that are dense.
    """

    texts: tuple[str, ...]
    dimensions: dict[str, int]
    similarities: dict[str, Array]
    vectors: dict[str, Array]

    def pictures(self) -> tuple[Picture, ...]:
        """Return a heat map of the texts' cosines for each representation."""
        from latentcli.words._pictures import of_representations

        return of_representations(self)


def represent(
    texts: Sequence[str],
    vectors: Space,
    *,
    counts: Mapping[str, float] | None = None,
    smoothing: float = sentences.SMOOTHING,
    common: str | None = None,
    progress: Progress | None = None,
) -> Representations:
    """Represent texts as one-hot, bag of words, mean of word vectors and SIF (Arora et al., 2017).

    Parameters
    ----------
    texts
        Two to 500, each with a word in it.
    vectors
        A space of word vectors (see `latentcli.open`), or a file of them.
    counts
        How often words occur, for SIF, or a file with a word and its count on each line. Without,
        by the word's place in the vectors (Zipf's law).
    smoothing
        SIF weighs a word of probability p by smoothing / (smoothing + p); above 0.
    common
        What SIF takes the common component from: "texts" or "words". None: texts from 20 on.
    progress
        Called with how many rows are done, where the component is that of the words.

    Raises
    ------
    LatentError
        A text has no words, or the vectors have none.

    Examples
    --------
    >>> import latentcli
    >>> found = latentcli.represent(["my cat", "a dog", "stock prices"], latentcli.open())
    >>> float(found.similarities["bag of words"][0, 1])
    0.0
    >>> mean = found.similarities["mean of word vectors"]
    >>> bool(mean[0, 1] > mean[0, 2])
    True
    """
    if common is not None:
        check_choice("common", common, ("texts", "words"))
    if not 0 < smoothing < math.inf:
        raise ParameterError("smoothing", f"{smoothing:g}", "a number above 0")
    texts = tuple(texts)
    if not 2 <= len(texts) <= MOST:
        raise ParameterError(f"represent compares 2 to {MOST} texts, not {len(texts):,}")
    if not vectors.words.named:
        raise LatentError(f"{vectors.name} has no words; it takes word vectors, or `labels`")
    source = common or ("texts" if len(texts) >= ENOUGH else "words")
    frequencies = Frequencies.of(counts, vectors)
    known = _look_up(texts, vectors, frequencies)
    dense = {
        MEAN: sentences.means(known.vectors),
        SIF: _sif(known, frequencies, smoothing, source, progress),
    }
    similarities = {
        "one-hot": sentences.one_hot_similarities(texts),
        "bag of words": sentences.bag_similarities(known.words),
        **{name: sentences.cosines(rows) for name, rows in dense.items()},
    }
    dimensions = {
        "one-hot": len(set(texts)),
        "bag of words": len(vectors) + len(known.unknown),
        **dict.fromkeys(dense, vectors.dimensions),
    }
    return Representations(
        texts=texts,
        dimensions=dimensions,
        similarities=similarities,
        vectors=dense,
        columns=COLUMNS,
        records=_records(texts, dimensions, similarities),
        settings={
            "texts": len(texts), "counts": None if counts is None else len(counts),
            "smoothing": smoothing, "common": source,
        },
        notes=(*vectors.notes, *_notes(known, frequencies, dense, source)),
        views=_views(texts, dimensions, similarities),
    )  # fmt: skip


class _Known(NamedTuple):
    """The texts: all their words; vectors and probabilities of those that are known."""

    words: list[list[str]]
    vectors: list[Array]
    probabilities: list[Array]
    unknown: list[str]


def _look_up(texts: Sequence[str], space: Space, frequencies: Frequencies) -> _Known:
    """Look up the words of each text."""
    words = [sentences.words_of(text) for text in texts]
    for number, (text, own) in enumerate(zip(texts, words, strict=True), 1):
        if not own:
            raise LatentError(f"text {number} has no words: '{shown(text, 60)}'")
    known: dict[str, tuple[int, Array]] = {}
    unknown = []
    for word in dict.fromkeys(word for own in words for word in own):
        found = _row_and_vector(word, space)
        if found is None:
            unknown.append(word)
        else:
            known[word] = found
    there = [[word for word in own if word in known] for own in words]
    nothing = np.zeros((0, space.dimensions))
    return _Known(
        words,
        [np.stack([known[word][1] for word in own]) if own else nothing for own in there],
        [frequencies.of_words(own, [known[word][0] for word in own]) for own in there],
        unknown,
    )


def _row_and_vector(word: str, space: Space) -> tuple[int, Array] | None:
    """Return a word's row (-1 if it is made of n-grams) and vector; None if it has none."""
    if word not in space and "ngrams" not in space.entry.extras:
        return None  # looking it up would search for words that are spelled alike
    try:
        term = space.term(word)
    except WordError:
        return None
    return (-1 if term.row is None else term.row), term.vector


def _sif(
    known: _Known,
    frequencies: Frequencies,
    smoothing: float,
    common: str,
    progress: Progress | None,
) -> Array:
    """Return the SIF vectors (n, D): weighted means without the common component."""
    weights = [sentences.sif_weights(p, smoothing) for p in known.probabilities]
    means = sentences.means(known.vectors, weights)
    if common == "texts":
        return sentences.without(means, sentences.common_component(means))
    space = frequencies.space
    rows = np.flatnonzero(space.norms > 0)
    component = sentences.common_component_of_words(
        space.matrix, rows, frequencies.of_rows(rows), smoothing=smoothing, progress=progress
    )
    return sentences.without(means, component)


def _records(
    texts: Sequence[str], dimensions: dict[str, int], similarities: dict[str, Array]
) -> list[Record]:
    return [
        {
            "representation": name,
            "dimensions": dimensions[name],
            "similarity_built_in": BUILT_IN[name],
            "a": texts[i],
            "b": texts[j],
            "similarity": number_or_none(matrix[i, j]),
        }
        for name, matrix in similarities.items()
        for i, j in combinations(range(len(texts)), 2)
    ]


def _views(
    texts: Sequence[str], dimensions: dict[str, int], similarities: dict[str, Array]
) -> tuple[Sheet, Sheet]:
    """Return the types of representation, and beneath them each pair in all of them."""
    types: list[Record] = [
        {"representation": name, "dimensions": dimensions[name], "similarity_built_in": text}
        for name, text in BUILT_IN.items()
    ]
    pairs: list[Record] = [
        {
            "a": texts[i],
            "b": texts[j],
            **{name: number_or_none(matrix[i, j]) for name, matrix in similarities.items()},
        }
        for i, j in combinations(range(len(texts)), 2)
    ]
    return (
        Sheet("representation types", COLUMNS[:3], types),
        Sheet("cosine of each pair of texts", ("a", "b", *similarities), pairs),
    )


def _notes(
    known: _Known, frequencies: Frequencies, vectors: dict[str, Array], common: str
) -> list[str]:
    notes = []
    if known.unknown:
        notes.append(f"not in the vectors, and left out of the means: {_few(known.unknown)}")
    empty = [number for number, rows in enumerate(known.vectors, 1) if not len(rows)]
    if empty:
        notes.append(f"no word of text {_few(empty)} has a vector: no similarity of means")
    for name, rows in vectors.items():
        zero = [number for number, row in enumerate(rows, 1) if not row.any()]
        if zero := [number for number in zero if number not in empty]:
            notes.append(f"nothing is left of the {name} of text {_few(zero)}: no similarity")
    if frequencies.counts is None:
        notes.append(
            "SIF estimates word frequencies from the order of the words (Zipf's law); `counts` "
            "gives them"
        )
    else:
        words = dict.fromkeys(chain.from_iterable(known.words))
        if uncounted := [word for word in words if word not in frequencies.counts]:
            notes.append(f"not in the counts, and taken as the rarest: {_few(uncounted)}")
    count = len(known.words)
    if common == "words" and count < ENOUGH:
        notes.append(
            f"SIF takes the common component from the vectors' words: {count} texts are too few "
            "to have one of their own (`common`)"
        )
    elif common == "texts" and count < ENOUGH:
        notes.append(f"the common component of {count} texts is mostly the texts themselves")
    return notes


def _few(items: Sequence[object]) -> str:
    """List the first of some items, and how many more there are."""
    more = f" and {len(items) - _LISTED:,} more" if items[_LISTED:] else ""
    return ", ".join(map(str, items[:_LISTED])) + more
