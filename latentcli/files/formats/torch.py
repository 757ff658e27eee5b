"""PyTorch's .pt, .pth and .ckpt: plain tensors, without PyTorch and without running what is in it.

Longer than 300 lines: all that a file may say is checked before any of its numbers is read.

Today's format is a zip of `data.pkl` and raw numbers; before 2020 it was a row of pickles with the
numbers behind them. The pickles are read as data (`restricted_pickle`). A tensor is a storage, an
offset, a shape and strides; it becomes an array at the very end, by NumPy's own constructor, which
checks that every element lies in the bytes that are there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from latentcli.errors import FormatError, LatentError, reason, shown
from latentcli.files import arrays, bounds
from latentcli.files.formats.restricted_pickle import (
    Call,
    Name,
    Pairs,
    Persistent,
    RefusedError,
    load,
)
from latentcli.files.formats.torch_storages import DTYPES, Content, Storage, Tensor, values_of
from latentcli.files.reading import Findings, Reading
from latentcli.files.stream import Stream

_MAX_PICKLE = 64 << 20
_MAX_DEPTH = 32
_MAX_TENSORS = 100_000
_MAX_NAME = 1000
_MAX_AXES = 32

_OLD = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
"""PyTorch's magic number as a pickle has it, from the third byte of a file from before 2020 on."""


_REBUILD = {("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor")}
_PARAMETER = {
    ("torch._utils", "_rebuild_parameter"),
    ("torch._utils", "_rebuild_parameter_with_state"),
}
_PLAIN = {("collections", "OrderedDict"), ("torch", "Size"), ("torch", "device")}


def sniff(stream: Stream) -> bool:
    """Tell by the zip's `data.pkl`, or by the magic number of old files."""
    return stream.tensors is not None or is_old(stream)


def is_old(stream: Stream) -> bool:
    """Tell a file from before 2020: pickles one after the other, the first a magic number."""
    return stream.head(15)[2:] == _OLD


def read(stream: Stream, key: str = "") -> Reading:
    """Read the tensor that is meant as rows; a list of tensors of one shape as one array."""
    content = _read_all(stream)
    tensors = content.tensors
    if not tensors:
        raise _refusal(stream, "it holds none")
    if content.together and not key:
        chosen, names = "", content.together
        shape: tuple[int, ...] = (len(names), *tensors[names[0]].shape)
        content.notes.append(f"its list of {len(names):,} tensors is read as one array")
    else:
        chosen = arrays.choose(stream.name, _shapes(content), key)
        names, shape = (chosen,), tensors[chosen].shape
    label = f"{stream.name}::{shown(chosen)}" if chosen else stream.name
    first = tensors[names[0]]
    rows, dimensions = arrays.rows_of(label, shape, first.dtype)
    bounds.check_total(label, rows * dimensions * first.dtype.itemsize)
    bounds.check_ratio(label, rows * dimensions * first.dtype.itemsize, stream.size)
    found = values_of(stream, content, [tensors[name] for name in names])
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


def shapes(stream: Stream) -> arrays.Shapes:
    """Return shape and dtype of every tensor in the file."""
    return _shapes(_read_all(stream))


def _shapes(content: Content) -> arrays.Shapes:
    return {name: (tensor.shape, tensor.dtype) for name, tensor in content.tensors.items()}


def _read_all(stream: Stream) -> Content:
    with _refusing(stream):
        return _of_zip(stream.tensors) if stream.tensors else _of_pickles(stream)


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


# ---- what the pickles say


def _admitted(name: Name) -> bool:
    pair = (name.module, name.name)
    return pair in _REBUILD | _PARAMETER | _PLAIN or bool(_kind_of(name))


def _kind_of(name: object) -> str:
    """Return what a class of storages holds: "Float" for torch.FloatStorage; "" for all else."""
    if not isinstance(name, Name) or name.module != "torch":
        return ""
    kind = name.name.removesuffix("Storage")
    return kind if kind != name.name and kind in DTYPES else ""


def _called(call: Call) -> Any:
    """Return what stands for a call: a tensor, pairs, or nothing of interest."""
    pair = (call.name.module, call.name.name)
    if pair in _REBUILD and len(call.arguments) >= 4:
        return _tensor(*call.arguments[:4])
    if pair in _PARAMETER and call.arguments:
        return call.arguments[0]
    if pair == ("collections", "OrderedDict"):
        return _pairs(call.arguments)
    if pair in _PLAIN:
        return call.arguments
    raise RefusedError("a damaged tensor")


def _pairs(arguments: tuple[Any, ...]) -> Pairs:
    """Return the items of an OrderedDict, none or a list of pairs."""
    items = arguments[0] if arguments else ()
    if len(arguments) > 1 or not isinstance(items, list | tuple):
        raise RefusedError("a damaged dict")
    if not all(isinstance(item, list | tuple) and len(item) == 2 for item in items):
        raise RefusedError("a damaged dict")
    return Pairs((key, value) for key, value in items)


