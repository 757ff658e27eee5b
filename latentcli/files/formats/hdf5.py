"""HDF5: data sets of numbers, through h5py, an extra: `pip install 'latentcli[h5]'`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from latentcli.errors import FormatError, reason, shown
from latentcli.files import arrays, bounds
from latentcli.files.reading import Block, Findings, Reading
from latentcli.files.stream import Stream

MAGIC = b"\x89HDF\r\n\x1a\n"

_INDEX = "/_i_"
"""Below what PyTables keeps the indices of a table, beside it."""

_BLOCK_BYTES = 4 << 20


def sniff(stream: Stream) -> bool:
    """Tell by the magic bytes."""
    return stream.head(8) == MAGIC


def read(stream: Stream, key: str = "") -> Reading:
    """Read the data set that is meant as rows."""
    with _opened(stream) as file:
        found = _shapes(file)
        chosen = arrays.choose(stream.name, found, key.strip("/"))
        shape, kind = found[chosen]
        label = f"{stream.name}::{shown(chosen)}"
        rows, dimensions = arrays.rows_of(label, shape, kind)
        size = stream.unpacked().stat().st_size
        stored, _ = _stored(file, chosen)
        chunk = math.prod(stored.chunks or (1,)) * stored.dtype.itemsize
        if max(rows * dimensions * kind.itemsize, chunk) > max(
            bounds.FREE, bounds.RATIO * size
        ):
            raise FormatError(f"{label}: more numbers than the file can hold")
        if len(shape) == 1:
            bounds.check_total(label, dimensions * kind.itemsize)
        bounds.check_total(label, chunk, "its chunks")

    def blocks() -> Iterator[Block]:
        with _opened(stream) as file:
            stored, field = _stored(file, chosen)
            values = stored.fields(field) if field else stored
            if len(shape) == 1:
                yield Block(None, values[()].reshape(1, -1))
                return
            step = max(1, _BLOCK_BYTES // (dimensions * kind.itemsize))
            for start in range(0, rows, step):
                part = values[start : start + step]
                yield Block(None, part.reshape(len(part), dimensions))

    return Reading(
        format="HDF5",
        dimensions=dimensions,
        blocks=blocks,
        findings=Findings(),
        dtype=str(kind),
        key=chosen,
        shape=shape,
        notes=arrays.flattened_note(shape),
    )


def shapes(stream: Stream) -> arrays.Shapes:
    """Return shape and dtype of every data set of numbers in the file."""
    with _opened(stream) as file:
        return _shapes(file)


@contextmanager
def _opened(stream: Stream) -> Iterator[Any]:
    try:
        import h5py
    except ImportError:
        raise stream.error(
            "an HDF5 file; save its data set with numpy.save first, or let it be read: "
            "pip install 'latentcli[h5]'"
        ) from None
    try:
        with h5py.File(stream.unpacked(), "r") as file:
            yield file
    except FormatError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        said = reason(error)
        raise stream.error(
            f"an HDF5 file; save its data set with numpy.save first, it cannot be read ({said})"
        ) from error


def _shapes(file: Any) -> arrays.Shapes:
    """List the data sets of numbers in this file, and the fields of numbers of its tables.

    What lies in other files is left alone, and so are the indices that PyTables keeps of its tables.
    """
    import h5py

    found: arrays.Shapes = {}

    def visit(name: str, value: Any) -> None:
        if not isinstance(value, h5py.Dataset) or value.is_virtual or value.external:
            return
        if value.shape is None or _INDEX in f"/{name}":
            return
        if value.dtype.kind in "fiub":
            found[name] = (tuple(value.shape), value.dtype)
        for field, (kind, *_) in (value.dtype.fields or {}).items():
            if kind.base.kind in "fiub":
                found[f"{name}/{field}"] = ((*value.shape, *kind.shape), kind.base)

    file.visititems(visit)
    return found


def _stored(file: Any, name: str) -> tuple[Any, str]:
    """Return the data set of an array, and its field where that is a table."""
    if name in file:
        return file[name], ""
    table, _, field = name.rpartition("/")
    return file[table], field
