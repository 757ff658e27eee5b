"""Write an array, whole or block by block, in its own dtype and shape, with where it came from."""

from __future__ import annotations

import json
import math
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO, Any
from zlib import crc32

import numpy as np

from latentcli.errors import FileError, FormatError, LatentError, ParameterError, reason
from latentcli.files import control_vector, outputs
from latentcli.files.addresses import split_address, split_slice
from latentcli.files.formats import npy, safetensors
from latentcli.files.outputs import META, NEW, written_beside
from latentcli.files.provenance import HASHED, meta_of, sidecar
from latentcli.numerics.types import Array


@dataclass(frozen=True)
class Blocks:
    """An array to be written: its shape and dtype, and its blocks along the first axis."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    blocks: Iterable[Array]

    @classmethod
    def of(cls, values: Array) -> Blocks:
        """Return an array that is at hand as one block."""
        return cls(values.shape, values.dtype, [values])


def save(
    path: Path,
    array: Blocks,
    *,
    command: str,
    settings: dict[str, Any],
    inputs: list[str],
    extra: dict[str, Any] | None = None,
    force: bool = False,
) -> None:
    """Write an array with its provenance: in an .npz as `__meta__`, else in `FILE.json` beside.

    The parts are written as they come, and the file is whole or not there. What is there is replaced
    as `outputs.check` allows, with `force` if it is not of this library, and never an input.
    """
    read = [split_address(split_slice(address)[0])[0] for address in inputs]
    name = check_saved(path, force=force, inputs=read)
    array, checksum = _summed(array)
    meta = meta_of(command, settings, inputs, extra)
    try:
        with written_beside(path) as part:
            _WRITE[name](part, array, json.dumps(meta, ensure_ascii=False))
            if name in ("npy", "safetensors"):
                if checksum:
                    meta["crc32"] = f"{checksum[0]:08x}"
                _write_beside(path, meta)
    except LatentError:
        raise
    except OSError as error:
        raise FileError(f"cannot write {path}: {reason(error)}") from error


class ArrayWriter:
    """Takes an array block by block, `writer[a:b] = block`, in the order of its numbers, into a file.

    The file is whole or not there: it is put in place by `finish`, which knows the shape and where the
    array came from. A plain .npy is written once; other formats from a temporary file.
    """

    def __init__(self, path: Path, *, inputs: Sequence[str] = (), force: bool = False) -> None:
        self.path = path
        self._force = force
        self._inputs = list(inputs)
        read = [split_address(split_slice(address)[0])[0] for address in inputs]
        self._name = self._check(read)
        self._dtype: np.dtype[Any] | None = None
        self._bytes = 0
        self._sum = 0

    def _check(self, read: Sequence[Path]) -> str:
        return check_saved(self.path, force=self._force, inputs=read)

    def __enter__(self) -> ArrayWriter:
        with ExitStack() as stack:
            try:
                if self._name == "npy":
                    part = stack.enter_context(written_beside(self.path))
                    self._file: IO[bytes] = stack.enter_context(part.open(NEW))
                else:
                    self._file = stack.enter_context(tempfile.TemporaryFile())
                self._file.write(bytes(HEADER))
            except LatentError:
                raise
            except OSError as error:
                raise FileError(f"cannot write {self.path}: {reason(error)}") from error
            self._stack = stack.pop_all()
        return self

    def __setitem__(self, key: Any, block: Array) -> None:
        part = np.ascontiguousarray(block)
        self._dtype = part.dtype
        content = part.data.cast("B") if part.size else b""
        try:
            self._file.write(content)
        except OSError as error:
            raise FileError(f"cannot write {self.path}: {reason(error)}") from error
        self._bytes += part.nbytes
        if self._bytes <= HASHED:
            self._sum = crc32(content, self._sum)

    def unordered(
        self, shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> Callable[[int, Array], None] | None:
        """Return what takes codes from a first one on, of several threads and in any order.

        None where a sum over the bytes in their order is written too.
        """
        if not shape or math.prod(shape) * dtype.itemsize <= HASHED:
            return None
        self._dtype = dtype
        self._file.flush()
        handle, lock = self._file.fileno(), Lock()

        def place(first: int, block: Array) -> None:
            part = np.ascontiguousarray(block)
            content = part.data.cast("B")
            start, done = HEADER + first * (part.nbytes // len(part)), 0
            try:
                with lock:  # the file has one of its own, at which a thread would wait busily
                    while done < part.nbytes:
                        done += os.pwrite(handle, content[done:], start + done)
                    self._bytes += part.nbytes
            except OSError as error:
                raise FileError(f"cannot write {self.path}: {reason(error)}") from error

        return place if hasattr(os, "pwrite") else None

    def finish(
        self,
        shape: tuple[int, ...],
        *,
        command: str,
        settings: dict[str, Any],
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Say what was written, so that the file can be put in place."""
        assert self._dtype is not None
        assert self._bytes == math.prod(shape) * self._dtype.itemsize
        meta = meta_of(command, settings, self._inputs, extra)
        try:
            self._file.flush()
            if self._name == "npy":
                self._file.seek(0)
                self._file.write(_npy_header(shape, self._dtype))
                self._file.flush()
            else:
                blocks = np.memmap(self._file, self._dtype, "r", HEADER, shape)
                with written_beside(self.path) as whole:
                    text = json.dumps(meta, ensure_ascii=False)
                    _WRITE[self._name](whole, Blocks(shape, self._dtype, [blocks]), text)
            if self._name in ("npy", "safetensors"):
                if self._bytes <= HASHED:
                    meta["crc32"] = f"{self._sum:08x}"
                _write_beside(self.path, meta)
        except LatentError:
            raise
        except OSError as error:
            raise FileError(f"cannot write {self.path}: {reason(error)}") from error

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)


