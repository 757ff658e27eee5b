"""finalfusion (.fifu): chunks of words and of vectors, as they are or product-quantized.

https://finalfusion.github.io/spec: "FiFu", version, the kinds of the chunks; then each chunk with its kind
and length. Vectors are of unit length, their norms in a chunk of their own. Rows behind those of the
words are n-grams', which are not read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from latentcli.errors import FormatError, LatentError, counted
from latentcli.files import bounds
from latentcli.files.reading import MAX_DIMENSIONS, Block, Findings, Reading, decode
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

MAGIC = b"FiFu"

_SIMPLE, _ARRAY, _BUCKETS, _QUANTIZED, _NORMS, _FASTTEXT, _EXPLICIT, _FLORET = (
    1,
    2,
    3,
    4,
    6,
    7,
    8,
    9,
)
_WORDS = {_SIMPLE: 8, _BUCKETS: 20, _FASTTEXT: 20, _EXPLICIT: 24}
"""Kinds of chunks that hold words, with the bytes before the first word."""

_U8, _F32 = 1, 10
_MOST_CHUNKS = 64
_WORD = 60
"""Bytes that a word takes in Python beside its letters."""

_NUMBERS = 1 << 18

Chunks = dict[int, tuple[int, int]]
"""Where the content of each kind of chunk begins, and its length."""


def sniff(stream: Stream) -> bool:
    """Tell by the magic bytes."""
    return stream.head(4) == MAGIC


def read(stream: Stream, key: str = "") -> Reading:
    """Read the words and their vectors, multiplied by their norms if the file has them."""
    path = stream.unpacked()
    findings = Findings()
    try:
        with path.open("rb") as file:
            chunks = _chunks(file, path.stat().st_size)
            words = _words(file, path, chunks, findings)
            rows, dimensions, rows_of = _storage(file, path, chunks)
            bounds.check_ratio(stream.name, 4 * rows * dimensions, path.stat().st_size)
            norms = _norms(file, chunks)
    except LatentError:
        raise
    except (EOFError, struct.error, ValueError) as error:
        raise stream.error(f"a damaged finalfusion file ({error})") from error
    if rows < len(words) or (norms is not None and len(norms) < len(words)):
        raise stream.error(f"{counted(len(words), 'word')}, but vectors or norms for fewer")

    def blocks() -> Iterator[Block]:
        step = max(1, _NUMBERS // dimensions)
        for start in range(0, len(words), step):
            stop = min(start + step, len(words))
            values = rows_of(start, stop)
            if norms is not None:
                with np.errstate(
                    over="ignore", invalid="ignore"
                ):  # counted as infinite, or NaN
                    values = values * norms[start:stop, None]
            yield Block(words[start:stop], values)

    notes = []
    if rows > len(words):
        notes.append(f"its {counted(rows - len(words), 'vector')} of n-grams are not read")
    quantized = _QUANTIZED in chunks
    return Reading(
        format="finalfusion, quantized" if quantized else "finalfusion",
        dimensions=dimensions,
        blocks=blocks,
        findings=findings,
        notes=notes,
    )


def _chunks(file: IO[bytes], size: int) -> Chunks:
    magic, version, number = struct.unpack("<4sII", _take(file, 12))
    if magic != MAGIC or version != 0:
        raise ValueError(f"version {version} is not known")
    if number > _MOST_CHUNKS:
        raise ValueError(f"its header promises {number:,} chunks")
    file.seek(4 * number, 1)
    found: Chunks = {}
    for _ in range(number):
        kind, length = struct.unpack("<IQ", _take(file, 12))
        start = file.tell()
        if length > size - start:
            raise ValueError(
                f"a chunk of {length:,} bytes, of which {size - start:,} are there"
            )
        found.setdefault(kind, (start, length))
        file.seek(length, 1)
    return found


def _words(file: IO[bytes], path: Path, chunks: Chunks, findings: Findings) -> list[str]:
    kind = next((kind for kind in _WORDS if kind in chunks), None)
    if kind is None:
        what = "a floret vocabulary, which has no words" if _FLORET in chunks else "no words"
        raise ValueError(what)
    start, length = chunks[kind]
    file.seek(start)
    (number,) = struct.unpack("<Q", _take(file, 8))
    if number > length // 4:
        raise ValueError(f"{number:,} words in {length:,} bytes")
    bounds.check_total(path.name, length + _WORD * number, "its words")
    file.seek(start)
    content = _take(file, length)
    place = _WORDS[kind]
    raw = []
    for _ in range(number):
        (letters,) = struct.unpack_from("<I", content, place)
        place += 4 + letters
        if place > length:
            raise ValueError("a word is cut")
        raw.append(content[place - letters : place])
    return decode(raw, findings)


def _storage(
    file: IO[bytes], path: Path, chunks: Chunks
) -> tuple[int, int, Callable[[int, int], Array]]:
    """Return rows, dimensions, and what gives the rows from one to another."""
    if _ARRAY in chunks:
        start, length = chunks[_ARRAY]
        file.seek(start)
        rows, dimensions, kind = struct.unpack("<QII", _take(file, 16))
        offset = _padded(start + 16)
        _check(rows, dimensions, kind == _F32)
        _check_room(offset + 4 * rows * dimensions, start + length)

        def rows_of(first: int, last: int) -> Array:
            return _floats(path, offset + 4 * first * dimensions, (last - first, dimensions))

        return rows, dimensions, rows_of
    if _QUANTIZED in chunks:
        return _quantized(file, path, *chunks[_QUANTIZED])
    raise ValueError("no chunk of a known kind holds vectors")


def _quantized(
    file: IO[bytes], path: Path, start: int, length: int
) -> tuple[int, int, Callable[[int, int], Array]]:
    file.seek(start)
    projected, normed, parts, dimensions, centroids, rows, code, kind = struct.unpack(
        "<IIIIIQII", _take(file, 36)
    )
    _check(rows, dimensions, kind == _F32 and code == _U8)
    if not parts or dimensions % parts or not centroids:
        raise ValueError(f"{dimensions:,} numbers in {parts:,} parts")
    offset = _padded(start + 36)
    sizes = [
        dimensions * dimensions * bool(projected),
        centroids * dimensions,
        rows * bool(normed),
    ]
    codes_at = offset + 4 * sum(sizes)
    _check_room(codes_at + rows * parts, start + length)
    projection = _floats(path, offset, (dimensions, dimensions)) if projected else None
    table_at = offset + 4 * sizes[0]
    table = _floats(path, table_at, (parts, centroids, dimensions // parts))
    norms_at = table_at + 4 * sizes[1]

    def rows_of(first: int, last: int) -> Array:
        codes = np.fromfile(
            path, np.uint8, (last - first) * parts, offset=codes_at + first * parts
        )
        if len(codes) and int(codes.max()) >= centroids:
            raise FormatError(f"{path.name}: a code refers to no centroid")
        values = table[np.arange(parts), codes.reshape(-1, parts)].reshape(-1, dimensions)
        if projection is not None:
            values = values @ projection.T
        if normed:
            values = values * _floats(path, norms_at + 4 * first, (last - first, 1))
        return values

    return rows, dimensions, rows_of


def _norms(file: IO[bytes], chunks: Chunks) -> Array | None:
    if _NORMS not in chunks:
        return None
    start, length = chunks[_NORMS]
    file.seek(start)
    number, kind = struct.unpack("<QI", _take(file, 12))
    offset = _padded(start + 12)
    _check(number, 1, kind == _F32)
    _check_room(offset + 4 * number, start + length)
    file.seek(offset)
    return np.frombuffer(_take(file, 4 * number), "<f4")


def _check(rows: int, dimensions: int, known: bool) -> None:
    if not known:
        raise ValueError("numbers of a type that is not known")
    if not rows or not 0 < dimensions <= MAX_DIMENSIONS:
        raise ValueError(f"an array of {rows:,} x {dimensions:,}")


def _check_room(needed: int, there: int) -> None:
    if needed > there:
        raise ValueError(f"{needed - there:,} bytes of a chunk are missing")


def _floats(path: Path, offset: int, shape: tuple[int, ...]) -> Array:
    count = int(np.prod(shape))
    bounds.check_total(path.name, 4 * count)
    return np.fromfile(path, "<f4", count, offset=offset).reshape(shape)


def _take(file: IO[bytes], count: int) -> bytes:
    content = file.read(count)
    if len(content) < count:
        raise EOFError("it ends too early")
    return content


def _padded(place: int) -> int:
    """Return where numbers begin: one to four bytes behind a header, at a multiple of four."""
    return place + 4 - place % 4


def write(
    out: IO[bytes],
    words: list[str],
    batches: Iterable[tuple[list[str], Array]],
    dimensions: int,
) -> None:
    """Write words, vectors of unit length, and their norms; of rows with one word the first counts."""
    raw = [word.encode("utf-8") for word in dict.fromkeys(words)]
    out.write(struct.pack("<4sIIIII", MAGIC, 0, 3, _SIMPLE, _ARRAY, _NORMS))
    out.write(struct.pack("<IQQ", _SIMPLE, 8 + sum(4 + len(word) for word in raw), len(raw)))
    for word in raw:
        out.write(struct.pack("<I", len(word)) + word)
    rows = len(raw)
    _write_head(out, _ARRAY, 4 * rows * dimensions, struct.pack("<QII", rows, dimensions, _F32))
    norms = []
    for values in _first_rows(batches):
        exact = values.astype(np.float64)
        length = np.sqrt(np.einsum("ij,ij->i", exact, exact))
        norms.append(length.astype("<f4"))
        unit = exact / np.where(length > 0, length, 1)[:, None]
        out.write(unit.astype("<f4").tobytes())
    _write_head(out, _NORMS, 4 * rows, struct.pack("<QI", rows, _F32))
    out.writelines(part.tobytes() for part in norms)


def _write_head(out: IO[bytes], kind: int, size: int, head: bytes) -> None:
    """Write the head of a chunk, and the padding before its numbers."""
    start = out.tell() + 12
    padding = _padded(start + len(head)) - start - len(head)
    out.write(struct.pack("<IQ", kind, len(head) + padding + size) + head + bytes(padding))


def _first_rows(batches: Iterable[tuple[list[str], Array]]) -> Iterator[Any]:
    """Yield the rows whose word was not there before."""
    seen: set[str] = set()
    for words, values in batches:
        kept = []
        for place, word in enumerate(words):
            if word not in seen:
                seen.add(word)
                kept.append(place)
        yield values[kept]
