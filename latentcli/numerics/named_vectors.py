"""Vectors with words, wherever they are kept: what files hand over and spaces are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from latentcli.numerics.types import Array


class Vocabulary(Protocol):
    """The words of vectors, by row."""

    named: bool
    """False when the "words" are only row numbers."""

    def __len__(self) -> int: ...

    def row(self, word: str) -> int | None:
        """Return the row of a word, None if it is not there."""

    def words(self, rows: Sequence[int]) -> list[str]:
        """Return the words of rows."""

    def variants(self, word: str) -> list[str]:
        """Return the words that differ from `word` in case only, most frequent first."""

    def close(self, word: str, most: int = 3) -> list[str]:
        """Return words that are spelled like `word`, the likeliest first."""

    def matching(self, pattern: re.Pattern[str]) -> Array:
        """Return the rows whose word has the pattern in it, ascending."""

    def items(self) -> Iterator[tuple[int, str]]:
        """Yield every (row, word) in file order."""


class Columns(Protocol):
    """The other columns of a table of vectors, a cell for each row.

    `kinds` says of each what its cells are: bool, int, float, text, date, datetime, json; else mixed.
    """

    kinds: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order of the file."""

    def check(self, names: Sequence[str]) -> None:
        """Refuse names that no column has."""

    def cells(self, rows: Sequence[int]) -> dict[str, list[Any]]:
        """Return all columns of some rows, their cells as they were in the file."""

    def values(self, names: Sequence[str], rows: Sequence[int]) -> dict[int, list[Any]]:
        """Return the cells of some columns, for each of some rows."""

    def matching(self, where: str) -> Array:
        """Return the rows for which a condition holds, ascending."""


class NamedVectors(Protocol):
    """Vectors ready for queries.

    `matrix` (N, D) float32 and `norms` (N,) float64, which is 0 for rows that cannot be answers;
    `meta` says what was read; `extras` holds the n-gram vectors of a fastText model; `notes` is
    what to report of this opening; `folder` is where it is kept in the cache, if it is.
    """

    path: Path
    matrix: Array
    norms: Array
    meta: dict[str, Any]
    extras: dict[str, Any]
    notes: list[str]
    folder: Path | None
    cached: bool

    @property
    def columns(self) -> Columns | None:
        """The other columns, where they were requested."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the rows."""
