"""Which rows of two spaces are the same thing: those of the same word, or of the same number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError
from latentcli.files.entry import Entry
from latentcli.files.reading import Array


@dataclass(frozen=True)
class Match:
    """Row `x[i]` of one space is row `y[i]` of the other; `x` is ascending.

    `by` says what they were matched by, "word" or "row"; `unusable` counts pairs left out since
    one of the two is zero, NaN or infinite.
    """

    x: Array
    y: Array
    by: str
    unusable: int


def match(x: Entry, y: Entry) -> Match:
    """Match by word if both spaces have words, else by row; then both must have as many.

    Raises LatentError if nothing is in common.
    """
    if x.vocabulary.named and y.vocabulary.named:
        by = "word"
        rows_x, rows_y = _by_word(x, y)
    else:
        by = "row"
        if len(x.matrix) != len(y.matrix):
            raise LatentError(
                f"{x.path.name} has {len(x.matrix):,} rows and {y.path.name} {len(y.matrix):,}: "
                "without words on both sides, rows are matched by their numbers"
            )
        rows_x = rows_y = np.arange(len(x.matrix))
    usable = (x.norms[rows_x] > 0) & (y.norms[rows_y] > 0)
    return Match(rows_x[usable], rows_y[usable], by, int((~usable).sum()))


def _by_word(x: Entry, y: Entry) -> tuple[Array, Array]:
    others = {word: row for row, word in y.vocabulary.items()}
    pairs = [(row, others[word]) for row, word in x.vocabulary.items() if word in others]
    if not pairs:
        raise LatentError(f"{x.path.name} and {y.path.name} have no word in common")
    rows = np.array(pairs, dtype=np.int64)
    return rows[:, 0], rows[:, 1]
