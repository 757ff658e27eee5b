"""Which files a command has read, so that none is written over; and small files beside others."""

from __future__ import annotations

import os
import stat
from pathlib import Path

opened: set[tuple[int, int]] = set()
"""Device and inode of each regular file that was opened; the command line empties it when it begins."""

forced: set[Path] = set()
"""The files that may be written over although they are read: `--force` was given for them."""

fetched: dict[str, Path] = {}
"""Where the copies of the remote files are that this command reads."""

_noting: list[bool] = []


def begin() -> None:
    """Note files from now on, and forget those of before."""
    opened.clear()
    forced.clear()
    fetched.clear()
    _noting[:] = [True]


def end() -> None:
    """Note nothing from now on: the command has ended, and the library goes on."""
    _noting.clear()


def note_fetched(address: str, copy: Path) -> None:
    """Note where the copy of a remote file is, so that one command asks its server once."""
    if _noting:
        fetched[address] = copy


def note(status: os.stat_result) -> None:
    """Note a file that is read. In the library, which has no end of a command, nothing is noted."""
    if _noting:
        opened.add((status.st_dev, status.st_ino))


def read_regular(path: Path, most: int) -> bytes | None:
    """Return the bytes of a small file beside another one; None if there is none to be read.

    A pipe there is not waited for, a device not read, and a file of more than `most` bytes left alone.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > most:
                return None
            return file.read(most)
    except (OSError, ValueError):
        return None
