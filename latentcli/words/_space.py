"""A space of vectors to ask: the library's front door, and what every command of words calls.

>>> import latentcli
>>> space = latentcli.open()
>>> space.neighbors("paris", top=1)[0].word
'france'
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from latentcli.errors import FileError, LatentError, UsageError, WordError, check_choice, shown
from latentcli.numerics.scoring import COSINE, DOT, EUCLIDEAN
from latentcli.numerics.search import Hits, Question, search
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import DISTANCES, Pair, distances, pair, unit
from latentcli.words import _analogy as analogies
from latentcli.words._choice import EVERYTHING, Choice, Choices, Hit

if TYPE_CHECKING:
    from latentcli.numerics.named_vectors import NamedVectors
    from latentcli.numerics.offset_consistency import Consistency

Rank = Callable[..., list[Hits]]
"""A search: takes matrix, norms, questions and what is wanted, gives hits for each question."""


def _csls(*arguments: Any, **wanted: Any) -> list[Hits]:
    from latentcli.words._csls import csls  # few questions want it

    return csls(*arguments, **wanted)


METRICS: dict[str, Rank] = {
    "cosine": partial(search, scorer=COSINE),
    "dot": partial(search, scorer=DOT),
    "euclidean": partial(search, scorer=EUCLIDEAN),
    "csls": _csls,
}
"""What "near" can mean for neighbours."""


class Space:
    """Vectors with words (or row numbers), open for questions.

    Questions about words raise WordError for a word that is not there. Answers never hold a
    row of zeros, NaN or infinity. All scores are computed in float64 from the float32 vectors.
    """

    def __init__(
        self, entry: NamedVectors, *, address: str = "", ignore_case: bool = False
    ) -> None:
        self.entry = entry
        self.address = address or str(entry.path)
        self.ignore_case = ignore_case
        self.words = entry.vocabulary
        self.matrix = entry.matrix
        self.norms = entry.norms
        self.name = entry.path.name
        self.reopen: tuple[Any, ...] | None = None
        self._stamp = _stamp(entry)

    @property
    def dimensions(self) -> int:
        """The length of each vector."""
        return int(self.matrix.shape[1])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._find(word) is not None

    def __repr__(self) -> str:
        return f"<Space {self.name}: {len(self):,} x {self.dimensions}>"

    # ---- words and vectors

    def row(self, word: str) -> int:
        """Return the row of a word; WordError with close words if it is not there."""
        row = self._find(word)
        if row is None:
            raise self._missing(word)
        return row

    def vector(self, word: str) -> Array:
        """Return the vector of a word (D,) float64; fastText models make one for any word."""
        return self._term(word)[1]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as a call that opens the file again; `opening.open` sets which."""
        if self.reopen is None:
            raise TypeError(f"{self!r} was not opened from a file and cannot be pickled")
        return self.reopen

    def check_file(self) -> None:
        """Refuse to go on when a file whose rows are read where they lie has changed."""
        if self._stamp is not None and _stamp(self.entry) != self._stamp:
            raise FileError(f"{self.name} has changed since it was opened; open it again")

    def _find(self, word: str) -> int | None:
        row = self.words.row(word)
        if row is None and self.ignore_case:
            others = self.words.variants(word)
            row = self.words.row(others[0]) if others else None
        return row

    def _term(self, word: str) -> tuple[int | None, Array]:
        """Return a word's row (None if it is made of n-grams) and vector."""
        self.check_file()
        row = self._find(word)
        if row is None:
            made = self.from_subwords(word)
            if made is None:
                raise self._missing(word)
            return None, made
        if not self.norms[row] > 0:
            raise WordError(
                f"'{word}' has no direction in {self.name}: its row is zero, NaN or infinite"
            )
        return row, self.matrix[row].astype(np.float64)

    def from_subwords(self, word: str) -> Array | None:
        """Return the vector (D,) that a fastText model makes of n-grams; None without any."""
        parts = self.entry.extras
        if "ngrams" not in parts:
            return None
        from latentcli.words._subwords import subword_vector

        vector = subword_vector(
            word, parts["ngrams"], parts["min_n"], parts["max_n"], parts["buckets"]
        )
        return vector if vector.any() else None

    def _missing(self, word: str) -> WordError:
        if not self.words.named:
            return WordError(
                f"'{shown(word, 80)}' is not a row of {self.name} (rows 0 to {len(self) - 1:,})"
            )
        count = f"{len(self):,} word{'s' if len(self) != 1 else ''}"
        where = f"'{shown(word, 80)}' is not in {self.name} ({count})"
        others = self.words.variants(word)
        if others:
            return WordError(f"{where}, but '{others[0]}' is; --ignore-case takes it")
        close = self.words.close(word)
        hint = f" Did you mean {', '.join(close)}?" if close else ""
        return WordError(f"{where}.{hint}")

    # ---- questions, one at a time

    def analogy(
        self,
        a: str,
        b: str,
        c: str,
        *,
        method: str = "3cosadd",
        raw: bool = False,
        **choice: Unpack[Choices],
    ) -> list[Hit]:
        """Answer A - B + C; `choice` takes the fields of `Choice` (top, restrict, ...)."""
        wanted = Choice(**choice)
        question = self.ask_analogy(a, b, c, method=method, raw=raw, choice=wanted)
        return self.answer([question], wanted, method=method)[0]

    def neighbors(
        self, of: str | Array, *, metric: str = "cosine", **choice: Unpack[Choices]
    ) -> list[Hit]:
        """Return what is nearest to a word or a vector (D,)."""
        wanted = Choice(**choice)
        if isinstance(of, str):
            question = self.ask_neighbors(of, choice=wanted)
        else:
            question = self.ask_vector(np.asarray(of, dtype=np.float64))
        return self.answer([question], wanted, metric=metric)[0]

    def expression(
        self, text: str, *, raw: bool = False, **choice: Unpack[Choices]
    ) -> list[Hit]:
        """Return what is nearest to a weighted sum such as "king - man + 0.5*woman"."""
        from latentcli.words._expression import parse

        wanted = Choice(**choice)
        question = self.ask_expression(parse(text), raw=raw, choice=wanted)
        return self.answer([question], wanted)[0]

    def similarity(self, a: str, b: str) -> Pair:
        """Return cosine, dot product, distance and angle of two words."""
        return pair(self._term(a)[1], self._term(b)[1])

    def distances(self, words: Sequence[str], *, metric: str = "cosine") -> Array:
        """Return the matrix (n, n) of distances: "cosine" (1 - cos), "euclidean" or "angle"."""
        check_choice("metric", metric, DISTANCES)
        return distances(self._stack(words), metric)

    def odd(self, words: Sequence[str]) -> list[tuple[str, float]]:
        """Return the words with their cosine to the mean of all, the odd one out first."""
        if len(words) < 3:
            raise UsageError("to find the odd one out takes three words or more")
        from latentcli.numerics import offset_consistency as relations

        scores = relations.belonging(self._stack(words))
        order = np.argsort(scores, kind="stable")
        return [(words[index], float(scores[index])) for index in order]

    def relation(self, pairs: Sequence[tuple[str, str]], *, raw: bool = False) -> Consistency:
        """Tell how far the offsets of pairs (from, to) agree."""
        from latentcli.numerics import offset_consistency as relations

        for start, end in pairs:
            if self._identity(start) == self._identity(end):
                raise LatentError(f"{start}:{end} is no pair: both are the same word")
        starts = self._stack([start for start, _ in pairs])
        ends = self._stack([end for _, end in pairs])
        if not raw:
            starts, ends = unit(starts), unit(ends)
        same = np.flatnonzero(~(starts != ends).any(axis=1))
        if same.size:
            start, end = pairs[int(same[0])]
            raise LatentError(f"{start}:{end} has no direction: both have the same vector")
        return relations.consistency(starts, ends)

    def _identity(self, word: str) -> int | str:
        """Return what identifies a word: its row, or itself if it is made of n-grams."""
        row = self._term(word)[0]
        return word if row is None else row

    def _stack(self, words: Sequence[str]) -> Array:
        if not words:
            raise UsageError("no words are given")
        return np.stack([self._term(word)[1] for word in words])

    # ---- questions in numbers: ask each, then answer all in one pass over the vectors

    def ask_analogy(
        self, a: str, b: str, c: str, *, method: str, raw: bool, choice: Choice = EVERYTHING
    ) -> Question:
        """Make the question A - B + C."""
        check_choice("method", method, analogies.METHODS)
        if raw and method == "3cosmul":
            raise UsageError(
                "3cosmul compares cosines, which have no raw form; leave out --raw"
            )
        rows, vectors = zip(*(self._term(word) for word in (a, b, c)), strict=True)
        exclude = self._exclude(rows, choice)
        return analogies.ask(*vectors, method=method, raw=raw, exclude=exclude)

    def ask_neighbors(self, word: str, *, choice: Choice = EVERYTHING) -> Question:
        """Make the question for a word's neighbours."""
        row, vector = self._term(word)
        norm = float(np.linalg.norm(vector))
        own = () if row is None else (row,)
        return Question(
            unit(vector)[None], () if choice.include_inputs else own, norm, vector, own
        )

    def ask_vector(self, vector: Array) -> Question:
        """Make the question for what is nearest to a vector (D,)."""
        vector = np.asarray(vector, dtype=np.float64)
        if vector.shape != (self.dimensions,):
            raise LatentError(
                f"the vector has shape {vector.shape}, the rows of {self.name} "
                f"have {self.dimensions:,} dimensions"
            )
        norm = float(np.linalg.norm(vector))
        if not np.isfinite(norm) or norm == 0:
            raise LatentError("the vector is zero, or holds NaN or infinity: no direction")
        return Question(unit(vector)[None], (), norm, vector)

    def ask_expression(
        self, terms: Sequence[tuple[float, str]], *, raw: bool, choice: Choice = EVERYTHING
    ) -> Question:
        """Make the question for a weighted sum of words."""
        found = [(weight, *self._term(word)) for weight, word in terms]
        total = analogies.combine([(weight, vector) for weight, _, vector in found], raw=raw)
        exclude = self._exclude([row for _, row, _ in found], choice)
        return Question(unit(total)[None], exclude, float(np.linalg.norm(total)))

    def answer(
        self,
        questions: Sequence[Question],
        choice: Choice = EVERYTHING,
        *,
        method: str = "3cosadd",
        metric: str = "cosine",
        progress: Progress | None = None,
    ) -> list[list[Hit]]:
        """Answer questions of one kind, all in one pass over the vectors."""
        check_choice("metric", metric, METRICS)
        if metric == "euclidean" and choice.min_score is not None:
            raise UsageError("with the euclidean metric a score is a distance; no --min-score")
        rank = METRICS[metric]
        if metric == "cosine":  # which an analogy's method may shape
            rank = partial(search, scorer=analogies.METHODS[method].scorer)
        self.check_file()
        found = rank(
            self.matrix,
            self.norms,
            questions,
            top=choice.top,
            rows=self._rows(choice),
            limit=choice.restrict,
            min_score=choice.min_score,
            progress=progress,
        )
        return [self._named(hits) for hits in found]

    def _named(self, hits: Hits) -> list[Hit]:
        words = self.words.words(hits.rows.tolist())
        scores = hits.scores.tolist()
        return [
            Hit(word, score, row)
            for word, score, row in zip(words, scores, hits.rows.tolist(), strict=True)
        ]

    def _rows(self, choice: Choice) -> Array | None:
        """Return the rows that `match` and `among` leave, ascending; None for all."""
        rows = None
        if choice.match is not None:
            rows = self.words.matching(re.compile(choice.match))
        if choice.among is not None:
            found = {self._find(word) for word in choice.among}
            listed = np.array(sorted(row for row in found if row is not None), dtype=np.int64)
            rows = listed if rows is None else np.intersect1d(rows, listed)
        return rows

    @staticmethod
    def _exclude(rows: Sequence[int | None], choice: Choice) -> tuple[int, ...]:
        if choice.include_inputs:
            return ()
        return tuple(row for row in rows if row is not None)


def _stamp(entry: NamedVectors) -> tuple[int, int] | None:
    """Return size and time of a file whose rows are mapped where they lie; None for others."""
    if entry.meta["mapped"] is None:
        return None
    try:
        status = os.stat(entry.meta["mapped"][0])  # noqa: PTH116
    except OSError:
        return (0, 0)
    return status.st_size, status.st_mtime_ns
