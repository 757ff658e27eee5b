"""New folders of shards: whole or not there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from latentcli.errors import FileError, reason, shown
from latentcli.files.addresses import is_remote
from latentcli.files.pending import holding

_TRIES = 5
"""How often a folder is removed to which another process may still write."""


def check_folder(named: str | Path) -> None:
    """Refuse a folder of shards that is there already, or has no place, or is on another machine."""
    if is_remote(str(named)):
        raise FileError(
            f"cannot write {shown(named)}: shards are written to folders; name one that is here, and that workers share"
        )
    folder = Path(named)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileError(f"{folder} is there already; shards go to a new folder")
    if not folder.absolute().parent.is_dir():
        raise FileError(f"cannot write {folder}: there is no folder {folder.parent}")


def check_running(part: Path) -> None:
    """Refuse to write to the folder of a run that has ended."""
    if not part.is_dir():
        raise FileError("the run has ended")


@contextmanager
def made_folder(folder: Path) -> Iterator[Path]:
    """Give a folder beside one that is to be made; it takes its place when all went well."""
    check_folder(folder)
    whole = folder.absolute()
    with holding():
        try:
            part = Path(
                tempfile.mkdtemp(prefix=f".{whole.name}.", suffix=".part", dir=whole.parent)
            )
        except OSError as error:
            raise FileError(f"cannot write {folder}: {reason(error)}") from error
        try:
            yield part
            mask = os.umask(0)
            os.umask(mask)
            part.chmod(0o777 & ~mask)
            if whole.exists():
                whole.rmdir()
            part.replace(whole)
        finally:
            _remove(part)


def _remove(part: Path) -> None:
    """Remove a folder, if it is there, to which another process may still write: by its name, that ends at once."""
    gone = part.with_suffix(".gone")
    with suppress(OSError):
        part.replace(gone)
    for folder in (gone, part) * _TRIES:
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
