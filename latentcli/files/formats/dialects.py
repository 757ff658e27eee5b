"""Rows of text that are not "word 0.1 0.2": commas, semicolons, brackets, decimal commas, quotes, word last.

A dialect splits a row into its word and its numbers. It is chosen from the first rows of a file, all of
which must agree, and only where the plain layout does not fit: a guess that is wrong by one number is
worse than none. Longer than 300 lines: which of the dialects fits is decided by all of their marks together.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from latentcli.files.delimited import NUMBERS_IN_BRACKETS

BLANKS = b" \t\r"
"""What may stand around a row."""

_GAP = re.compile(rb"[ \t]+")
_SEPARATORS = {
    b" ": _GAP,
    b",": re.compile(rb"[ \t]*,[ \t]*"),
    b";": re.compile(rb"[ \t]*;[ \t]*"),
    b", ": re.compile(rb",[ \t]+"),
}
_POINT = re.compile(
    rb"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|(?:nan|inf|infinity))", re.IGNORECASE
)
_COMMA = re.compile(
    rb"[-+]?(?:(?:\d+,?\d*|,\d+)(?:[eE][-+]?\d+)?|(?:nan|inf|infinity))", re.IGNORECASE
)
_HALF = re.compile(rb"[-+]?\d+(?:[eE][-+]?\d+)?")
_LEADING_ZERO = re.compile(rb"[-+]?0\d.*|[-+]0")
_FEW_HALVES = 6
_INTEGER = re.compile(rb"[-+]?\d+")
_NUMBER_TOKEN = re.compile(rb"(?=.*[.,;])[-+]?[\d.,;]+(?:[eE][-+]?\d+)?[,;]?")
_IN_A_LIST = re.compile(rb"\d[\"']?[ \t]*[,;|][ \t]*[\"']?[-+]?\.?\d")
_IN_BRACKETS = re.compile(NUMBERS_IN_BRACKETS)
_HOLDS_NUMBER = re.compile(rb"\d?[.,]\d|[\"'][-+]?\d")
_THOUSANDS = re.compile(rb"\d{1,3}(?:,\d{3})+")
_NUMBER_START = re.compile(rb"[-+]?[\d.,]*\d(?:[eE][-+]?\d+)?[.,;:]*")
_ATTACHED = re.compile(
    rb"[^\d.,;][,;:|=][-+]?\d*[.,]\d+(?:[eE][-+]?\d+)?|.*[\[({][-+]?[\d.]+[,;]?", re.DOTALL
)
_NUMBERS = re.compile(rb"[-+]?(?:nan|inf|infinity|[-+\d.,;]*(?:[eE][-+]?\d+)?)", re.IGNORECASE)
"""A number, or several with commas or semicolons."""

_AFTER_TAB = re.compile(rb"\t[-+]?[\d.]+$")
"""A number behind a tab: the first of those that other separators follow."""

_TAB_BEFORE_LAST = re.compile(rb"[^\t]* [^\t]*\t[^ \t]+")
"""Blanks between numbers, and a tab before the last, which is then the word."""

_LOOK_BACK = 64
_DIGITS = tuple(b"%d" % digit for digit in range(10))
_JOINERS = (b",", b";", b":", b"=", b"|")
_QUOTES = (b'"', b"'")


class Dialect(NamedTuple):
    """How the rows of a file are written.

    `separator` stands between the numbers, `decimal` in them, `joiner` between word and numbers if
    that is not a blank; `quote` around each word.
    """

    separator: bytes = b" "
    decimal: bytes = b"."
    brackets: bool = False
    word_last: bool = False
    joiner: bytes = b""
    quote: bytes = b""
    wordless: bool = False

    def split(self, line: bytes, dimensions: int) -> tuple[bytes, list[bytes]] | None:
        """Split a row into its word and its numbers, with decimal points; None if it is no such row."""
        row = line.strip(BLANKS)
        parts = self._parts(row, dimensions)
        if parts is None:
            return None
        word, fields = parts
        number = self.number
        fields = [field.strip(BLANKS) for field in fields]
        if len(fields) != dimensions or not all(map(number.fullmatch, fields)):
            return None
        word = word.strip(BLANKS)
        if self.joiner:
            if not word.endswith(self.joiner):
                return None
            word = word[: -len(self.joiner)].rstrip(BLANKS)
        if self.quote:
            word = _unquoted(word, self.quote)
        elif self.separator != b" " and (_glued(word) or _AFTER_TAB.search(word)):
            return None
        if self.wordless and word:
            return None
        if self.decimal == b",":
            fields = [field.replace(b",", b".") for field in fields]
        return word, fields

    @property
    def number(self) -> re.Pattern[bytes]:
        """What a number looks like."""
        return _POINT if self.decimal == b"." else _COMMA

    def _parts(self, row: bytes, dimensions: int) -> tuple[bytes, list[bytes]] | None:
        if self.brackets:
            match = _bracketed(row)
            return (
                None
                if match is None
                else (match[0], _SEPARATORS[self.separator].split(match[1]))
            )
        if self.word_last:
            blank = self.separator == b" "
            fields = (
                _GAP.split(row, dimensions) if blank else row.split(self.separator, dimensions)
            )
            return (fields[-1], fields[:-1]) if len(fields) == dimensions + 1 else None
        if self.separator == b" ":
            return _from_the_end(row, dimensions, wordless=self.wordless)
        if row.endswith(self.separator.strip()):
            row = row[: -len(self.separator.strip())].rstrip(BLANKS)
        if self.wordless:
            return b"", _SEPARATORS[self.separator].split(row)
        first, *rest = row.rsplit(self.separator, dimensions - 1)
        if self.joiner == self.separator.strip():
            cut = first.rfind(self.separator)
            return (first[: cut + 1], [first[cut + 1 :], *rest]) if cut >= 0 else None
        first = first.rstrip(BLANKS)
        cut = max(first.rfind(b" "), first.rfind(b"\t"))
        return first[: cut + 1], [first[cut + 1 :], *rest]

    def count(self, line: bytes) -> int:
        """Count the numbers of a row, leaving one field for the word; 0 if it is no such row."""
        row = line.strip(BLANKS)
        separator = _SEPARATORS[self.separator]
        if self.brackets:
            match = _bracketed(row)
            if match is None:
                return 0
            fields = separator.split(match[1])
            return len(fields) if all(map(self.number.fullmatch, fields)) else 0
        if self.separator != b" " and row.endswith(self.separator.strip()):
            row = row[: -len(self.separator.strip())].rstrip(BLANKS)
        fields = separator.split(row)
        if self.word_last:
            fields.reverse()
        count = 0
        while count < len(fields) and self.number.fullmatch(fields[-1 - count]):
            count += 1
        if self.wordless:
            return count if count == len(fields) else 0
        if self.word_last or self.separator == b" ":
            return min(count, len(fields) - 1)
        if count == len(fields):  # only numbers: the first of them would be the word
            return count - 1 if self.joiner else 0
        _, gap, last = fields[-1 - count].replace(b"\t", b" ").rpartition(b" ")
        return count + (1 if gap and self.number.fullmatch(last) else 0)

    def note(self) -> str:
        """Say how the rows are written."""
        parts = []
        if self.separator != b" ":
            name = "commas" if self.separator.startswith(b",") else "semicolons"
            parts.append(f"numbers separated by {name}")
        if self.brackets:
            parts.append("numbers in brackets")
        if self.decimal == b",":
            parts.append("decimal commas")
        if self.word_last:
            parts.append("the word last")
        if self.quote:
            parts.append("words in quotes")
        return f"its rows have {', '.join(parts)}" if parts else ""


_BODIES = (
    (b" ", b"."), (b" ", b","), (b";", b"."), (b";", b","), (b", ", b","), (b",", b"."),
)  # fmt: skip
"""Separators of numbers with their decimal marks, in the order in which they are tried."""

_JOINED = tuple(Dialect(*body, joiner=body[0].strip()) for body in _BODIES if body[0] != b" ")

_CANDIDATES = (
    *(Dialect(*body, brackets=True) for body in _BODIES),
    *(Dialect(*body, wordless=True) for body in _BODIES[1:]),
    *(Dialect(*body) for body in _BODIES[1:]),
    *_JOINED,
    *(Dialect(*body, word_last=True) for body in _BODIES),
)


def glued(words: list[bytes]) -> bool:
    """Tell whether most words of a layout hold a number that is none of theirs."""
    return sum(_glued(word) or _is_list(word) for word in words) * 2 > len(words)


def choose(rows: list[bytes], declared: tuple[int, int] | None) -> tuple[Dialect, int] | None:
    """Choose how rows are written, and how many numbers each has; None if no way fits them.

    All rows must have as many numbers, but for one, or one in ten; and as many as a header says.
    """
    for candidate in _CANDIDATES:
        counts = Counter(map(candidate.count, rows))
        dimensions, times = counts.most_common(1)[0]
        if dimensions < 1 or not _most(times, len(rows)):
            continue
        if declared and declared[1] != dimensions:
            continue
        if dimensions == 1 and candidate.decimal == b"," and not declared:
            continue  # "word 6,5" may be two integers
        dialect = _with_words(candidate, rows, dimensions, declared=declared is not None)
        if dialect is not None:
            return dialect, dimensions
    return None


def _most(times: int, rows: int) -> bool:
    return rows - times <= max(1, rows // 10) and times * 2 > rows


def quoted(words: list[bytes]) -> bytes:
    """Return the quote that stands around all of some words, if one does."""
    for quote in _QUOTES:
        if len(words) > 1 and all(
            len(word) > 2 and word.startswith(quote) and word.endswith(quote) for word in words
        ):
            return quote
    return b""


def _with_words(
    found: Dialect, rows: list[bytes], dimensions: int, *, declared: bool
) -> Dialect | None:
    """Complete a dialect by what its words say; None if they say that it is wrong."""
    split = [parts for row in rows if (parts := found.split(row, dimensions)) is not None]
    if not _most(len(split), len(rows)):
        return None
    words = [word for word, _ in split]
    numbers = [field for _, fields in split for field in fields]
    if found.brackets and not any(words):
        return found._replace(wordless=True) if len(rows) > 1 else None
    if found.decimal == b"," and not _has_decimals(found, rows, dimensions):
        return None
    # "word 0,1,0,2" may be four integers, or two numbers with decimal commas.
    integers = not found.brackets and all(map(_INTEGER.fullmatch, numbers))
    halves = found.separator == b"," and not declared and dimensions % 2 == 0
    if halves and (integers or may_be_decimals([fields for _, fields in split])):
        return None
    if found.wordless and all(_TAB_BEFORE_LAST.fullmatch(row.strip(BLANKS)) for row in rows):
        return None
    if found.wordless:  # a first number that is hardly a word
        first = [fields[0] for _, fields in split]
        return None if any(map(_INTEGER.fullmatch, first)) and not declared else found
    if sum(_HOLDS_NUMBER.search(word) is not None for word in words) * 2 > len(words):
        return None
    if found.word_last and (
        all(_NUMBERS.fullmatch(word.strip(b"[](){}")) for word in words)
        or sum(map(_glued_before, words)) * 2 > len(words)
    ):
        return None
    return None if glued(words) and not quoted(words) else finished(found, words)


def finished(found: Dialect, words: list[bytes]) -> Dialect:
    """Complete a dialect by the marks behind all words, and the quotes around all."""
    for joiner in _JOINERS:
        if not found.joiner and not found.word_last and _joined(words, joiner):
            found = found._replace(joiner=joiner)
            words = [word[: -len(joiner)].rstrip(BLANKS) for word in words]
    return found._replace(quote=quoted(words))


def may_be_decimals(rows: list[list[bytes]]) -> bool:
    """Tell integers between commas that look like the two halves of numbers with decimal commas.

    Their second halves have no sign, and some has a zero before others digits, or some first half a sign.
    """
    halves = [[field.strip() for field in row] for row in rows]
    if not all(len(row) % 2 == 0 and row and all(map(_HALF.fullmatch, row)) for row in halves):
        return False
    if any(half[:1] in (b"-", b"+") for row in halves for half in row[1::2]):
        return False
    zeros = any(_LEADING_ZERO.fullmatch(half) for row in halves for half in row)
    signs = any(half[:1] == b"-" for row in halves for half in row[::2])
    return zeros or (signs and len(halves[0]) * len(halves) > _FEW_HALVES)


def _joined(words: list[bytes], joiner: bytes) -> bool:
    """Tell whether all words end in a mark, and not since it is the word."""
    return len(words) > 1 and all(word.endswith(joiner) and len(word) > 1 for word in words)


def _has_decimals(found: Dialect, rows: list[bytes], dimensions: int) -> bool:
    """Tell whether numbers with decimal commas have some; a comma before a blank is none."""
    split = [found.split(row, dimensions) for row in rows]
    with_points = [field for parts in split if parts for field in parts[1]]
    if found.separator == b" " and any(field.endswith(b".") for field in with_points):
        return False
    return any(b"." in field for field in with_points)


def _bracketed(row: bytes) -> tuple[bytes, bytes] | None:
    """Split a row at the brackets at its end into what is before and what is in them."""
    end = row.rstrip(b"\"' \t")
    if not end or end[-1:] not in b"])}":
        return None
    start = max(end.rfind(b"["), end.rfind(b"("), end.rfind(b"{"))
    if start < 0 or {b"[": b"]", b"(": b")", b"{": b"}"}[end[start : start + 1]] != end[-1:]:
        return None
    body = end[start + 1 : -1]
    if any(mark in body for mark in (b"]", b")", b"}")):
        return None
    before = row[:start]
    if len(end) < len(row.rstrip(BLANKS)) and before[-1:] in _QUOTES:
        before = before[:-1]
    return before, body.strip(BLANKS)


def _from_the_end(
    row: bytes, dimensions: int, *, wordless: bool
) -> tuple[bytes, list[bytes]] | None:
    if wordless:
        return b"", _GAP.split(row)
    gaps = list(_GAP.finditer(row))
    if len(gaps) < dimensions:
        return None
    gap = gaps[-dimensions]
    return row[: gap.start()], _GAP.split(row[gap.end() :])


def _glued(word: bytes) -> bool:
    """Tell whether a word ends in a number with a separator, as where a layout is misread."""
    tokens = word.split()
    if len(tokens) > 2 and tokens[-1] in (b",", b";"):
        tokens.pop()  # it stands before the next number
        if _POINT.fullmatch(tokens[-1]) and b"." in tokens[-1]:
            return True
    last = tokens[-1][-_LOOK_BACK:] if tokens else b""
    if len(tokens) > 1 and any(map(last.count, _DIGITS)):
        after = tokens[-2][-1:] in (b",", b";", b":")
        if tokens[-2] in _JOINERS and _POINT.fullmatch(last):
            return True
        if _NUMBER_TOKEN.fullmatch(last) or (after and _INTEGER.fullmatch(last)):
            return True
    if last[-1:] in (b",", b";") and b"." in last and _POINT.fullmatch(last[:-1]):
        return True
    return any(_ATTACHED.fullmatch(last, start) for start in range(len(last)))


def is_bracketed_number(word: bytes) -> bool:
    """Tell a word that is rather a number in brackets: "(0.5)", with or without quotes."""
    inside = word[1:-1].strip(b" \t\"'")
    return word[:1] in (b"[", b"(", b"{") and bool(_POINT.fullmatch(inside)) and b"." in inside


def _is_list(word: bytes) -> bool:
    """Tell a word that is rather a list of numbers."""
    few = word[: 4 * _LOOK_BACK]
    if _IN_BRACKETS.fullmatch(word):
        return True
    return len(_IN_A_LIST.findall(few)) > 1 and not _THOUSANDS.fullmatch(few)


def _glued_before(word: bytes) -> bool:
    """Tell whether a word that comes last begins with a number or a separator."""
    first, *rest = word.split() or [b""]
    return (first[:1] in (b",", b";", b":") and bool(rest)) or (
        bool(rest)
        and any(map(first[-3:].count, _DIGITS))
        and bool(_NUMBER_START.fullmatch(first))
    )


def _unquoted(word: bytes, quote: bytes) -> bytes:
    """Take the quotes off a word that has them."""
    if len(word) < 2 or not (word.startswith(quote) and word.endswith(quote)):
        return word
    inner = word[1:-1]
    return inner.replace(b"\\" + quote, quote).replace(quote + quote, quote)
