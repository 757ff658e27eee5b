"""Which files a command has read, so that none of them is written over."""

from __future__ import annotations

import os

opened: set[tuple[int, int]] = set()
"""Device and inode of each regular file that was opened; the command line empties it when it begins."""

_noting: list[bool] = []


def begin() -> None:
    """Note files from now on, and forget those of before."""
    opened.clear()
    _noting[:] = [True]


def note(status: os.stat_result) -> None:
    """Note a file that is read. In the library, which has no end of a command, nothing is noted."""
    if _noting:
        opened.add((status.st_dev, status.st_ino))
