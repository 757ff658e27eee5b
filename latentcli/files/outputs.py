"""One rule for every file that is written: array, table, picture, map or model.

`check` before the work, and again before the writing; `written_beside` for the writing itself.

- A link is resolved first, and the file that it leads to is written; a file beside an output is
  beside that file, and its own name is never a link that is followed.
- What is there is replaced only if `latent` wrote it (it says so in the file, or in the file beside
  it), this user owns it, it may be written, and the command does not read it, under any name; `force`
  replaces any other regular file.
- A file is whole or not there: it is written as `.NAME.*.part` in its folder and renamed. A part that a
  kill left behind is removed by the next writing of that name.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from latentcli.errors import FileError, LatentError, ParameterError, reason, shown
from latentcli.files import inputs as input_files
from latentcli.files.pending import holding

META = "__meta__"
"""The array or key inside a file that says where it came from."""

MARKS = (b"Software\x00latent", b"<dc:title>latent<", b"/Creator (latent)", b'content="latent"')
"""What a picture or page that `latent` wrote has in it: PNG, SVG, PDF, HTML."""

NEW = "r+b"
"""How a new part is opened: a mode that truncates, though it is empty, makes ext4 write all of it when it is closed."""

_MOST_META = 16 << 20
_LOOKED_AT = 64 << 10
_MAX_PREFIX = 40  # letters of up to four bytes, in a name of up to 255
_ABANDONED_AFTER = 24 * 3600
_MAX_MESSAGE = 400


def check(
    path: Path,
    *,
    force: bool = False,
    inputs: Iterable[str | Path | tuple[int, int]] = (),
    marks: tuple[bytes, ...] = MARKS,
    listed: bool = False,
) -> None:
    """Refuse to write to `path` what must not be written there.

    `inputs` are files that are read (or their device and inode); all that `files` has opened for the
    command are among them. `marks` are bytes that tell a file of ours from its content; of a file that is
    `listed`, another one says that it is ours. Raises ParameterError for an input, FileError for all else.
    """
    if path.is_dir():
        raise FileError(f"cannot write {path}: it is a folder")
    real = written_to(path)
    if not real.parent.is_dir():
        raise FileError(f"cannot write {path}: there is no folder {path.parent}")
    if not os.access(real.parent, os.W_OK):
        raise FileError(f"cannot write {path}: nothing may be written to its folder")
    if force:
        input_files.forced.add(real)
    elif os.path.lexists(real):
        _check_replaced(path, real, inputs)
        if real.stat().st_size and not listed and not is_ours(real, marks):
            raise FileError(
                f"{path} is there already, and was not written by latent; `force` replaces it"
            )


def _check_replaced(
    path: Path, real: Path, inputs: Iterable[str | Path | tuple[int, int]]
) -> None:
    status = real.stat()
    _check_no_input(path, real, inputs)
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        raise FileError(f"{path} belongs to another user; `force` replaces it")
    if not status.st_mode & stat.S_IWUSR:
        raise FileError(f"{path} is read-only; `force` replaces it")


def _check_no_input(
    path: Path, real: Path, inputs: Iterable[str | Path | tuple[int, int]] = ()
) -> None:
    """Refuse to write over a file that is read, under whatever name; again before each writing."""
    found = _identity(real)
    if found and any(_identity(one) == found for one in (*inputs, *input_files.opened)):
        raise ParameterError(f"{path} is read by this command; `force` writes over it")


def check_side(path: Path, *, force: bool = False) -> None:
    """Refuse to write a file beside an array where a link or a file of another kind has its name."""
    if path.is_dir() and not path.is_symlink():
        raise FileError(f"cannot write {path}: {path.name} is a folder")
    if force:
        input_files.forced.add(path)
    if force or not os.path.lexists(path):
        return
    if path.is_symlink():
        raise FileError(f"{path} is a link; `force` replaces it")
    if read_meta(path) is None:
        raise FileError(
            f"{path} is there already, and was not written by latent; `force` replaces it"
        )


def is_ours(path: Path, marks: tuple[bytes, ...] = MARKS) -> bool:
    """Tell whether `latent` wrote a file: it or the file beside it says so."""
    if read_meta(side_of(path)) is not None:
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_LOOKED_AT)
            file.seek(max(0, path.stat().st_size - _LOOKED_AT))
            ends = head + file.read(_LOOKED_AT)
    except OSError:
        return False
    inside = f"{META}.npy".encode() if head[:2] == b"PK" else f'"{META}"'.encode()
    return inside in ends or any(mark in ends for mark in marks)


def side_of(path: Path) -> Path:
    """Return the file beside an array (beside the file that a link leads to) that says where it came from."""
    real = Path(os.path.realpath(path)) if path.is_symlink() else path
    return real.with_name(real.name + ".json")


def read_meta(path: Path) -> dict[str, Any] | None:
    """Read a file of provenance; None if it is none of ours."""
    text = input_files.read_regular(path, _MOST_META)
    try:
        meta = json.loads(text or b"")
    except (ValueError, RecursionError):
        return None
    return meta if isinstance(meta, dict) and {"command", "version"} <= meta.keys() else None


def _identity(one: str | Path | tuple[int, int]) -> tuple[int, int] | None:
    """Return the device and inode of a file; None if it is not there."""
    if isinstance(one, tuple):
        return one
    try:
        status = os.stat(one)  # noqa: PTH116 - a name that no file can have is no error
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino


@contextmanager
def written_beside(path: Path, *, follow: bool = True) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it into place only if all went well.

    A symbolic link stays, and the file that it leads to is written; without `follow`, the link is
    replaced.
    """
    real = written_to(path) if follow else path
    with part_beside(path, real) as part:
        yield part
        _give_usual_mode(part)
        part.replace(real)


