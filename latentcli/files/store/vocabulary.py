"""The words of a space: which row has a word, which word has a row, and words that are close.

Kept as one run of UTF-8 text, the byte at which each word ends, and the words' hashes in
order, all memory-mapped: a query over millions of words reads a few pages and no dict is
built. (SQLite does the same, and takes ten times as long to fill.)
"""

from __future__ import annotations

import io
import mmap
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO
from zlib import crc32

import numpy as np
import numpy.typing as npt

from latentcli.numerics.spelling import case_forms, edit_distance, one_edit_away

Rows = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]

_NEAR = 3000  # like-spelled candidates that are compared letter by letter
TEXT = "words.utf8"
INDEX = ("ends", "hashes", "hash_rows", "form_hashes", "form_rows", "dropped")


class Words:
    """The vocabulary of a file of words.

    `text` holds each word and a line break, in row order; `ends` (rows,) where each word ends;
    `hashes` the sorted CRC-32 of the words and `hash_rows` their rows; `form_hashes` and
    `form_rows` the same of the case-folded form, for words that are not their own; `dropped`
    the rows that are no longer words, because an earlier row has the same.
    """

    named = True

    def __init__(
        self, text: bytes | mmap.mmap, index: dict[str, npt.NDArray[np.generic]]
    ) -> None:
        self._text = text
        self._ends: Rows = index["ends"].view(np.int64)
        self._words: _Index = _Index(index["hashes"], index["hash_rows"])
        self._forms: _Index = _Index(index["form_hashes"], index["form_rows"])
        self._dropped: Rows = index["dropped"].view(np.int64)

    @classmethod
    def open(cls, folder: Path) -> Words:
        """Map a finished vocabulary."""
        index = {
            name: np.asarray(
                np.load(folder / f"word_{name}.npy", mmap_mode="r", allow_pickle=False)
            )
            for name in INDEX
        }
        with (folder / TEXT).open("rb") as file:
            text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(text, index)

    def __len__(self) -> int:
        return len(self._ends) - len(self._dropped)

    def row(self, word: str) -> int | None:
        """Return the first row of a word."""
        target = word.encode("utf-8", "backslashreplace")
        rows = [row for row in self._words.rows(crc32(target)) if self.raw(row) == target]
        return min(rows, default=None)

    def words(self, rows: Sequence[int]) -> list[str]:
        """Return the words of rows."""
        return [self.raw(int(row)).decode("utf-8") for row in rows]

    def variants(self, word: str) -> list[str]:
        """Return the words that differ in case or Unicode normal form only, in file order.

        The dotted and the dotless i of Turkish count as one letter.
        """
        forms = case_forms(word)
        rows: set[int] = set()
        for form in forms:
            target = crc32(form.encode("utf-8", "backslashreplace"))
            rows |= {*self._words.rows(target), *self._forms.rows(target)}
        others = dict.fromkeys(self.words(sorted(rows)))
        return [
            other
            for other in others
            if other != word and not forms.isdisjoint(case_forms(other))
        ]

    def close(self, word: str, most: int = 3) -> list[str]:
        """Return words that may be meant: first by edit distance (a transposition is one edit).

        Of equally near ones those with the same first letter come first, then the more frequent.
        """
        edits = {*one_edit_away(word), *one_edit_away(word.casefold())} - {word}
        near = sorted(self._existing(edits), key=lambda other: other[:1] != word[:1])
        if len(near) < most:
            near += self._like(word, most)
        return list(dict.fromkeys(near))[:most]

    def matching(self, pattern: re.Pattern[str]) -> Rows:
        """Return the rows whose word has the pattern in it."""
        found = [row for row, word in self.items() if pattern.search(word)]
        return np.array(found, dtype=np.int64)

    def items(self) -> Iterator[tuple[int, str]]:
        """Yield every (row, word) in file order."""
        text = self._text[:].decode("utf-8")
        words = text.split("\n")
        if len(words) != len(self._ends) + 1:  # some word holds a line break
            words = self.words(range(len(self._ends)))
        dropped = set(self._dropped.tolist())
        for row in range(len(self._ends)):
            if row not in dropped:
                yield row, words[row]

    def raw(self, row: int) -> bytes:
        """Return the UTF-8 of a row's word."""
        start = int(self._ends[row - 1]) + 1 if row else 0
        return self._text[start : int(self._ends[row])]

    def _existing(self, candidates: Iterable[str]) -> list[str]:
        """Return the candidates that are words, in file order."""
        rows = {word: self.row(word) for word in candidates}
        found = sorted((row, word) for word, row in rows.items() if row is not None)
        return [word for _, word in found]

    def _like(self, word: str, most: int) -> list[str]:
        """Return like-spelled words among those that begin alike: by difflib, the nearest first."""
        import difflib  # only a mistake needs it

        start = word[:3].encode("utf-8", "backslashreplace")
        text = np.frombuffer(self._text, dtype=np.uint8)
        starts = np.concatenate(([0], self._ends[:-1] + 1))
        rows = np.flatnonzero(self._ends - starts >= len(start))
        for place, byte in enumerate(start):
            rows = rows[text[starts[rows] + place] == byte]
        others = dict.fromkeys(self.words(rows[:_NEAR].tolist()))
        candidates = [other for other in others if other != word]
        found = difflib.get_close_matches(word, candidates, n=2 * most, cutoff=0.7)
        return sorted(found, key=lambda other: edit_distance(word, other))


