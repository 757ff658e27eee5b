"""Which row a word means, and what is said of a word that is not there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from latentcli.errors import WordError, counted, shown
from latentcli.numerics.named_vectors import Vocabulary

_ROW = re.compile(r"#(\d{1,18})")

_LONGEST = 1000
"""Letters from which a word is not looked for in other spellings."""


@dataclass(frozen=True)
class Lookup:
    """The words of a space that is called `name`, and how far they may differ from what is given.

    A word that is not there as it is given may be in another case, with `ignore_case`; in another
    spelling (Unicode normal form, apostrophes, `_` for blanks), unless `exact`; or "#17", a row.
    """

    words: Vocabulary
    rows: int
    name: str
    ignore_case: bool
    exact: bool

    def find(self, word: str) -> tuple[int | None, tuple[str, ...]]:
        """Return the row that a word means, None for none, and a note if the spelling differs."""
        row = self.words.row(word)
        if row is not None:
            return row, ()
        if (number := _ROW.fullmatch(word)) and int(number[1]) < self.rows:
            return int(number[1]), ()
        if self.ignore_case and (others := self.words.variants(word)):
            return self.words.row(others[0]), ()
        there = [] if self.exact else self._spelled_otherwise(word)
        if len(there) != 1:
            return None, ()
        note = f"'{shown(word, 80)}' is taken as '{shown(there[0], 80)}'; `exact` forbids it"
        return self.words.row(there[0]), (note,)

    def _spelled_otherwise(self, word: str) -> list[str]:
        """Return the other spellings of a word that are there."""
        if not self.words.named or len(word) > _LONGEST:
            return []
        from latentcli.numerics.spelling import spellings

        return [form for form in spellings(word) if self.words.row(form) is not None]

    def missing(self, word: str) -> WordError:
        """Return the error for a word that is not there, with the words that may be meant."""
        given = shown(word, 80)
        if not self.words.named:
            return WordError(
                f"'{given}' is not a row of {self.name} (rows 0 to {self.rows - 1:,})"
            )
        where = f"'{given}' is not in {self.name} ({counted(len(self.words), 'word')})"
        if re.fullmatch(r"#\d+", word):
            return WordError(f"{where}; its rows are #0 to #{self.rows - 1:,}")
        if word.isascii() and word.isdigit() and int(word[:18]) < self.rows and len(word) <= 18:
            return WordError(f"{where}; row {int(word):,} is '#{int(word)}'")
        if spelled := self._spelled_otherwise(word):
            forms = " and ".join(f"'{shown(form, 80)}'" for form in spelled)
            is_ = "is, spelled otherwise; without `exact` it is taken"
            return WordError(
                f"{where}, but {forms} {is_ if len(spelled) == 1 else 'are; type one of them'}"
            )
        others = self.words.variants(word)
        if others:
            return WordError(f"{where}, but '{others[0]}' is; `ignore_case` takes it")
        close = self.words.close(word)
        hint = f" Did you mean {', '.join(close)}?" if close else ""
        return WordError(f"{where}.{hint}")

    def without_direction(self, word: str) -> WordError:
        """Return the error for a word whose row is no vector."""
        why = "its row is zero, NaN or infinite"
        if _ROW.fullmatch(word):
            why += ", or repeats the word of an earlier row"
        return WordError(f"'{shown(word, 80)}' has no direction in {self.name}: {why}")
