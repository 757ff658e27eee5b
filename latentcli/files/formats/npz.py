"""NumPy's .npz: a zip of named arrays, one of which may hold the words of the rows."""

from __future__ import annotations

import math
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np

from latentcli.errors import FormatError, LatentError, reason, shown
from latentcli.files import arrays, bounds
from latentcli.files.formats import npy
from latentcli.files.formats.npy import Header, read_header
from latentcli.files.reading import Block, Findings, Reading
from latentcli.files.stream import BROKEN_ZIP, Stream
from latentcli.numerics.types import Array

_FEW = 16
"""Arrays of one axis that may be factors of as many rows; more are vectors by their names."""

_AT_ONCE = 1024

_SPARSE = ("data", "shape", "format")
"""What scipy.sparse.save_npz writes in any case."""


def sniff(stream: Stream) -> bool:
    """Tell by the members: a zip of nothing but .npy."""
    return stream.archive is not None


def read(stream: Stream, key: str = "") -> Reading:
    """Read the array that is meant, with the words array beside it if there is one."""
    archive = _archive(stream)
    headers = _headers(stream)
    if {*_SPARSE} <= {*headers}:
        raise stream.error(
            "a sparse matrix of SciPy, whose zeros are not written; save it as numpy.save(FILE, x.toarray())"
        )
    found: arrays.Shapes = {name: (shape, kind) for name, (shape, _, kind) in headers.items()}
    vectors = {name: value for name, value in found.items() if value[1].kind not in "USO"}
    if not key and _is_a_vector_each(found):
        return _of_vectors(archive, headers, stream.name)
    chosen = arrays.choose(stream.name, found if key else (vectors or found), key)
    shape, fortran, kind = headers[chosen]
    label = f"{stream.name}::{shown(chosen)}"
    rows, dimensions = arrays.rows_of(label, shape, kind)
    words = _words_key(found, rows)
    return Reading(
        format="NumPy archive",
        dimensions=dimensions,
        blocks=lambda: _blocks(archive, chosen, (shape, fortran, kind), words, label),
        findings=Findings(),
        dtype=str(kind),
        key=chosen,
        shape=shape,
        notes=arrays.flattened_note(shape)
        + ([f"the words are its array '{shown(words)}'"] if words else _pickled(found)),
    )


def _pickled(found: arrays.Shapes) -> list[str]:
    """Say which array may be the words, but holds Python objects."""
    names = [name for name in arrays.WORD_KEYS if name in found and found[name][1].kind == "O"]
    return [
        f"its array '{shown(name)}' is of Python objects, a pickle, which is never loaded; save it as text "
        f"({name}.astype(str)) for words"
        for name in names[:1]
    ]


def _is_a_vector_each(found: arrays.Shapes) -> bool:
    """Tell an archive that is a mapping of names to vectors (D,), as of utterances; few would be factors."""
    shapes = {shape for shape, _ in found.values()}
    return (
        len(found) >= _FEW
        and len(shapes) == 1
        and all(kind.kind == "f" for _, kind in found.values())
        and len(shape := next(iter(shapes))) == 1
        and shape[0] > 1
    )


def _of_vectors(archive: zipfile.ZipFile, headers: dict[str, Header], label: str) -> Reading:
    """Read a row for each array, whose name is its word."""
    names = [*headers]
    kind = np.result_type(*(header[2] for header in headers.values()))
    (dimensions,) = next(iter(headers.values()))[0]

    def blocks() -> Iterator[Block]:
        for start in range(0, len(names), _AT_ONCE):
            part = names[start : start + _AT_ONCE]
            values = np.empty((len(part), dimensions), kind)
            try:
                for row, name in enumerate(part):
                    with _member(archive, name, label) as member:
                        read_header(member, label)
                        values[row] = _whole(member, (dimensions,), headers[name][2], label)
            except BROKEN_ZIP as error:
                raise FormatError(f"{label}: damaged ({reason(error)})") from error
            yield Block(part, values)

    return Reading(
        format="NumPy archive",
        dimensions=dimensions,
        blocks=blocks,
        findings=Findings(),
        dtype=str(kind),
        shape=(len(names), dimensions),
        notes=[f"each of its {len(names):,} arrays is a row, and its name the word"],
    )


