"""Open any file as one stream of bytes: plain, or inside .gz .bz2 .xz .zip, recognized by its bytes."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Protocol

from latentcli.errors import FileError, FormatError, LatentError, reason, shown
from latentcli.files import bounds, inputs
from latentcli.files.pending import holding
from latentcli.numerics.types import Progress

HEAD = 1 << 20
"""How many bytes a reader may look at before it decides."""

_MAGIC: dict[bytes, str] = {b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz"}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile)
_MAX_LAYERS = 3

OFFICE = "an Excel sheet or another Office file; save it as CSV"
"""What is said of a workbook, old or new."""
_MAX_MESSAGE = 400

BROKEN_ZIP = (*_BROKEN, OSError, RuntimeError, ValueError, struct.error)
"""What zipfile raises for archives that are damaged, encrypted or not supported."""


class Stream:
    """A file's bytes, decompressed, with a look ahead.

    `member` names the file requested of a zip, the largest if it has none of that name; `taken` tells
    whether it had, `others` what else is in it. `compression` names the layers taken off, outermost first ("" for none); `member` the name
    inside a zip; `archive` is the zip itself when it holds nothing but arrays (an .npz), `tensors`
    when it is one of PyTorch's.
    `regular` is False for pipes, which can be read once only.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        progress: Progress | None = None,
        member: str = "",
    ) -> None:
        self.path = Path(path)
        self.name = shown(self.path.name or path)
        self.compression = ""
        self.member = ""
        self.requested = member
        self.taken = False
        self.others: list[str] = []
        self.archive: zipfile.ZipFile | None = None
        self.tensors: zipfile.ZipFile | None = None
        self._progress = progress
        self._ahead = b""
        self._given = 0
        self._unpacked: Path | None = None
        self._opened = ExitStack()
        self._raw = self._opened.enter_context(_open(self.path))
        self._file: Any = self._raw
        status = os.fstat(self._raw.fileno())
        self.regular = stat.S_ISREG(status.st_mode)
        self.size = status.st_size if self.regular else 0
        inputs.note(status)
        try:
            self._unwrap()
        except BaseException:
            self.close()
            raise

    @property
    def plain(self) -> bool:
        """True when the bytes of this stream are the bytes of the file, which can be mapped."""
        return self.regular and not self.compression

    def head(self, count: int = HEAD) -> bytes:
        """Return up to `count` of the next bytes without taking them."""
        while len(self._ahead) < count:
            more = self._take(count - len(self._ahead))
            if not more:
                break
            self._ahead += more
        return self._ahead[:count]

    def read(self, count: int) -> bytes:
        """Return up to `count` bytes; b"" only at the end."""
        if self._ahead:
            taken, self._ahead = self._ahead[:count], self._ahead[count:]
            return taken
        return self._take(count)

    def read_exactly(self, count: int) -> bytes:
        """Return `count` bytes, or fewer at the end of the stream."""
        return read_exactly(self, count)

    def unpacked(self) -> Path:
        """Return a file with the decompressed bytes, for libraries that want to seek."""
        if self.plain:
            return self.path
        if self._unpacked is None:
            try:
                self._opened.enter_context(holding())
                temporary = tempfile.TemporaryDirectory(prefix="latent-")
                copy = Path(self._opened.enter_context(temporary)) / "plain"
                with copy.open("wb") as out:
                    while part := self.read(HEAD):
                        out.write(part)
            except LatentError:
                raise
            except OSError as error:
                raise FileError(
                    f"cannot unpack {self.name} to {tempfile.gettempdir()}: {reason(error)}"
                ) from error
            self._unpacked = copy
        return self._unpacked

    def error(self, what: str) -> FormatError:
        """Return the error that this file's content is not usable, with its name in front."""
        return FormatError(f"{self.name}: {shown(what, _MAX_MESSAGE)}")

    def close(self) -> None:
        """Close the file and what was opened around it."""
        self._opened.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, count: int) -> bytes:
        try:
            taken: bytes = self._file.read(count)
        except _BROKEN as error:
            raise self.error(
                f"the {self.compression} data is damaged or ends early ({error})"
            ) from error
        except LatentError:
            raise
        except (OSError, ValueError) as error:
            if self.compression:  # bz2 and gzip report damaged data as OSError
                raise self.error(
                    f"the {self.compression} data is damaged ({reason(error)})"
                ) from error
            raise FileError(f"cannot read {self.path}: {reason(error)}") from error
        if self.regular:
            self._watch(len(taken))
        else:
            self._watch_endless(len(taken))
        return taken

    def _watch(self, count: int) -> None:
        """Tell how far the file is read; refuse one that unpacks to more than vectors can."""
        place = self._raw.tell()
        if self._progress:
            self._progress(place, self.size)
        self._given += count
        if self.compression and self._given > bounds.FREE:
            bounds.check_ratio(self.name, self._given, place)

    def _watch_endless(self, count: int) -> None:
        """Refuse a pipe or device that gives more than is let into memory: it may have no end."""
        self._given += count
        if self._given > bounds.FREE:
            bounds.check_total(self.name, self._given, "what comes out of it")

    def _unwrap(self) -> None:
        for _ in range(_MAX_LAYERS):
            head = self.head(8)
            kind = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")
            if kind:
                self._wrap(kind)
            elif head.startswith(_ZIP):
                if not self._open_zip():
                    return
            else:
                return

    def _wrap(self, kind: str) -> None:
        """Put a decompressor around what is read so far."""
        source = _Rest(self._ahead, self._file)
        self._ahead = b""
        if kind == "gz":
            unpacker: Any = gzip.GzipFile(fileobj=source)  # type: ignore[call-overload]
        elif kind == "bz2":
            unpacker = bz2.BZ2File(source)  # type: ignore[call-overload]
        else:
            unpacker = lzma.LZMAFile(source)  # type: ignore[arg-type]  # noqa: SIM115
        self._file = self._opened.enter_context(unpacker)
        self.compression = f"{self.compression}.{kind}".lstrip(".")

    def _open_zip(self) -> bool:
        """Enter a zip's largest member; False when the zip is to be read as it is (.npz)."""
        if self.compression or not self.regular:
            raise self.error("a zip inside another archive or a pipe; unpack it first")
        try:
            archive = self._opened.enter_context(zipfile.ZipFile(self._raw))
            files = [
                info
                for info in archive.infolist()
                if not info.filename.endswith("/") and not info.filename.startswith("__MACOSX/")
            ]
            if not files:
                raise self.error("an empty zip archive")
            names = [info.filename for info in files]
            if self.requested not in names and (
                "[Content_Types].xml" in names or names[0] == "mimetype"
            ):
                raise self.error(OFFICE)
            if all(name.endswith(".npy") for name in names):
                self.archive = archive
                return False
            if any(name.split("/")[-1] == "data.pkl" for name in names):
                self.tensors = archive
                return False
            largest = max(files, key=lambda info: info.file_size)
            if self.requested in names:
                largest = next(info for info in files if info.filename == self.requested)
                self.taken = True
            self.others = [name for name in names if name != largest.filename]
            self._file = self._opened.enter_context(archive.open(largest))
        except LatentError:
            raise
        except BROKEN_ZIP as error:
            raise self.error(f"the zip archive cannot be read ({reason(error)})") from error
        self.member = largest.filename
        self.compression = "zip"
        self._ahead = b""
        return True


