"""NumPy's .npy: one array. Mapped where it lies when it is float32 rows; never unpickled."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterable
from typing import IO, Any

import numpy as np

from latentcli.errors import FormatError, LatentError, shown
from latentcli.files import arrays, bounds
from latentcli.files.mapping import mapped
from latentcli.files.reading import Findings, Reading
from latentcli.files.stream import Readable, Stream
from latentcli.numerics.types import Array

MAGIC = b"\x93NUMPY"
_NUMPY_REPR = re.compile(rb"np\.(?:u?int\d{1,2}\((\d+)\)|bool_?\((\w+)\)|(True|False)_)")
_MAX_HEADER = 64 << 10
_MAX_EMPTY = 1 << 20
_WORD = 100
"""Bytes that a word takes in Python beside its letters."""

Header = tuple[tuple[int, ...], bool, "np.dtype[Any]"]


def sniff(stream: Stream) -> bool:
    """Tell by the magic bytes."""
    return stream.head(6) == MAGIC


def read(stream: Stream, key: str = "") -> Reading:
    """Read one array as rows."""
    if key:
        raise stream.error(f"a .npy file holds one array, not '{key}'")
    head = io.BytesIO(stream.head(_MAX_HEADER))
    shape, fortran, kind = read_header(head, stream.name)
    start = head.tell()
    rows, dimensions = arrays.rows_of(stream.name, shape, kind)
    ordered = not fortran or len(shape) == 1
    reading = Reading(
        format="NumPy array",
        dimensions=dimensions,
        blocks=lambda: iter(()),
        findings=Findings(),
        dtype=str(kind),
        shape=shape,
        notes=arrays.flattened_note(shape),
    )
    if stream.plain:
        end = start + rows * dimensions * kind.itemsize
        _check_size(stream, start, end - start)
        if stream.size > end:
            reading.notes.append(
                f"{stream.size - end:,} bytes behind the array are not read (several arrays in one "
                "file? numpy.savez keeps them by name)"
            )
        if ordered and kind == np.dtype("<f4"):
            reading.mapped = (stream.path, start, rows)
        reading.whole = lambda: _mapped(stream, start, shape, fortran, kind)
        reading.blocks = lambda: arrays.in_blocks(
            _mapped(stream, start, shape, fortran, kind).reshape(rows, dimensions)
        )
    elif ordered:
        stream.read_exactly(start)
        reading.blocks = lambda: arrays.stream_rows(stream, stream.name, kind, rows, dimensions)
    else:
        stream.read_exactly(start)
        reading.blocks = lambda: arrays.in_blocks(
            _fortran(stream, shape, kind).reshape(rows, dimensions)
        )
    return reading


def read_header(file: Readable, name: str) -> Header:
    """Read a .npy header: (shape, Fortran order, dtype). Nothing is allocated by it."""
    start = file.read(12)
    room = 2 if start[6:7] == b"\x01" else 4  # for the length, as from version 2 on
    length = 8 + room + int.from_bytes(start[8 : 8 + room], "little")
    if length > _MAX_HEADER:
        raise FormatError(f"{name}: a damaged .npy header (of {length:,} bytes)")
    header_bytes = start + file.read(max(0, length - len(start)))
    if len(header_bytes) < length and b"{" in header_bytes and b"}" not in header_bytes:
        raise FormatError(f"{name}: the file ends within its .npy header; it was cut short")
    # Programs that write the header themselves may leave the repr of NumPy 2 in it: np.int64(5), np.False_.
    plain = _NUMPY_REPR.sub(rb"\1\2\3", header_bytes).ljust(len(header_bytes) - 1) + b"\n"
    head = io.BytesIO(plain if b"np." in header_bytes else header_bytes)
    try:
        with warnings.catch_warnings(action="ignore"):  # about headers written by Python 2
            version = np.lib.format.read_magic(head)
            if version == (1, 0):
                header = np.lib.format.read_array_header_1_0(head)
            else:
                header = np.lib.format.read_array_header_2_0(head)
    except Exception as error:  # NumPy evaluates the header, and raises what that trips over
        first = str(error).partition("\n")[0]
        if "<ast." in first:
            first = "it holds more than a text, True or False and whole numbers"
        raise FormatError(f"{name}: a damaged .npy header ({shown(first)})") from error
    if not all(0 <= length < 1 << 63 for length in header[0]):
        raise FormatError(f"{name}: a damaged .npy header (shape {shown(header[0])})")
    return header


def read_words(file: Readable, label: str, what: str = "it") -> Array:
    """Read an array of text as objects of its shape; what is not UTF-8 comes escaped."""
    shape, fortran, kind = read_header(file, label)
    if kind.kind not in "US":
        raise FormatError(f"{label}: {what} holds {shown(kind)}, not words")
    count = math.prod(shape)
    if not kind.itemsize and count > _MAX_EMPTY:
        raise FormatError(f"{label}: {what} is too large for a list of words")
    bounds.check_total(label, count * (kind.itemsize + _WORD), f"the words of {what}")
    blocks = arrays.stream_rows(file, label, kind, count, 1) if kind.itemsize else iter(())
    try:
        words = [word for block in blocks for word in block.values.ravel().tolist()]
    except LatentError:
        raise
    except (SystemError, ValueError) as error:
        raise FormatError(f"{label}: {what} is damaged: no Unicode") from error
    if kind.kind == "S":
        words = [word.decode("utf-8", "backslashreplace") for word in words]
    else:  # NumPy's text can hold halves of surrogate pairs, which UTF-8 cannot.
        words = [word.encode("utf-8", "backslashreplace").decode("utf-8") for word in words]
    found = np.array(words or [""] * count, dtype=object)
    try:
        return found.reshape(shape[::-1]).T if fortran else found.reshape(shape)
    except ValueError as error:  # more axes, or longer ones, than NumPy has
        raise FormatError(f"{label}: a damaged .npy header (shape {shown(shape)})") from error


def write(file: IO[bytes], values: Array) -> None:
    """Write an array."""
    np.lib.format.write_array(file, np.asanyarray(values), allow_pickle=False)


def write_parts(
    file: IO[bytes], shape: tuple[int, ...], kind: np.dtype[Any], parts: Iterable[Array]
) -> None:
    """Write an array of a shape and dtype from its parts along the first axis, as they come."""
    descr = np.lib.format.dtype_to_descr(kind)
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    for values in parts:
        file.write(np.ascontiguousarray(values, dtype=kind).data)


def _mapped(
    stream: Stream, start: int, shape: tuple[int, ...], fortran: bool, kind: np.dtype[Any]
) -> Array:
    return mapped(stream.path, kind, start, shape, fortran=fortran)


def _fortran(stream: Stream, shape: tuple[int, ...], kind: np.dtype[Any]) -> Array:
    count = math.prod(shape)
    bounds.check_total(stream.name, count * kind.itemsize)
    data = stream.read_exactly(count * kind.itemsize)
    if len(data) < count * kind.itemsize:
        raise stream.error("truncated")
    return np.frombuffer(data, dtype=kind).reshape(shape[::-1]).T


def _check_size(stream: Stream, start: int, needed: int) -> None:
    if stream.size < start + needed:
        raise stream.error(
            f"truncated: its header promises {needed:,} bytes of numbers, "
            f"{max(0, stream.size - start):,} are there"
        )
