"""How probable words are: by counts, or by their place in the vectors (Zipf's law)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from latentcli.errors import FormatError
from latentcli.numerics.types import Array
from latentcli.words._sentences import zipf
from latentcli.words._space import Space


class Frequencies(NamedTuple):
    """How probable words are: by counts, or by their rows."""

    space: Space
    counts: Mapping[str, float] | None
    total: float

    @classmethod
    def of(cls, counts: Mapping[str, float] | None, space: Space) -> Frequencies:
        if counts is None:
            return cls(space, None, 0.0)
        if not any(
            count and space.words.row(word) is not None for word, count in counts.items()
        ):
            raise FormatError(
                f"no word of {space.name} is in the counts; words are looked up as written"
            )
        return cls(space, counts, sum(counts.values()))

    def of_words(self, words: list[str], rows: list[int]) -> Array:
        """Return probabilities; a row of -1 is a word that is made of n-grams."""
        if self.counts is not None:
            return np.array([self.counts.get(word, 0.0) / self.total for word in words])
        places = np.array(rows, dtype=np.int64)
        ranked = zipf(np.maximum(places, 0), len(self.space.matrix))
        return np.where(places < 0, 0.0, ranked)

    def of_rows(self, rows: Array) -> Array:
        """Return the probabilities of the words of rows."""
        places = rows.tolist()
        words = self.space.words.words(places) if self.counts is not None else []
        return self.of_words(words, places)
