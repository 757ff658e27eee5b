"""Arrays of latent codes in and out, with their own dtype and shape, and where they came from."""

from __future__ import annotations

import json
import math
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from zlib import crc32

import numpy as np

import latentcli
from latentcli.errors import (
    FileError,
    FormatError,
    LatentError,
    ParameterError,
    UsageError,
    counted,
    reason,
)
from latentcli.files import formats, outputs
from latentcli.files.addresses import split_address, split_slice
from latentcli.files.formats import npy, npz, safetensors
from latentcli.files.inputs import read_regular
from latentcli.files.load import Loaded, read_array
from latentcli.files.outputs import META, written_beside
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

AXES = ("D", "ND", "LD", "NLD")
"""What the axes of an array can be: samples N, layers L, dimensions D."""

_LARGEST = 1e150
"""Numbers beyond it have no norm in float64."""

_HASHED = 64 << 20


@dataclass(frozen=True)
class Codes:
    """An array as it is in its file: `values` in the file's dtype and shape, maybe mapped.

    `axes` says what its axes are, one of `AXES`; `meta` what an .npz or a file beside says of
    where it came from; `notes` what was decided on the way.
    """

    address: str
    values: Array
    axes: str
    meta: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def samples(self) -> int:
        """How many codes there are."""
        return int(self.values.shape[0]) if "N" in self.axes else 1

    def rows(self) -> Array:
        """Return each code as one row (N, ...)."""
        return self.values if "N" in self.axes else self.values[None]


def load(address: str, *, axes: str = "", finite: bool = True) -> Codes:
    """Load `FILE`, `FILE::KEY` or either with a slice behind: `codes.npy[3]`, `w.npz::w[0,:4]`.

    `axes` says what the axes mean; without it (D,), (N, D) and (N, L, D) are taken, and a note
    says so where (N, D) might as well be (L, D); a slice of (N, L, D) keeps its axes. Raises
    FormatError for NaN or infinity if `finite`.
    """
    loaded, left, meta, remarks = _part(address)
    if finite:
        _check_finite(address, loaded.values)
    decided, notes = _axes(address, loaded.values.shape, axes.upper(), left)
    return Codes(address, loaded.values, decided, meta, (*remarks, *notes))


def load_flat(address: str) -> tuple[Array, list[str]]:
    """Load an array as (N, M), all axes behind the first made one, and notes on the file.

    (N,) has M = 1. What is in it is not checked.
    """
    loaded, _, _, notes = _part(address)
    return loaded.values.reshape(len(loaded.values), -1), notes


def load_matrix(address: str) -> tuple[Array, list[str]]:
    """Load codes as (N, D), a row for each sample, and notes on the file; (N,) has D = 1.

    What is in them is not checked. Raises LatentError for arrays with more axes.
    """
    loaded, _, _, notes = _part(address)
    values = loaded.values
    if values.ndim > 2:
        raise LatentError(
            f"{address}: shape {values.shape}; codes are (N, D) here, one row for each sample: name "
            f"a part, such as '{address}[:, 0]', or flatten each sample (numpy.reshape)"
        )
    return (values[:, None] if values.ndim == 1 else values), notes


def _part(address: str) -> tuple[Loaded, str, dict[str, Any], list[str]]:
    """Read what an address names: the array, the axes a slice leaves of it, provenance, notes."""
    loaded = read_array(address)
    if loaded.values.ndim == 0 or 0 in loaded.values.shape:
        raise FormatError(f"{address}: shape {loaded.values.shape} holds no code")
    silent = loaded.format != "table"  # only of a table is it worth saying what its words are
    notes = [note for note in loaded.notes if not (silent and ": the words are " in note)]
    meta, doubts = _provenance_of(loaded)
    return loaded, _left(loaded), meta, [*notes, *doubts]


def holds_words(address: str) -> bool:
    """Tell whether a file holds vectors with words, and not an array of codes."""
    file, index = split_slice(address)
    if index:
        return False
    path, key = split_address(file)
    with Stream(path) as stream:
        reading = formats.read(stream, key)
        if reading.shape is None:
            return True
        first = next(reading.blocks(), None)
    return first is not None and first.words is not None


