"""PyTorch's .pt, .pth and .ckpt: plain tensors, without PyTorch and without running what is in it.

Today's format is a zip of `data.pkl` and raw numbers; before 2020 it was a row of pickles with the
numbers behind them. The pickles are read as data (`restricted_pickle`). A tensor is a storage, an
offset, a shape and strides; it becomes an array at the very end, by NumPy's own constructor, which
checks that every element lies in the bytes that are there.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from latentcli.errors import FormatError, LatentError, reason, shown
from latentcli.files import arrays, bounds
from latentcli.files.formats.restricted_pickle import (
    Pairs,
    RefusedError,
    load,
)
from latentcli.files.formats.torch_pickles import (
    DTYPES,
    MAX_PICKLE,
    Content,
    Storage,
    Tensor,
    admitted,
    called,
    content_of,
)
from latentcli.files.reading import Findings, Reading
from latentcli.files.stream import BROKEN_ZIP, Stream
from latentcli.numerics.types import Array

_OLD = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
"""PyTorch's magic number as a pickle has it, from the third byte of a file from before 2020 on."""


def sniff(stream: Stream) -> bool:
    """Tell by the zip's `data.pkl`, or by the magic number of old files."""
    return stream.tensors is not None or is_old(stream)


def is_old(stream: Stream) -> bool:
    """Tell a file from before 2020: pickles one after the other, the first a magic number."""
    return stream.head(15)[2:] == _OLD


def read(stream: Stream, key: str = "") -> Reading:
    """Read the tensor that is meant as rows; a list of tensors of one shape as one array."""
    with _refusing(stream):
        content = _of_zip(stream.tensors) if stream.tensors else _of_pickles(stream)
    tensors = content.tensors
    if not tensors:
        raise _refusal(stream, "it holds none")
    if content.together and not key:
        chosen, names = "", content.together
        shape: tuple[int, ...] = (len(names), *tensors[names[0]].shape)
        content.notes.append(f"its list of {len(names):,} tensors is read as one array")
    else:
        shapes: arrays.Shapes = {name: (one.shape, one.dtype) for name, one in tensors.items()}
        chosen = arrays.choose(stream.name, shapes, key)
        names, shape = (chosen,), tensors[chosen].shape
    label = f"{stream.name}::{shown(chosen)}" if chosen else stream.name
    first = tensors[names[0]]
    rows, dimensions = arrays.rows_of(label, shape, first.dtype)
    bounds.check_total(label, rows * dimensions * first.dtype.itemsize)
    found = [_values(stream, content, tensors[name]) for name in names]
    values = found[0] if len(found) == 1 else np.stack(found)
    return Reading(
        format="PyTorch tensors",
        dimensions=dimensions,
        blocks=lambda: arrays.in_blocks(values.reshape(rows, dimensions)),
        findings=Findings(),
        dtype="bfloat16" if first.storage.kind == "BFloat16" else str(first.dtype),
        key=chosen,
        shape=shape,
        notes=content.notes + arrays.flattened_note(shape),
    )


def _refusal(stream: Stream, why: str) -> FormatError:
    return stream.error(
        f"a PyTorch file, which is a Python pickle: only plain tensors are read from it, and {why}; "
        "save the tensor with numpy.save or safetensors"
    )


@contextmanager
def _refusing(stream: Stream) -> Iterator[None]:
    """Say in one line what is not let in, or damaged."""
    try:
        yield
    except LatentError:
        raise
    except RefusedError as error:
        raise _refusal(stream, shown(error)) from error
    except Exception as error:  # a damaged pickle or zip fails in any way
        raise _refusal(stream, f"it is damaged ({reason(error)})") from error


