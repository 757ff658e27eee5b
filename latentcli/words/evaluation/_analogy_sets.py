"""Sets of analogy questions: Google's sections, plain or MSR four-word lines, BATS folders.

Functions take the lines of files; `latentcli.opening` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from latentcli.errors import FormatError, shown
from latentcli.words.evaluation._word_lists import refuse_vectors

SEMANTIC, SYNTACTIC = "semantic", "syntactic"

_GOOGLE_SEMANTIC = frozenset(
    ("capital-common-countries", "capital-world", "currency", "city-in-state", "family")
)
_TAG = re.compile(r"[A-Z]+_[A-Z]+")
"""The relation of an MSR question: JJ_JJR, NN_NNPOS."""

_MOST_PAIRS = 1000
"""Lines of a BATS file, which has 50; each pair of them is a question."""

_PARTS = re.compile(r"\s*/\s*")


@dataclass(frozen=True)
class Analogy:
    """A question: `a` is to `b` as `c` is to one of the `answers`.

    `b` and `answers` are alternatives, any of which is right; the first is the usual one.
    """

    a: str
    b: tuple[str, ...]
    c: str
    answers: tuple[str, ...]


@dataclass
class Section:
    """Questions under one heading; `kind` is "semantic", "syntactic" or "" if that is unknown."""

    name: str
    kind: str = ""
    questions: list[Analogy] = field(default_factory=list)


@dataclass(frozen=True)
class AnalogySet:
    """A whole set; `ignored` lines are no questions, and `first_ignored` says where one is."""

    name: str
    sections: list[Section]
    ignored: int = 0
    first_ignored: str = ""

    def __len__(self) -> int:
        return sum(len(section.questions) for section in self.sections)

    @classmethod
    def of(cls, questions: AnalogySet | Iterable[Sequence[str]]) -> AnalogySet:
        """Return a set of questions given as (a, b, c, d); a set stays as it is."""
        if isinstance(questions, AnalogySet):
            return questions
        section = Section("questions")
        for question in questions:
            words = tuple(question)
            if len(words) != 4 or isinstance(question, str):
                raise FormatError(f"an analogy question is four words, not {shown(question)}")
            a, b, c, d = words
            section.questions.append(Analogy(a, (b,), c, (d,)))
        return cls("questions", [section])


def parse(name: str, text: Sequence[str]) -> AnalogySet:
    """Parse the lines of a file; `name` is what the set, and questions before a heading, go by.

    Raises FormatError when there is not one question in it, and for vectors.
    """
    refuse_vectors(name, text)
    sections: dict[str, Section] = {}
    heading = PurePath(name).stem
    ignored: list[tuple[int, str]] = []
    for number, line in enumerate(text, 1):
        if line.startswith(":"):
            heading = line.lstrip(": ").strip()
            sections.setdefault(heading, Section(heading))
        elif question := _four_words(line):
            tag, words = question
            section = sections.setdefault(tag or heading, Section(tag or heading))
            a, b, c, answer = words
            section.questions.append(Analogy(a, (b,), c, (answer,)))
        elif line.strip():
            ignored.append((number, line))
    _set_kinds(list(sections.values()))
    return _checked(AnalogySet(name, list(sections.values()), len(ignored), _first(ignored)))


def parse_bats(name: str, files: Iterable[tuple[str, Sequence[str]]]) -> AnalogySet:
    """Parse a BATS folder (Gladkova et al., 2016): every ordered pair of lines is a question.

    `files` are the paths in the folder, with "/", and their lines. A section is called as its file,
    with the folders before it if several have the same name. Raises FormatError when there is
    not one question in it.
    """
    listed = [(PurePath(path), text) for path, text in files]
    several = len({path.stem for path, _ in listed}) < len(listed)
    sections = []
    count, first = 0, ""
    for path, text in listed:
        if len(text) > _MOST_PAIRS:
            raise FormatError(
                f"{path}: {len(text):,} lines are not a BATS file: each pair of its lines is a "
                "question, and it has 50 or so"
            )
        pairs: list[tuple[str, tuple[str, ...]]] = []
        ignored: list[tuple[int, str]] = []
        for number, line in enumerate(text, 1):
            if pair := _pair(line):
                pairs.append(pair)
            elif line.strip():
                ignored.append((number, line))
        count += len(ignored)
        first = first or _first(ignored, f"{path.name} ")
        heading = path.with_suffix("").as_posix() if several else path.stem
        sections.append(Section(heading, _bats_kind(path.parent.name), list(_questions(pairs))))
    return _checked(AnalogySet(name, sections, count, first))


def _checked(found: AnalogySet) -> AnalogySet:
    if not len(found):
        hint = f"; {found.first_ignored} is not one" if found.first_ignored else ""
        raise FormatError(
            f"{found.name}: no analogy questions in it (lines of four words, or a folder of "
            f"files with a word, a tab and its answers){hint}"
        )
    return found


def _first(ignored: list[tuple[int, str]], where: str = "") -> str:
    """Say where the first of the lines is that are no questions."""
    return f"{where}line {ignored[0][0]}, '{shown(ignored[0][1][:80], 60)}'," if ignored else ""


def _four_words(line: str) -> tuple[str, list[str]] | None:
    """Return the MSR tag ("" for none) and the four words of a line; None if it has not four."""
    for words in (line.split("\t"), line.split()):
        if len(words) == 5 and _TAG.fullmatch(words[3]):
            return words[3], [*words[:3], words[4]]
        if len(words) == 4 and all(map(str.strip, words)):
            return "", [word.strip() for word in words]
    return None


def _set_kinds(sections: list[Section]) -> None:
    """Mark sections as Google's programs do: gram* is syntactic, the others are semantic."""
    google = any(section.name.startswith("gram") for section in sections)
    for section in sections:
        if section.name.startswith("gram") or _TAG.fullmatch(section.name):
            section.kind = SYNTACTIC
        elif google or section.name in _GOOGLE_SEMANTIC:
            section.kind = SEMANTIC


def _pair(line: str) -> tuple[str, tuple[str, ...]] | None:
    word, tab, rest = line.partition("\t")
    if not tab:
        word, _, rest = line.strip().partition(" ")
    answers = tuple(filter(None, _PARTS.split(rest.strip())))
    return (word.strip(), answers) if word.strip() and answers else None


def _questions(pairs: list[tuple[str, tuple[str, ...]]]) -> Iterator[Analogy]:
    for row, (a, b) in enumerate(pairs):
        for other, (c, answers) in enumerate(pairs):
            if row != other:
                yield Analogy(a, b, c, answers)


def _bats_kind(folder: str) -> str:
    if "morphology" in folder.lower():
        return SYNTACTIC
    return SEMANTIC if "semantics" in folder.lower() else ""
