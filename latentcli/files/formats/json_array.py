"""JSON: a list of vectors, named arrays, a list of records, word -> vector, or an API's answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from latentcli.errors import shown
from latentcli.files import arrays, records
from latentcli.files.reading import Block, Findings, Reading
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_MAX_BYTES = 1 << 30

_LIST = re.compile(rb"\[[\[\s]*(?:[-+.\w]+\s*,|(?:[-+.\w]+\s*)?\]\s*(?:[,\]]|$)|\{\s*[\"}])")
"""A list of numbers, of such lists, or of objects: not the word "[" or "[1]" of a text file."""


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
    repeated: dict[str, int] = {}
    try:
        parsed = json.loads(
            text.removeprefix(b"\xef\xbb\xbf"),
            object_pairs_hook=lambda pairs: _object(pairs, repeated),
        )
    except (ValueError, RecursionError) as error:
        raise stream.error(f"not JSON ({error})") from error
    notes = []
    if repeated:
        name, times = next(iter(repeated.items()))
        notes.append(
            f"{len(repeated):,} of its keys occur more than once (first: {shown(name)}, {times + 1} "
            "times); the last one counts"
        )
    found = records.inside(parsed)
    if found is not None and (len(found) > 1 or found[0] is not parsed):
        reading = records.reading_of(
            stream.name,
            "JSON records",
            found[:64],
            lambda: iter([found]),
            key=key,
            rows=len(found),
            notes=notes,
        )
        if reading is None:
            raise records.no_vectors(stream.name, found[:64])
        return reading
    if isinstance(parsed, dict) and not key and _is_vocabulary(parsed):
        return _of_words(parsed, notes)
    return _of_arrays(stream, parsed, key, notes)


def _of_arrays(stream: Stream, parsed: Any, key: str, notes: list[str]) -> Reading:
    """Read a list of numbers, or one of named lists."""
    named = parsed if isinstance(parsed, dict) else {"array": parsed}
    found = {
        name: values for name, value in named.items() if (values := _array(value)) is not None
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
    lengths = {
        len(value)
        if isinstance(value, list) and value and not isinstance(value[0], list)
        else 0
        for value in parsed.values()
    }
    return len(lengths) == 1 and lengths.pop() > 1


def _of_words(parsed: dict[str, Any], notes: list[str]) -> Reading:
    """Read an object of word -> vector."""
    values = np.array([_array(value) for value in parsed.values()], dtype=np.float64)
    words = [word.encode("utf-8", "backslashreplace").decode("utf-8") for word in parsed]

    def blocks() -> Iterator[Block]:
        done = 0
        for _, part, _ in arrays.in_blocks(values):
            yield Block(words[done : done + len(part)], part)
            done += len(part)

    return Reading(
        format="JSON words",
        dimensions=values.shape[1],
        blocks=blocks,
        findings=Findings(),
        dtype="float64",
        notes=notes,
    )


def _object(pairs: list[tuple[str, Any]], repeated: dict[str, int]) -> dict[str, Any]:
    """Make an object, and count the keys that occur again in it."""
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                repeated[name] = repeated.get(name, 0) + 1
            seen.add(name)
    return made


def _array(value: Any) -> Array | None:
    """Return a list of numbers, or of lists of them, as float64, null as NaN; None if it is not."""
    if not isinstance(value, list) or not value:
        return None
    try:
        plain = np.array(value)
        values = plain.astype(np.float64) if plain.dtype.kind in "fiubO" else None
    except (ValueError, TypeError, OverflowError):
        return None
    return values