def _of_zip(archive: zipfile.ZipFile) -> Content:
    """Read the pickle of a zip, and note where its storages are."""
    members = {info.filename: info for info in archive.infolist()}
    if len(members) < len(archive.infolist()):
        raise RefusedError("two of its members have one name")
    name = next(name for name in members if re.fullmatch(r"(.*/)?data\.pkl", name))
    folder = name.removesuffix("data.pkl")
    content = content_of(_unpickled(_member(archive, members[name], MAX_PICKLE)), "<")
    if (said := members.get(f"{folder}byteorder")) is not None:
        content.order = ">" if _member(archive, said, 16) == b"big" else "<"
    start = f"{folder}data/"
    content.members = {
        name.removeprefix(start): info
        for name, info in members.items()
        if name.startswith(start)
    }
    return content


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.file_size > most:
        raise RefusedError(f"its {shown(info.filename)} is too large for that")
    bounds.check_ratio("its pickle", info.file_size, info.compress_size)
    with archive.open(info) as member:
        return member.read(most)


def _unpickled(data: bytes) -> Any:
    root, _ = load(data, 0, admitted, called)
    return root


def _of_pickles(stream: Stream) -> Content:
    """Read an old file: magic number, protocol, system, content, names of storages; then numbers."""
    size = 1 << 20
    while True:
        data = stream.head(size)
        try:
            return _of_head(data)
        except RefusedError:
            if len(data) < size or size >= MAX_PICKLE:
                raise
            size = MAX_PICKLE


def _of_head(data: bytes) -> Content:
    at, found = 0, []
    for _ in range(5):
        value, at = load(data, at, admitted, called)
        found.append(value)
    _, protocol, system, root, names = found
    if protocol != 1001 or not isinstance(names, list):
        raise RefusedError("its protocol is unknown")
    order = ">" if isinstance(system, Pairs) and ("little_endian", False) in system else "<"
    content = content_of(root, order)
    sizes = {one.storage.name: one.storage for one in content.tensors.values()}
    for name in names:
        if not isinstance(name, str) or name in content.places:
            raise RefusedError("its list of storages is damaged")
        content.places[name] = at + 8
        # The size of a storage that holds no tensor is not known, nor what comes behind it.
        if name not in sizes:
            break
        at += 8 + sizes[name].count * np.dtype(DTYPES[sizes[name].kind]).itemsize
    return content


def _values(stream: Stream, content: Content, tensor: Tensor) -> Array:
    """Read the numbers of a tensor; NumPy checks that its view stays in the bytes that were read."""
    stored = DTYPES[tensor.storage.kind]
    kind = np.dtype(content.order + stored)
    if 0 in tensor.shape:
        return np.empty(tensor.shape, dtype=tensor.dtype)
    needed = tensor.end * kind.itemsize
    try:
        data = _bytes_of(stream, content, tensor.storage, needed)
    except LatentError:
        raise
    except (*BROKEN_ZIP, KeyError) as error:
        raise stream.error(f"a damaged PyTorch file ({reason(error)})") from error
    if len(data) < needed:
        raise stream.error(f"truncated: a tensor's {needed:,} bytes of numbers are not there")
    flat = np.frombuffer(data, dtype=kind)
    if stored == "u2":
        flat = (flat.astype("<u4") << 16).view("<f4")
    values: Array = np.ndarray(
        tensor.shape,
        dtype=flat.dtype,
        buffer=flat,
        offset=tensor.offset * flat.itemsize,
        strides=[step * flat.itemsize for step in tensor.strides],
    )
    return np.array(values, order="C")


def _bytes_of(stream: Stream, content: Content, storage: Storage, needed: int) -> bytes:
    """Return the first bytes of a storage; they lie in the file as they are, without compression."""
    if stream.tensors is not None:
        info = content.members[storage.name]
        if info.compress_type != zipfile.ZIP_STORED or info.file_size < needed:
            return b""
        with stream.tensors.open(info) as member:
            return member.read(needed)
    place = content.places[storage.name]
    with Stream(stream.path) as again:
        while place > 8 and (skipped := len(again.read(min(place - 8, 1 << 20)))):
            place -= skipped
        (count,) = struct.unpack("<q", again.read_exactly(8))
        if count != storage.count:
            raise stream.error(f"a damaged PyTorch file (a storage of {count:,} numbers)")
        return again.read_exactly(needed)
