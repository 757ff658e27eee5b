"""Sets of word pairs with a similarity that people gave: any delimiter, any order of columns."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from latentcli.errors import FormatError, shown

_SUFFIX = re.compile(r".+-[a-z]")
"""A word with its part of speech, as in MEN's lemma form: sun-n."""

_TAG_SHARE = 20
"""A column in which each value comes this often is a part of speech or a relation, not a word."""


@dataclass(frozen=True)
class PairSet:
    """Pairs of words and the scores people gave them; `notes` tell what was not plain in it."""

    name: str
    pairs: list[tuple[str, str]]
    scores: list[float]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: PairSet | Iterable[tuple[str, str, float]]) -> PairSet:
        """Return a set of pairs given as (word, word, score); a set stays as it is."""
        if isinstance(pairs, PairSet):
            return pairs
        words: list[tuple[str, str]] = []
        scores: list[float] = []
        for pair in pairs:
            try:
                one, two, score = pair
                scores.append(float(score))
            except (TypeError, ValueError):
                raise FormatError(
                    f"a pair is two words and a score, not {shown(pair)}"
                ) from None
            words.append((one, two))
        return cls("pairs", words, scores)


def parse(name: str, text: Sequence[str]) -> PairSet:
    """Parse the lines of a set.

    The delimiter is what splits most lines alike into three fields or more: tabs, commas,
    semicolons or blanks. The words are the first two columns of text that are no tags, the
    score is the first column of numbers after them, or else before. Lines that begin with "#", a line of names and
    lines without two words and a number are left out. Raises FormatError when no line is left.
    """
    numbered = [
        (number, line)
        for number, line in enumerate(text, 1)
        if line.strip() and not line.startswith("#")
    ]
    rows = _split([line for _, line in numbered])
    places = _places(rows)
    if places is None:
        hint = f"; its first line is '{shown(numbered[0][1], 60)}'" if numbered else ""
        raise FormatError(f"{name}: no lines of two words and a number{hint}")
    one, two, score = places
    pairs, scores, wrong = [], [], []
    for (number, _), row in zip(numbered, rows, strict=True):
        value = _number(row[score]) if len(row) > max(places) else None
        if value is None or not row[one] or not row[two]:
            wrong.append(number)
        else:
            pairs.append((row[one], row[two]))
            scores.append(value)
    if wrong and wrong[0] == numbered[0][0]:
        del wrong[0]  # the names of the columns
    pairs, notes = _without_suffixes(pairs)
    if wrong:
        notes.append(
            f"{PurePath(name).name}: {len(wrong):,} lines have not two words and a number and are "
            f"left out (the first is line {wrong[0]:,})"
        )
    return PairSet(PurePath(name).stem, pairs, scores, tuple(notes))


def _split(text: list[str]) -> list[list[str]]:
    """Split the lines by the delimiter that gives most of them the same three fields or more."""
    ways = [_fields(text, delimiter) for delimiter in ("\t", ",", ";", "")]
    return max(ways, key=_regularity)


def _fields(text: list[str], delimiter: str) -> list[list[str]]:
    if not delimiter:
        return [line.split() for line in text]
    if delimiter == "\t":
        rows = [line.split("\t") for line in text]
    else:
        rows = [_quoted(line, delimiter) for line in text]
    return [[field.strip() for field in row] for row in rows]


def _quoted(line: str, delimiter: str) -> list[str]:
    """Split one line, leaving delimiters within double quotes."""
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return line.split(delimiter)


def _regularity(rows: list[list[str]]) -> int:
    """Count the lines with as many fields as most, of those that could be a pair and a score."""
    counts = Counter(
        len(row)
        for row in rows
        if len(row) >= 3 and any(_number(field) is not None for field in row)
    )
    return max(counts.values(), default=0)


def _places(rows: list[list[str]]) -> tuple[int, int, int] | None:
    """Return the columns of the two words and of the score; None if there are none such."""
    width = Counter(len(row) for row in rows if len(row) >= 3).most_common(1)
    if not width:
        return None
    usual = [row for row in rows if len(row) == width[0][0]]
    numeric = [_is_numeric([row[place] for row in usual]) for place in range(width[0][0])]
    words = _word_columns(usual, [place for place, number in enumerate(numeric) if not number])
    numbers = [place for place, is_number in enumerate(numeric) if is_number]
    if len(words) < 2 or not numbers:
        return None
    after = [place for place in numbers if place > words[1]]
    return words[0], words[1], (after or numbers)[0]


def _word_columns(rows: list[list[str]], text: list[int]) -> list[int]:
    """Return the first two columns of text, passing over tags: few values that come again."""
    many = [
        place for place in text if _TAG_SHARE * len({row[place] for row in rows}) > len(rows)
    ]
    return (many if len(many) >= 2 else text)[:2]


def _is_numeric(column: Sequence[str]) -> bool:
    return 2 * sum(_number(field) is not None for field in column) >= len(column)


def _number(field: str) -> float | None:
    """Return a finite number; None for anything else."""
    try:
        value = float(field)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _without_suffixes(pairs: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[str]]:
    if not pairs or not all(_SUFFIX.fullmatch(word) for pair in pairs for word in pair):
        return pairs, []
    cut = [(one[:-2], two[:-2]) for one, two in pairs]
    return cut, ["the words' parts of speech (-n, -v, ...) are removed"]
