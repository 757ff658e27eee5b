"""Read an array whole, with its own dtype and shape; the one place where blocks are put together."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from latentcli.errors import ParameterError, reason
from latentcli.files import arrays, bounds, formats
from latentcli.files.addresses import Index, split_address, split_slice
from latentcli.files.formats import npy, npz
from latentcli.files.stream import Stream
from latentcli.numerics.axes import samples_first
from latentcli.numerics.types import Array


@dataclass(frozen=True)
class Loaded:
    """An array of a file as it is there: `values` in the file's dtype and shape, mapped if it can be.

    `words` are the words of its rows, if it has any; `format` names how the file is written; `notes`
    say how it was read; `axes` are its letters where the format knows them, `dtype` the file's own, maybe
    one that NumPy lacks. With an `index`, `values` are the part of the `whole` array that it selects.
    """

    path: Path
    values: Array
    words: list[str] | None
    format: str
    notes: tuple[str, ...]
    whole: Array
    index: Index = ()
    axes: str = ""
    dtype: str = ""


def read_array(address: str) -> Loaded:
    """Read the array at an address: `FILE`, `FILE::KEY`, or either with a slice behind it.

    Raises FormatError for a file that holds no array of numbers, ParameterError for a slice that the
    array does not have.
    """
    file, index = split_slice(address)
    path, key = split_address(file)
    if path.is_dir() and not key:
        from latentcli.files import frames

        values, notes = frames.read(path)
        named = tuple(f"{path.name}: {note}" for note in notes)
        loaded = Loaded(path, values, None, "folder of frames", named, values)
    else:
        with Stream(path) as stream:
            loaded = array_in(stream, key)
    if not index:
        return loaded
    try:
        part = loaded.values[index]
    except (IndexError, ValueError) as error:
        shape = loaded.values.shape
        raise ParameterError(f"{address}: {reason(error)}; its shape is {shape}") from None
    return replace(loaded, values=part, words=None, index=index)


def array_in(stream: Stream, key: str = "", *, text: bool = False) -> Loaded:
    """Read an array of an open file: `key`, or the one that is meant; with `text`, also one of text.

    An array of text comes as objects (str).
    """
    if text and (words := _text(stream, key)) is not None:
        return Loaded(stream.path, words, None, "text", (), words)
    reading = formats.read(stream, key)
    known = (
        arrays.flattened_note(reading.shape) if reading.shape else []
    )  # of rows, not of arrays
    notes = tuple(f"{stream.name}: {note}" for note in reading.notes if note not in known)
    if reading.whole is not None:
        values = reading.whole()
        return Loaded(
            stream.path, values, None, reading.format, notes, values, dtype=reading.dtype
        )
    words_found: list[str] = []
    parts = []
    taken = 0
    for block in reading.blocks():
        words_found += block.words or []
        parts.append(block.values)
        taken += block.values.nbytes
        bounds.check_total(stream.name, 2 * taken)  # the blocks, and the whole
    if not parts:
        raise stream.error("no vectors in it")
    values = np.concatenate(parts)
    if reading.shape and values.size != math.prod(reading.shape):
        found = "; ".join(reading.findings.phrases())
        raise stream.error(f"an array needs a vector in each row ({found})")
    values = values.reshape(reading.shape or values.shape)
    return Loaded(
        stream.path,
        values,
        words_found or None,
        reading.format,
        notes,
        values,
        axes=reading.axes,
        dtype=reading.dtype,
    )


def _text(stream: Stream, key: str) -> Array | None:
    """Read an array of text; None if what is meant is not one."""
    if stream.archive is not None and key:
        shape, kind = npz.shapes(stream).get(key, ((), np.dtype(float)))
        if kind.kind not in "US":
            return None
        return np.array(npz.read_words(stream, key), dtype=object).reshape(shape)
    if npy.sniff(stream) and not key:
        head = io.BytesIO(stream.head(1 << 16))
        if npy.read_header(head, stream.name)[2].kind in "US":
            return npy.read_words(stream, stream.name)
    return None


def vectors_of(address: str, axes: str = "") -> tuple[list[str], Array]:
    """Return a label for each row of an array, and the rows (n, D) as float64.

    Rows without words are labeled by the address and their numbers. `axes` are those of the codes
    (N, ...) that they are compared with; without, the rule of `numerics.axes` decides.
    """
    loaded = read_array(address)
    values = np.asarray(loaded.values, dtype=np.float64)
    if loaded.words:
        return loaded.words, values
    # A slice is a part of an array, whose last axis are the dimensions; else the first are the rows.
    sliced = split_slice(address)[1]
    if values.ndim > 2 and not sliced:
        known = axes[1:] if axes[:1] == "N" and values.ndim == len(axes) - 1 else axes
        values = samples_first(values, known or loaded.axes, address)[0]
    width = values.shape[-1] if sliced or values.ndim < 2 else -1
    rows = values.reshape(-1, width) if width > 0 else values.reshape(len(values), -1)
    if len(rows) == 1:
        return [address], rows
    return [f"{address}[{number}]" for number in range(len(rows))], rows
