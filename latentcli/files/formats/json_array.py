"""JSON: a list of vectors, named arrays, a list of records, word -> vector, or an API's answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from latentcli.errors import shown
from latentcli.files import arrays, bounds, records
from latentcli.files.cells import as_word
from latentcli.files.formats import json_pieces
from latentcli.files.reading import Block, Findings, Reading
from latentcli.files.stream import Stream
from latentcli.files.vector_columns import BATCH_NUMBERS

_MAX_BYTES = 1 << 30

_LIST = re.compile(rb"\[[\[\s]*(?:[-+.\w]+\s*,|(?:[-+.\w]+\s*)?\]\s*(?:[,\]]|$)|\{\s*[\"}])")
"""A list of numbers, of such lists, or of objects: not the word "[" or "[1]" of a text file."""


_CERTAIN = re.compile(
    rb"""\s*(?:\[\s*(?:\[\s*[-+.\w]+\s*[,\]]|\{\s*")|\{\s*"(?:[^"\\]|\\.)*"\s*:)""", re.DOTALL
)
"""A list of lists or of objects, or an object: no row of a text file with a line of this length begins so."""

_LONG = 1 << 14


def is_long_line(stream: Stream) -> bool:
    """Tell JSON whose first line is so long that to look for rows of text in it would take its time."""
    head = stream.head(_LONG)
    whole = len(head) < _LONG or b"\n" in head or b"\r" in head
    return not whole and _CERTAIN.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def sniff(stream: Stream) -> bool:
    """Tell by "[" or "{" at the start, with what JSON may have behind it."""
    head = stream.head(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    behind = head[1:].lstrip()
    if head[:1] == b"[":
        return _LIST.match(head) is not None
    return head[:1] == b"{" and behind[:1] == b'"'


def read(stream: Stream, key: str = "") -> Reading:
    """Read the array that is meant as rows, or the vectors of records with their texts."""
    text = stream.read_exactly(_MAX_BYTES)
    if len(text) == _MAX_BYTES:
        raise stream.error("more than 1 GB of JSON; save one record a line, or use numpy.save")
    bounds.check_parsed(stream.name, text)
    repeated: dict[str, int] = {}
    try:
        parsed = json_pieces.loads(
            text.removeprefix(b"\xef\xbb\xbf"), lambda pairs: _count_repeated(pairs, repeated)
        )
    except (ValueError, RecursionError) as error:
        raise stream.error(f"not JSON ({error})") from error
    del text
    notes = []
    if repeated:
        name, times = next(iter(repeated.items()))
        notes.append(
            f"{len(repeated):,} of its keys occur more than once (first: {shown(name)}, {times + 1} "
            "times); the last one counts"
        )
    found = (None if key else records.of_columns(parsed)) or records.inside(parsed)
    if found is not None and (len(found) > 1 or found[0] is not parsed):
        reading = records.reading_of(
            stream.name,
            "JSON records",
            found[:64],
            lambda _: iter([found]),
            key=key,
            rows=len(found),
            notes=notes,
        )
        if reading is None:
            raise records.no_vectors(stream.name, found[:64])
        return reading
    if isinstance(parsed, dict) and not key and _is_vocabulary(parsed):
        return _of_words(stream, parsed, notes)
    return _of_arrays(stream, parsed, key, notes)


def _of_arrays(stream: Stream, parsed: Any, key: str, notes: list[str]) -> Reading:
    """Read a list of numbers, or one of named lists."""
    named = parsed if isinstance(parsed, dict) else {"array": parsed}
    found = {
        name: values
        for name, value in named.items()
        if (values := json_pieces.numbers(value)) is not None
    }
    if not found:
        raise stream.error("holds no list of numbers, or rows of different lengths")
    shapes: arrays.Shapes = {
        name: (tuple(values.shape), values.dtype) for name, values in found.items()
    }
    chosen = arrays.choose(stream.name, shapes, key)
    values = found[chosen]
    rows, dimensions = arrays.rows_of(stream.name, values.shape, values.dtype)
    return Reading(
        format="JSON array",
        dimensions=dimensions,
        blocks=lambda: arrays.in_blocks(values.reshape(rows, dimensions)),
        findings=Findings(),
        dtype=str(values.dtype),
        key=chosen if isinstance(parsed, dict) else "",
        shape=values.shape,
        notes=[*notes, *arrays.flattened_note(values.shape)],
    )


def _is_vocabulary(parsed: dict[str, Any]) -> bool:
    """Tell word -> vector from named arrays: several lists of numbers of one length, no known names."""
    if len(parsed) < 2 or not arrays.KNOWN_KEYS_LOWER.isdisjoint(map(str.lower, parsed)):
        return False
    lengths = {*map(_length, parsed.values())}
    return len(lengths) == 1 and lengths.pop() > 1


def _length(value: Any) -> int:
    """Return the length of a list that holds no lists, 0 of all else."""
    if isinstance(value, np.ndarray):
        return len(value) if value.ndim == 1 else 0
    return (
        len(value)
        if isinstance(value, list) and value and not isinstance(value[0], list)
        else 0
    )


def _of_words(stream: Stream, parsed: dict[str, Any], notes: list[str]) -> Reading:
    """Read an object of word -> vector."""
    words = [*map(as_word, parsed)]
    step = max(1, BATCH_NUMBERS // _length(next(iter(parsed.values()))))
    rows = [*parsed.values()]
    parsed.clear()

    def blocks() -> Iterator[Block]:
        for start in range(0, len(rows), step):
            values = json_pieces.numbers(rows[start : start + step])
            if values is None:
                raise stream.error("holds words whose vectors are not lists of numbers")
            yield Block(words[start : start + step], values)

    return Reading(
        format="JSON words",
        dimensions=_length(rows[0]),
        blocks=blocks,
        findings=Findings(),
        dtype="float64",
        notes=notes,
    )


def _count_repeated(pairs: json_pieces.Pairs, repeated: dict[str, int]) -> None:
    """Count the keys that occur again in an object."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            repeated[name] = repeated.get(name, 0) + 1
        seen.add(name)
