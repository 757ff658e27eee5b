"""A raw array without a header, as `ndarray.tofile`, C and Fortran write it: `FILE::raw:float32x50`.

Nothing in such a file says what it is, so it is read only where its address says so.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from latentcli.errors import ParameterError, counted
from latentcli.files import arrays
from latentcli.files.mapping import mapped
from latentcli.files.reading import Findings, Reading
from latentcli.files.stream import Stream

_KEY = re.compile(r"raw:(?P<dtype>[<>]?[a-z]+[0-9]+)x(?P<dimensions>[1-9][0-9]{0,8})")
_USUAL = (
    2,
    10,
    16,
    25,
    32,
    50,
    64,
    96,
    100,
    128,
    200,
    256,
    300,
    384,
    512,
    768,
    1024,
    1536,
    3072,
)
"""Numbers in a row that vectors and codes often have."""

_PLAUSIBLE = (1e-9, 1e6)
_TRIED = 4096


def address(file: str, dimensions: int, dtype: str = "float32") -> str:
    """Return the address of a raw file whose rows are so many numbers of a dtype.

    >>> address("codes.f32", 50)
    'codes.f32::raw:float32x50'
    """
    kind = _kind(dtype)
    key = f"raw:{kind.str if kind.byteorder == '>' else kind}x{dimensions}"
    if dimensions < 1 or "::" in file or not is_key(key):
        raise ParameterError(
            "dim", dimensions, "a whole number from 1, of a FILE without ::KEY"
        )
    return f"{file}::{key}"


def is_key(key: str) -> bool:
    """Tell the key of a raw array: `raw:DTYPExDIMENSIONS`."""
    return _KEY.fullmatch(key) is not None


def read(stream: Stream, key: str) -> Reading:
    """Read the rows that the key describes."""
    match = _KEY.fullmatch(key)
    assert match is not None, "is_key comes first"
    kind, dimensions = _kind(match["dtype"]), int(match["dimensions"])
    path = stream.unpacked()
    rows, over = divmod(path.stat().st_size, dimensions * kind.itemsize)
    if over or not rows:
        raise stream.error(
            f"{path.stat().st_size:,} bytes are not whole rows of {counted(dimensions, 'number')} of "
            f"{kind} ({dimensions * kind.itemsize:,} bytes each)"
        )
    reading = Reading(
        format="raw array",
        dimensions=dimensions,
        blocks=lambda: arrays.in_blocks(mapped(path, kind, 0, (rows, dimensions))),
        findings=Findings(),
        dtype=str(kind),
        key=key,
        shape=(rows, dimensions),
    )
    if stream.plain:
        reading.whole = lambda: mapped(path, kind, 0, (rows, dimensions))
        if kind == np.dtype("<f4"):
            reading.mapped = (path, 0, rows)
    return reading


def hint(stream: Stream) -> str:
    """Return how to read a file that may be a raw array of floating-point numbers; "" for none."""
    kind = next((kind for kind in ("float32", "float64") if _plausible(stream, kind)), "")
    if not kind or not stream.plain:
        return ""
    numbers = stream.size // np.dtype(kind).itemsize
    fitting = [width for width in _USUAL if numbers % width == 0 and numbers > width]
    example = f"{stream.name}::raw:{kind}x{fitting[-1] if fitting else 'N'}"
    more = f"; {', '.join(map(str, fitting))} make whole rows" if fitting else ""
    if kind == "float64" and stream.path.suffix == ".bin":
        more += _of_the_glove_tool(stream)
    return (
        f"binary data without a header; if it is a raw array, of {numbers:,} numbers of {kind}, say how many are "
        f"in a row, as in {example}{more}"
    )


def _of_the_glove_tool(stream: Stream) -> str:
    """Return where the words are of numbers that the GloVe tool may have written (float64, without words)."""
    text, vocabulary = stream.path.with_suffix(".txt"), stream.path.with_name("vocab.txt")
    if text.is_file():
        return f"; if the GloVe tool wrote it, use {text.name} beside it, which has the words"
    if vocabulary.is_file():
        with vocabulary.open("rb") as lines:
            words = sum(1 for _ in lines)
        # It writes two vectors for each word, maybe with <unk> behind the others, and a bias behind each.
        for rows in (2 * words, 2 * words + 2):
            width, over = divmod(stream.size // 8, rows)
            if width > 1 and not over:
                return (
                    f"; by vocab.txt the GloVe tool wrote {width} numbers for each word, the last of them a "
                    f"bias, its context vectors behind all words: {stream.name}::raw:float64x{width}"
                )
    return "; if the GloVe tool wrote it, use its vectors.txt, which has the words"


def _plausible(stream: Stream, kind: str) -> bool:
    """Tell whether the bytes are numbers of a size that vectors have."""
    size = np.dtype(kind).itemsize
    if stream.size % size:
        return False
    head = stream.head(_TRIED)
    with np.errstate(all="ignore"):
        values = np.abs(
            np.frombuffer(head[: len(head) // size * size], dtype=kind).astype(float)
        )
        fits = (values == 0) | ((values > _PLAUSIBLE[0]) & (values < _PLAUSIBLE[1]))
    return bool(len(values)) and bool(fits.all()) and bool((values > 0).mean() > 0.5)


def _kind(name: str) -> np.dtype[Any]:
    try:
        kind = np.dtype(name)
    except TypeError:
        kind = np.dtype(object)
    if kind.kind not in "fiub":
        raise ParameterError("dtype", name, "a dtype of NumPy, such as float32, float64 or <i2")
    return kind