def _storage(pid: object) -> Storage:
    """Return a storage: ("storage", class, name, device, count), and None behind in old files."""
    content = pid.content if isinstance(pid, Persistent) else None
    if not isinstance(content, tuple) or len(content) not in (5, 6) or content[0] != "storage":
        raise RefusedError("it holds something other than tensors")
    _, kind, name, _, count, *view = content
    if not (
        _kind_of(kind) and isinstance(name, str) and _natural(count) and view in ([], [None])
    ):
        raise RefusedError("a damaged storage")
    return Storage(_kind_of(kind), name, count)


def _tensor(pid: Any, offset: Any, shape: Any, strides: Any) -> Tensor:
    """Return a tensor that stays within its storage."""
    if not (isinstance(shape, tuple) and isinstance(strides, tuple)):
        raise RefusedError("a damaged tensor")
    if not len(shape) == len(strides) <= _MAX_AXES:
        raise RefusedError("a damaged tensor")
    if not all(map(_natural, (offset, *shape, *strides))):
        raise RefusedError("a damaged tensor")
    tensor = Tensor(_storage(pid), offset, shape, strides)
    count = 1
    for length in shape:
        count *= length
    if count and (tensor.end > tensor.storage.count or count > tensor.storage.count):
        raise RefusedError("a tensor reaches beyond its numbers")
    return tensor


def _natural(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 62


def _named(root: Any) -> tuple[dict[str, Tensor], list[str]]:
    """Return the tensors by name, those in dicts and lists as "outer.inner"; and notes.

    What is shared is walked once, under its first name.
    """
    found: dict[str, Tensor] = {}
    seen: set[int] = set()
    twice = 0
    left: list[tuple[str, Any, int]] = [("", root, 0)]
    while left:
        name, value, depth = left.pop()
        if isinstance(value, Tensor):
            twice += name in found
            found[name] = value
            if len(found) > _MAX_TENSORS:
                raise RefusedError(f"it holds more than {_MAX_TENSORS:,}")
        elif isinstance(value, list | tuple) and id(value) not in seen:
            seen.add(id(value))
            if depth > _MAX_DEPTH:
                raise RefusedError(f"it is nested more than {_MAX_DEPTH} deep")
            left += reversed([*_inner(name, value, depth + 1)])
    notes = [f"{twice:,} of its names occur twice: the last tensor is read"] if twice else []
    return found, notes


def _inner(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any, int]]:
    """Yield what is in a dict or list and may hold tensors, with its name."""
    for key, one in value if isinstance(value, Pairs) else enumerate(value):
        if isinstance(one, Tensor | list | tuple) and type(key) in (str, int):
            inner = f"{name}.{key}" if name else str(key)
            if len(inner) > _MAX_NAME:
                raise RefusedError(f"it has names of more than {_MAX_NAME:,} letters")
            yield inner, one, depth


def _content(root: Any, order: str) -> Content:
    tensors, notes = _named(root)
    together: tuple[str, ...] = ()
    if type(root) in (list, tuple) and root and all(isinstance(one, Tensor) for one in root):
        first = root[0]
        if all(one.shape == first.shape and one.dtype == first.dtype for one in root):
            together = tuple(tensors)
    return Content(tensors, together, order, notes=notes)


# ---- the two ways in which it lies in a file


def _of_zip(archive: zipfile.ZipFile) -> Content:
    """Read the pickle of a zip, and note where its storages are."""
    members = {info.filename: info for info in archive.infolist()}
    if len(members) < len(archive.infolist()):
        raise RefusedError("two of its members have the same name")
    name = next(name for name in members if re.fullmatch(r"(.*/)?data\.pkl", name))
    folder = name.removesuffix("data.pkl")
    content = _content(_unpickled(_member(archive, members[name], _MAX_PICKLE)), "<")
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
    root, _ = load(data, 0, _admitted, _called)
    return root


def _of_pickles(stream: Stream) -> Content:
    """Read an old file: magic number, protocol, system, content, names of storages; then numbers."""
    size = 1 << 20
    while True:
        data = stream.head(size)
        try:
            return _of_head(data)
        except RefusedError:
            if len(data) < size or size >= _MAX_PICKLE:
                raise
            size = _MAX_PICKLE


def _of_head(data: bytes) -> Content:
    at, found = 0, []
    for _ in range(5):
        value, at = load(data, at, _admitted, _called)
        found.append(value)
    _, protocol, system, root, names = found
    if protocol != 1001 or not isinstance(names, list):
        raise RefusedError("its protocol is unknown")
    order = ">" if isinstance(system, Pairs) and ("little_endian", False) in system else "<"
    content = _content(root, order)
    sizes: dict[str, Storage] = {}
    for one in content.tensors.values():
        if sizes.setdefault(one.storage.name, one.storage) != one.storage:
            raise RefusedError("one of its storages has two sizes")
    for name in names:
        if not isinstance(name, str) or name in content.places:
            raise RefusedError("its list of storages is damaged")
        content.places[name] = at + 8
        # The size of a storage that holds no tensor is not known, nor what comes behind it.
        if name not in sizes:
            break
        at += 8 + sizes[name].count * np.dtype(DTYPES[sizes[name].kind]).itemsize
    return content
