"""Accuracy on sets of analogy questions: a is to b as c is to d.

The accuracy is correct / questions, in a section and in all; its interval is Wilson's (1927). Which
row a word means and what may be answered is the protocol's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from latentcli.errors import ParameterError, check_choice, counted
from latentcli.numerics.intervals import wilson
from latentcli.numerics.search import Hits
from latentcli.numerics.types import Progress
from latentcli.results import Interval, Record, Result
from latentcli.words._space import Space
from latentcli.words.evaluation import _analogy_scores as core
from latentcli.words.evaluation._analogy_sets import Analogy, AnalogySet, Section
from latentcli.words.evaluation._protocol import Lexicon, Protocol, protocol_of
from latentcli.words.evaluation._vocabulary import about, note_on_missing

KINDS, TOTAL = ("semantic", "syntactic"), "total"
"""What scores of several sections together are called."""


COLUMNS = (
    "section",
    "questions",
    "skipped",
    "correct",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
)
WRONG = (
    "section", "a", "b", "c", "predicted", "predicted_rank", "expected", "expected_rank",
)  # fmt: skip
"""The keys of the records of wrong answers."""

OOV: tuple[str, ...] = ("skip", "wrong")
"""What becomes of a question with an out-of-vocabulary word."""

_MOST = 1000


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


@dataclass(frozen=True)
class Score:
    """How many questions of a section counted, were skipped and answered right."""

    name: str
    questions: int
    skipped: int
    correct: int

    @property
    def accuracy(self) -> float | None:
        """The share of right answers in [0, 1]; None if no question counted."""
        return self.correct / self.questions if self.questions else None

    @property
    def interval(self) -> Interval | None:
        """The share's 95 % interval (Wilson, 1927); None if no question counted."""
        found = wilson(self.correct, self.questions)
        return None if found is None else Interval(*found)

    def record(self) -> Record:
        """Return the score as a record of `COLUMNS`."""
        low, high = self.interval or (None, None)
        values = (
            self.name, self.questions, self.skipped, self.correct, self.accuracy, low, high,
        )  # fmt: skip
        return dict(zip(COLUMNS, values, strict=True))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class AnalogyEvaluation(Result):
    """The accuracy on a set of analogies.

    `accuracy` in [0, 1] over all questions that counted, with its 95 % `interval`; `semantic` and
    `syntactic` where the set tells them apart, else None; `sections` has the score of each.
    `wrong` has a record for each wrong answer, where they were requested.
    """

    accuracy: float | None
    interval: Interval | None
    questions: int
    skipped: int
    correct: int
    semantic: float | None
    syntactic: float | None
    sections: tuple[Score, ...]
    wrong: tuple[Record, ...] = ()


