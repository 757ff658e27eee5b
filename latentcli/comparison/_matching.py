"""Which rows of two spaces are the same thing: those of the same word, or of the same number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError, counted
from latentcli.numerics.named_vectors import NamedVectors
from latentcli.numerics.types import Array


@dataclass(frozen=True)
class Match:
    """Row `x[i]` of one space is row `y[i]` of the other; `x` is ascending.

    `by` says what they were matched by, "word", "lexicon" or "row"; `missing` counts pairs of the
    lexicon of which a word is not there; `unusable` counts pairs left out since
    one of the two is zero, NaN or infinite, `repeated` rows of x whose word an earlier row has.
    """

    x: Array
    y: Array
    by: str
    unusable: int
    repeated: int = 0
    missing: int = 0


Lexicon = Sequence[tuple[str, str]]
"""Pairs of words: one of x, and the one of y that it is matched with."""


def match(x: NamedVectors, y: NamedVectors, lexicon: Lexicon | None = None) -> Match:
    """Match by the pairs of a lexicon, by word if both spaces have words, or by row.

    By row, both must have as many. Of rows that share a word, as labels may, the first counts; but where both spaces have the same
    words in the same order, all are matched. Raises LatentError if nothing is in common.
    """
    missing = 0
    if lexicon is not None:
        by = "lexicon"
        rows_x, rows_y, repeated, missing = _by_lexicon(x, y, lexicon)
    elif x.vocabulary.named and y.vocabulary.named:
        by = "word"
        rows_x, rows_y, repeated = _by_word(x, y)
    else:
        by, repeated = "row", 0
        if len(x.matrix) != len(y.matrix):
            raise LatentError(
                f"{x.path.name} has {counted(len(x.matrix), 'row')} and {y.path.name} "
                f"{len(y.matrix):,}: "
                "without words on both sides, rows are matched by their numbers"
            )
        rows_x = rows_y = np.arange(len(x.matrix))
    usable = (x.norms[rows_x] > 0) & (y.norms[rows_y] > 0)
    return Match(rows_x[usable], rows_y[usable], by, int((~usable).sum()), repeated, missing)


def _by_word(x: NamedVectors, y: NamedVectors) -> tuple[Array, Array, int]:
    """Return the rows of x and of y that have a word in common, and how many of x repeat one."""
    mine, theirs = list(x.vocabulary.items()), list(y.vocabulary.items())
    if mine == theirs:
        rows = np.array([row for row, _ in mine], dtype=np.int64)
        return rows, rows, 0
    first = {word: row for row, word in reversed(theirs)}
    pairs: dict[str, tuple[int, int]] = {}
    repeated = 0
    for row, word in mine:
        if word in pairs:
            repeated += 1
        elif word in first:
            pairs[word] = row, first[word]
    if not pairs:
        raise LatentError(f"{x.path.name} and {y.path.name} have no word in common")
    rows = np.array([*pairs.values()], dtype=np.int64)
    return rows[:, 0], rows[:, 1], repeated


def _by_lexicon(
    x: NamedVectors, y: NamedVectors, lexicon: Lexicon
) -> tuple[Array, Array, int, int]:
    """Return the rows of the pairs, and how many repeat a word or lack one.

    A word is matched once, by the first pair that has it.
    """
    there: dict[int, int] = {}
    taken: set[int] = set()
    repeated = missing = 0
    for one, other in dict.fromkeys(lexicon):
        mine, theirs = x.vocabulary.row(one), y.vocabulary.row(other)
        if mine is None or theirs is None:
            missing += 1
        elif mine in there or theirs in taken:
            repeated += 1
        else:
            there[mine] = theirs
            taken.add(theirs)
    if not there:
        raise LatentError(
            f"the lexicon has no pair of a word of {x.path.name} and one of {y.path.name}"
        )
    rows_x = np.array(sorted(there), dtype=np.int64)
    return rows_x, np.array([there[row] for row in rows_x.tolist()]), repeated, missing
