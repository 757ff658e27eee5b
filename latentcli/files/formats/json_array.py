"""JSON arrays of numbers: a list of vectors, or an object of named arrays."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from latentcli.files import arrays
from latentcli.files.reading import Findings, Reading
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_MAX_BYTES = 1 << 30

_LIST = re.compile(rb"\[[\[\s]*(?:[-+.\w]+\s*,|(?:[-+.\w]+\s*)?\]\s*(?:[,\]]|$))")
"""A list of numbers, or of such lists: not the word "[" or "[1]" of a text file."""


def sniff(stream: Stream) -> bool:
    """Tell by "[" or "{" at the start, with what JSON may have behind it."""
    head = stream.head(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    behind = head[1:].lstrip()
    if head[:1] == b"[":
        return _LIST.match(head) is not None
    return head[:1] == b"{" and behind[:1] == b'"'


def read(stream: Stream, key: str = "") -> Reading:
    """Read the array that is meant as rows."""
    text = stream.read_exactly(_MAX_BYTES)
    if len(text) == _MAX_BYTES:
        raise stream.error("more than 1 GB of JSON; save the array with numpy.save")
    try:
        parsed = json.loads(text.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise stream.error(f"not JSON ({error})") from error
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
        notes=arrays.flattened_note(values.shape),
    )


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
