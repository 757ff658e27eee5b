"""What the pickles of PyTorch say: tensors by name, each a storage, an offset, a shape and strides."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from latentcli.files.formats.restricted_pickle import (
    Call,
    Name,
    Pairs,
    Persistent,
    RefusedError,
)

MAX_PICKLE = 64 << 20

_MAX_DEPTH = 32

_MAX_TENSORS = 100_000

_MAX_NAME = 1000

_MAX_AXES = 32

DTYPES = {
    "Double": "f8", "Float": "f4", "Half": "f2", "BFloat16": "u2", "Long": "i8", "Int": "i4",
    "Short": "i2", "Char": "i1", "Byte": "u1", "Bool": "?",
}  # fmt: skip

_REBUILD = {("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor")}

_PARAMETER = {
    ("torch._utils", "_rebuild_parameter"),
    ("torch._utils", "_rebuild_parameter_with_state"),
}

_PLAIN = {("collections", "OrderedDict"), ("torch", "Size"), ("torch", "device")}


@dataclass(frozen=True)
class Storage:
    """Numbers of one kind, by the name under which they lie in the file."""

    kind: str
    name: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A view of a storage, in numbers of its kind."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the array that is made of it."""
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


def admitted(name: Name) -> bool:
    """Tell whether a pickle may name this: what tensors are made of, and nothing else."""
    pair = (name.module, name.name)
    return pair in _REBUILD | _PARAMETER | _PLAIN or bool(_kind_of(name))


def _kind_of(name: object) -> str:
    """Return what a class of storages holds: "Float" for torch.FloatStorage; "" for all else."""
    if not isinstance(name, Name) or name.module != "torch":
        return ""
    kind = name.name.removesuffix("Storage")
    return kind if kind != name.name and kind in DTYPES else ""


def called(call: Call) -> Any:
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
        raise RefusedError("it holds something else than tensors")
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


def content_of(root: Any, order: str) -> Content:
    """Return the tensors of an unpickled object, whose numbers are in byte order `order`."""
    tensors, notes = _named(root)
    together: tuple[str, ...] = ()
    if type(root) in (list, tuple) and root and all(isinstance(one, Tensor) for one in root):
        first = root[0]
        if all(one.shape == first.shape and one.dtype == first.dtype for one in root):
            together = tuple(tensors)
    return Content(tensors, together, order, notes=notes)
