"""Open any file as one stream of bytes: plain, or inside .gz .bz2 .xz .zip, told by its bytes."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from latentcli.errors import FileError, FormatError, reason
from latentcli.files.reading import Progress

HEAD = 1 << 20
"""How many bytes a reader may look at before it decides."""

_MAGIC: dict[bytes, str] = {b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz"}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile)
_MAX_LAYERS = 3


class Stream:
    """A file's bytes, decompressed, with a look ahead.

    `compression` names the layers taken off, outermost first ("" for none); `member` the name
    inside a zip; `members` all names when the file is a zip of arrays (an .npz), which is left
    as it is. `regular` is False for pipes, which can be read once only.
    """

    def __init__(self, path: str | os.PathLike[str], progress: Progress | None = None) -> None:
        self.path = Path(path)
        self.name = self.path.name or str(path)
        self.compression = ""
        self.member = ""
        self.members: tuple[str, ...] = ()
        self._progress = progress
        self._ahead = b""
        self._raw = _open(self.path)
        self._file: Any = self._raw
        status = os.fstat(self._raw.fileno())
        self.regular = stat.S_ISREG(status.st_mode)
        self.size = status.st_size if self.regular else 0
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
        """Return `count` bytes, or fewer at the end of the stream; never more memory than read."""
        parts = []
        while count > 0:
            part = self.read(min(count, HEAD))
            if not part:
                break
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    @contextmanager
    def as_file(self) -> Iterator[Path]:
        """Give a path with the decompressed bytes, for libraries that want to seek."""
        if self.plain:
            yield self.path
            return
        with tempfile.TemporaryDirectory(prefix="latent-") as folder:
            copy = Path(folder) / "plain"
            try:
                with copy.open("wb") as out:
                    while part := self.read(HEAD):
                        out.write(part)
            except OSError as error:
                raise FileError(
                    f"cannot unpack {self.name} to {folder}: {reason(error)}"
                ) from error
            yield copy

    def error(self, what: str) -> FormatError:
        """Return the error that this file's content is not usable, with its name in front."""
        return FormatError(f"{self.name}: {what}")

    def close(self) -> None:
        """Close the file and what was opened around it."""
        if self._file is not self._raw:
            self._file.close()
        self._raw.close()

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
        except OSError as error:
            if self.compression:  # bz2 and gzip report damaged data as OSError
                raise self.error(
                    f"the {self.compression} data is damaged ({reason(error)})"
                ) from error
            raise FileError(f"cannot read {self.path}: {reason(error)}") from error
        if self._progress and self.regular:
            self._progress(self._raw.tell(), self.size)
        return taken

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
            self._file = gzip.GzipFile(fileobj=source)  # type: ignore[call-overload]
        elif kind == "bz2":
            self._file = bz2.BZ2File(source)  # type: ignore[call-overload]
        else:
            self._file = lzma.LZMAFile(source)  # type: ignore[arg-type]  # noqa: SIM115
        self.compression = f"{self.compression}.{kind}".lstrip(".")

    def _open_zip(self) -> bool:
        """Enter a zip's largest member; False when the zip is to be read as it is (.npz)."""
        if self.compression or not self.regular:
            raise self.error("a zip inside another archive or a pipe; unpack it first")
        try:
            archive = zipfile.ZipFile(self.path)
            files = [
                info
                for info in archive.infolist()
                if not info.is_dir() and not info.filename.startswith("__MACOSX/")
            ]
            if not files:
                raise self.error("an empty zip archive")
            names = tuple(info.filename for info in files)
            if all(name.endswith(".npy") for name in names):
                self.members = names
                archive.close()
                return False
            if any(name.endswith("data.pkl") for name in names):
                raise self.error(
                    "a PyTorch file, which is a Python pickle and is never loaded; "
                    "save the tensor with numpy.save or safetensors"
                )
            largest = max(files, key=lambda info: info.file_size)
            self._file = archive.open(largest)
        except (*_BROKEN, NotImplementedError, RuntimeError, OSError) as error:
            raise self.error(f"the zip archive cannot be read ({reason(error)})") from error
        self.member = largest.filename
        self.compression = "zip"
        self._ahead = b""
        return True


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

    def close(self) -> None:
        self._file.close()


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb", buffering=0)
    except FileNotFoundError:
        raise FileError(f"no such file: {path}") from None
    except IsADirectoryError:
        raise FileError(f"{path} is a folder, not a file") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        raise FileError(f"cannot open {path}: {reason(error)}") from error


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it into place only if all went well."""
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.name}.", suffix=".part", dir=path.parent
        )
        os.close(handle)
    except OSError as error:
        raise FileError(f"cannot write {path}: {reason(error)}") from error
    part = Path(name)
    try:
        yield part
        _give_usual_mode(part)
        part.replace(path)
    except OSError as error:
        raise FileError(f"cannot write {path}: {reason(error)}") from error
    finally:
        part.unlink(missing_ok=True)


def _give_usual_mode(path: Path) -> None:
    """Make a file from mkstemp (0600) as readable as any new file."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def copy(source: Path, target: Path) -> None:
    """Copy a file so that `target` is either whole or not there."""
    with written_beside(target) as part:
        shutil.copyfile(source, part)