HEADER = 256
"""Bytes that are left for the header of a .npy, whose shape is known at the end."""


def _npy_header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """Return the header of a .npy, filled up with blanks to `HEADER` bytes."""
    described = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": shape,
    }
    room = HEADER - 10
    text = repr(described).encode("ascii").ljust(room - 1) + b"\n"
    if len(text) != room:
        raise FormatError(f"an array of {len(shape)} axes has no room in its header")
    return b"\x93NUMPY\x01\x00" + room.to_bytes(2, "little") + text


def _write_beside(path: Path, meta: dict[str, Any]) -> None:
    """Write the provenance of an array beside it."""
    with written_beside(sidecar(path), follow=False) as beside:
        beside.write_bytes(_encoded(json.dumps(meta, ensure_ascii=False, indent=1) + "\n"))


def check_saved(path: Path, *, force: bool = False, inputs: Iterable[str | Path] = ()) -> str:
    """Return the format in which an array is written to `path`; an error if it cannot be."""
    name = format_of(path)
    if name in ("npy", "safetensors"):
        outputs.check_side(sidecar(path), force=force)
    outputs.check(path, force=force, inputs=inputs)
    return name


def format_of(path: Path) -> str:
    """Return the format that a name's ending stands for."""
    name = _SAVED.get(path.suffix.lower())
    if name is None:
        raise ParameterError(f"{path.name}: arrays are written as {', '.join(_SAVED)}")
    return name


def write_as(name: str, part: Path, values: Array, meta: dict[str, Any]) -> None:
    """Write an array that is at hand in a format, to a file that is nobody's yet."""
    _WRITE[name](part, Blocks.of(values), json.dumps(meta, ensure_ascii=False))


def _encoded(text: str) -> bytes:
    """Return JSON as UTF-8; names of files that are not UTF-8 as the escapes that JSON has for them."""
    return text.encode("utf-8", "backslashreplace")


def _summed(array: Blocks) -> tuple[Blocks, list[int]]:
    """Return the array with a sum that is right when all its blocks have been written.

    Arrays that are too large to be checked on loading are not summed.
    """
    checksum = [0]
    if math.prod(array.shape) * array.dtype.itemsize > HASHED:
        return array, []

    def parts() -> Iterator[Array]:
        for values in array.blocks:
            part = np.ascontiguousarray(values, dtype=array.dtype)
            checksum[0] = crc32(part.data.cast("B"), checksum[0])
            yield part

    return Blocks(array.shape, array.dtype, parts()), checksum


def _write_npy(part: Path, array: Blocks, meta: str) -> None:
    with part.open(NEW) as out:
        npy.write_parts(out, array.shape, array.dtype, array.blocks)


def _write_npz(part: Path, array: Blocks, meta: str) -> None:
    with part.open(NEW) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        with archive.open("codes.npy", "w", force_zip64=True) as member:
            npy.write_parts(member, array.shape, array.dtype, array.blocks)
        with archive.open(f"{META}.npy", "w") as member:
            npy.write(member, np.array(_encoded(meta).decode("utf-8")))


def _write_safetensors(part: Path, array: Blocks, meta: str) -> None:
    with part.open(NEW) as out:
        bfloat16 = json.loads(meta)["settings"].get("dtype") == "bfloat16"
        safetensors.write(
            out, "codes", array.shape, array.dtype, iter(array.blocks), bfloat16=bfloat16
        )


def _write_json(part: Path, array: Blocks, meta: str) -> None:
    whole = np.concatenate([np.atleast_1d(values) for values in array.blocks])
    content = {"codes": whole.reshape(array.shape).tolist(), META: json.loads(meta)}
    part.write_bytes(_encoded(json.dumps(content, ensure_ascii=False) + "\n"))


def _write_gguf(part: Path, array: Blocks, meta: str) -> None:
    whole = np.concatenate([np.atleast_2d(values) for values in array.blocks])
    with part.open(NEW) as out:
        control_vector.write(out, whole.reshape(array.shape), json.loads(meta))


_SAVED = {
    ".npy": "npy", ".npz": "npz", ".safetensors": "safetensors", ".json": "json", ".gguf": "gguf",
}  # fmt: skip
_WRITE = {
    "npy": _write_npy,
    "npz": _write_npz,
    "safetensors": _write_safetensors,
    "json": _write_json,
    "gguf": _write_gguf,
}