class _Index:
    """Sorted hashes, and the row of each."""

    def __init__(self, hashes: npt.NDArray[np.generic], rows: npt.NDArray[np.generic]) -> None:
        self._hashes = hashes
        self._rows = rows

    def rows(self, target: int) -> list[int]:
        """Return the rows with a hash."""
        low = np.uint32(target)
        start = int(np.searchsorted(self._hashes, low, side="left"))
        end = int(np.searchsorted(self._hashes, low, side="right"))
        return [int(row) for row in self._rows[start:end]]


class Builder:
    """Collects words while a file is read, then makes the look-ups; in a folder or in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._text: IO[bytes] = io.BytesIO() if folder is None else (folder / TEXT).open("wb+")
        self._lengths: list[Rows] = []
        self._hashes: list[Hashes] = []
        self._form_hashes: list[int] = []
        self._form_rows: list[int] = []
        self._rows = 0

    def add(self, words: list[str]) -> None:
        """Add the words of the next rows."""
        if not words:
            return
        together = "\n".join(words)
        text = together.encode("utf-8")
        raw = text.split(b"\n")
        if len(raw) != len(words):  # a word of a binary file may hold a line break
            raw = [word.encode("utf-8") for word in words]
        self._text.write(text + b"\n")
        self._lengths.append(np.fromiter(map(len, raw), dtype=np.int64, count=len(raw)))
        self._hashes.append(np.fromiter(map(crc32, raw), dtype=np.uint32, count=len(raw)))
        if together.casefold() != together:
            self._add_forms(words)
        self._rows += len(words)

    def _add_forms(self, words: list[str]) -> None:
        for row, word in enumerate(words, self._rows):
            if (form := word.casefold()) != word:
                self._form_hashes.append(crc32(form.encode("utf-8")))
                self._form_rows.append(row)

    def finish(self, *, distinct: bool) -> tuple[Words, Rows]:
        """Make the look-ups; return them and the rows whose word an earlier row has.

        With `distinct`, those rows are no longer words.
        """
        ends = np.cumsum(np.concatenate(self._lengths) + 1) - 1
        hashes = np.concatenate(self._hashes)
        order = _stable_order(hashes)
        index: dict[str, npt.NDArray[np.generic]] = {
            "ends": ends,
            "hashes": hashes[order],
            "hash_rows": order,
            **self._forms(),
            "dropped": np.zeros(0, dtype=np.int64),
        }
        self._text.flush()
        words = Words(self._whole_text(), index)
        repeated = self._repeated(words, index)
        if distinct and repeated.size:
            gone = repeated
            for hashes_of, rows_of in (("hashes", "hash_rows"), ("form_hashes", "form_rows")):
                kept = ~np.isin(index[rows_of], gone)
                index[hashes_of], index[rows_of] = index[hashes_of][kept], index[rows_of][kept]
            index["dropped"] = gone
            words = Words(self._whole_text(), index)
        if self._folder is not None:
            for name, values in index.items():
                np.save(self._folder / f"word_{name}.npy", values)
        return words, repeated

    def close(self) -> None:
        """Close the file of words."""
        if self._folder is not None:
            self._text.close()

    def _forms(self) -> dict[str, npt.NDArray[np.generic]]:
        hashes = np.array(self._form_hashes, dtype=np.uint32)
        order = _stable_order(hashes)
        return {
            "form_hashes": hashes[order],
            "form_rows": np.array(self._form_rows, dtype=np.int64)[order],
        }

    def _whole_text(self) -> bytes | mmap.mmap:
        if isinstance(self._text, io.BytesIO):
            return self._text.getvalue()
        return mmap.mmap(self._text.fileno(), 0, access=mmap.ACCESS_READ)

    def _repeated(self, words: Words, index: dict[str, npt.NDArray[np.generic]]) -> Rows:
        """List the rows whose word has an earlier row: equal hashes, then equal words."""
        hashes, rows = index["hashes"], index["hash_rows"]
        seen: set[bytes] = set()
        repeated, before = array("q"), -2
        for place in map(int, np.flatnonzero(hashes[1:] == hashes[:-1])):
            if place != before + 1:
                seen = {words.raw(int(rows[place]))}
            word, before = words.raw(int(rows[place + 1])), place
            if word in seen:
                repeated.append(int(rows[place + 1]))
            seen.add(word)
        return np.sort(np.frombuffer(repeated, dtype=np.int64))


def _stable_order(hashes: Hashes) -> Rows:
    """Return what sorts the hashes, equal ones by row: as one number each, four times as fast."""
    keys = hashes.astype(np.uint64) << np.uint64(32)
    keys |= np.arange(len(hashes), dtype=np.uint64)
    keys.sort()
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
