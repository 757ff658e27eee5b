"""PyTorch's .pt: plain tensors out of its zip, without PyTorch and without running what is in it.

A zip of `data.pkl` and raw numbers. The pickle may name nothing but tensors, their storages
and dicts; whatever else it names is refused before it could be called.
"""

from __future__ import annotations

import pickle
import re
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from latentcli.errors import FormatError, LatentError, reason, shown
from latentcli.files import arrays
from latentcli.files.reading import Findings, Reading
from latentcli.files.stream import BROKEN_ZIP, Stream
from latentcli.numerics.types import Array

_MAX_PICKLE = 64 << 20
_MAX_DEPTH = 8

_DTYPES = {
    "Double": "f8", "Float": "f4", "Half": "f2", "BFloat16": "u2", "Long": "i8", "Int": "i4",
    "Short": "i2", "Char": "i1", "Byte": "u1", "Bool": "?",
}  # fmt: skip


@dataclass(frozen=True)
class _Storage:
    kind: str
    name: str
    count: int


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype("f4" if self.storage.kind == "BFloat16" else _DTYPES[self.storage.kind])


class _RefusedError(Exception):
    """The pickle names or holds what is not let in."""


class _Unpickler(pickle.Unpickler):
    """Knows tensors, storages and dicts; everything else is refused, not called."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuilt
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        kind = name.removesuffix("Storage")
        if module == "torch" and kind != name and kind in _DTYPES:
            return kind
        raise _RefusedError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> Any:
        if not (isinstance(pid, tuple) and len(pid) == 5 and pid[0] == "storage"):
            raise _RefusedError("it holds something else than tensors")
        _, kind, name, _, count = pid
        if not (isinstance(name, str) and kind in _DTYPES and _natural(count)):
            raise _RefusedError("a damaged storage")
        return _Storage(kind, name, count)


def sniff(stream: Stream) -> bool:
    """Tell by the zip's `data.pkl`."""
    return stream.tensors is not None


def read(stream: Stream, key: str = "") -> Reading:
    """Read the tensor that is meant as rows."""
    assert stream.tensors is not None, "sniff comes first"
    archive = stream.tensors
    tensors = _tensors(stream, archive)
    shapes: arrays.Shapes = {name: (one.shape, one.dtype) for name, one in tensors.items()}
    if not shapes:
        raise _refusal(stream, "it holds none")
    chosen = arrays.choose(stream.name, shapes, key)
    label = f"{stream.name}::{shown(chosen)}" if chosen else stream.name
    shape, kind = shapes[chosen]
    rows, dimensions = arrays.rows_of(label, shape, kind)
    values = _values(stream, archive, tensors[chosen])
    return Reading(
        format="PyTorch tensors",
        dimensions=dimensions,
        blocks=lambda: arrays.in_blocks(values.reshape(rows, dimensions)),
        findings=Findings(),
        dtype="bfloat16" if tensors[chosen].storage.kind == "BFloat16" else str(kind),
        key=chosen,
        shape=shape,
        notes=arrays.flattened_note(shape),
    )


def _refusal(stream: Stream, why: str) -> FormatError:
    return stream.error(
        f"a PyTorch file, which is a Python pickle: only plain tensors are read from it, and {why}; "
        "save the tensor with numpy.save or safetensors"
    )


def _tensors(stream: Stream, archive: zipfile.ZipFile) -> dict[str, _Tensor]:
    """Return the tensors of the file by name; a lone one has the name ""."""
    try:
        name = _pickle_name(archive)
        if archive.getinfo(name).file_size > _MAX_PICKLE:
            raise _RefusedError("its pickle is too large for that")
        with archive.open(name) as member:
            content = member.read(_MAX_PICKLE)
        return dict(_named("", _Unpickler(BytesIO(content)).load(), _MAX_DEPTH))
    except _RefusedError as error:
        raise _refusal(stream, str(error)) from error
    except Exception as error:  # a damaged pickle fails in any way
        raise _refusal(stream, f"it is damaged ({reason(error)})") from error


def _named(name: str, value: Any, depth: int) -> Iterator[tuple[str, _Tensor]]:
    """Yield tensors with their names, those in dicts and lists as "outer.inner"."""
    if isinstance(value, _Tensor):
        yield name, value
    items = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list | tuple)
        else ()
    )  # fmt: skip
    for inner, one in items if depth else ():
        yield from _named(f"{name}.{inner}" if name else str(inner), one, depth - 1)


def _rebuilt(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> _Tensor:
    """Stand in for PyTorch's function of this purpose; nothing outside the storage is let in."""
    if not isinstance(storage, _Storage) or len(shape) != len(strides):
        raise _RefusedError("a damaged tensor")
    if not all(map(_natural, (offset, *shape, *strides))):
        raise _RefusedError("a damaged tensor")
    last = offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
    count = 1
    for length in shape:
        count *= length
    if count and (last >= storage.count or count > storage.count):
        raise _RefusedError("a tensor reaches beyond its numbers")
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


def _natural(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 62


def _pickle_name(archive: zipfile.ZipFile) -> str:
    return next(name for name in archive.namelist() if re.fullmatch(r"(.*/)?data\.pkl", name))


def _values(stream: Stream, archive: zipfile.ZipFile, tensor: _Tensor) -> Array:
    """Read the numbers of a tensor; they lie in the file as they are, without compression."""
    folder = _pickle_name(archive).removesuffix("data.pkl")
    stored = _DTYPES[tensor.storage.kind]
    try:
        order = ">" if _order(archive, folder) == b"big" else "<"
        kind = np.dtype(order + stored)
        info = archive.getinfo(f"{folder}data/{tensor.storage.name}")
        needed = tensor.storage.count * kind.itemsize
        if info.compress_type != zipfile.ZIP_STORED or info.file_size < needed:
            raise stream.error(
                f"truncated: a tensor's {needed:,} bytes of numbers are not there"
            )
        with archive.open(info) as member:
            flat = np.frombuffer(member.read(needed), dtype=kind)
    except LatentError:
        raise
    except (*BROKEN_ZIP, KeyError) as error:
        raise stream.error(f"a damaged PyTorch file ({reason(error)})") from error
    if stored == "u2":
        flat = (flat.astype("<u4") << 16).view("<f4")
    steps = [step * flat.itemsize for step in tensor.strides]
    values: Array = np.lib.stride_tricks.as_strided(
        flat[tensor.offset :], tensor.shape, steps, writeable=False
    )
    return np.ascontiguousarray(values)


def _order(archive: zipfile.ZipFile, folder: str) -> bytes:
    if f"{folder}byteorder" not in archive.namelist():
        return b"little"
    with archive.open(f"{folder}byteorder") as member:
        return member.read(16)
