"""The words of an array that has none: each row's number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


class RowNumbers:
    """The vocabulary of an array without words: a row's number is its word."""

    named = False

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return self._rows

    def row(self, word: str) -> int | None:
        """Return the row a number means; negative numbers count from the end."""
        try:
            row = int(word)
        except ValueError:
            return None
        row = row + self._rows if row < 0 else row
        return row if 0 <= row < self._rows else None

    def words(self, rows: Sequence[int]) -> list[str]:
        """Return the numbers as text."""
        return [str(row) for row in rows]

    def variants(self, word: str) -> list[str]:
        """Return nothing: numbers have no case."""
        return []

    def close(self, word: str, most: int = 3) -> list[str]:
        """Return nothing: no number is a misspelling of another."""
        return []

    def matching(self, pattern: re.Pattern[str]) -> Rows:
        """Return the rows whose number has the pattern in it."""
        found = [row for row in range(self._rows) if pattern.search(str(row))]
        return np.array(found, dtype=np.int64)

    def items(self) -> Iterator[tuple[int, str]]:
        """Yield every row and its number."""
        return ((row, str(row)) for row in range(self._rows))
