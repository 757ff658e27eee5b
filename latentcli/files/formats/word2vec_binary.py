"""word2vec's binary format: "N D" and a line break, then word, blank, D little-endian float32.

The C tool puts a line break after each vector, gensim and GoogleNews do not; both are read. Nothing in
the file says where a row begins: one vector that is too short or too long puts all that follows out of
step. So each row must be plausible, and the first that is not is an error that names it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO

import numpy as np

from latentcli.files.reading import MAX_DIMENSIONS, Block, Findings, Reading, decode
from latentcli.files.sniffing import is_binary, is_noise
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_HEADER = re.compile(rb"[ \t]*(\d{1,20})[ \t]+(\d{1,20})[ \t]*\r?\n")
_MAX_WORD = 64 << 10
_TEXT = 4096
_TYPICAL = 1024
_USUAL = 1e3
_HUGE = 1e15
_SEVERAL = 20
_TINY = 1e-15
_LONG = 16
_LETTERS = re.compile(rb"(?s)(?:....)*?[A-Za-z\n][A-Za-z]{2}[a-z]")
_READ = 1 << 20


def sniff(stream: Stream) -> bool:
    """Tell whether a header is followed by something that is not text."""
    head = stream.head()
    match = _HEADER.match(head[:64])
    return match is not None and len(head) > match.end() and not _is_text(head[match.end() :])


def _is_text(head: bytes) -> bool:
    """Tell text from rows of numbers: the bytes of a float32 are hardly ever text."""
    if is_binary(head[:_TEXT]):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head[:_TEXT])
    except UnicodeDecodeError:
        return not is_noise(head[:_TEXT])  # in another encoding
    return True


def read(stream: Stream, key: str = "") -> Reading:
    """Read word2vec binary vectors."""
    if key:
        raise stream.error(f"a word2vec file has no arrays to pick '{key}' from")
    match = _HEADER.match(stream.head(64))
    if match is None:
        raise stream.error("no word2vec header")
    declared = int(match[1]), int(match[2])
    if not 0 < declared[1] <= MAX_DIMENSIONS:
        raise stream.error(f"its header promises vectors of {declared[1]:,} dimensions")
    stream.read_exactly(match.end())
    findings = Findings()
    return Reading(
        format="word2vec binary",
        dimensions=declared[1],
        blocks=lambda: _blocks(stream, declared, findings),
        findings=findings,
        declared=declared,
    )


def write_header(out: IO[bytes], rows: int, dimensions: int) -> None:
    """Write the first line, which is text."""
    out.write(b"%d %d\n" % (rows, dimensions))


def write_rows(out: IO[bytes], words: list[str], values: Array) -> None:
    """Write rows as gensim does, without line breaks between them."""
    packed = np.ascontiguousarray(values, dtype="<f4")
    parts = []
    for word, row in zip(words, packed, strict=True):
        parts += [storable(word).encode("utf-8"), b" ", row.tobytes()]
    out.write(b"".join(parts))


def storable(word: str) -> str:
    """Return the word as this format can hold it: a blank ends a word, so it becomes "_"."""
    return word.replace(" ", "_").replace("\r", "\\r").replace("\n", "\\n")


def _blocks(stream: Stream, declared: tuple[int, int], findings: Findings) -> Iterator[Block]:
    dimensions = declared[1]
    width = 4 * dimensions
    buffer = b""
    done = odd = 0
    check = _Check(stream)
    while True:
        part = stream.read(max(_READ, width))
        buffer += part
        words, starts, end = _rows_in(buffer, width)
        if words:
            values = np.frombuffer(
                b"".join([buffer[start : start + width] for start in starts]), dtype="<f4"
            ).reshape(len(words), dimensions)
            check.rows(words, values, done)
            words = [word.lstrip(b"\r\n") for word in words]
            done += len(words)
            odd += int(np.count_nonzero(~np.isfinite(values).all(axis=1)))
            findings.add("empty", sum(not word.strip() for word in words))
            yield Block(decode(words, findings), values)
        buffer = buffer[end:]
        if len(buffer) > width + _MAX_WORD:
            raise stream.error(
                f"row {done + 1:,} has no end of its word; not word2vec binary, or damaged"
            )
        if not part:
            break
    if buffer.strip(b"\r\n\x00"):
        raise stream.error(
            f"truncated in row {done + 1:,} of {declared[0]:,}: {done:,} rows are whole"
        )
    check.end(buffer)
    if odd * 2 > done:
        raise stream.error(
            f"{odd:,} of {done:,} rows hold NaN or infinity: not word2vec binary, or damaged"
        )
    if done != declared[0]:
        check.refuse_doubts()


def _rows_in(buffer: bytes, width: int) -> tuple[list[bytes], list[int], int]:
    """Find the whole rows of a buffer: their words, with line breaks, where their numbers start, and the end."""
    words: list[bytes] = []
    starts: list[int] = []
    position = 0
    while True:
        blank = buffer.find(b" ", position)
        if blank < 0 or blank + 1 + width > len(buffer):
            return words, starts, position
        words.append(buffer[position:blank])
        starts.append(blank + 1)
        position = blank + 1 + width


def _far(values: Array) -> Array:
    """Return which numbers (N, D) are far from all others, if these are of a usual size."""
    with np.errstate(invalid="ignore"):
        size = np.abs(values)
        far = np.asarray((size > _HUGE) & np.isfinite(size))
        if far.any() and not np.median(size[:_TYPICAL]) < _USUAL:
            far[:] = False
    return far


def _is_out_of_step(row: Array, far: Array) -> bool:
    """Tell a long row (D,) with numbers both far larger and far smaller than usual: other bytes than were written."""
    size = np.abs(row)
    tiny = (size > 0) & (size < _TINY)
    return len(row) >= _LONG and min(far.sum(), tiny.sum()) >= 2


class _Check:
    """Whether rows are in step: words are text, values are of one size, all rows end alike.

    What may be chance (a word that is not UTF-8, a number that is far from all others) is a doubt: such a
    word beside such a number is an error, and one of them is where the header has other rows.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.breaks: bool | None = None
        self.far = -2
        self.first_doubt = -1
        self.swallowed = -1

    def rows(self, words: list[bytes], values: Array, done: int) -> None:
        """Check rows, the first of which has the number `done`; FormatError for one out of step."""
        numbers = _far(values)
        far = np.asarray(numbers.any(axis=1))
        # Letters of the next word as the last number's first byte make it far, a line break very small.
        only_last = np.asarray(numbers[:, -1] & (numbers.sum(axis=1) == 1))
        small = np.flatnonzero(
            np.ascontiguousarray(values[:, -1]).view("<u4") >> 24 == ord("\n")
        )
        if small.size and self.swallowed < 0:
            self.swallowed = done + int(small[0])
        if self.breaks is None and done + len(words) > 1:
            self.breaks = words[1 - done].startswith(b"\n")
        if not far.any() and self._plain(words[1:] if done == 0 else words):
            return
        for place, word in enumerate(words):
            number = done + place
            bare = word.lstrip(b"\r\n")
            parted = number > 0 and self.breaks is not word.startswith(b"\n")
            if parted or b"\n" in bare or b"\x00" in bare:
                self.refuse(number)
            letters = far[place] and _LETTERS.match(values[place].tobytes())
            if not self.breaks and _is_out_of_step(values[place], numbers[place]):
                self.refuse(max(1, number))
            # In a few rows a last number may well be so large.
            alone = only_last[place] and len(words) >= _SEVERAL
            if not self.breaks and (letters or alone):
                self.refuse(number + 1)
            self._doubt(number, bare, far=bool(far[place]))

    def _plain(self, words: list[bytes]) -> bool:
        """Tell whether all words are text, each with a line break before it or none, at a glance."""
        text = b" ".join([b"", *words])
        begun = text.count(b" \n")
        if begun != text.count(b"\n") or begun != (len(words) if self.breaks else 0):
            return False
        if b"\x00" in text:
            return False
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    def _doubt(self, number: int, word: bytes, *, far: bool) -> None:
        try:
            word.decode("utf-8")
            odd = False
        except UnicodeDecodeError:
            odd = True
        if odd and (far or self.far == number - 1):
            self.refuse(number)
        self.far = number if far else self.far
        if (odd or far) and self.first_doubt < 0:
            self.first_doubt = number

    def end(self, rest: bytes) -> None:
        """Refuse a file that does not end as its rows do, where a number has taken a line break in."""
        if (
            self.breaks is not None
            and self.breaks is not rest.startswith(b"\n")
            and self.swallowed >= 0
        ):
            self.refuse(self.swallowed + 1)

    def refuse_doubts(self) -> None:
        """Refuse a file of another number of rows than its header says, in which a row is doubtful."""
        if self.first_doubt >= 0:
            self.refuse(self.first_doubt)

    def refuse(self, number: int) -> None:
        """Refuse the file at a row, counted from 0."""
        if number == 0:
            raise self.stream.error(
                "its first row is not a word and its numbers; not word2vec binary, or damaged"
            )
        raise self.stream.error(
            f"damaged: out of step after row {number:,}, whose vector, or one before it, is too short "
            "or too long"
        )
