"""Sets of analogy questions asked of a space, and how many were right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from latentcli.files.analogy_sets import Analogy, Section
from latentcli.numerics.intervals import wilson
from latentcli.numerics.search import Hits
from latentcli.numerics.types import Progress
from latentcli.words._space import Space
from latentcli.words.evaluation import _analogy_scores as core
from latentcli.words.evaluation._protocol import Lexicon, Protocol

KINDS, TOTAL = ("semantic", "syntactic"), "total"
"""What scores of several sections together are called."""


@dataclass(frozen=True)
class Outcome:
    """What came of one question: `given` and `right` are rows, None if the question was not put.

    Their ranks are counted among all rows, the words of the question as well; None unless asked
    for.
    """

    section: str
    kind: str
    question: Analogy
    correct: bool
    put: bool = True
    given: int | None = None
    right: int | None = None
    given_rank: int | None = None
    right_rank: int | None = None


@dataclass(frozen=True)
class Score:
    """How many questions were asked, skipped and answered right; `low` and `high` at 95 %."""

    name: str
    asked: int
    skipped: int
    correct: int

    @property
    def accuracy(self) -> float | None:
        """The share of right answers in [0, 1]; None if nothing was asked."""
        return self.correct / self.asked if self.asked else None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """The share's 95 % interval (Wilson, 1927)."""
        return wilson(self.correct, self.asked) or (None, None)


class _Put(NamedTuple):
    """A question in rows."""

    number: int
    rows: tuple[int, int, int, int]
    right: frozenset[int]
    own: frozenset[int]
    barred: tuple[int, ...]


def ask(
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
    """Put every question of the sections, in their order.

    An answer is right if a right word is among the `top`. Questions with a word that is not
    there are not put. With `ranked`, wrong answers get their ranks, which takes a second pass.
    """
    listed = [
        (number, section, question)
        for number, section in enumerate(sections)
        for question in section.questions
    ]
    lexicon = Lexicon(space, protocol, _words(listed, protocol))
    put = [
        found
        for number, (_, _, question) in enumerate(listed)
        if (found := _resolve(lexicon, protocol, number, question, include_inputs))
    ]
    outcomes = [
        Outcome(section.name, section.kind, question, correct=False, put=False)
        for _, section, question in listed
    ]
    if not put:
        return outcomes
    space.check_file()
    asked = core.Analogies(
        space.matrix,
        np.array([one.rows for one in put]),
        np.array([listed[one.number][0] for one in put]),
        [one.barred for one in put],
    )
    answers = core.answer(
        asked,
        space.norms,
        method=method,
        top=top + max(0, protocol.shortlist - 1),
        limit=protocol.restrict,
        progress=progress,
    )
    for one, hits in zip(put, answers, strict=True):
        outcomes[one.number] = _judge(outcomes[one.number], one, hits, protocol, top)
    if ranked:
        _rank(outcomes, put, asked, space, method, protocol, progress)
    return outcomes


def scores(sections: Sequence[Section], outcomes: Iterable[Outcome], oov: str) -> list[Score]:
    """Count by section, then semantic and syntactic where the set tells them apart, and all.

    With `oov` "wrong", questions that were not put count as asked, and as wrong.
    """
    every = list(outcomes)
    by_section: dict[str, list[Outcome]] = {section.name: [] for section in sections}
    for outcome in every:
        by_section[outcome.section].append(outcome)
    counted = [_count(name, mine, oov) for name, mine in by_section.items()]
    kinds = {kind: [one for one in every if one.kind == kind] for kind in KINDS}
    counted += [_count(kind, mine, oov) for kind, mine in kinds.items() if mine]
    return [*counted, _count(TOTAL, every, oov)]


def absent(
    space: Space, protocol: Protocol, outcomes: Iterable[Outcome]
) -> tuple[list[str], int]:
    """Return the words for which questions were not put, and how many are there in another case."""
    missed = [outcome.question for outcome in outcomes if not outcome.put]
    if not missed:
        return [], 0
    words = list(dict.fromkeys(word for question in missed for word in _all_words(question)))
    lexicon = Lexicon(space, protocol, words)
    missing = [word for word in words if lexicon.row(word) is None]
    return missing, sum(bool(lexicon.alike(word)) for word in missing)


def _count(name: str, outcomes: Sequence[Outcome], oov: str) -> Score:
    put = sum(outcome.put for outcome in outcomes)
    skipped = 0 if oov == "wrong" else len(outcomes) - put
    correct = sum(outcome.correct for outcome in outcomes)
    return Score(name, len(outcomes) - skipped, skipped, correct)


def _all_words(question: Analogy) -> tuple[str, ...]:
    return (question.a, *question.b, question.c, *question.answers)


def _words(listed: Iterable[tuple[int, Section, Analogy]], protocol: Protocol) -> Iterable[str]:
    yield from protocol.never
    for _, _, question in listed:
        yield from _all_words(question)


def _resolve(
    lexicon: Lexicon, protocol: Protocol, number: int, question: Analogy, include_inputs: bool
) -> _Put | None:
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
    return _Put(number, (a, b, c, answers[0]), right, own, (*barred, *never))


def _judge(outcome: Outcome, one: _Put, hits: Hits, protocol: Protocol, top: int) -> Outcome:
    rows = hits.rows.tolist()
    if protocol.positive:
        rows = [row for row, score in zip(rows, hits.scores.tolist(), strict=True) if score > 0]
    if protocol.shortlist:
        # Where none of them is left, gensim stays with the last that it has looked at.
        rows = [row for row in rows if row not in one.own][:top] or rows[-1:]
    return replace(
        outcome,
        put=True,
        correct=not one.right.isdisjoint(rows),
        given=rows[0] if rows else None,
        right=one.rows[3],
    )


def _rank(
    outcomes: list[Outcome],
    put: Sequence[_Put],
    asked: core.Analogies,
    space: Space,
    method: str,
    protocol: Protocol,
    progress: Progress | None,
) -> None:
    """Give wrong answers the ranks of the given word, if any, and of the right one."""
    wrong = [place for place, one in enumerate(put) if not outcomes[one.number].correct]
    if not wrong:
        return
    chosen = [outcomes[put[place].number] for place in wrong]
    ranks = core.ranks(
        asked.part(np.array(wrong)),
        np.array([_ranked_rows(outcome) for outcome in chosen]),
        space.norms,
        method=method,
        limit=protocol.restrict,
        progress=progress,
    )
    for place, outcome, (given, right) in zip(wrong, chosen, ranks.tolist(), strict=True):
        outcomes[put[place].number] = replace(
            outcome,
            given_rank=None if outcome.given is None else given,
            right_rank=right,
        )


def _ranked_rows(outcome: Outcome) -> tuple[int | None, int | None]:
    """Return the rows to rank: the given word's, the right one's in its place if there is none."""
    return outcome.right if outcome.given is None else outcome.given, outcome.right
