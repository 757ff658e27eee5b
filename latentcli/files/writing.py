"""Write a space to a file in any format, whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from latentcli.errors import (
    FileError,
    LatentError,
    ParameterError,
    check_choice,
    counted,
    reason,
    unknown_choice,
)
from latentcli.files import inputs
from latentcli.files import labels as label_files
from latentcli.files import table_writing
from latentcli.files.contents import Content, as_dtype
from latentcli.files.formats import (
    finalfusion,
    npy,
    projector,
    safetensors,
    text,
    word2vec_binary,
)
from latentcli.files.outputs import check, part_beside, written_beside, written_to

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
    with part.open("wb") as out:
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


def _npy(content: Content, part: Path) -> None:
    with part.open("wb") as out:
        _write_array(out, content)


def _npz(content: Content, part: Path) -> None:
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


def _safetensors(content: Content, part: Path) -> None:
    with part.open("wb") as out:
        values = (values for _, values in content.batches())
        safetensors.write(out, "vectors", content.shape, content.dtype, values)


def _finalfusion(content: Content, part: Path) -> None:
    with part.open("wb") as out:
        words = [word for words, _ in content.named_batches() for word in words]
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
    batches = content.named_batches()
    projector.write_metadata(part, (word for words, _ in batches for word in words))


def _words(content: Content, part: Path) -> None:
    changed = 0
    with part.open("wb") as out:
        for words, _ in content.batches():
            lines = [text.one_line(word) for word in words or []]
            changed += sum(line != word for line, word in zip(lines, words or [], strict=True))
            out.write("".join(f"{line}\n" for line in lines).encode("utf-8"))
    _note_changed(content, changed)


_WORDS = Beside(label_files.beside, _words, unnamed=False)

_FLOATS = ("float32", "float16")
_ALL = (*_FLOATS, "int8")

_METADATA = Beside(projector.metadata_of, _metadata, unnamed=True)

WRITERS: dict[str, Writer] = {
    "word2vec-text": Writer((".txt", ".vec"), "word2vec text, with header", _word2vec_text),
    "glove": Writer((".glove",), "GloVe text, no header", _glove),
    "word2vec": Writer((".bin",), "word2vec binary", _word2vec_binary),
    "npy": Writer((".npy",), "NumPy array, words in FILE.words.txt", _npy, _WORDS, _FLOATS),
    "npz": Writer(
        (".npz",), "NumPy archive, arrays 'vectors' and 'words'", _npz, None, _FLOATS
    ),
    "safetensors": Writer(
        (".safetensors",), "safetensors, words in FILE.words.txt", _safetensors, _WORDS, _FLOATS
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

_COMPRESSED = (".gz", ".bz2", ".xz", ".zip")


def write(
    content: Content, path: Path, to: str = "", *, dtype: str = ""
) -> tuple[str, list[Path]]:
    """Write to `path`, in the format `to` or that of its ending, compressed if it ends so; as `dtype` if given.

    Returns the format's name and the files written beside. What is there is replaced (see
    `check_targets`), and only when all files are complete: they are then renamed one after the
    other. The words of another array, left beside `path`, are taken away.
    """
    name = choose(path, to)
    writer = WRITERS[name]
    check_dtype(name, dtype)
    content = as_dtype(content, dtype) if dtype else content
    beside = writer.beside
    real = written_to(path)
    compression = path.suffix.lower() if path.suffix.lower() in _COMPRESSED else ""
    written, stale = [], None
    with ExitStack() as stack:
        part = stack.enter_context(written_beside(path))
        try:
            if beside and (content.named or beside.unnamed):
                written = [beside.place(real)]
                if written[0].is_dir():
                    raise FileError(f"cannot write {written[0]}: not a regular file")
                side = stack.enter_context(written_beside(written[0], follow=False))
                beside.write(content, side)
            elif beside:
                stale = beside.place(real)
            if not compression:
                writer.write(content, part)
            else:
                plain = stack.enter_context(part_beside(path, written_to(path)))
                writer.write(content, plain)
                _compress(plain, part, compression, path.stem)
        except LatentError:
            raise
        except OSError as error:
            raise FileError(f"cannot write {path}: {reason(error)}") from error
    if stale and os.path.lexists(stale):
        try:
            stale.unlink()
        except LatentError:
            raise
        except OSError as error:
            raise FileError(f"cannot remove {stale}: {reason(error)}") from error
    return name, written


def check_dtype(name: str, dtype: str) -> None:
    """Refuse a dtype that a format does not keep ("": as it is)."""
    if not dtype:
        return
    check_choice("dtype", dtype, DTYPES)
    if dtype not in WRITERS[name].dtypes:
        able = [
            ending for one in WRITERS.values() if dtype in one.dtypes for ending in one.endings
        ]
        raise ParameterError(
            f"`dtype` {dtype} is not kept in {WRITERS[name].title}; write {', '.join(able)}"
        )


def targets(path: Path, to: str = "") -> list[Path]:
    """Return `path`, and the files beside it that writing there makes or takes away."""
    beside = WRITERS[choose(path, to)].beside
    return [path, beside.place(written_to(path))] if beside else [path]


def check_targets(path: Path, to: str = "", *, force: bool = False) -> None:
    """Refuse to write where something is already; with `force`, what `outputs.check` refuses."""
    for target in targets(path, to):
        # A name too long for the words is no harm to an array that has none.
        if target == path or os.path.lexists(target):
            written_to(target)
        if os.path.lexists(target) and not force:
            raise FileError(f"{target} is there already; `force` replaces it")
        if target == path:
            check(target, force=force)
        elif force:
            inputs.forced.add(target)


def choose(path: Path, to: str) -> str:
    """Return the format to write: `to`, or what the file's ending says."""
    compressed = path.suffix.lower() in _COMPRESSED
    name = to or _by_ending(path.with_suffix("") if compressed else path)
    if to and to not in WRITERS:
        raise unknown_choice("format", to, WRITERS)
    if name == "npz" and compressed:
        raise ParameterError(
            f"an .npz is a zip already; write {path.stem} instead of {path.name}"
        )
    if name:
        return name
    endings = ", ".join(ending for writer in WRITERS.values() for ending in writer.endings)
    raise ParameterError(
        f"the ending of {path.name} names no format ({endings}); say which with `to`"
    )


def _by_ending(path: Path) -> str:
    for name, writer in WRITERS.items():
        if path.suffix.lower() in writer.endings:
            return name
    return ""


def _write_array(out: IO[bytes], content: Content) -> None:
    npy.write_parts(out, content.shape, content.dtype, (rows for _, rows in content.batches()))


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
