"""Several files as one: their rows behind one another, as shards have them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from latentcli.errors import FormatError, counted
from latentcli.files import formats, labels
from latentcli.files.parts import Part
from latentcli.files.reading import Block, Findings, Reading
from latentcli.files.stream import Stream
from latentcli.numerics.types import Progress


def joined(
    stream: Stream, first: Reading, more: Sequence[Part], progress: Progress | None
) -> Reading:
    """Return the reading of a file and of more files behind it, each opened when its rows are needed.

    Raises FormatError, with both names, where vectors differ in length, or some rows have words only.
    """
    findings = Findings()
    notes = [*first.notes]
    named: list[bool] = []

    def blocks() -> Iterator[Block]:
        yield from of(stream, first)
        for path, key in more:
            with Stream(path, progress, member=key) as other:
                reading = formats.read(other, "" if other.taken else key)
                if reading.dimensions != first.dimensions:
                    raise FormatError(
                        f"{stream.name} has vectors of {counted(first.dimensions, 'number')}, "
                        f"{other.name} of {reading.dimensions:,}: they are not one space"
                    )
                notes.extend(note for note in reading.notes if note not in notes)
                yield from of(other, reading)

    def of(source: Stream, reading: Reading) -> Iterator[Block]:
        reading.with_columns = whole.with_columns
        words = words_beside(source.path)
        done = 0
        for block in reading.blocks():
            if words is not None:
                block = block._replace(words=words[done : done + len(block.values)])
                done += len(block.values)
            named.append(block.words is not None)
            if named[0] != named[-1]:
                having, without = "has", "has not"
                raise FormatError(
                    f"{stream.name} {having if named[0] else without} words for its rows, "
                    f"{source.name} {having if named[-1] else without}"
                )
            yield block
        for what, count in reading.findings.counts.items():
            where = reading.findings.first.get(what, "")
            findings.add(what, count, f"{source.name}, {where}" if where else "")

    whole = replace(
        first, blocks=blocks, findings=findings, mapped=None, shape=None, whole=None, declared=None,
        table=first.table or first.shape is not None, extras={}, notes=notes,
    )  # fmt: skip
    return whole


def words_beside(path: Path) -> list[str] | None:
    """Return the words in the file beside an array, if there is one."""
    beside = labels.beside(path)
    return labels.read(str(beside), path) if os.path.isfile(beside) else None  # noqa: PTH113
