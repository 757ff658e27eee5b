"""The numbers of a PyTorch file: storages, tensors as views of them, and their bytes.

A view is made once, at the end, by NumPy's own constructor, which checks that every element lies in the
bytes that were read.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from latentcli.errors import LatentError, reason
from latentcli.files.stream import BROKEN_ZIP, Stream
from latentcli.numerics.types import Array

DTYPES = {
    "Double": "f8", "Float": "f4", "Half": "f2", "BFloat16": "u2", "Long": "i8", "Int": "i4",
    "Short": "i2", "Char": "i1", "Byte": "u1", "Bool": "?",
}  # fmt: skip


@dataclass(frozen=True)
class Storage:
    """A row of numbers: "Float" and the like, its name in the file, and how many."""

    kind: str
    name: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A view of a storage, counted in elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        """What its numbers are given in: bfloat16 as float32."""
        return np.dtype("f4" if self.storage.kind == "BFloat16" else DTYPES[self.storage.kind])

    @property
    def end(self) -> int:
        """The element of the storage behind the last one of this tensor."""
        if 0 in self.shape:
            return 0
        steps = zip(self.shape, self.strides, strict=True)
        return self.offset + sum((n - 1) * step for n, step in steps) + 1


@dataclass
class Content:
    """What a file holds: tensors by name (a lone one has the name ""), and where storages lie.

    `together` are the names of a list of tensors of one shape, which are the points of one array.
    """

    tensors: dict[str, Tensor]
    together: tuple[str, ...]
    order: str
    members: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def values_of(stream: Stream, content: Content, tensors: list[Tensor]) -> list[Array]:
    """Read the numbers of tensors, each storage once, whatever number of tensors share it."""
    found = [np.empty(0)] * len(tensors)
    sharing: dict[str, list[int]] = {}
    for number, tensor in enumerate(tensors):
        if 0 in tensor.shape:
            found[number] = np.empty(tensor.shape, dtype=tensor.dtype)
        else:
            sharing.setdefault(tensor.storage.name, []).append(number)
            if tensor.storage != tensors[sharing[tensor.storage.name][0]].storage:
                raise stream.error("a damaged PyTorch file (a storage of two sizes)")
    needs = {
        name: (
            tensors[numbers[0]].storage,
            max(tensors[n].end * _stored(tensors[n], content.order).itemsize for n in numbers),
        )
        for name, numbers in sharing.items()
    }
    try:
        read = _of_members if stream.tensors is not None else _in_passing
        for name, data in read(stream, content, needs):
            if len(data) < needs[name][1]:
                raise stream.error(
                    f"truncated: a tensor's {needs[name][1]:,} bytes of numbers are not there"
                )
            for number in sharing[name]:
                found[number] = _view(data, tensors[number], content.order)
    except LatentError:
        raise
    except (*BROKEN_ZIP, KeyError, struct.error) as error:
        raise stream.error(f"a damaged PyTorch file ({reason(error)})") from error
    return found


def _stored(tensor: Tensor, order: str) -> np.dtype[Any]:
    return np.dtype(order + DTYPES[tensor.storage.kind])


def _view(data: bytes, tensor: Tensor, order: str) -> Array:
    """Copy a tensor out of its storage; NumPy checks that the view stays in the bytes that were read."""
    kind = _stored(tensor, order)
    values: Array = np.ndarray(
        tensor.shape,
        dtype=kind,
        buffer=data,
        offset=tensor.offset * kind.itemsize,
        strides=[step * kind.itemsize for step in tensor.strides],
    )
    if tensor.storage.kind == "BFloat16":
        return (np.array(values, dtype="<u4", order="C") << 16).view("<f4")
    return np.array(values, order="C")


_Needs = dict[str, tuple[Storage, int]]
"""Storages by name, and how many of their first bytes are needed."""


def _of_members(stream: Stream, content: Content, needs: _Needs) -> Iterator[tuple[str, bytes]]:
    """Yield the first bytes of storages, which lie in the zip as they are, without compression."""
    assert stream.tensors is not None
    for name, (_, needed) in needs.items():
        info = content.members[name]
        if info.compress_type != zipfile.ZIP_STORED or info.file_size < needed:
            yield name, b""
        else:
            with stream.tensors.open(info) as member:
                yield name, member.read(needed)


def _in_passing(stream: Stream, content: Content, needs: _Needs) -> Iterator[tuple[str, bytes]]:
    """Yield the first bytes of storages behind the pickles, in the order in which they lie there."""
    with Stream(stream.path) as again:
        place = 0
        for name in sorted(needs, key=content.places.__getitem__):
            storage, needed = needs[name]
            start = content.places[name] - 8
            if start < place:
                raise stream.error("a damaged PyTorch file (its storages overlap)")
            while place < start and (skipped := len(again.read(min(start - place, 1 << 20)))):
                place += skipped
            (count,) = struct.unpack("<q", again.read_exactly(8))
            if count != storage.count:
                raise stream.error(f"a damaged PyTorch file (a storage of {count:,} numbers)")
            data = again.read_exactly(needed)
            place += 8 + len(data)
            yield name, data
