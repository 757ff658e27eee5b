"""spaCy's vectors on disk: a folder of an array, `vectors`, and `key2row`, which maps hashes of words to its rows.

A hash is MurmurHash64A (Austin Appleby, 2008) of the UTF-8, with the seed 1; the words are in `strings.json`.
Several words may have one row: models are pruned so.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

import numpy as np

from latentcli.errors import FormatError, counted, shown
from latentcli.files.formats import npy
from latentcli.files.inputs import read_regular
from latentcli.files.labels import SPACY, all_beside
from latentcli.files.reading import Block, Reading
from latentcli.files.stream import Stream
from latentcli.files.vector_columns import BATCH_NUMBERS
from latentcli.numerics.types import Array

_ARRAY, _KEYS, _STRINGS = SPACY
_MOST = 1 << 30
_SEED, _MULTIPLIER, _SHIFT = 1, 0xC6A4A7935BD1E995, 47
_CUT = (struct.error, IndexError)
_FORMS = {
    0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
"""MessagePack's whole numbers, by their first byte."""

_SIZES = {0xDE: ">H", 0xDF: ">I"}
"""MessagePack's maps of more than 15 pairs."""


def sniff(stream: Stream) -> bool:
    """Tell by the name of the array, and the words beside it."""
    there = {file.name for file in all_beside(stream.path)}
    return stream.path.name == _ARRAY and {_KEYS, _STRINGS} <= there and npy.sniff(stream)


def read(stream: Stream, key: str = "") -> Reading:
    """Read the words in the order of their rows, with the vectors of these."""
    reading = npy.read(stream, key)
    if reading.shape is None or len(reading.shape) != 2 or reading.whole is None:
        raise stream.error("not spaCy's vectors: no array of rows")
    hashes, rows = _key2row(_content(stream, _KEYS))
    if not len(hashes):
        raise stream.error("spaCy's vectors without words: floret vectors have none")
    words, places = _words(stream, hashes)
    rows = rows[places]
    usable = (rows >= 0) & (rows < reading.shape[0])
    order = np.flatnonzero(usable)[np.argsort(rows[usable], kind="stable")]
    values = reading.whole()
    step = max(1, BATCH_NUMBERS // reading.dimensions)

    def blocks() -> Iterator[Block]:
        for start in range(0, len(order), step):
            some = order[start : start + step]
            yield Block([words[place] for place in some], values[rows[some]])

    if missing := len(hashes) - len(order):
        reading.notes.append(
            f"{counted(missing, 'of its keys has', 'of its keys have')} no word or no row, and "
            f"{'is' if missing == 1 else 'are'} left out"
        )
    reading.format = "spaCy"
    reading.blocks, reading.mapped, reading.whole, reading.shape = blocks, None, None, None
    return reading


def _content(stream: Stream, name: str) -> bytes:
    content = read_regular(stream.path.with_name(name), _MOST)
    if content is None:
        raise stream.error(f"spaCy's {name} beside it cannot be read")
    return content


def _words(stream: Stream, hashes: Array) -> tuple[list[str], Array]:
    """Return the words that have a key, and the places of their keys."""
    try:
        strings = json.loads(_content(stream, _STRINGS))
        if not isinstance(strings, list):
            raise ValueError("no list of words")
        raw = [string.encode("utf-8") for string in strings]
    except (ValueError, AttributeError, RecursionError) as error:
        raise FormatError(f"{_STRINGS}: not spaCy's ({shown(error)})") from error
    order = np.argsort(hashes)
    target = murmur(raw)
    found = order[np.searchsorted(hashes, target, sorter=order).clip(0, len(hashes) - 1)]
    there = hashes[found] == target
    return [strings[place] for place in np.flatnonzero(there)], found[there]


def murmur(words: list[bytes]) -> Array:
    """Return the hash of each word (n,) uint64, as spaCy has it; 0 for an empty one.

    Words of one length are hashed together.
    """
    hashes = np.zeros(len(words), dtype=np.uint64)
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    for length in np.unique(lengths[lengths > 0]).tolist():
        places = np.flatnonzero(lengths == length)
        joined = b"".join([words[place] for place in places])
        letters = np.frombuffer(joined, dtype=np.uint8).reshape(-1, length)
        hashes[places] = _murmur_of(letters)
    return hashes


def _murmur_of(letters: Array) -> Array:
    """Hash the rows of bytes (n, length)."""
    factor, shift = np.uint64(_MULTIPLIER), np.uint64(_SHIFT)
    count, length = letters.shape
    whole = length - length % 8
    start = _SEED ^ (length * _MULTIPLIER & 0xFFFFFFFFFFFFFFFF)
    found = np.full(count, start, dtype=np.uint64)
    for place in range(0, whole, 8):
        part = np.ascontiguousarray(letters[:, place : place + 8]).view("<u8")[:, 0] * factor
        found = (found ^ ((part ^ (part >> shift)) * factor)) * factor
    if length > whole:
        last = np.zeros((count, 8), dtype=np.uint8)
        last[:, : length - whole] = letters[:, whole:]
        found = (found ^ last.view("<u8")[:, 0]) * factor
    found = (found ^ (found >> shift)) * factor
    return found ^ (found >> shift)


def _key2row(content: bytes) -> tuple[Array, Array]:
    """Read a map of whole numbers as MessagePack has it: keys (n,) uint64, and their rows (n,) int64."""
    try:
        numbers = _numbers(content)
        keys = np.array(numbers[::2], dtype=np.uint64)
        return keys, np.array(numbers[1::2], dtype=np.int64)
    except (*_CUT, OverflowError, KeyError) as error:
        raise FormatError(f"{_KEYS}: not spaCy's map of keys to rows") from error


def _numbers(content: bytes) -> list[int]:
    """Return the keys and rows in turn; KeyError for what is no whole number."""
    first = content[0]
    if 0x80 <= first < 0x90:
        pairs, place = first & 15, 1
    else:
        form = _SIZES[first]
        (pairs,) = struct.unpack_from(form, content, 1)
        place = 1 + struct.calcsize(form)
    found: list[int] = []
    sizes = {
        kind: (struct.Struct(form).unpack_from, struct.calcsize(form))
        for kind, form in _FORMS.items()
    }
    while len(found) < 2 * pairs:
        kind = content[place]
        place += 1
        if kind < 0x80 or kind >= 0xE0:
            found.append(kind if kind < 0x80 else kind - 256)
            continue
        unpack, size = sizes[kind]
        found.append(unpack(content, place)[0])
        place += size
    return found
