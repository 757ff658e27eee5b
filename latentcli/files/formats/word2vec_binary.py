"""word2vec's binary format: "N D" and a line break, then word, blank, D little-endian float32.

The C tool puts a line break after each vector, gensim and GoogleNews do not; both are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

import numpy as np

from latentcli.files.reading import MAX_DIMENSIONS, Block, Findings, Reading, decode
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_HEADER = re.compile(rb"[ \t]*(\d{1,20})[ \t]+(\d{1,20})[ \t]*\r?\n")
_MAX_WORD = 64 << 10
_READ = 1 << 20


def sniff(stream: Stream) -> bool:
    """Tell whether a header is followed by something; text is tried before."""
    head = stream.head()
    match = _HEADER.match(head[:64])
    return bool(match) and len(head) > match.end()  # type: ignore[union-attr]


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
    while True:
        part = stream.read(max(_READ, width))
        buffer += part
        words, starts, end = _rows_in(buffer, width)
        if words:
            values = np.frombuffer(
                b"".join([buffer[start : start + width] for start in starts]), dtype="<f4"
            ).reshape(len(words), dimensions)
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
    if odd * 2 > done:
        raise stream.error(
            f"{odd:,} of {done:,} rows hold NaN or infinity: not word2vec binary, or damaged"
        )


def _rows_in(buffer: bytes, width: int) -> tuple[list[bytes], list[int], int]:
    """Find the whole rows of a buffer: their words, where their numbers start, and the end."""
    words: list[bytes] = []
    starts: list[int] = []
    position = 0
    while True:
        blank = buffer.find(b" ", position)
        if blank < 0 or blank + 1 + width > len(buffer):
            return words, starts, position
        words.append(buffer[position:blank].lstrip(b"\r\n"))
        starts.append(blank + 1)
        position = blank + 1 + width
