"""Which rows of two spaces are the same thing: those of one word, of one pair of a lexicon, or of one number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.named_rows import NamedRows
from latentcli.numerics.types import Array


@dataclass(frozen=True)
class Match:
    """Row `x[i]` of one space is row `y[i]` of the other.

    `by` says what they were matched by, "word", "lexicon" or "row"; `unusable` counts pairs left out
    since one of the two holds NaN or infinity (or is zero, where directions count), `repeated` rows
    of x whose word an earlier row has, or pairs of a lexicon of which a word is in an earlier one;
    `missing` pairs of a lexicon with a word that is not there.
    """

    x: Array
    y: Array
    by: str
    unusable: int
    repeated: int = 0
    missing: int = 0


def match(
    x: NamedRows,
    y: NamedRows,
    lexicon: Iterable[tuple[str, str]] | None = None,
    *,
    directions: bool | None = None,
) -> Match:
    """Match by the pairs of a lexicon, by word if both spaces have words, else by row.

    Without words there must be as many rows. Of rows that share a word, as labels may, the first
    counts; but where both spaces have the same words in the same order, all are matched. Rows of zeros
    are left out where `directions` count: None is for words. Raises LatentError if nothing is in common.
    """
    repeated = missing = 0
    if lexicon is not None:
        by = "lexicon"
        rows_x, rows_y, repeated, missing = _by_lexicon(x, y, lexicon)
    elif x.named and y.named:
        by = "word"
        rows_x, rows_y, repeated = _by_word(x, y)
    else:
        by = "row"
        if len(x) != len(y):
            raise LatentError(
                f"`x` has {len(x):,} rows and `y` {len(y):,}: without words on both sides, rows are "
                "matched by their numbers"
            )
        rows_x = rows_y = np.arange(len(x))
    usable = x.finite[rows_x] & y.finite[rows_y]
    if by != "row" if directions is None else directions:
        usable &= ~x.zero[rows_x] & ~y.zero[rows_y]
    unusable = int((~usable).sum())
    return Match(rows_x[usable], rows_y[usable], by, unusable, repeated, missing)


def _by_word(x: NamedRows, y: NamedRows) -> tuple[Array, Array, int]:
    """Return the rows of x and of y that have a word in common, and how many of x repeat one."""
    mine, theirs = (
        list(one.vectors.vocabulary.items()) if one.vectors else [] for one in (x, y)
    )
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
        raise LatentError(
            "`x` and `y` have no word in common; `lexicon` matches words by pairs of them"
        )
    rows = np.array([*pairs.values()], dtype=np.int64)
    return rows[:, 0], rows[:, 1], repeated


def _by_lexicon(
    x: NamedRows, y: NamedRows, lexicon: Iterable[tuple[str, str]]
) -> tuple[Array, Array, int, int]:
    """Return the rows of pairs of words, each row once, and how many pairs repeat or are missing."""
    found: dict[int, int] = {}
    used: set[int] = set()
    repeated = missing = 0
    for word, other in lexicon:
        row, partner = x.find(str(word)), y.find(str(other))
        if row is None or partner is None:
            missing += 1
        elif row in found or partner in used:
            repeated += 1
        else:
            found[row] = partner
            used.add(partner)
    if not found:
        raise LatentError("`lexicon`: none of its pairs has its words in `x` and in `y`")
    order = sorted(found)
    return np.array(order), np.array([found[row] for row in order]), repeated, missing
