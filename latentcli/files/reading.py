"""What every reader gives: a stream of blocks, and what it dropped or repaired on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from latentcli.errors import shown
from latentcli.numerics.types import Array

BLOCK = 1 << 18
"""Bytes of the file in work at a time: few enough to stay in the processor's cache."""

MAX_DIMENSIONS = 1 << 20
"""No vector space has more; a header that promises more is broken."""


class Block(NamedTuple):
    """Some rows: `words` is None when the file has none; `values` is (rows, D), any real dtype.

    `columns` are the other columns of a table, cells by name, where they are requested.
    """

    words: list[str] | None
    values: Array
    columns: Mapping[str, Sequence[object]] | None = None


@dataclass
class Findings:
    """Counts of what was dropped or repaired, and where it was first seen."""

    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, count: int = 1, where: str = "") -> None:
        """Count `what`; `where` is kept for the first one only."""
        if count:
            self.counts[what] = self.counts.get(what, 0) + count
            if where:
                self.first.setdefault(what, where)

    def phrases(self) -> list[str]:
        """Return one phrase for each finding, such as "2 duplicate words dropped"."""
        found = []
        for what, count in self.counts.items():
            one, many = KINDS[what]
            phrase = f"{count:,} {one if count == 1 else many}"
            found.append(phrase + (f" ({self.first[what]})" if what in self.first else ""))
        return found


KINDS: dict[str, tuple[str, str]] = {
    "malformed": ("malformed row dropped", "malformed rows dropped"),
    "duplicate": ("duplicate word dropped", "duplicate words dropped"),
    "zero": ("row of zeros, never an answer", "rows of zeros, never an answer"),
    "nan": ("row with NaN, never an answer", "rows with NaN, never an answer"),
    "infinite": ("row with infinity, never an answer", "rows with infinity, never an answer"),
    "bad_utf8": (
        "word is not UTF-8, shown with \\x escapes",
        "words are not UTF-8, shown with \\x escapes",
    ),
    "empty": ("word is empty or blank", "words are empty or blank"),
    "missing": ("row without a vector dropped", "rows without a vector dropped"),
    "no_vector": (
        "row whose vector cannot be read dropped",
        "rows whose vector cannot be read dropped",
    ),
    "length": ("row of another length dropped", "rows of other lengths dropped"),
    "repeated_key": (
        "record has a key twice; the last one counts",
        "records have a key twice; the last one counts",
    ),
    "blank": ("blank line skipped", "blank lines skipped"),
}
"""Every finding: its name, and its wording for one and for many."""


@dataclass
class Reading:
    """A file being read.

    `format` names it ("GloVe text"); `dimensions` is the length of each row; `blocks` yields
    the rows in order; `declared` is what a header promised (rows, dimensions), if there is one.
    `mapped` is set when the rows lie in the file as float32, so that no copy is needed: path,
    byte offset, rows. `extras` holds further named arrays (a fastText model's n-grams), to be
    looked up after the last block. `shape` is the array's own, before each entry became a row;
    `whole` maps the array in that shape, where it lies in the file as it is; `axes` are its letters where
    the format says what they are. `table` is set for the rows
    of a table or records, several of which may have one text. Where `with_columns` is set before the first
    block is taken, the blocks of a table have its other columns, too.
    """

    format: str
    dimensions: int
    blocks: Callable[[], Iterator[Block]]
    findings: Findings
    dtype: str = "float32"
    declared: tuple[int, int] | None = None
    mapped: tuple[Path, int, int] | None = None
    key: str = ""
    shape: tuple[int, ...] | None = None
    whole: Callable[[], Array] | None = None
    axes: str = ""
    table: bool = False
    with_columns: bool = False
    extras: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def decode(words: list[bytes], findings: Findings) -> list[str]:
    r"""Decode words as UTF-8; a word that is not UTF-8 keeps its odd bytes as visible ``\xNN``.

    The escapes keep two different broken words different, which replacement marks would not.
    """
    if not words:
        return []
    try:
        text = b"\n".join(words).decode("utf-8")
    except UnicodeDecodeError:
        return [_decode_one(word, findings) for word in words]
    split = text.split("\n")
    # A word of a binary file may hold a line break, which would be taken for two words.
    return split if len(split) == len(words) else [word.decode("utf-8") for word in words]


def _decode_one(word: bytes, findings: Findings) -> str:
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        decoded = word.decode("utf-8", "backslashreplace")
        findings.add("bad_utf8", where=f"first: {shown(decoded)}")
        return decoded
