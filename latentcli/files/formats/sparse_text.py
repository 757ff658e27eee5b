"""Sparse vectors as text: a header "N D", then a word and `index:value` for each number but zero.

Vectors of co-occurrence counts and PPMI (such as the Chinese Word Vectors') are shared so. Indices
count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from latentcli.files import bounds
from latentcli.files.formats import text
from latentcli.files.formats.dialects import BLANKS
from latentcli.files.formats.text_rows import chunks, fields_of
from latentcli.files.reading import MAX_DIMENSIONS, Block, Findings, Reading, decode
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_ENTRY = re.compile(rb"(\d{1,9}):([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_BLOCK_NUMBERS = 1 << 20

Row = tuple[bytes, list[int], list[float]]
"""A word, the indices of its numbers, and the numbers."""


def sniff(stream: Stream) -> bool:
    """Tell by a header and a first row that ends in `index:value`."""
    lines = text.first_lines(stream)
    if len(lines) < 2 or text.header(lines) is None:
        return False
    rows = [line for line in lines[1:] if line.strip(BLANKS)]
    return bool(rows) and sum(map(_has_entries, rows)) * 2 > len(rows)


def read(stream: Stream, key: str = "") -> Reading:
    """Read sparse rows as dense ones."""
    if key:
        raise stream.error(f"a text file has no arrays to pick '{key}' from")
    declared = text.header(text.first_lines(stream))
    assert declared is not None, "sniff comes first"
    if not 0 < declared[1] <= MAX_DIMENSIONS:
        raise stream.error(f"its header promises vectors of {declared[1]:,} dimensions")
    findings = Findings()
    return Reading(
        format="sparse text",
        dimensions=declared[1],
        blocks=lambda: _blocks(stream, declared[1], findings),
        findings=findings,
        declared=declared,
        notes=["its rows are sparse (index:value, from 0); what they leave out is 0"],
    )


def _blocks(stream: Stream, dimensions: int, findings: Findings) -> Iterator[Block]:
    most = max(1, _BLOCK_NUMBERS // dimensions)
    rows: list[Row] = []
    number = read = 0
    for chunk in chunks(stream):
        read += len(chunk)
        for line in chunk.splitlines():
            number += 1
            if number == 1:
                continue
            if not line.strip(BLANKS):
                findings.add("blank")
                continue
            row = _row(line)
            if row is None:
                raise stream.error(f"line {number:,} is not a word and index:value")
            if row[1] and max(row[1]) >= dimensions:
                raise stream.error(
                    f"line {number:,}: index {max(row[1]):,} is outside of its "
                    f"{dimensions:,} dimensions, which count from 0"
                )
            if len({*row[1]}) < len(row[1]):
                raise stream.error(f"line {number:,}: an index occurs twice")
            rows.append(row)
            bounds.check_ratio(stream.name, number * dimensions * 4, read, "a sparse row of it")
            if len(rows) == most:
                yield _block(rows, dimensions, findings)
                rows = []
    if rows:
        yield _block(rows, dimensions, findings)


def _block(rows: list[Row], dimensions: int, findings: Findings) -> Block:
    values: Array = np.zeros((len(rows), dimensions), dtype=np.float32)
    for place, (_, indices, numbers) in enumerate(rows):
        values[place, indices] = numbers
    return Block(decode([word for word, _, _ in rows], findings), values)


def _has_entries(line: bytes) -> bool:
    row = _row(line)
    return row is not None and bool(row[1])


def _row(line: bytes) -> Row | None:
    """Split a row into its word and its entries, from the end; None if it has no word before them."""
    fields = fields_of(line)
    first = len(fields)
    while first > 1 and _ENTRY.fullmatch(fields[first - 1]):
        first -= 1
    if first == len(fields) > 1:
        return None
    entries = [_ENTRY.fullmatch(field) for field in fields[first:]]
    return (
        b" ".join(fields[:first]),
        [int(entry[1]) for entry in entries if entry],
        [float(entry[2]) for entry in entries if entry],
    )
