"""Read arrays of latent codes, with their own dtype and shape, what their axes are, and where they came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from latentcli.errors import FormatError, LatentError
from latentcli.files import formats, provenance
from latentcli.files.addresses import split_address, split_slice
from latentcli.files.load import Loaded, read_array
from latentcli.files.stream import Stream
from latentcli.numerics.axes import axes_of, doubt, flattened_note, samples_first
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import LARGEST


@dataclass(frozen=True)
class Codes:
    """An array as it is in its file: `values` in the file's dtype and shape, maybe mapped.

    `axes` has a letter for each axis, as `numerics.axes` has them, or is "" where that is undecided;
    `guessed` says whether they follow from the shape alone; `stored` is the file's dtype where NumPy has
    none (bfloat16, read as float32); `meta` what an .npz or a file beside
    says of where it came from; `notes` what a reader should know of how it was read.
    """

    address: str
    values: Array
    axes: str
    meta: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    guessed: bool = False
    stored: str = ""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the values: codes are an array to NumPy."""
        return np.array(self.values, dtype=dtype) if copy else np.asarray(self.values, dtype)

    @property
    def samples(self) -> int:
        """How many codes there are."""
        return int(self.values.shape[0]) if "N" in self.axes else 1

    def rows(self) -> Codes:
        """Return them with samples in front, (N, ...): one code as one row."""
        values, axes = samples_first(self.values, self.axes, self.address)
        return replace(self, values=values, axes=axes)


def load(address: str, *, axes: str = "", finite: bool = True, layered: bool = False) -> Codes:
    """Load `FILE`, `FILE::KEY` or either with a slice behind: `codes.npy[3]`, `w.npz::w[0,:4]`.

    `axes` has a letter for each axis; without it they are as the file knows them, of a slice those
    that it leaves, else by the rule of `numerics.axes`; with `layered`, two axes are layers and
    features. A note says where the rule may well be wrong. Raises FormatError for NaN or infinity if
    `finite`.
    """
    found = read(address)
    if finite:
        _check_finite(address, found.values)
    return _decided(found, axes, layered=layered)


def of(address: str, values: Array, axes: str = "") -> Codes:
    """Return an array that was read elsewhere as codes, as `load` does. Raises FormatError for NaN or infinity."""
    _check_finite(address, values)
    return _decided(Codes(address, values, ""), axes)


def _decided(found: Codes, axes: str, *, layered: bool = False) -> Codes:
    """Return codes that know their axes: the given ones, the file's own, or by the rule."""
    shape = found.values.shape
    decided = axes_of(shape, axes or found.axes, name=found.address, layered=layered)
    text = doubt(shape, decided, found.address)
    notes = (*found.notes, text) if text else found.notes
    return replace(found, axes=decided.letters, guessed=decided.guessed, notes=notes)


def read(address: str) -> Codes:
    """Load an array with the axes that its file knows, "" if none; what is in it is not checked."""
    loaded, known, meta, remarks = _part(address)
    stored = loaded.dtype if loaded.dtype == "bfloat16" else ""
    return Codes(address, loaded.values, known, meta, tuple(remarks), stored=stored)


def load_flat(address: str) -> tuple[Array, list[str]]:
    """Load an array as (N, M), all axes behind the first made one, and notes on the file.

    (N,) has M = 1. What is in it is not checked.
    """
    loaded, _, _, notes = _part(address)
    return loaded.values.reshape(len(loaded.values), -1), notes


def load_matrix(address: str, axes: str = "") -> tuple[Array, list[str]]:
    """Load codes as (N, D), a row for each sample, and notes on the file; (N,) has D = 1.

    Axes are as given, as the file knows them, or by the rule of `numerics.axes`; all that are no samples are
    flattened. What is in them is not checked.
    """
    found = read(address)
    letters = axes or found.axes
    if found.values.ndim == 1 and not letters:
        return found.values[:, None], [*found.notes]
    values, letters = samples_first(found.values, letters, address)
    text = flattened_note(values.shape, letters, address)
    notes = [*found.notes, text] if text else [*found.notes]
    return values.reshape(len(values), -1), notes


def _part(address: str) -> tuple[Loaded, str, dict[str, Any], list[str]]:
    """Read what an address names: the array, the axes a slice leaves of it, provenance, notes."""
    loaded = read_array(address)
    if loaded.values.ndim == 0 or 0 in loaded.values.shape:
        raise FormatError(f"{address}: shape {loaded.values.shape} holds no code")
    silent = loaded.format != "table"  # only of a table is it worth saying what its words are
    notes = [note for note in loaded.notes if not (silent and ": the words are " in note)]
    meta, doubts = provenance.read(loaded)
    return loaded, _known_axes(loaded, meta), meta, [*notes, *doubts]


def holds_words(address: str) -> bool:
    """Tell whether a file holds vectors with words, and not an array of codes."""
    file, index = split_slice(address)
    if index:
        return False
    path, key = split_address(file)
    if path.is_dir():
        return False
    with Stream(path) as stream:
        reading = formats.read(stream, key)
        if reading.shape is None:
            return True
        first = next(reading.blocks(), None)
    return first is not None and first.words is not None


def _known_axes(loaded: Loaded, meta: dict[str, Any]) -> str:
    """Return the axes that a file knows, or that a slice leaves of the whole array; else ""."""
    whole = loaded.whole.shape
    stated = str(meta.get("axes", "")) or loaded.axes
    if not _LETTERS.fullmatch(stated) or len(stated) != len(whole):
        stated = _CONTAINED.get((loaded.path.suffix.lower(), len(whole)), "")
    if not loaded.index:
        return stated
    try:
        letters = axes_of(whole, stated).letters
    except LatentError:
        return ""
    kept = [isinstance(part, slice) for part in loaded.index]
    kept += [True] * (len(whole) - len(kept))
    if len(whole) == 2 and all(kept):
        return stated  # the rule decides of the part as of the whole
    left = "".join(axis for axis, stays in zip(letters, kept, strict=True) if stays)
    return left if left.strip("NL") else ""


_LETTERS = re.compile(r"N?L?[A-KMO-Z]+")

_CONTAINED = {(".latent", 3): "CHW", (".latent", 4): "NCHW", (".latent", 5): "NCTHW"}
"""What the axes are in files whose ending says so: ComfyUI's latents."""


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
        if values.dtype.itemsize > 4 and np.abs(part).max() > LARGEST:
            raise FormatError(
                f"{address}: holds numbers beyond {LARGEST:g}, whose squares overflow"
            )
