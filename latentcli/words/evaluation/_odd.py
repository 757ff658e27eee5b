"""Accuracy of finding the odd one out (Camacho-Collados and Navigli, 2016).

The word with the least cosine to the mean of its set's unit vectors is the one that is predicted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from latentcli.numerics.offset_consistency import belonging
from latentcli.numerics.repeats import Repeats, numbered, repeats_of_keys
from latentcli.numerics.types import Array
from latentcli.results import Interval, Picture, Result
from latentcli.words._space import Space
from latentcli.words.evaluation._analogies import COLUMNS, TOTAL, Score
from latentcli.words.evaluation._paired import Answers
from latentcli.words.evaluation._protocol import protocol_of
from latentcli.words.evaluation._similarity import vectors_of
from latentcli.words.evaluation._vocabulary import about, note_on_missing
from latentcli.words.evaluation._word_lists import OddSet, OddSets


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OddEvaluation(Result):
    """The share of sets whose odd one is found.

    `accuracy` in [0, 1] with its 95 % `interval` (Wilson), None where no set could be used;
    `sections` has the score of each section.
    """

    accuracy: float | None
    interval: Interval | None
    questions: int
    skipped: int
    correct: int
    sections: tuple[Score, ...]
    answers: Mapping[str, Answers] = field(default_factory=dict)

    def pictures(self) -> tuple[Picture, ...]:
        """Return the scores as dots with their intervals."""
        from latentcli.words.evaluation._pictures import scores

        return scores({"": self}, "section", "accuracy")


def evaluate_odd(
    vectors: Space, sets: OddSets | Iterable[Sequence[str]], *, ignore_case: bool = False
) -> OddEvaluation:
    """Find the odd one out of sets of words, and count how often it is the right one.

    Parameters
    ----------
    vectors
        A space (see `latentcli.open`), or a file of vectors.
    sets
        Sets of words whose last is the odd one, `OddSets`, or a file. A set is skipped if its odd
        one, or all but one of the others, are out of vocabulary.
    ignore_case
        Take words in another case as the same.

    Examples
    --------
    >>> import latentcli
    >>> space = latentcli.open()
    >>> latentcli.evaluate_odd(space, [["breakfast", "lunch", "dinner", "car"]]).accuracy
    1.0
    """
    given = OddSets.of(sets)
    every = [one for section in given.sections.values() for one in section]
    words = list(dict.fromkeys(word for one in every for word in (*one.words, one.odd)))
    found = vectors_of(vectors, words, protocol_of("latent", ignore_case=ignore_case))
    scores = [_score(name, mine, found) for name, mine in given.sections.items()]
    if len(scores) > 1:
        scores.append(_score(TOTAL, every, found))
    total = scores[-1]
    short = f"{given.ignored:,} lines of fewer than three words are left out"
    return OddEvaluation(
        accuracy=total.accuracy,
        interval=total.interval,
        questions=total.questions,
        skipped=total.skipped,
        correct=total.correct,
        sections=tuple(scores),
        answers={TOTAL: _answers(every, found)},
        title=given.name,
        columns=COLUMNS,
        records=[score.record() for score in scores],
        summary={
            "questions": total.questions, "skipped": total.skipped, "correct": total.correct,
            "accuracy": total.accuracy,
        },
        settings={**about(vectors), "set": given.name, "ignore_case": ignore_case},
        notes=(
            *_repeats(every, found).note_on("set", "sets", "intervals"),
            *((short,) if given.ignored else ()),
            *note_on_missing([word for word in words if word not in found]),
        ),
    )  # fmt: skip


def _answers(sets: Sequence[OddSet], found: dict[str, Array]) -> Answers:
    """Return 1 or 0 for each set; NaN for one that cannot be used."""
    judged = [_is_found(one, found) for one in sets]
    values = np.array([np.nan if one is None else float(one) for one in judged])
    return Answers(values, same=numbered(map(_key, sets)))


def _key(one: OddSet) -> tuple[frozenset[str], str]:
    return frozenset(one.words), one.odd


def _score(name: str, sets: Sequence[OddSet], found: dict[str, Array]) -> Score:
    judged = [_is_found(one, found) for one in sets]
    counted = [right for right in judged if right is not None]
    repeats = _repeats(sets, found)
    return Score(
        name, len(counted), len(sets) - len(counted), sum(counted),
        repeats.distinct if repeats else None,
    )  # fmt: skip


def _repeats(sets: Sequence[OddSet], found: dict[str, Array]) -> Repeats:
    """Return which of the sets that can be used repeat others."""
    return repeats_of_keys(_key(one) for one in sets if _is_found(one, found) is not None)


def _is_found(one: OddSet, found: dict[str, Array]) -> bool | None:
    """Tell whether the odd one is found; None if the set cannot be used."""
    others = [found[word] for word in one.words if word in found]
    if one.odd not in found or len(others) < 2:
        return None
    return int(belonging(np.stack([*others, found[one.odd]])).argmin()) == len(others)
