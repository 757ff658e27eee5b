"""The table of formats that are written: their endings, and what writes content to a file that is nobody's yet."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from latentcli.errors import FileError, counted
from latentcli.files import labels as label_files
from latentcli.files import table_writing
from latentcli.files.contents import Content
from latentcli.files.formats import (
    finalfusion,
    npy,
    projector,
    safetensors,
    text,
    word2vec_binary,
)
from latentcli.files.outputs import NEW

_MAX_NPZ_WORDS = 1 << 30


class Beside(NamedTuple):
    """A file of words beside the vectors: its place, how it is written, and for which rows."""

    place: Callable[[Path], Path]
    write: Callable[[Content, Path], None]
    unnamed: bool
    """True when rows without words have it, too."""


class Writer(NamedTuple):
    """One way to write: file endings, name for people, the function, the file beside, the dtypes.

    Those with `columns` carry all columns of a table.
    """

    endings: tuple[str, ...]
    title: str
    write: Callable[[Content, Path], None]
    beside: Beside | None = None
    dtypes: tuple[str, ...] = ("float32",)
    columns: bool = False


def _word2vec_text(content: Content, part: Path) -> None:
    _rows(content, part, text, header=True)


def _glove(content: Content, part: Path) -> None:
    _rows(content, part, text, header=False)


def _word2vec_binary(content: Content, part: Path) -> None:
    _rows(content, part, word2vec_binary, header=True)


def _rows(content: Content, part: Path, module: Any, *, header: bool) -> None:
    changed = 0
    with part.open(NEW) as out:
        if header:
            module.write_header(out, content.rows, content.dimensions)
        for words, values in content.named_batches():
            changed += sum(module.storable(word) != word for word in words)
            module.write_rows(out, words, values)
    _note_changed(content, changed)


def _note_changed(content: Content, changed: int) -> None:
    if changed:
        content.notes.append(
            f"{changed:,} {'words hold' if changed > 1 else 'word holds'} a blank, line break "
            "or NUL that the format cannot: written as '_', '\\n' or '\\x00'"
        )


def _write_array(out: IO[bytes], content: Content) -> None:
    npy.write_parts(out, content.shape, content.dtype, (rows for _, rows in content.batches()))


def _npy(content: Content, part: Path) -> None:
    with part.open(NEW) as out:
        _write_array(out, content)


def _npz(content: Content, part: Path) -> None:
    with part.open(NEW) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
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


def _safetensors(content: Content, part: Path) -> None:
    with part.open(NEW) as out:
        values = (values for _, values in content.batches())
        safetensors.write(out, "vectors", content.shape, content.dtype, values)


def _finalfusion(content: Content, part: Path) -> None:
    with part.open(NEW) as out:
        words = [*content.names()]
        finalfusion.write(out, words, content.named_batches(), content.dimensions)
    repeated = len(words) - len({*words})
    if repeated:
        content.notes.append(
            f"{counted(repeated, 'row has', 'rows have')} the word of an earlier row and "
            f"{'is' if repeated == 1 else 'are'} left out: finalfusion has each word once"
        )


def _projector(content: Content, part: Path) -> None:
    projector.write(part, (values for _, values in content.batches()))
    if content.rows > projector.MOST:
        content.notes.append(
            f"the projector shows the first {projector.MOST:,} of {content.rows:,} rows"
        )


def _metadata(content: Content, part: Path) -> None:
    if content.metadata:
        projector.write_table(part, content.metadata)
        return
    projector.write_metadata(part, content.names())


def _words(content: Content, part: Path) -> None:
    changed = 0
    with part.open(NEW) as out:
        for words in content.word_batches():
            lines = [text.one_line(word) for word in words]
            changed += sum(line != word for line, word in zip(lines, words, strict=True))
            out.write("".join(f"{line}\n" for line in lines).encode("utf-8"))
    _note_changed(content, changed)


WORDS = Beside(label_files.beside, _words, unnamed=False)
"""The words beside an array: `FILE.words.txt`."""

FLOATS = ("float32", "float16")
"""What `dtype` may be of arrays."""

_ALL = (*FLOATS, "int8")

_METADATA = Beside(projector.metadata_of, _metadata, unnamed=True)

WRITERS: dict[str, Writer] = {
    "word2vec-text": Writer((".txt", ".vec"), "word2vec text, with header", _word2vec_text),
    "glove": Writer((".glove",), "GloVe text, no header", _glove),
    "word2vec": Writer((".bin",), "word2vec binary", _word2vec_binary),
    "npy": Writer((".npy",), "NumPy array, words in FILE.words.txt", _npy, WORDS, FLOATS),
    "npz": Writer((".npz",), "NumPy archive, arrays 'vectors' and 'words'", _npz, None, FLOATS),
    "safetensors": Writer(
        (".safetensors",), "safetensors, words in FILE.words.txt", _safetensors, WORDS, FLOATS
    ),
    "json_lines": Writer(
        (".jsonl", ".ndjson"),
        "JSON lines",
        table_writing.write_json_lines,
        None,
        _ALL,
        columns=True,
    ),
    "parquet": Writer(
        (".parquet",),
        "Parquet",
        table_writing.write_parquet,
        None,
        _ALL,
        columns=True,
    ),
    "arrow": Writer(
        (".feather", ".arrow"),
        "Arrow IPC, Feather",
        table_writing.write_arrow,
        None,
        _ALL,
        columns=True,
    ),
    "finalfusion": Writer((".fifu",), "finalfusion", _finalfusion),
    "projector": Writer(
        (".tsv",), "TensorBoard projector, words in NAME.metadata.tsv", _projector, _METADATA
    ),
}
"""Every format that is written."""

DTYPES = _ALL
"""What `dtype` may be; int8 has a scale for each row."""
