"""Accuracy on sets of analogy questions: a is to b as c is to d.

The accuracy is correct / questions, in a section and in all; its interval is Wilson's (1927). Which
row a word means and what may be answered is the protocol's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from latentcli.errors import ParameterError, check_choice, counted
from latentcli.numerics.intervals import wilson
from latentcli.numerics.repeats import Repeats, numbered, repeats_of_keys
from latentcli.numerics.types import Progress
from latentcli.results import Interval, Picture, Record, Result
from latentcli.words._space import Space
from latentcli.words.evaluation import _analogy_scores as core
from latentcli.words.evaluation._analogy_answers import Outcome, absent, answer_questions
from latentcli.words.evaluation._analogy_sets import AnalogySet, Section
from latentcli.words.evaluation._paired import Answers
from latentcli.words.evaluation._protocol import Protocol, protocol_of
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
class Score:
    """How many questions of a section counted, were skipped and answered right.

    `distinct` of those that counted are different questions; None: all.
    """

    name: str
    questions: int
    skipped: int
    correct: int
    distinct: int | None = None

    @property
    def accuracy(self) -> float | None:
        """The share of right answers in [0, 1]; None if no question counted."""
        return self.correct / self.questions if self.questions else None

    @property
    def interval(self) -> Interval | None:
        """The share's 95 % interval (Wilson, 1927), of distinct questions; None if none counted."""
        if self.distinct is None or self.accuracy is None:
            found = wilson(self.correct, self.questions)
        else:
            found = wilson(self.accuracy * self.distinct, self.distinct)
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
    answers: Mapping[str, Answers] = field(default_factory=dict)

    def pictures(self) -> tuple[Picture, ...]:
        """Return the scores as dots with their intervals."""
        from latentcli.words.evaluation._pictures import scores

        return scores({"": self}, "section", "accuracy")


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
        answers={TOTAL: _answers(outcomes, oov)},
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
        notes=(
            *_repeats(outcomes, oov).note_on("question", "questions", "intervals"),
            *_ignored(given),
            *note_on_missing(*absent(vectors, rules, outcomes)),
        ),
    )  # fmt: skip


def _answers(outcomes: Sequence[Outcome], oov: str) -> Answers:
    """Return 1 or 0 for each question; NaN for one that is skipped."""
    counted = [one.attempted or oov == "wrong" for one in outcomes]
    right = [float(one.correct) for one in outcomes]
    same = numbered(one.question for one in outcomes)
    return Answers(np.where(counted, right, np.nan), same=same)


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


def _score(name: str, outcomes: Sequence[Outcome], oov: str) -> Score:
    attempted = sum(outcome.attempted for outcome in outcomes)
    skipped = 0 if oov == "wrong" else len(outcomes) - attempted
    correct = sum(outcome.correct for outcome in outcomes)
    repeats = _repeats(outcomes, oov)
    return Score(
        name, len(outcomes) - skipped, skipped, correct, repeats.distinct if repeats else None
    )


def _repeats(outcomes: Sequence[Outcome], oov: str) -> Repeats:
    """Return which of the questions that count repeat others."""
    return repeats_of_keys(one.question for one in outcomes if one.attempted or oov == "wrong")
