"""Write a space to a file in any format, whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from latentcli.errors import FileError, FormatError, UsageError, reason, unknown_choice
from latentcli.files import formats, npy, parquet, projector, safetensors, text, word2vec_binary
from latentcli.files import labels as label_files
from latentcli.files.entry import Entry
from latentcli.files.labels import split_address
from latentcli.files.reading import Array
from latentcli.files.stream import Stream, written_beside

Batch = tuple[list[str] | None, Array]

_ROWS = 4096
_MAX_NPZ_WORDS = 1 << 30


@dataclass
class Content:
    """What is to be written: `rows` x `dimensions`, of an array of `shape`, in batches.

    `named` tells whether the batches have words; `notes` collects what could not be kept.
    """

    rows: int
    dimensions: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    named: bool
    batches: Callable[[], Iterator[Batch]]
    notes: list[str] = field(default_factory=list)

    def named_batches(self) -> Iterator[tuple[list[str], Array]]:
        """Yield batches with words; rows without any are called by their numbers."""
        done = 0
        for words, values in self.batches():
            yield words or [str(done + i) for i in range(len(values))], values
            done += len(values)

    def words(self) -> list[str]:
        """Return all words."""
        return [word for words, _ in self.batches() for word in words or []]


class Writer(NamedTuple):
    """One way to write: file endings, name for people, and the function."""

    endings: tuple[str, ...]
    title: str
    write: Callable[[Content, Path, Path], list[Path]]
    """Writes to the first path, and to files beside the second; returns the latter."""


def _word2vec_text(content: Content, part: Path, _: Path) -> list[Path]:
    _rows(content, part, text, header=True)
    return []


def _glove(content: Content, part: Path, _: Path) -> list[Path]:
    _rows(content, part, text, header=False)
    return []


def _word2vec_binary(content: Content, part: Path, _: Path) -> list[Path]:
    _rows(content, part, word2vec_binary, header=True)
    return []


def _rows(content: Content, part: Path, module: Any, *, header: bool) -> None:
    changed = 0
    with part.open("wb") as out:
        if header:
            module.write_header(out, content.rows, content.dimensions)
        for words, values in content.named_batches():
            changed += sum(module.storable(word) != word for word in words)
            module.write_rows(out, words, values)
    if changed:
        content.notes.append(
            f"{changed:,} {'words hold' if changed > 1 else 'word holds'} a blank or line break "
            "that the format cannot: written as '_' or '\\n'"
        )


def _npy(content: Content, part: Path, path: Path) -> list[Path]:
    with part.open("wb") as out:
        _write_array(out, content)
    return _words_beside(content, path)


def _npz(content: Content, part: Path, _: Path) -> list[Path]:
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        with archive.open("vectors.npy", "w", force_zip64=True) as member:
            _write_array(member, content)
        if content.named:
            words = content.words()
            if max(map(len, words), default=0) * len(words) * 4 > _MAX_NPZ_WORDS:
                raise FileError(
                    "the words are too long for an .npz, which gives each the room of the "
                    "longest; write .parquet instead"
                )
            with archive.open("words.npy", "w", force_zip64=True) as member:
                npy.write(member, np.array(words, dtype=str))
    return []


def _safetensors(content: Content, part: Path, path: Path) -> list[Path]:
    with part.open("wb") as out:
        values = (values for _, values in content.batches())
        safetensors.write(out, "vectors", content.shape, content.dtype, values)
    return _words_beside(content, path)


def _parquet(content: Content, part: Path, _: Path) -> list[Path]:
    parquet.write(part, content.batches(), content.dimensions)
    return []


def _projector(content: Content, part: Path, path: Path) -> list[Path]:
    words = projector.write(part, content.named_batches())
    if content.rows > projector.MOST:
        content.notes.append(
            f"the projector shows the first {projector.MOST:,} of {content.rows:,} rows"
        )
    metadata = projector.metadata_of(path)
    with written_beside(metadata) as beside:
        projector.write_metadata(beside, words)
    return [metadata]


WRITERS: dict[str, Writer] = {
    "word2vec-text": Writer((".txt", ".vec"), "word2vec text, with header", _word2vec_text),
    "glove": Writer((".glove",), "GloVe text, no header", _glove),
    "word2vec": Writer((".bin",), "word2vec binary", _word2vec_binary),
    "npy": Writer((".npy",), "NumPy array, words in FILE.words.txt", _npy),
    "npz": Writer((".npz",), "NumPy archive, arrays 'vectors' and 'words'", _npz),
    "safetensors": Writer(
        (".safetensors",), "safetensors, words in FILE.words.txt", _safetensors
    ),
    "parquet": Writer((".parquet",), "Parquet, columns 'word' and 'vector'", _parquet),
    "projector": Writer(
        (".tsv",), "TensorBoard projector, words in NAME.metadata.tsv", _projector
    ),
}
"""Every format that is written."""

_COMPRESSED = (".gz", ".bz2", ".xz", ".zip")


def write(content: Content, path: Path, to: str = "") -> tuple[str, list[Path]]:
    """Write to `path`, in the format `to` or that of its ending, compressed if it ends so.

    Returns the format's name and the files written beside. Either everything is in place in
    the end, or `path` is as it was.
    """
    name = choose(path, to)
    compression = path.suffix.lower() if path.suffix.lower() in _COMPRESSED else ""
    with ExitStack() as stack:
        part = stack.enter_context(written_beside(path))
        try:
            if not compression:
                beside = WRITERS[name].write(content, part, path)
            else:
                room = tempfile.TemporaryDirectory(prefix=".latent-", dir=path.parent)
                plain = Path(stack.enter_context(room)) / path.stem
                beside = WRITERS[name].write(content, plain, path)
                _compress(plain, part, compression, path.stem)
        except OSError as error:
            raise FileError(f"cannot write {path}: {reason(error)}") from error
    return name, beside


def choose(path: Path, to: str) -> str:
    """Return the format to write: `to`, or what the file's ending says."""
    compressed = path.suffix.lower() in _COMPRESSED
    name = to or _by_ending(path.with_suffix("") if compressed else path)
    if to and to not in WRITERS:
        raise unknown_choice("format", to, WRITERS)
    if name == "npz" and compressed:
        raise UsageError(f"an .npz is a zip already; write {path.stem} instead of {path.name}")
    if name:
        return name
    endings = ", ".join(ending for writer in WRITERS.values() for ending in writer.endings)
    raise UsageError(
        f"the ending of {path.name} names no format ({endings}); say which with --to"
    )