@dataclass(frozen=True)
class Result:
    """An array to be written: its shape and dtype, and its parts along the first axis."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    parts: Iterable[Array]

    @classmethod
    def of(cls, values: Array) -> Result:
        """Make a result of an array that is at hand."""
        return cls(values.shape, values.dtype, [values])


def save(
    path: Path,
    result: Result,
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
    result, checksum = _summed(result)
    meta = _meta(command, settings, inputs, extra)
    try:
        with written_beside(path) as part:
            _WRITE[name](part, result, json.dumps(meta, ensure_ascii=False))
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
        self._name = check_saved(path, force=force, inputs=read)
        self._dtype: np.dtype[Any] | None = None
        self._bytes = 0
        self._sum = 0

    def __enter__(self) -> ArrayWriter:
        with ExitStack() as stack:
            try:
                if self._name == "npy":
                    part = stack.enter_context(written_beside(self.path))
                    self._file: IO[bytes] = stack.enter_context(part.open("w+b"))
                else:
                    self._file = stack.enter_context(tempfile.TemporaryFile())
                self._file.write(bytes(_HEADER))
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
        if self._bytes <= _HASHED:
            self._sum = crc32(content, self._sum)

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
        meta = _meta(command, settings, self._inputs, extra)
        try:
            self._file.flush()
            if self._name == "npy":
                self._file.seek(0)
                self._file.write(_npy_header(shape, self._dtype))
                self._file.flush()
            else:
                blocks = np.memmap(self._file, self._dtype, "r", _HEADER, shape)
                with written_beside(self.path) as whole:
                    text = json.dumps(meta, ensure_ascii=False)
                    _WRITE[self._name](whole, Result(shape, self._dtype, [blocks]), text)
            if self._name in ("npy", "safetensors"):
                if self._bytes <= _HASHED:
                    meta["crc32"] = f"{self._sum:08x}"
                _write_beside(self.path, meta)
        except LatentError:
            raise
        except OSError as error:
            raise FileError(f"cannot write {self.path}: {reason(error)}") from error

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)


_HEADER = 256
"""Bytes that are left for the header of a .npy, whose shape is known at the end."""


def _npy_header(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    """Return the header of a .npy, filled up with blanks to `_HEADER` bytes."""
    described = {
        "descr": np.lib.format.dtype_to_descr(dtype),
        "fortran_order": False,
        "shape": shape,
    }
    room = _HEADER - 10
    text = repr(described).encode("ascii").ljust(room - 1) + b"\n"
    if len(text) != room:
        raise FormatError(f"an array of {len(shape)} axes has no room in its header")
    return b"\x93NUMPY\x01\x00" + room.to_bytes(2, "little") + text


def _meta(
    command: str, settings: dict[str, Any], inputs: Sequence[str], extra: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "command": command,
        "version": latentcli.__version__,
        "settings": settings,
        "inputs": [_provenance(address) for address in inputs],
        **(extra or {}),
    }


def _write_beside(path: Path, meta: dict[str, Any]) -> None:
    """Write the provenance of an array beside it."""
    with written_beside(sidecar(path), follow=False) as beside:
        text = json.dumps(meta, ensure_ascii=False, indent=1)
        beside.write_bytes(_encoded(f"{text}\n"))


def check_saved(path: Path, *, force: bool = False, inputs: Iterable[str | Path] = ()) -> str:
    """Return the format in which an array is written to `path`; an error if it cannot be."""
    name = _SAVED.get(path.suffix.lower())
    if name is None:
        raise UsageError(f"{path.name}: arrays are written as {', '.join(_SAVED)}")
    if name in ("npy", "safetensors"):
        outputs.check_side(sidecar(path), force=force)
    outputs.check(path, force=force, inputs=inputs)
    return name


def _encoded(text: str) -> bytes:
    """Return JSON as UTF-8; names of files that are not UTF-8 as the escapes that JSON has for them."""
    return text.encode("utf-8", "backslashreplace")


def _summed(result: Result) -> tuple[Result, list[int]]:
    """Return the result with a sum that is right when all its parts have been written.

    Arrays that are too large to be checked on loading are not summed.
    """
    checksum = [0]
    if math.prod(result.shape) * result.dtype.itemsize > _HASHED:
        return result, []

    def parts() -> Iterator[Array]:
        for values in result.parts:
            part = np.ascontiguousarray(values, dtype=result.dtype)
            checksum[0] = crc32(part.data.cast("B"), checksum[0])
            yield part

    return Result(result.shape, result.dtype, parts()), checksum


def _write_npy(part: Path, result: Result, meta: str) -> None:
    with part.open("wb") as out:
        npy.write_parts(out, result.shape, result.dtype, result.parts)


def _write_npz(part: Path, result: Result, meta: str) -> None:
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        with archive.open("codes.npy", "w", force_zip64=True) as member:
            npy.write_parts(member, result.shape, result.dtype, result.parts)
        with archive.open(f"{META}.npy", "w") as member:
            npy.write(member, np.array(_encoded(meta).decode("utf-8")))


def _write_safetensors(part: Path, result: Result, meta: str) -> None:
    with part.open("wb") as out:
        safetensors.write(out, "codes", result.shape, result.dtype, iter(result.parts))


def _write_json(part: Path, result: Result, meta: str) -> None:
    whole = np.concatenate([np.atleast_1d(values) for values in result.parts])
    content = {"codes": whole.reshape(result.shape).tolist(), META: json.loads(meta)}
    part.write_bytes(_encoded(json.dumps(content, ensure_ascii=False) + "\n"))


_SAVED = {".npy": "npy", ".npz": "npz", ".safetensors": "safetensors", ".json": "json"}
_WRITE = {
    "npy": _write_npy,
    "npz": _write_npz,
    "safetensors": _write_safetensors,
    "json": _write_json,
}


def sidecar(path: Path) -> Path:
    """Return the file beside an array that says where it came from."""
    return outputs.side_of(path)


def _provenance(address: str) -> dict[str, Any]:
    """Return what identifies an input: its name, size and (up to 64 MB) its SHA-256."""
    import hashlib

    path = split_address(split_slice(address)[0])[0]
    if not path.is_file():
        return {"address": address}
    size = path.stat().st_size
    described: dict[str, Any] = {"address": address, "bytes": size}
    if size <= _HASHED:
        described["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return described


def _provenance_of(loaded: Loaded) -> tuple[dict[str, Any], list[str]]:
    """Read where an array came from, inside its file or beside it, and notes on that."""
    inside = _META_INSIDE.get(loaded.format)
    meta = inside(loaded.path) if inside else {}
    return (meta, []) if meta else _meta_beside(loaded.path, loaded.whole)


def _meta_beside(path: Path, values: Array) -> tuple[dict[str, Any], list[str]]:
    """Read the provenance beside an array, unless it is that of another array; then say so."""
    meta = outputs.read_meta(sidecar(path)) or {}
    if not meta or "crc32" not in meta or values.nbytes > _HASHED:
        return meta, []
    if _checksum([np.asarray(values)]) == meta["crc32"]:
        return meta, []
    return {}, [f"{sidecar(path).name} belongs to another array than {path.name}: not used"]


def _checksum(parts: Iterable[Array]) -> str:
    found = 0
    for values in parts:
        found = crc32(np.ascontiguousarray(values).data.cast("B"), found)
    return f"{found:08x}"


def _meta_in_npz(path: Path) -> dict[str, Any]:
    try:
        with Stream(path) as stream:
            return dict(json.loads(npz.read_words(stream, META)[0]))
    except Exception:  # without provenance, or with something else of that name
        return {}


def _meta_in_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((read_regular(path, 1 << 30) or b"").decode("utf-8-sig"))[META])
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}


_META_INSIDE = {"NumPy archive": _meta_in_npz, "JSON array": _meta_in_json}


def _left(loaded: Loaded) -> str:
    """Return which axes a slice leaves of (N, L, D); "" where the whole was not that."""
    if loaded.whole.ndim != 3 or not loaded.index:
        return ""
    kept = [isinstance(part, slice) for part in loaded.index]
    kept += [True] * (3 - len(kept))
    axes = "".join(axis for axis, stays in zip("NLD", kept, strict=True) if stays)
    return axes if axes in AXES else ""


def _axes(address: str, shape: tuple[int, ...], axes: str, known: str) -> tuple[str, list[str]]:
    """Return what the axes are: as was said, as is known, or as decided, with a note."""
    if axes:
        if axes not in AXES:
            raise ParameterError("axes", axes, f"one of {', '.join(AXES)}")
        if len(axes) != len(shape):
            raise UsageError(f"{address}: its shape {shape} does not have the axes {axes}")
        return axes, []
    if known:
        return known, []
    if len(shape) == 2:
        rows, dimensions = shape
        if rows == 1:
            return "ND", []
        read_as = f"{counted(rows, 'code')} of {counted(dimensions, 'number')}"
        return "ND", [
            f"{address}: {shape} is read as {read_as} (`axes` LD: one code of layers)"
        ]
    if len(shape) > 3:
        raise LatentError(
            f"{address}: shape {shape} has more axes than samples, layers, dimensions; "
            f"name a part, such as {address}[0], or flatten each sample (numpy.reshape)"
        )
    return ("D", "ND", "NLD")[len(shape) - 1], []


def _check_finite(address: str, values: Array) -> None:
    """Refuse NaN and infinity, block by block, naming the first row that has any."""
    if values.dtype.kind != "f":
        return
    rows = values.reshape(1, -1) if values.ndim == 1 else values
    step = max(1, (2 << 20) // max(1, rows[0].nbytes))
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        if not np.isfinite(part).all():
            bad = ~np.isfinite(part).reshape(len(part), -1).all(axis=1)
            row = start + int(np.flatnonzero(bad)[0])
            raise FormatError(f"{address}: NaN or infinity in row {row:,}")
        if values.dtype.itemsize > 4 and np.abs(part).max() > _LARGEST:
            raise FormatError(
                f"{address}: holds numbers beyond {_LARGEST:g}, whose squares overflow"
            )