class Readable(Protocol):
    """Anything that gives bytes."""

    def read(self, count: int, /) -> bytes:
        """Return up to `count` bytes; b"" only at the end."""


def read_exactly(file: Readable, count: int) -> bytes:
    """Return `count` bytes, or fewer at the end; memory is taken for what is there only."""
    parts = []
    while count > 0:
        part = file.read(min(count, HEAD))
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


class _Rest:
    """What was looked at already, then the rest of a file: all that decompressors need."""

    def __init__(self, ahead: bytes, file: Any) -> None:
        self._ahead = ahead
        self._file = file

    def read(self, count: int = -1) -> bytes:
        if not self._ahead:
            taken: bytes = self._file.read(count)
            return taken
        if count < 0:
            taken, self._ahead = self._ahead + self._file.read(), b""
        else:
            taken, self._ahead = self._ahead[:count], self._ahead[count:]
        return taken

    def seekable(self) -> bool:
        return False

    def readable(self) -> bool:
        return True


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb", buffering=0)
    except FileNotFoundError:
        raise FileError(f"no such file: {shown(path, _MAX_MESSAGE)}") from None
    except IsADirectoryError:
        raise FileError(f"{shown(path, _MAX_MESSAGE)} is a folder, not a file") from None
    except LatentError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        where = shown(path, _MAX_MESSAGE)
        raise FileError(f"cannot open {where}: {reason(error)}") from error