def shapes(stream: Stream) -> arrays.Shapes:
    """Return shape and dtype of every array in the archive."""
    return {name: (shape, kind) for name, (shape, _, kind) in _headers(stream).items()}


def _headers(stream: Stream) -> dict[str, Header]:
    archive = _archive(stream)
    headers = {}
    try:
        for name in _names(archive):
            with archive.open(f"{name}.npy") as member:
                headers[name] = read_header(member, f"{stream.name}::{shown(name)}")
    except LatentError:
        raise
    except BROKEN_ZIP as error:
        raise stream.error(f"a damaged .npz ({reason(error)})") from error
    return headers


def read_words(stream: Stream, key: str) -> list[str]:
    """Read an array of text as a list of words, row by row."""
    archive = _archive(stream)
    try:
        names = _names(archive)
        if key not in names:
            raise stream.error(f"no array '{key}'; it holds {', '.join(names)}")
        return _text(archive, key, stream.name)
    except LatentError:
        raise
    except BROKEN_ZIP as error:
        raise stream.error(f"a damaged .npz ({reason(error)})") from error


def _archive(stream: Stream) -> zipfile.ZipFile:
    assert stream.archive is not None, "sniff comes first"
    return stream.archive


def _names(archive: zipfile.ZipFile) -> list[str]:
    """List the arrays; what a Mac puts beside them is none."""
    names = [
        name.removesuffix(".npy")
        for name in archive.namelist()
        if name.endswith(".npy") and not name.startswith("__MACOSX/")
    ]
    if twice := next((name for name, count in Counter(names).items() if count > 1), None):
        raise zipfile.BadZipFile(f"two arrays are named '{shown(twice)}'")
    return names


@contextmanager
def _member(archive: zipfile.ZipFile, name: str, label: str) -> Iterator[IO[bytes]]:
    """Open an array, unless it unpacks to many times its size."""
    info = archive.getinfo(f"{name}.npy")
    bounds.check_ratio(label, info.file_size, info.compress_size, f"'{shown(name)}'")
    with archive.open(info) as member:
        yield member


def _words_key(shapes: arrays.Shapes, rows: int) -> str:
    """Find the array of text that names the rows: as long as them, well named or the only one."""
    fitting = [
        name
        for name, (shape, kind) in shapes.items()
        if kind.kind in "US" and shape in ((rows,), (rows, 1))
    ]
    known = [name for name in arrays.WORD_KEYS if name in fitting]
    return known[0] if known else (fitting[0] if len(fitting) == 1 else "")


def _blocks(
    archive: zipfile.ZipFile,
    key: str,
    header: tuple[tuple[int, ...], bool, np.dtype[Any]],
    words_key: str,
    label: str,
) -> Iterator[Block]:
    shape, fortran, kind = header
    rows, dimensions = arrays.rows_of(label, shape, kind)
    done = 0
    try:
        words = _text(archive, words_key, label) if words_key else None
        with _member(archive, key, label) as member:
            read_header(member, label)
            if fortran and len(shape) > 1:
                whole = _whole(member, shape, kind, label)
                blocks = arrays.in_blocks(whole.reshape(rows, dimensions))
            else:
                blocks = arrays.stream_rows(member, label, kind, rows, dimensions)
            for _, values, _ in blocks:
                part = words[done : done + len(values)] if words else None
                done += len(values)
                yield Block(part, values)
    except LatentError:
        raise
    except BROKEN_ZIP as error:
        raise FormatError(f"{label}: damaged ({reason(error)})") from error


def _whole(file: IO[bytes], shape: tuple[int, ...], kind: np.dtype[Any], label: str) -> Array:
    """Read a Fortran-ordered array, whose rows are not together in the file."""
    bounds.check_total(label, math.prod(shape) * kind.itemsize)
    columns = arrays.stream_rows(file, label, kind, 1, math.prod(shape))
    return next(columns).values.reshape(shape[::-1]).T


def _text(archive: zipfile.ZipFile, key: str, label: str) -> list[str]:
    with _member(archive, key, label) as member:
        return npy.read_words(member, label, f"'{shown(key)}'").ravel().tolist()