def evaluate_analogies(
    vectors: Space,
    questions: AnalogySet | Iterable[Sequence[str]],
    *,
    method: str = "3cosadd",
    protocol: str = "latent",
    restrict: int | None = None,
    ignore_case: bool = False,
    oov: str = "skip",
    include_inputs: bool = False,
    top: int = 1,
    wrong: bool = False,
    progress: Progress | None = None,
) -> AnalogyEvaluation:
    """Answer a set of analogies and count the right answers.

    Parameters
    ----------
    vectors
        A space (see `latentcli.open`), or a file of vectors.
    questions
        Questions (a, b, c, d), an `AnalogySet`, or a file: Google's or four-word lines, or a BATS
        folder; "questions-words" is Google's set as gensim ships it.
    method
        "3cosadd" (Mikolov, Yih and Zweig, 2013), "3cosmul" or "pairdirection" (Levy and Goldberg,
        2014), "3cosavg" (Drozd, Gladkova and Matsuoka, 2016), "only-b" (Linzen, 2016).
    protocol
        Whose rules say which row a word means and what may be answered: "latent", "gensim",
        "word2vec" or "glove".
    restrict
        Only the first so many rows; None for the protocol's number.
    ignore_case
        Take words in another case as the same.
    oov
        Questions with out-of-vocabulary words: "skip" leaves them out, "wrong" counts them.
    include_inputs
        Also answer with the words of the question.
    top
        An answer is right if an expected word is among the best `top`, from 1 to 1,000.
    wrong
        Also return a record for each wrong answer, with ranks, which takes a second pass.
    progress
        Called with (done, total).

    Raises
    ------
    ParameterError
        For a method, protocol or treatment that does not exist.

    Examples
    --------
    >>> import latentcli
    >>> space = latentcli.open()
    >>> questions = [("man", "king", "woman", "queen"), ("france", "paris", "japan", "tokyo")]
    >>> latentcli.evaluate_analogies(space, questions).accuracy
    1.0
    """
    check_choice("method", method, core.METHODS)
    check_choice("`oov`", oov, OOV)
    if not 1 <= top <= _MOST:
        raise ParameterError("top", top, f"from 1 to {_MOST:,}")
    rules = protocol_of(protocol, restrict=restrict, ignore_case=ignore_case)
    given = AnalogySet.of(questions)
    outcomes = answer_questions(
        vectors, given.sections, rules, method=method, top=top,
        include_inputs=include_inputs, ranked=wrong, progress=progress,
    )  # fmt: skip
    scores = count(given.sections, outcomes, oov)
    total = scores[-1]
    kinds = {score.name: score.accuracy for score in scores[-3:] if score.name in KINDS}
    summary: Record = {
        "questions": total.questions, "skipped": total.skipped, "correct": total.correct,
        "accuracy": total.accuracy, **{kind: kinds.get(kind) for kind in KINDS},
    }  # fmt: skip
    return AnalogyEvaluation(
        accuracy=total.accuracy,
        interval=total.interval,
        questions=total.questions,
        skipped=total.skipped,
        correct=total.correct,
        semantic=kinds.get("semantic"),
        syntactic=kinds.get("syntactic"),
        sections=tuple(scores),
        wrong=tuple(_wrong(vectors, outcomes, oov)) if wrong else (),
        title=_title(given, method, rules, oov, include_inputs, top),
        columns=COLUMNS,
        records=[score.record() for score in scores],
        summary=summary,
        settings={
            **about(vectors), "set": given.name, "method": method, "protocol": protocol,
            "restrict": rules.restrict, "ignore_case": rules.alike, "oov": oov,
            "include_inputs": include_inputs, "top": top,
        },
        notes=(*_ignored(given), *note_on_missing(*absent(vectors, rules, outcomes))),
    )  # fmt: skip


def _title(
    given: AnalogySet, method: str, rules: Protocol, oov: str, include_inputs: bool, top: int
) -> str:
    parts = [f"{given.name}, {method}", rules.description()]
    parts.append("all rows may be answered" if include_inputs else rules.answers)
    parts += [f"right if among the {top:,} best"] if top > 1 else []
    parts += ["questions with an out-of-vocabulary word are wrong"] if oov == "wrong" else []
    return "; ".join(parts)


def _ignored(given: AnalogySet) -> tuple[str, ...]:
    if not given.ignored:
        return ()
    lines = counted(given.ignored, "line is", "lines are")
    return (f"{lines} not a question and left out; {given.first_ignored} is the first",)


def _wrong(space: Space, outcomes: Sequence[Outcome], oov: str) -> list[Record]:
    """Return a record of `WRONG` for each wrong answer."""
    listed = [one for one in outcomes if not one.correct and (one.attempted or oov == "wrong")]
    rows = [one.predicted for one in listed if one.predicted is not None]
    words = dict(zip(rows, space.words.words(rows), strict=True))
    return [
        {
            "section": one.section,
            "a": one.question.a,
            "b": "/".join(one.question.b),
            "c": one.question.c,
            "predicted": None if one.predicted is None else words[one.predicted],
            "predicted_rank": one.predicted_rank,
            "expected": "/".join(one.question.answers),
            "expected_rank": one.expected_rank,
        }
        for one in listed
    ]


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


def count(sections: Sequence[Section], outcomes: Iterable[Outcome], oov: str) -> list[Score]:
    """Count by section, then semantic and syntactic where the set tells them apart, and all.

    With `oov` "wrong", questions that were not attempted count, as wrong.
    """
    every = list(outcomes)
    by_section: dict[str, list[Outcome]] = {section.name: [] for section in sections}
    for outcome in every:
        by_section[outcome.section].append(outcome)
    counted = [_score(name, mine, oov) for name, mine in by_section.items()]
    kinds = {kind: [one for one in every if one.kind == kind] for kind in KINDS}
    counted += [_score(kind, mine, oov) for kind, mine in kinds.items() if mine]
    return [*counted, _score(TOTAL, every, oov)]


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


def _score(name: str, outcomes: Sequence[Outcome], oov: str) -> Score:
    attempted = sum(outcome.attempted for outcome in outcomes)
    skipped = 0 if oov == "wrong" else len(outcomes) - attempted
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
