"""Queries that are answered with ranked words, all of one kind in one pass over the vectors.

A query is made first (which looks up its words, and may fail), then many are answered together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from latentcli.errors import LatentError, ParameterError, check_choice
from latentcli.numerics.scoring import COSINE, DOT, EUCLIDEAN
from latentcli.numerics.search import Hits, Question, search
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit
from latentcli.results import Picture, Record, Result, Scalar
from latentcli.words import _analogy
from latentcli.words._choice import Choice, Hit
from latentcli.words._columns import COLUMNS, with_columns

if TYPE_CHECKING:
    from latentcli.words._space import Space

Rank = Callable[..., list[Hits]]
"""A search: takes matrix, norms, questions and which rows may be answers, gives hits for each."""


def _csls(*arguments: Any, **choices: Any) -> list[Hits]:
    from latentcli.words._csls import csls  # few queries need it

    return csls(*arguments, **choices)


METRICS: dict[str, Rank] = {
    "cosine": partial(search, scorer=COSINE),
    "dot": partial(search, scorer=DOT),
    "euclidean": partial(search, scorer=EUCLIDEAN),
    "csls": _csls,
}
"""What "near" can mean for neighbors."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RankedWords(Result, Sequence[Hit]):
    """The answers to one query, the best first; a sequence of `Hit` (word, score, row).

    It equals any sequence of the same hits. `query` and `space` are what it is an answer to.
    """

    hits: tuple[Hit, ...]
    query: Query | None = None
    space: Space | None = None

    def pictures(self) -> tuple[Picture, ...]:
        """Return scores as bars; of an analogy first the parallelogram of its offsets."""
        from latentcli.words._pictures import pictures_of

        return pictures_of(self, self.query, self.space)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.hits == tuple(other)

    def __hash__(self) -> int:
        return hash(self.hits)

    @overload
    def __getitem__(self, index: int) -> Hit: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Hit, ...]: ...
    def __getitem__(self, index: int | slice) -> Hit | tuple[Hit, ...]:
        return self.hits[index]

    def __len__(self) -> int:
        return len(self.hits)


@dataclass(frozen=True)
class Query:
    """A query whose words were found: what it is called, what is computed, in numbers, and notes.

    `terms` are the words of an analogy with their vectors (D,).
    """

    label: str
    title: str
    question: Question
    notes: tuple[str, ...] = ()
    terms: tuple[tuple[str, Array], ...] = ()


def analogy_query(
    space: Space,
    a: str,
    b: str,
    c: str,
    *,
    method: str = "3cosadd",
    raw: bool = False,
    include_inputs: bool = False,
) -> Query:
    """Make the query A - B + C."""
    _analogy.scorer_of(method, raw=raw)  # refuses before words are looked up
    terms = [space.term(word) for word in (a, b, c)]
    exclude = () if include_inputs else tuple(t.row for t in terms if t.row is not None)
    question = _analogy.ask(
        *(term.vector for term in terms), method=method, raw=raw, exclude=exclude
    )
    notes = tuple(note for term in terms for note in term.notes)
    named = tuple((term.word, term.vector) for term in terms)
    return Query(joined([a, b, c]), f"{a} - {b} + {c}", question, notes, named)


def neighbors_query(space: Space, word: str, *, include_inputs: bool = False) -> Query:
    """Make the query for the neighbors of a word."""
    term = space.term(word)
    own = () if term.row is None else (term.row,)
    question = Question(
        unit(term.vector)[None],
        () if include_inputs else own,
        float(np.linalg.norm(term.vector)),
        term.vector,
        own,
    )
    return Query(word, word, question, term.notes)


def vector_query(space: Space, vector: Array, label: str = "vector") -> Query:
    """Make the query for what is nearest to a vector (D,)."""
    vector = np.asarray(vector, dtype=np.float64)
    if vector.shape != (space.dimensions,):
        raise LatentError(
            f"the vector has shape {vector.shape}, the rows of {space.name} "
            f"have {space.dimensions:,} dimensions"
        )
    norm = float(np.linalg.norm(vector))
    if not np.isfinite(norm) or norm == 0:
        raise LatentError("the vector is zero, or holds NaN or infinity: no direction")
    return Query(label, label, Question(unit(vector)[None], (), norm, vector))


