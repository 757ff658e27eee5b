"""A dictionary of two languages: its pairs among the rows of two spaces, and those held out for a test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError, counted
from latentcli.numerics.named_rows import NamedRows
from latentcli.numerics.repeats import Repeats, repeats_of_keys
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

Pairs = Iterable[tuple[str, str]]
"""Pairs of words that mean the same: of x, of y. A word may come again with another translation."""

HELD_OUT = 0.2


class Side:
    """Unit rows (n, D) that can be candidates, float32, how long they were (n,), and what they are called."""

    def __init__(self, given: NamedRows, restrict: int | None) -> None:
        usable = given.usable()
        self.given = given
        self.places = np.flatnonzero(usable)[:restrict]
        chosen = given.rows[self.places]
        self.lengths = np.linalg.norm(np.asarray(chosen, np.float64), axis=1)
        self.rows = unit(chosen).astype(np.float32)
        self.of_row = {int(row): place for place, row in enumerate(self.places.tolist())}

    def find(self, word: str) -> int | None:
        row = self.given.find(word)
        return None if row is None else self.of_row.get(row)


@dataclass(frozen=True)
class Known:
    """Pairs of places (n, 2) of a dictionary, and how many of its source words are in both spaces."""

    pairs: Array
    coverage: float
    missing: int


def found_pairs(source: Side, target: Side, dictionary: Pairs, parameter: str) -> Known:
    """Find the pairs of a dictionary in both spaces. Raises LatentError for fewer than two."""
    given = list(dict.fromkeys((str(a), str(b)) for a, b in dictionary))
    places = [(source.find(a), target.find(b)) for a, b in given]
    there = [pair for pair in places if None not in pair]
    if len(there) < 2:
        raise LatentError(
            f"{counted(len(there), 'pair')} of `{parameter}` (of {len(given):,}) in both spaces: two "
            "are needed"
        )
    words = {a for a, _ in given}
    covered = {a for (a, _), pair in zip(given, places, strict=True) if None not in pair}
    return Known(
        np.array(there, dtype=np.int64), len(covered) / len(words), len(given) - len(there)
    )


def parted(known: Known, source: Side, seed: int) -> tuple[Known, Known]:
    """Hold out a fifth of the source words, with all their translations; those of one vector together."""
    words = np.unique(known.pairs[:, 0])
    repeats = repeats_by_vector(source, words)
    if repeats.distinct < 2:
        raise LatentError(
            "`dictionary` has one source word in both spaces: none can be held out"
        )
    order = np.random.default_rng([seed, 19]).permutation(repeats.distinct)
    held = words[repeats.whole(order[: max(1, round(HELD_OUT * repeats.distinct))])]
    out = np.isin(known.pairs[:, 0], held)
    return (
        Known(known.pairs[~out], known.coverage, known.missing),
        Known(known.pairs[out], known.coverage, known.missing),
    )


def repeats_by_vector(source: Side, words: Array) -> Repeats:
    """Return which of some words (n,), by their places, have the vector of another."""
    return repeats_of_keys([row.tobytes() for row in source.rows[words]])
