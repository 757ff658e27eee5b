"""safetensors: eight bytes of length, a JSON header, raw tensors. Read without the library.

The library maps whole files and cannot give NumPy a bfloat16 tensor; the format is a page long.
https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import math
import struct
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, Any

import numpy as np

from latentcli.errors import FormatError, LatentError, shown
from latentcli.files import arrays
from latentcli.files.reading import Block, Findings, Reading
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

_MAX_HEADER = 10 << 20
_MAX_AXES = 64
_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2",
    "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip
_NAMES = {np.dtype(code): name for name, code in _DTYPES.items() if name != "BF16"}


def sniff(stream: Stream) -> bool:
    """Tell by a plausible header length followed by "{"."""
    head = stream.head(9)
    return len(head) == 9 and head[8:] == b"{" and 2 <= _length(head) <= _MAX_HEADER


def read(stream: Stream, key: str = "") -> Reading:
    """Read the tensor that is meant as rows."""
    size = _length(stream.read_exactly(8))
    header = _header(stream, stream.read_exactly(size), size)
    found = _shapes(header)
    if key in header and key not in found:
        raise stream.error(f"'{key}' is {header[key][0]}, which cannot be read")
    chosen = arrays.choose(stream.name, found, key)
    stored, shape, (start, _) = header[chosen]
    kind = np.dtype(_DTYPES[stored])
    label = f"{stream.name}::{shown(chosen)}"
    rows, dimensions = arrays.rows_of(label, shape, kind)
    reading = Reading(
        format="safetensors",
        dimensions=dimensions,
        blocks=lambda: _blocks(stream, start, label, stored, (rows, dimensions)),
        findings=Findings(),
        dtype="bfloat16" if stored == "BF16" else str(kind),
        key=chosen,
        shape=shape,
        notes=arrays.flattened_note(shape),
    )
    used = sum(end - start for _, _, (start, end) in header.values())
    if stream.plain and stream.size > 8 + size + used:
        spare = stream.size - 8 - size - used
        reading.notes.append(f"{spare:,} of its bytes belong to no tensor")
    offset = 8 + size + start
    whole = stream.size >= offset + rows * dimensions * kind.itemsize
    if stored == "F32" and stream.plain and whole and offset % 4 == 0:
        reading.mapped = (stream.path, offset, rows)
    return reading


def shapes(stream: Stream) -> arrays.Shapes:
    """Return shape and dtype of every tensor that can be read."""
    size = _length(stream.read_exactly(8))
    return _shapes(_header(stream, stream.read_exactly(size), size))


def _shapes(header: dict[str, Entry]) -> arrays.Shapes:
    return {
        name: (shape, np.dtype("<f4" if kind == "BF16" else _DTYPES[kind]))
        for name, (kind, shape, _) in header.items()
        if kind in _DTYPES
    }


def write(
    file: IO[bytes],
    name: str,
    shape: tuple[int, ...],
    kind: np.dtype[Any],
    blocks: Iterator[Array],
    *,
    bfloat16: bool = False,
) -> None:
    """Write one tensor, aligned to eight bytes so that it can be mapped; float32 as `bfloat16` if set."""
    stored = "BF16" if bfloat16 else _NAMES.get(kind.newbyteorder("<"))
    if stored is None:
        raise FormatError(f"safetensors cannot hold {kind}; write .npy instead")
    size = math.prod(shape) * (2 if bfloat16 else kind.itemsize)
    header = {name: {"dtype": stored, "shape": list(shape), "data_offsets": [0, size]}}
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    file.write(struct.pack("<Q", len(text)) + text)
    for values in blocks:
        if bfloat16:
            file.write(to_bfloat16(values).astype("<u2").data)
        else:
            file.write(np.ascontiguousarray(values, dtype=kind.newbyteorder("<")).data)


def to_bfloat16(values: Array) -> Array:
    """Return the bits (uint16) of numbers as bfloat16, rounded to the nearest, ties to even.

    >>> [hex(bits) for bits in to_bfloat16(np.array([1.0, 1.00390625, -2.0]))]
    ['0x3f80', '0x3f80', '0xc000']
    """
    narrow = np.ascontiguousarray(values, dtype=np.float32)
    bits = narrow.view(np.uint32)
    rounded = (bits + (0x7FFF + ((bits >> 16) & 1))) >> 16
    # NaN stays NaN, whatever its payload.
    found: Array = np.where(np.isnan(narrow), 0x7FC0, rounded).astype(np.uint16)
    return found


def _length(head: bytes) -> int:
    return int.from_bytes(head[:8], "little")


Entry = tuple[str, tuple[int, ...], tuple[int, int]]
"""A tensor: its dtype, its shape, and where its bytes start and end."""


def _header(stream: Stream, text: bytes, size: int) -> dict[str, Entry]:
    """Parse and check the header: the tensors by name."""
    try:
        if len(text) < size:
            raise ValueError("it ends early")
        parsed = json.loads(text, parse_int=_small_integer, object_pairs_hook=_distinct)
        if not isinstance(parsed, dict):
            raise ValueError("it is no object")
        found = {
            name: _entry(name, entry)
            for name, entry in parsed.items()
            if name != "__metadata__"
        }
        _check_apart(found)
        return found
    except LatentError:
        raise
    except (ValueError, RecursionError) as error:
        raise stream.error(f"a damaged safetensors header ({shown(error)})") from error


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object, unless a name is there twice: the format does not allow it."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(
            name for name, times in Counter(name for name, _ in pairs).items() if times > 1
        )
        raise ValueError(f"'{twice}' is there twice")
    return found


def _check_apart(entries: dict[str, Entry]) -> None:
    """Refuse tensors that share bytes."""
    places = sorted(
        (*place, name) for name, (_, _, place) in entries.items() if place[1] > place[0]
    )
    for (_, end, name), (start, _, following) in pairwise(places):
        if start < end:
            raise ValueError(f"the bytes of '{name}' and '{following}' overlap")


def _small_integer(digits: str) -> int:
    if len(digits) > 19:
        raise ValueError(f"{digits[:19]}... is no length")
    return int(digits)


def _entry(name: str, entry: Any) -> Entry:
    """Check one tensor's entry."""
    try:
        kind, shape, (start, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"'{name}' has no dtype, shape and data_offsets") from None
    numbers = (*shape, start, end)
    if not isinstance(kind, str):
        raise ValueError(f"'{name}' has no dtype")
    if (
        len(shape) > _MAX_AXES
        or not all(type(n) is int and n >= 0 for n in numbers)
        or end < start
    ):
        raise ValueError(f"'{name}' has an impossible shape or place")
    if kind in _DTYPES and end - start != math.prod(shape) * np.dtype(_DTYPES[kind]).itemsize:
        raise ValueError(f"shape and bytes of '{name}' disagree")
    return kind, shape, (start, end)


def _blocks(
    stream: Stream, start: int, label: str, stored: str, shape: tuple[int, int]
) -> Iterator[Block]:
    while start > 0:
        skipped = len(stream.read(min(start, 1 << 20)))
        if not skipped:
            raise stream.error("truncated: its numbers are not there")
        start -= skipped
    kind = np.dtype(_DTYPES[stored])
    for block in arrays.stream_rows(stream, label, kind, *shape):
        yield Block(None, _from_bfloat16(block.values)) if stored == "BF16" else block


def _from_bfloat16(values: Array) -> Array:
    """bfloat16 is the upper half of float32."""
    return (values.astype(np.uint32) << 16).view(np.float32)
