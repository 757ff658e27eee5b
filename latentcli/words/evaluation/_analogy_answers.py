"""Questions of an analogy set answered: which rows they mean, what is right, and how wrong answers rank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from latentcli.numerics.search import Hits
from latentcli.numerics.types import Progress
from latentcli.words._space import Space
from latentcli.words.evaluation import _analogy_scores as core
from latentcli.words.evaluation._analogy_sets import Analogy, Section
from latentcli.words.evaluation._protocol import Lexicon, Protocol


@dataclass(frozen=True)
class Outcome:
    """What came of one question: `predicted` and `expected` are rows.

    They are None if the question was not `attempted`, because a word is out of vocabulary. Their
    ranks are counted among all rows, the words of the question as well; None unless requested.
    """

    section: str
    kind: str
    question: Analogy
    correct: bool
    attempted: bool = True
    predicted: int | None = None
    expected: int | None = None
    predicted_rank: int | None = None
    expected_rank: int | None = None


class _Resolved(NamedTuple):
    """A question in rows."""

    number: int
    rows: tuple[int, int, int, int]
    right: frozenset[int]
    own: frozenset[int]
    barred: tuple[int, ...]


def answer_questions(
    space: Space,
    sections: Sequence[Section],
    protocol: Protocol,
    *,
    method: str = "3cosadd",
    top: int = 1,
    include_inputs: bool = False,
    ranked: bool = False,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Answer every question of the sections, in their order.

    An answer is right if an expected word is among the `top`. Questions with an out-of-vocabulary
    word are not attempted. With `ranked`, wrong answers get their ranks, which takes a second pass.
    """
    listed = [
        (number, section, question)
        for number, section in enumerate(sections)
        for question in section.questions
    ]
    lexicon = Lexicon(space, protocol, _words(listed, protocol))
    resolved = [
        found
        for number, (_, _, question) in enumerate(listed)
        if (found := _resolve(lexicon, protocol, number, question, include_inputs))
    ]
    outcomes = [
        Outcome(section.name, section.kind, question, correct=False, attempted=False)
        for _, section, question in listed
    ]
    if not resolved:
        return outcomes
    space.check_file()
    analogies = core.Analogies(
        space.matrix,
        np.array([one.rows for one in resolved]),
        np.array([listed[one.number][0] for one in resolved]),
        [one.barred for one in resolved],
    )
    answers = core.answer(
        analogies,
        space.norms,
        method=method,
        top=top + max(0, protocol.shortlist - 1),
        limit=protocol.restrict,
        progress=progress,
    )
    for one, hits in zip(resolved, answers, strict=True):
        outcomes[one.number] = _judge(outcomes[one.number], one, hits, protocol, top)
    if ranked:
        _rank(outcomes, resolved, analogies, space, method, protocol, progress)
    return outcomes


def absent(
    space: Space, protocol: Protocol, outcomes: Iterable[Outcome]
) -> tuple[list[str], int]:
    """Return the out-of-vocabulary words, and how many are in the vocabulary in another case."""
    missed = [outcome.question for outcome in outcomes if not outcome.attempted]
    if not missed:
        return [], 0
    words = list(dict.fromkeys(word for question in missed for word in _all_words(question)))
    lexicon = Lexicon(space, protocol, words)
    missing = [word for word in words if lexicon.row(word) is None]
    return missing, sum(bool(lexicon.alike(word)) for word in missing)


def _all_words(question: Analogy) -> tuple[str, ...]:
    return (question.a, *question.b, question.c, *question.answers)


def _words(listed: Iterable[tuple[int, Section, Analogy]], protocol: Protocol) -> Iterable[str]:
    yield from protocol.never
    for _, _, question in listed:
        yield from _all_words(question)


def _resolve(
    lexicon: Lexicon, protocol: Protocol, number: int, question: Analogy, include_inputs: bool
) -> _Resolved | None:
    """Return a question in rows; None if a word is not there. `own` rows are alike to its words."""
    a, c = lexicon.row(question.a), lexicon.row(question.c)
    taken = next((word for word in question.b if lexicon.row(word) is not None), None)
    answers = [row for word in question.answers if (row := lexicon.row(word)) is not None]
    if a is None or c is None or taken is None or not answers:
        return None
    b = lexicon.row(taken)
    assert b is not None
    words = (question.a, taken, question.c)
    own = frozenset(row for word in words for row in lexicon.alike(word))
    barred = tuple(own) if protocol.bar_alike else (a, b, c)
    if include_inputs:
        barred, own = (), frozenset()
    never = tuple(row for word in protocol.never for row in lexicon.right(word))
    right = frozenset(row for word in question.answers for row in lexicon.right(word))
    return _Resolved(number, (a, b, c, answers[0]), right, own, (*barred, *never))


def _judge(
    outcome: Outcome, one: _Resolved, hits: Hits, protocol: Protocol, top: int
) -> Outcome:
    rows = hits.rows.tolist()
    if protocol.positive:
        rows = [row for row, score in zip(rows, hits.scores.tolist(), strict=True) if score > 0]
    if protocol.shortlist:
        # Where none of them is left, gensim stays with the last that it has looked at.
        rows = [row for row in rows if row not in one.own][:top] or rows[-1:]
    return replace(
        outcome,
        attempted=True,
        correct=not one.right.isdisjoint(rows),
        predicted=rows[0] if rows else None,
        expected=one.rows[3],
    )


def _rank(
    outcomes: list[Outcome],
    resolved: Sequence[_Resolved],
    analogies: core.Analogies,
    space: Space,
    method: str,
    protocol: Protocol,
    progress: Progress | None,
) -> None:
    """Give wrong answers the ranks of the predicted word, if any, and of the expected one."""
    wrong = [place for place, one in enumerate(resolved) if not outcomes[one.number].correct]
    if not wrong:
        return
    chosen = [outcomes[resolved[place].number] for place in wrong]
    ranks = core.ranks(
        analogies.part(np.array(wrong)),
        np.array([_ranked_rows(outcome) for outcome in chosen]),
        space.norms,
        method=method,
        limit=protocol.restrict,
        progress=progress,
    )
    for place, outcome, (predicted, expected) in zip(
        wrong, chosen, ranks.tolist(), strict=True
    ):
        outcomes[resolved[place].number] = replace(
            outcome,
            predicted_rank=None if outcome.predicted is None else predicted,
            expected_rank=expected,
        )


def _ranked_rows(outcome: Outcome) -> tuple[int | None, int | None]:
    """Return the rows to rank: the predicted word's (else the expected one's), and the expected one's."""
    return (
        outcome.expected if outcome.predicted is None else outcome.predicted,
        outcome.expected,
    )
