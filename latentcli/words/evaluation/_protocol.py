"""What the programs of the field disagree on: which row a word means, and what may be answered.

The same vectors get different marks on the same set by these rules alone, so they are written
down in one place, named after the program that goes by them.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from latentcli.errors import ParameterError, check_choice
from latentcli.numerics.spelling import fold_case

if TYPE_CHECKING:
    from latentcli.words._space import Space

_ASCII_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def _ascii_upper(word: str) -> str:
    """Upper-case as C's toupper does: letters beyond ASCII stay as they are."""
    return word.translate(_ASCII_UPPER)


@dataclass(frozen=True)
class Protocol:
    """The rules of an evaluation.

    `words` and `answers` say them: which row a word means, and what may be answered. `fold`
    gives the form in which words are alike; `alike` makes any word of a form stand for the
    others, in questions and in answers; `exact_first` prefers the word as it is written to the
    first of its form; `lower` lower-cases the set's words. `restrict` leaves only the first rows.
    With `bar_alike` words alike to those of the question are no answers either. `shortlist` is how
    many answers are looked through for one that is not alike to those. `positive` takes only
    answers that score above 0. `never` are words that are no answer.
    """

    words: str
    answers: str
    fold: Callable[[str], str] = fold_case
    alike: bool = False
    exact_first: bool = True
    lower: bool = False
    restrict: int | None = None
    bar_alike: bool = False
    shortlist: int = 0
    positive: bool = False
    never: tuple[str, ...] = ()

    def description(self) -> str:
        """Say which rows words mean: "words as they are written, the first 30,000 rows"."""
        case = ", else in another case" if self.alike and self.exact_first else ""
        rows = f", the first {self.restrict:,} rows" if self.restrict else ""
        return f"{self.words}{case}{rows}"


PROTOCOLS: dict[str, Protocol] = {
    "latent": Protocol(
        "words as they are written",
        "any row may be the answer but the question's words, in any case",
        bar_alike=True,
    ),
    "gensim": Protocol(
        "as gensim: words upper-cased",
        "the answer is the first of the five nearest rows that is none of the question's words",
        fold=str.upper,
        alike=True,
        exact_first=False,
        restrict=300_000,
        shortlist=5,
    ),
    "word2vec": Protocol(
        "as word2vec: ASCII letters upper-cased",
        "any row that scores above 0 may be the answer but the question's three words",
        fold=_ascii_upper,
        alike=True,
        exact_first=False,
        positive=True,
    ),
    "glove": Protocol(
        "as GloVe: the set lower-cased",
        "any row may be the answer but <unk> and the question's three words",
        lower=True,
        never=("<unk>",),
    ),
}
"""Every protocol by its name; "latent" is ours, and is taken when none is named."""


def protocol_of(
    name: str, *, restrict: int | None = None, ignore_case: bool = False
) -> Protocol:
    """Return the protocol of a name, with fewer rows or with words alike in any case."""
    check_choice("protocol", name, PROTOCOLS)
    if restrict is not None and restrict < 1:
        raise ParameterError("restrict", restrict, "at least 1")
    chosen = PROTOCOLS[name]
    return replace(
        chosen,
        alike=chosen.alike or ignore_case,
        restrict=chosen.restrict if restrict is None else restrict,
    )


class Lexicon:
    """Which rows the words of a set mean in a space, under a protocol.

    Rows without a direction (zero, NaN) are as if they were not there.
    """

    def __init__(self, space: Space, protocol: Protocol, words: Iterable[str]) -> None:
        self._protocol = protocol
        forms = {self._form(word) for word in words}
        self._rows: dict[str, list[tuple[int, str]]] = {}
        for row, word in space.words.items():
            if protocol.restrict is not None and row >= protocol.restrict:
                break
            form = protocol.fold(word)
            if form in forms and space.norms[row] > 0:
                self._rows.setdefault(form, []).append((row, word))

    def row(self, word: str) -> int | None:
        """Return the row that a word of the set means; None if it is not there."""
        found = self._rows.get(self._form(word), [])
        word = self._written(word)
        if self._protocol.exact_first:
            exact = [row for row, other in found if other == word]
            if exact:
                return exact[0]
        return found[0][0] if found and self._protocol.alike else None

    def alike(self, word: str) -> tuple[int, ...]:
        """Return the rows of all words of the same form."""
        return tuple(row for row, _ in self._rows.get(self._form(word), []))

    def right(self, word: str) -> tuple[int, ...]:
        """Return the rows that are right where a word is expected."""
        if self._protocol.alike:
            return self.alike(word)
        row = self.row(word)
        return () if row is None else (row,)

    def _written(self, word: str) -> str:
        return word.lower() if self._protocol.lower else word

    def _form(self, word: str) -> str:
        return self._protocol.fold(self._written(word))
