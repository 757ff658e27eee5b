"""The cells of a table: one that holds a vector to numbers, one that holds text to a word.

A vector is a list of numbers, a text that holds one (JSON, NumPy's print, PostgreSQL's `{...}`, pgvector's `[...]`), or
bytes of little-endian float32.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from latentcli.files.reading import MAX_DIMENSIONS
from latentcli.numerics.types import Array

_LIST = re.compile(r"\s*[\[({](.*)[\])}]\s*[,;]?\s*", re.DOTALL)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_MISSING = {"", "[]", "null", "NULL", "None", "nan", "NaN", "NA", "N/A"}
_BETWEEN = re.compile(r"\s*,\s*|\s+")


def unwrapped(cell: object) -> object:
    """Return what an object of one field holds, as APIs wrap vectors: {"values": [...]}, {"float": [...]}."""
    return next(iter(cell.values())) if isinstance(cell, dict) and len(cell) == 1 else cell


def vector_of(cell: object) -> Array | None:
    """Return the vector (D,) float64 that a cell holds; None if it holds none."""
    cell = unwrapped(cell)
    if isinstance(cell, np.ndarray):
        return (
            np.asarray(cell, np.float64)
            if cell.ndim == 1 and cell.dtype.kind in "fiub"
            else None
        )
    if isinstance(cell, (bytes, memoryview, bytearray)):
        raw = memoryview(cell).cast("B")
        if not 0 < len(raw) <= 4 * MAX_DIMENSIONS or len(raw) % 4:
            return None
        return np.frombuffer(raw, dtype="<f4").astype(np.float64)
    if isinstance(cell, str):
        match = _LIST.fullmatch(cell)
        if match is None:
            return None
        numbers: Sequence[object] = _fields(match[1].strip())
    elif isinstance(cell, (list, tuple)):
        if any(not isinstance(one, (int, float)) and one is not None for one in cell):
            return None
        numbers = [np.nan if one is None else one for one in cell]
    else:
        return None
    try:
        vector = np.array([float(one) for one in numbers], dtype=np.float64)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None
    return vector if 0 < vector.size <= MAX_DIMENSIONS else None


def _fields(text: str) -> list[str]:
    """Split the inside of a list at semicolons, commas or blanks; decimal commas become points."""
    separator = ";" if ";" in text else ", "
    decimals = text.count(",") > text.count(", ")  # else no comma is inside of a number
    if separator == ";" or decimals:
        fields = [field.strip() for field in text.split(separator)]
        if separator == ";" or (len(fields) > 1 and any(map(_DECIMAL_COMMA.fullmatch, fields))):
            return [field.replace(",", ".") for field in fields]
    apart = text.split() if decimals else []
    if len(apart) > 1 and all(map(_DECIMAL_COMMA.fullmatch, apart)):  # blanks separate them
        return [field.replace(",", ".") for field in apart]
    return _BETWEEN.split(text)


def length_of(cells: Iterable[object]) -> int:
    """Return the usual length of the vectors in some cells; 0 if most of the cells hold none."""
    lengths = Counter(
        0 if (vector := vector_of(cell)) is None else vector.size
        for cell in cells
        if not is_missing(cell)
    )
    if not lengths:
        return 0
    vectors = {length: times for length, times in lengths.items() if length > 0}
    total = sum(lengths.values())
    if sum(vectors.values()) * 2 <= total:
        return 0
    return max(vectors, key=lambda length: (vectors[length], length))


def is_missing(cell: object) -> bool:
    """Tell the cell of a vector that is not there, also as text has it."""
    if isinstance(cell, str):
        return cell in _MISSING
    return cell is None or (isinstance(cell, (list, tuple, bytes)) and not cell)


def reason_to_drop(cell: object, vector: Array | None, dimensions: int) -> str:
    """Return the finding for which a row is left out; "" for none."""
    if vector is None:
        return "missing" if is_missing(cell) else "no_vector"
    return "length" if vector.size != dimensions else ""


def as_word(value: object) -> str:
    """Return a cell of a text column as a word."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, str):
        ascii_ = value.isascii()  # then the same object will do
        return value if ascii_ else value.encode("utf-8", "backslashreplace").decode("utf-8")
    return "" if value is None else str(value)