@contextmanager
def part_beside(path: Path, real: Path) -> Iterator[Path]:
    """Give a temporary file in the folder of `real`, which is removed at the end if it is still there."""
    if real not in input_files.forced:
        _check_no_input(path, real)
    with holding():
        yield from _part(path, real)


def _part(path: Path, real: Path) -> Iterator[Path]:
    try:
        _sweep(real)
        handle, name = tempfile.mkstemp(prefix=_prefix(real), suffix=".part", dir=real.parent)
        part = Path(name)
        held = _hold(handle)
    except LatentError:
        raise
    except OSError as error:
        raise FileError(f"cannot write {path}: {reason(error)}") from error
    try:
        yield part
    except LatentError:
        raise
    except OSError as error:
        raise FileError(f"cannot write {path}: {reason(error)}") from error
    finally:
        part.unlink(missing_ok=True)
        if held:
            os.close(handle)


def _prefix(real: Path) -> str:
    return f".{real.name[:_MAX_PREFIX]}."


def _hold(handle: int) -> bool:
    """Lock a part as long as it is written, so that no other run takes it for one that was left."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):  # Windows, and file systems without locks
        os.close(handle)
        return False
    return True


def _sweep(real: Path) -> None:
    """Remove the parts of this name that a kill left behind: those that nobody holds."""
    with suppress(OSError):
        for name in os.listdir(real.parent):  # noqa: PTH208 - names only, of a large folder too
            if name.startswith(_prefix(real)) and name.endswith(".part"):
                with suppress(OSError):
                    _remove_left(real.parent / name)


def _remove_left(part: Path) -> None:
    status = part.lstat()
    if not stat.S_ISREG(status.st_mode):
        return
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        return
    try:
        import fcntl
    except (
        ImportError
    ):  # an open file cannot be removed on Windows, a young one may be reopened
        import time

        if time.time() - status.st_mtime > _ABANDONED_AFTER:
            part.unlink()
        return
    handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink()
    finally:
        os.close(handle)


def written_to(path: Path) -> Path:
    """Return the file that `path` leads to; FileError if that cannot be a regular file."""
    try:
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(path.stat().st_mode):
                raise FileError(f"cannot write {shown(path, _MAX_MESSAGE)}: not a regular file")
        return Path(os.path.realpath(path)) if path.is_symlink() else path
    except LatentError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the name
        where = shown(path, _MAX_MESSAGE)
        raise FileError(f"cannot write {where}: {reason(error)}") from error


def _give_usual_mode(path: Path) -> None:
    """Make a file from mkstemp (0600) as readable as any new file."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def copy(source: Path, target: Path) -> None:
    """Copy a file so that `target` is either whole or not there."""
    with written_beside(target) as part:
        shutil.copyfile(source, part)
