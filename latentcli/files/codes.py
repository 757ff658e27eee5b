"""Read arrays of latent codes, with their own dtype and shape, what their axes are, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from latentcli.errors import FormatError, LatentError, ParameterError, UsageError, counted
from latentcli.files import formats, provenance
from latentcli.files.addresses import split_address, split_slice
from latentcli.files.load import Loaded, read_array
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

AXES = ("D", "ND", "LD", "NLD")
"""What the axes of an array can be: samples N, layers L, dimensions D."""

_LARGEST = 1e150
"""Numbers beyond it have no norm in float64."""


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
    meta, doubts = provenance.read(loaded)
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
