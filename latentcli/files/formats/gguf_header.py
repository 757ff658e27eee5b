"""The header of a GGUF file: metadata of typed values, and for each tensor its name, shape, type and place.

https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from latentcli.errors import shown
from latentcli.files.stream import Readable

MAX_HEADER = 64 << 20
"""Bytes of header, at most: that of a model with a vocabulary of 262,144 tokens takes 13 MB."""

_MAX_TENSORS = 100_000
_MAX_KEYS = 100_000
_MAX_NAME = 1000
_MAX_AXES = 8
_MAX_DEPTH = 4
_CHUNK = 1 << 18

_FIXED = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of each type of value that has a fixed length."""

_UINT32, _STRING, _ARRAY = 4, 8, 9

TOKENS = "tokenizer.ggml.tokens"
_KEPT = {"general.architecture", "general.alignment", TOKENS}
"""Metadata that is kept; the rest is passed over."""


class Type(NamedTuple):
    """How numbers are stored: `per_block` of them in a block of `size` bytes."""

    name: str
    per_block: int = 1
    size: int = 0


TYPES = {
    0: Type("F32", 1, 4), 1: Type("F16", 1, 2), 30: Type("BF16", 1, 2), 28: Type("F64", 1, 8),
    24: Type("I8", 1, 1), 25: Type("I16", 1, 2), 26: Type("I32", 1, 4), 27: Type("I64", 1, 8),
    2: Type("Q4_0", 32, 18), 3: Type("Q4_1", 32, 20), 6: Type("Q5_0", 32, 22),
    7: Type("Q5_1", 32, 24), 8: Type("Q8_0", 32, 34), 9: Type("Q8_1", 32, 40),
    10: Type("Q2_K", 256, 84), 11: Type("Q3_K", 256, 110), 12: Type("Q4_K", 256, 144),
    13: Type("Q5_K", 256, 176), 14: Type("Q6_K", 256, 210), 15: Type("Q8_K", 256, 292),
    16: Type("IQ2_XXS", 256, 66), 17: Type("IQ2_XS", 256, 74), 18: Type("IQ3_XXS", 256, 98),
    19: Type("IQ1_S", 256, 50), 20: Type("IQ4_NL", 32, 18), 21: Type("IQ3_S", 256, 110),
    22: Type("IQ2_S", 256, 82), 23: Type("IQ4_XS", 256, 136), 29: Type("IQ1_M", 256, 56),
    34: Type("TQ1_0", 256, 54), 35: Type("TQ2_0", 256, 66), 39: Type("MXFP4", 32, 17),
}  # fmt: skip
"""The types whose size is known; a tensor of another one is named and not read."""


class Tensor(NamedTuple):
    """A tensor: `shape` has the axis that changes fastest last; `start` and `end` count from the data."""

    type: Type
    shape: tuple[int, ...]
    start: int
    end: int


@dataclass
class Header:
    """What a header says; `data` is the byte of the file at which the tensors' numbers begin."""

    order: str
    architecture: str = ""
    alignment: int = 32
    tokens: list[bytes] | None = None
    tensors: dict[str, Tensor] = field(default_factory=dict)
    data: int = 0


