"""JSON in pieces: lists of numbers become arrays piece by piece, so that few numbers at a time are objects.

The text is cut at commas of one depth into pieces of a block's length, which Python's own parser reads; an
element that is longer than a block is cut inside of it in turn, some levels deep.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from latentcli.numerics.types import Array

BLOCK = 1 << 18
_LEVELS = 4
_BLANKS = b" \t\r\n"
_STEPS = np.zeros(256, dtype=np.int8)
_STEPS[[*b"[{"]] = 1
_STEPS[[*b"]}"]] = -1
_KEY = re.compile(rb'\s*"(?:[^"\\]|\\.)*"\s*:', re.DOTALL)
_NUMBERS = {int, float, bool, type(None)}
_ESCAPED = re.compile(rb"\\.", re.DOTALL)

Pairs = list[tuple[str, Any]]


def loads(text: bytes, seen: Callable[[Pairs], None]) -> Any:
    """Parse UTF-8; a long list of numbers, or of such lists of one length, comes as float64, null as NaN.

    `seen` is called with the pairs of each object. Raises ValueError and RecursionError as `json.loads` does.
    """
    return _Text(text, seen).value(0, len(text), 0)


class _Text:
    def __init__(self, text: bytes, seen: Callable[[Pairs], None]) -> None:
        self._text = text
        self._seen = seen

    def value(self, start: int, stop: int, level: int) -> Any:
        """Parse the one value between two places."""
        while start < stop and self._text[start] in _BLANKS:
            start += 1
        kind = self._text[start : start + 1]
        if kind not in (b"[", b"{") or stop - start <= BLOCK or level == _LEVELS:
            found, outermost = self._parsed(b"", start, stop, b"")
            self._seen(outermost)
            return found
        if kind == b"[":
            return self._list(start, stop, level)
        return self._object(start, stop, level)

    def _list(self, start: int, stop: int, level: int) -> Any:
        parts: list[Any] = []
        for first, last in self._pieces(start, stop, b"]"):
            if last - first > BLOCK:
                inner = self.value(first, last, level + 1)
                parts.append(inner[None] if isinstance(inner, np.ndarray) else [inner])
            else:
                found, outermost = self._parsed(b"[", first, last, b"]")
                self._seen(outermost)
                values = None if outermost else numbers(found)
                parts.append(found if values is None else values)
        return _joined(parts)

    def _object(self, start: int, stop: int, level: int) -> dict[str, Any]:
        pairs: Pairs = []
        for first, last in self._pieces(start, stop, b"}"):
            key = _KEY.match(self._text, first, last) if last - first > BLOCK else None
            if key is None:
                pairs += self._parsed(b"{", first, last, b"}")[1]
            else:
                name = self._parsed(b"{", first, key.end(), b"0}")[1][0][0]
                pairs.append((name, self.value(key.end(), last, level + 1)))
        self._seen(pairs)
        return dict(pairs)

    def _parsed(self, before: bytes, start: int, stop: int, behind: bytes) -> tuple[Any, Pairs]:
        """Parse some elements with brackets around them; return them, and the pairs of the last object.

        That is the outermost one, if the value is an object; `seen` is not called with it.
        """
        last: list[Pairs] = [[]]

        def made(pairs: Pairs) -> dict[str, Any]:
            if last[0]:
                self._seen(last[0])
            last[0] = pairs
            return dict(pairs)

        piece = before + self._text[start:stop] + behind
        try:
            found = json.loads(piece.decode("utf-8", "surrogatepass"), object_pairs_hook=made)
        except json.JSONDecodeError as error:
            letters = len(error.doc[: error.pos].encode("utf-8", "surrogatepass"))
            raise self._error(error.msg, start + letters - len(before)) from error
        except UnicodeDecodeError as error:
            raise self._error("not UTF-8", start + error.start - len(before)) from error
        return found, last[0]

    def _error(self, what: str, at: int) -> ValueError:
        line = self._text.count(b"\n", 0, at) + 1
        column = at - self._text.rfind(b"\n", 0, max(0, at))
        return ValueError(f"{what}: line {line} column {column} (byte {at})")

    def _pieces(self, start: int, stop: int, closing: bytes) -> Iterator[tuple[int, int]]:
        """Yield where the elements of a list or object lie: several together up to a block, or one that is longer."""
        first = last = start + 1
        for comma, ends in self._commas(start, stop, closing):
            if comma - first > BLOCK and last > first:
                yield self._filled(first, last - 1)
                first = last
            if ends and first == start + 1 and not self._text[first:comma].strip(_BLANKS):
                return
            if ends or comma - first > BLOCK:
                yield self._filled(first, comma)
                first = comma + 1
            last = comma + 1

    def _filled(self, start: int, stop: int) -> tuple[int, int]:
        if not self._text[start:stop].strip(_BLANKS):
            raise self._error("Expecting value", stop)
        return start, stop

    def _commas(self, start: int, stop: int, closing: bytes) -> Iterator[tuple[int, bool]]:
        """Yield the first and last comma between elements of each window, and where the value ends."""
        depth, inside, skip = 0, False, 0
        for at in range(start, stop, BLOCK):
            window = self._text[at : min(at + BLOCK, stop)]
            marks, inside, skip = _outside_strings(window, inside, skip)
            steps = _STEPS[marks]
            depths = np.cumsum(steps, dtype=np.int32) + depth
            depth = int(depths[-1])
            closed = np.flatnonzero((depths == 0) & (steps < 0))
            upto = int(closed[0]) if closed.size else len(marks)
            found = np.flatnonzero((marks[:upto] == 44) & (depths[:upto] == 1))
            for place in sorted({*found[:1].tolist(), *found[-1:].tolist()}):
                yield at + place, False  # what lies between is shorter than a window
            if closed.size:
                end = at + upto
                if self._text[end : end + 1] != closing:
                    raise self._error("Expecting ',' delimiter", end)
                if self._text[end + 1 : stop].strip(_BLANKS):
                    raise self._error("Extra data", end + 1)
                yield end, True
                return
        raise self._error("Unterminated value", stop)


def _outside_strings(window: bytes, inside: bool, skip: int) -> tuple[Array, bool, int]:
    """Return a window's bytes with those of strings as 0; whether it ends inside one, after a backslash."""
    marks = np.frombuffer(window, dtype=np.uint8)
    escapes = b"\\" in window or skip
    if escapes:
        marks = marks.copy()
        marks[:skip] = 0
        ends = skip
        for match in _ESCAPED.finditer(window, skip):
            marks[match.start() : match.end()] = 0
            ends = match.end()
        skip = int(window.endswith(b"\\") and ends < len(window))
    quotes = marks == 34
    within = np.cumsum(quotes, dtype=np.int32) + inside & 1
    return np.where(within | quotes, 0, marks), bool(within[-1]), skip


def numbers(value: Any) -> Array | None:
    """Return a list of numbers, or of lists of them, as float64, null as NaN; None if it is not."""
    if isinstance(value, np.ndarray):
        return value
    try:
        if not isinstance(value, list) or not value or not _plain(value):
            return None
        return np.array(value, dtype=np.float64)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _plain(values: list[Any]) -> bool:
    """Tell lists of numbers; text among them would take its longest length for each."""
    kinds = {*map(type, values)}
    if kinds == {list}:
        return all(map(_plain, values))
    return kinds <= _NUMBERS


def _joined(parts: list[Any]) -> Any:
    """Put the parts of a list together: one array if all are, of rows of one shape."""
    parts = [part for part in parts if len(part)] or [[]]
    arrays = all(isinstance(part, np.ndarray) for part in parts)
    if arrays and len({part.shape[1:] for part in parts}) == 1:
        return np.concatenate(parts)
    return [
        one
        for part in parts
        for one in (part.tolist() if isinstance(part, np.ndarray) else part)
    ]