def expression_query(
    space: Space,
    terms: Sequence[tuple[float, str]],
    *,
    raw: bool = False,
    include_inputs: bool = False,
    label: str = "expression",
) -> Query:
    """Make the query for a weighted sum of words."""
    found = [(weight, space.term(word)) for weight, word in terms]
    total = _analogy.combine([(weight, term.vector) for weight, term in found], raw=raw)
    rows = tuple(term.row for _, term in found if term.row is not None)
    question = Question(
        unit(total)[None], () if include_inputs else rows, float(np.linalg.norm(total))
    )
    notes = tuple(note for _, term in found for note in term.notes)
    return Query(label, label, question, notes)


def answer_analogies(
    space: Space,
    queries: Sequence[Query],
    choice: Choice,
    *,
    method: str = "3cosadd",
    raw: bool = False,
    progress: Progress | None = None,
) -> list[RankedWords]:
    """Answer analogies of one method."""
    rank = partial(search, scorer=_analogy.scorer_of(method, raw=raw))
    settings: dict[str, Scalar] = {"method": method, "raw": raw}
    return _answer(space, queries, rank, choice, settings, progress)


def answer_neighbors(
    space: Space,
    queries: Sequence[Query],
    choice: Choice,
    *,
    metric: str = "cosine",
    progress: Progress | None = None,
) -> list[RankedWords]:
    """Answer queries for neighbors by one metric."""
    check_metric(metric, choice)
    return _answer(space, queries, METRICS[metric], choice, {"metric": metric}, progress)


def answer_expressions(
    space: Space,
    queries: Sequence[Query],
    choice: Choice,
    *,
    raw: bool = False,
    progress: Progress | None = None,
) -> list[RankedWords]:
    """Answer weighted sums, by cosine."""
    return _answer(space, queries, METRICS["cosine"], choice, {"raw": raw}, progress)


def check_metric(metric: str, choice: Choice) -> None:
    """Refuse an unknown metric, and a least score where scores are distances."""
    check_choice("metric", metric, METRICS)
    if metric == "euclidean" and choice.min_score is not None:
        raise ParameterError(
            "with the euclidean metric a score is a distance; leave out `min_score`"
        )


def joined(words: Sequence[str]) -> str:
    """Join words into a query; a word with blanks, or an empty one, in quotes.

    >>> joined(["new york", "usa"])
    '"new york" usa'
    """
    return " ".join(
        f'"{word}"' if re.search(r"\s", word) or not word else word for word in words
    )


def _answer(
    space: Space,
    queries: Sequence[Query],
    rank: Rank,
    choice: Choice,
    settings: Record,
    progress: Progress | None,
) -> list[RankedWords]:
    space.check_file()
    if choice.show:
        space.other_columns.check(choice.show)
    found = rank(
        space.matrix,
        space.norms,
        [query.question for query in queries],
        top=choice.top,
        rows=_rows(space, choice),
        limit=choice.restrict,
        min_score=choice.min_score,
        progress=progress,
    )
    settings = {**settings, **choice.settings()}
    answers = [
        _ranked(space, query, hits, settings)
        for query, hits in zip(queries, found, strict=True)
    ]
    return with_columns(space, answers, choice.show) if choice.show else answers


def _ranked(space: Space, query: Query, found: Hits, settings: Record) -> RankedWords:
    rows = found.rows.tolist()
    found_words, scores = space.words.words(rows), found.scores.tolist()
    hits = tuple(map(Hit, found_words, scores, rows))
    return RankedWords(
        hits=hits,
        query=query,
        space=space,
        title=f"{query.title} among {space.reading}" if space.reading else query.title,
        columns=COLUMNS,
        records=[
            {"query": query.label, "rank": rank, "word": hit.word, "score": hit.score}
            for rank, hit in enumerate(hits, 1)
        ],
        settings=settings,
        notes=(*space.notes, *query.notes),
    )


def _rows(space: Space, choice: Choice) -> Array | None:
    """Return the rows that `where`, `match` and `among` leave, ascending; None for all."""
    rows = None
    if choice.where is not None:
        rows = space.other_columns.matching(choice.where)
        if not len(rows):
            raise LatentError(f"no row of {space.name} has `where` {choice.where}")
    if choice.match is not None:
        matching = space.words.matching(re.compile(choice.match))
        rows = matching if rows is None else np.intersect1d(rows, matching)
    if choice.among is not None:
        found = {space.find(word) for word in choice.among}
        listed = np.array(sorted(row for row in found if row is not None), dtype=np.int64)
        rows = listed if rows is None else np.intersect1d(rows, listed)
    return rows