def _by_ending(path: Path) -> str:
    for name, writer in WRITERS.items():
        if path.suffix.lower() in writer.endings:
            return name
    return ""


def words_of(entry: Entry) -> Content:
    """Return a space's rows as they are in memory: float32, dropped rows left out."""
    usable = [row for row, _ in entry.vocabulary.items()]
    named = entry.vocabulary.named

    def batches() -> Iterator[Batch]:
        for start in range(0, len(usable), _ROWS):
            rows = usable[start : start + _ROWS]
            words = entry.vocabulary.words(rows) if named else None
            yield words, np.asarray(entry.matrix[rows])

    dimensions = entry.matrix.shape[1]
    shape = (len(usable), dimensions)
    return Content(len(usable), dimensions, shape, np.dtype("<f4"), named, batches)


def array_of(address: str, entry: Entry) -> Content:
    """Return an array file's rows as they are in the file, with its own dtype and shape."""
    path, key = split_address(address)

    def batches() -> Iterator[Batch]:
        done = 0
        with Stream(path) as stream:
            for _, values in formats.read(stream, key).blocks():
                numbers = range(done, done + len(values))
                words = entry.vocabulary.words(numbers) if entry.vocabulary.named else None
                done += len(values)
                yield words, values

    meta = entry.meta
    kind = "float32" if meta["dtype"] == "bfloat16" else meta["dtype"]
    return Content(
        rows=meta["rows"],
        dimensions=meta["dimensions"],
        shape=tuple(meta["shape"]),
        dtype=np.dtype(kind),
        named=entry.vocabulary.named,
        batches=batches,
    )


def _write_array(out: IO[bytes], content: Content) -> None:
    header = {
        "descr": np.lib.format.dtype_to_descr(content.dtype),
        "fortran_order": False,
        "shape": content.shape,
    }
    np.lib.format.write_array_header_1_0(out, header)
    for _, values in content.batches():
        out.write(np.ascontiguousarray(values, dtype=content.dtype).tobytes())


def _words_beside(content: Content, path: Path) -> list[Path]:
    """Write the words of an array beside it, or take away those of a file that was there."""
    beside = label_files.beside(path)
    if not content.named:
        beside.unlink(missing_ok=True)
        return []
    with written_beside(beside) as part, part.open("wb") as out:
        for words, _ in content.batches():
            lines = [f"{text.one_line(word)}\n" for word in words or []]
            out.write("".join(lines).encode("utf-8"))
    return [beside]


def _compress(plain: Path, part: Path, compression: str, name: str) -> None:
    with plain.open("rb") as source, ExitStack() as stack:
        out: Any
        if compression == ".zip":
            archive = stack.enter_context(zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED))
            out = stack.enter_context(archive.open(name, "w", force_zip64=True))
        else:
            openers: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
            out = stack.enter_context(openers[compression](part, "wb"))
        shutil.copyfileobj(source, out, 1 << 20)


def check_readable(entry: Entry) -> None:
    """Refuse to write a space that has no rows left."""
    if not len(entry.vocabulary):
        raise FormatError(f"{entry.path.name}: no rows to write")
