"""Write a space to a file in any format, whole or not at all."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from latentcli.errors import (
    FileError,
    LatentError,
    ParameterError,
    check_choice,
    reason,
    unknown_choice,
)
from latentcli.files import inputs
from latentcli.files.contents import Content, as_dtype
from latentcli.files.outputs import check, part_beside, written_beside, written_to
from latentcli.files.writers import DTYPES, Writer
from latentcli.files.writers import WRITERS as WRITERS

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


def check_dtype(name: str, dtype: str, writers: Mapping[str, Writer] = WRITERS) -> None:
    """Refuse a dtype that a format does not keep ("": as it is)."""
    if not dtype:
        return
    check_choice("dtype", dtype, DTYPES)
    if dtype not in writers[name].dtypes:
        able = [
            ending for one in writers.values() if dtype in one.dtypes for ending in one.endings
        ]
        raise ParameterError(
            f"`dtype` {dtype} is not kept in {writers[name].title}; write {', '.join(able)}"
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
