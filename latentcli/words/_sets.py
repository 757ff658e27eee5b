"""Pairs and sets of words: similarity, distances, and the odd one out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from latentcli.errors import ParameterError, check_choice
from latentcli.numerics.offset_consistency import belonging
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import DISTANCES, one_hot_distance, pair, unit
from latentcli.numerics.vectors import distances as matrix_of
from latentcli.results import Bars, HeatMap, Matrix, Picture, Record, Result

if TYPE_CHECKING:
    from latentcli.words._space import Space, Term

MOST = 2000
"""Words of a set at most: each goes with each."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SimilarityResult(Result):
    """How alike two words are; `angle_degrees` is in [0, 180]."""

    cosine: float
    dot: float
    euclidean: float
    angle_degrees: float

    def pictures(self) -> tuple[Picture, ...]:
        """Return the cosine of both words as a heat map."""
        a, b = (str(self.records[0][name]) for name in ("a", "b"))
        values = [[1.0, self.cosine], [self.cosine, 1.0]]
        return (HeatMap("", (a, b), (a, b), values, -1.0, 1.0, "cosine"),)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SimilaritiesResult(Result):
    """How alike the words of several pairs are; `cosines` (n, n) are those of all `words` with each other."""

    words: tuple[str, ...]
    cosines: Array

    def pictures(self) -> tuple[Picture, ...]:
        """Return the cosines of all words with each other as a heat map, in clustered order."""
        from latentcli.words._pictures import cosine_map

        return (cosine_map(self.words, self.cosines),)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DistancesResult(Result):
    """The distances (n, n) of a set of words, symmetric, 0 with itself; an array to NumPy.

    `one_hot` is how far any two different one-hot vectors are apart by the same metric.
    """

    words: tuple[str, ...]
    matrix: Array
    one_hot: float

    def pictures(self) -> tuple[Picture, ...]:
        """Return the matrix as a heat map, in clustered order."""
        from latentcli.words._pictures import distance_map

        return (distance_map(self.words, self.matrix, str(self.settings["metric"])),)

    def __getitem__(self, index: Any) -> Any:
        return self.matrix[index]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.matrix, dtype=dtype)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OddResult(Result, Sequence[tuple[str, float]]):
    """Words with their cosine to the mean of all, the odd one first: (word, score)."""

    odd: str
    ranked: tuple[tuple[str, float], ...]

    def pictures(self) -> tuple[Picture, ...]:
        """Return the cosines to the mean as bars."""
        words, scores = zip(*self.ranked, strict=True)
        return (Bars("", words, scores, "cosine to the mean of all"),)

    @overload
    def __getitem__(self, index: int) -> tuple[str, float]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[str, float], ...]: ...
    def __getitem__(
        self, index: int | slice
    ) -> tuple[str, float] | tuple[tuple[str, float], ...]:
        return self.ranked[index]

    def __len__(self) -> int:
        return len(self.ranked)


SIMILARITY_COLUMNS = ("a", "b", "cosine", "dot", "euclidean", "angle_degrees")


def similarity(space: Space, a: str, b: str) -> SimilarityResult:
    """Measure how alike two words are."""
    terms = terms_of(space, [a, b])
    found = pair(terms[0].vector, terms[1].vector)
    numbers: Record = {
        "cosine": found.cosine, "dot": found.dot, "euclidean": found.euclidean,
        "angle_degrees": found.angle_degrees,
    }  # fmt: skip
    return SimilarityResult(
        cosine=found.cosine,
        dot=found.dot,
        euclidean=found.euclidean,
        angle_degrees=found.angle_degrees,
        title=f"similarity of {a} and {b}",
        columns=SIMILARITY_COLUMNS,
        records=[{"a": a, "b": b, **numbers}],
        notes=notes_of(space, terms),
    )


def similarities(space: Space, pairs: Sequence[tuple[str, str]]) -> SimilaritiesResult:
    """Measure how alike the words of pairs are."""
    found = [similarity(space, a, b) for a, b in pairs]
    words = tuple(dict.fromkeys(word for pair in pairs for word in pair))
    vectors = unit(np.stack([term.vector for term in terms_of(space, words)]))
    return SimilaritiesResult(
        words=words,
        cosines=np.clip(vectors @ vectors.T, -1.0, 1.0),
        columns=SIMILARITY_COLUMNS,
        records=[record for one in found for record in one.records],
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
    )


DISTANCE_COLUMNS = ("a", "b", "distance")


def distances(
    space: Space, words: Sequence[str], *, metric: str = "cosine", one_hot: bool = False
) -> DistancesResult:
    """Measure the distances of a set of words to each other."""
    check_choice("metric", metric, DISTANCES)
    if len(words) < 2:
        raise ParameterError("distances takes two words or more")
    terms = terms_of(space, words)
    matrix = matrix_of(np.stack([term.vector for term in terms]), metric)
    apart = one_hot_distance(metric)
    records: list[Record] = []
    for i, j in combinations(range(len(words)), 2):
        record: Record = {"a": words[i], "b": words[j], "distance": float(matrix[i, j])}
        if one_hot:
            record["one_hot"] = 0.0 if words[i] == words[j] else apart
        records.append(record)
    view = Matrix(list(words), list(words), matrix.tolist())
    return DistancesResult(
        words=tuple(words),
        matrix=matrix,
        one_hot=apart,
        title=f"{metric} distances",
        columns=(*DISTANCE_COLUMNS, "one_hot") if one_hot else DISTANCE_COLUMNS,
        records=records,
        settings={"metric": metric, "one_hot": one_hot},
        notes=notes_of(space, terms),
        views=() if one_hot else (view,),
    )


ODD_COLUMNS = ("rank", "word", "score")


def odd(space: Space, words: Sequence[str]) -> OddResult:
    """Find the word that does not belong with the others."""
    if len(words) < 3:
        raise ParameterError("to find the odd one out takes three words or more")
    terms = terms_of(space, words)
    scores = belonging(np.stack([term.vector for term in terms]))
    order = np.argsort(scores, kind="stable").tolist()
    ranked = tuple((words[index], float(scores[index])) for index in order)
    return OddResult(
        odd=ranked[0][0],
        ranked=ranked,
        title="",
        columns=ODD_COLUMNS,
        records=[
            {"rank": rank, "word": word, "score": score}
            for rank, (word, score) in enumerate(ranked, 1)
        ],
        summary={"odd": ranked[0][0]},
        notes=notes_of(space, terms),
    )


def terms_of(space: Space, words: Sequence[str]) -> list[Term]:
    """Look up the words of a set."""
    if not words:
        raise ParameterError("no words are given")
    if len(words) > MOST:
        raise ParameterError(f"a set has at most {MOST:,} words, not {len(words):,}")
    return [space.term(word) for word in words]


def notes_of(space: Space, terms: Sequence[Term]) -> tuple[str, ...]:
    """Return what is to be known of the space, and of how words were found."""
    return (*space.notes, *dict.fromkeys(note for term in terms for note in term.notes))