class Source:
    """The bytes of a file in order, in few system calls; `place` counts those that were given."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._ahead = b""
        self._at = 0
        self.place = 0
        self.order = "<"

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes; b"" only at the end."""
        if self._at == len(self._ahead):
            self._ahead, self._at = self._stream.read(_CHUNK), 0
        part = self._ahead[self._at : self._at + count]
        self._at += len(part)
        self.place += len(part)
        return part

    def take(self, count: int) -> bytes:
        """Return exactly `count` bytes of the header; ValueError where they are not there."""
        if self.place + count > MAX_HEADER:
            raise ValueError(f"it takes more than {MAX_HEADER >> 20} MB")
        part = self.read(count)
        while len(part) < count:
            more = self.read(count - len(part))
            if not more:
                raise ValueError("it ends early")
            part += more
        return part

    def skip(self, count: int) -> bool:
        """Pass over bytes; False where the file ends before."""
        while count > 0:
            passed = len(self.read(min(count, _CHUNK)))
            if not passed:
                return False
            count -= passed
        return True

    def number(self, size: int = 8) -> int:
        """Return an unsigned integer of 4 or 8 bytes."""
        found: int = struct.unpack(self.order + "IQ"[size // 8], self.take(size))[0]
        return found

    def text(self) -> bytes:
        """Return a string: its length, and its bytes."""
        return self.take(self.number())


def read_header(source: Source) -> Header:
    """Read and check the header; ValueError says what is wrong with it."""
    source.take(4)
    version = source.take(4)
    source.order = "<" if version[0] else ">"
    if version.strip(b"\0") not in (b"\x02", b"\x03"):
        raise ValueError(
            f"it is of version {int.from_bytes(version, 'little')}; 2 and 3 are read"
        )
    header = Header(source.order)
    tensors, keys = source.number(), source.number()
    if tensors > _MAX_TENSORS or keys > _MAX_KEYS:
        raise ValueError(f"it promises {max(tensors, keys):,} tensors or values")
    _metadata(source, header, keys)
    for _ in range(tensors):
        _tensor(source, header)
    header.data = source.place + -source.place % header.alignment
    _check_apart(header.tensors)
    return header


def _metadata(source: Source, header: Header, count: int) -> None:
    """Read the values that matter, and pass over the others."""
    seen: set[str] = set()
    for _ in range(count):
        key = _name(source.text())
        if key in seen:
            raise ValueError(f"'{shown(key)}' is there twice")
        seen.add(key)
        value = _value(source, source.number(4), keep=key in _KEPT)
        if key == "general.architecture" and isinstance(value, bytes):
            header.architecture = shown(value.decode("utf-8", "replace"))
        elif key == TOKENS and isinstance(value, list):
            header.tokens = value
        elif key == "general.alignment":
            if not isinstance(value, int) or not 1 <= value <= 1 << 20 or value & (value - 1):
                raise ValueError("its alignment is not a power of 2")
            header.alignment = value


def _value(
    source: Source, kind: int, *, keep: bool, depth: int = 0
) -> int | bytes | list[bytes] | None:
    """Pass over a value; return it if it is kept and a whole number, a string or an array of strings."""
    if kind == _STRING:
        return source.text()
    if kind == _UINT32:
        return source.number(4)
    if kind in _FIXED:
        source.take(_FIXED[kind])
        return None
    if kind != _ARRAY or depth > _MAX_DEPTH:
        raise ValueError(f"a value is of the unknown type {kind}")
    kind, count = source.number(4), source.number()
    if kind == _STRING:
        strings: list[bytes] = []
        for _ in range(count):
            text = source.text()
            if keep:
                strings.append(text)
        return strings
    if kind in _FIXED:
        _take_all(source, count * _FIXED[kind])
        return None
    for _ in range(count):
        _value(source, kind, keep=False, depth=depth + 1)
    return None


def _take_all(source: Source, count: int) -> None:
    """Take bytes in parts: a length that lies allocates nothing."""
    if source.place + count > MAX_HEADER:
        raise ValueError(f"it takes more than {MAX_HEADER >> 20} MB")
    if not source.skip(count):
        raise ValueError("it ends early")


def _tensor(source: Source, header: Header) -> None:
    """Read one tensor's entry."""
    name = _name(source.text())
    axes = source.number(4)
    if axes > _MAX_AXES:
        raise ValueError(f"'{shown(name)}' has {axes:,} axes")
    shape = tuple(source.number() for _ in range(axes))[::-1]
    kind, start = source.number(4), source.number()
    stored = TYPES.get(kind, Type(f"of type {kind}"))
    if name in header.tensors:
        raise ValueError(f"'{shown(name)}' is there twice")
    if max((start, *shape), default=0) >= 1 << 62 or start % header.alignment:
        raise ValueError(f"'{shown(name)}' has an impossible shape or place")
    if stored.size and (shape[-1] if shape else 1) % stored.per_block:
        raise ValueError(
            f"the rows of '{shown(name)}' do not divide into blocks of {stored.per_block} numbers"
        )
    size = math.prod(shape) // stored.per_block * stored.size
    header.tensors[name] = Tensor(stored, shape, start, start + size)


def _name(text: bytes) -> str:
    if len(text) > _MAX_NAME:
        raise ValueError(f"it has names of more than {_MAX_NAME:,} bytes")
    return text.decode("utf-8")


def _check_apart(tensors: dict[str, Tensor]) -> None:
    """Refuse tensors that share bytes."""
    places = sorted((one.start, one.end, name) for name, one in tensors.items())
    full = [place for place in places if place[1] > place[0]]
    for (_, end, name), (start, _, following) in pairwise(full):
        if start < end:
            raise ValueError(f"the bytes of '{shown(name)}' and '{shown(following)}' overlap")
