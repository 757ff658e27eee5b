"""Sums over the blocks of an entry's files: what a disk lost beneath them is found when they are first used.

Size and times tell what programs change. They do not tell what a power cut left unwritten, or a disk changed.
Both can only be seen by who reads the disk, which is after the machine was started: so the files of an entry are
summed when it is first used since, and a mark beside them says so; all other uses pay a glance at the mark.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from zlib import crc32

import numpy as np

from latentcli.files.inputs import read_regular

MARK = "checked"
"""The file of an entry that names the starts of machines since which it was found whole."""

_START = Path("/proc/sys/kernel/random/boot_id")
_BLOCK = 1 << 18
_MOST_STARTS = 16  # machines that share a cache
_MOST_MARK = 1 << 12


def sum_of(file: Path) -> int:
    """Return the sum of a file: the CRC-32 of its blocks' sums, which are those of their 64-bit words.

    A tenth of the time of a CRC-32 of all bytes: 5 GB a second. Any changed byte of a block changes its sum.
    """
    block = np.zeros(_BLOCK // 8, "<u8")
    room = block.data.cast("B")
    found = 0
    with file.open("rb", buffering=0) as source:
        while count := source.readinto(room):
            words = -(-count // 8)
            room[count : 8 * words] = bytes(8 * words - count)
            found = crc32(int(np.add.reduce(block[:words])).to_bytes(8, "little"), found)
    return found


def sums_of(files: Iterable[Path]) -> dict[str, int]:
    """Return the sum of each file, by name."""
    return {file.name: sum_of(file) for file in files}


def is_whole(folder: Path, sums: Mapping[str, int]) -> bool:
    """Tell whether the files of an entry are as they were written; summed once since the machine was started."""
    start = _started()
    before = (read_regular(folder / MARK, _MOST_MARK) or b"").split()
    if start in before:
        return True
    if any(sum_of(folder / name) != found for name, found in sums.items()):
        return False
    mark(folder, [*before, start][-_MOST_STARTS:])
    return True


def mark(folder: Path, starts: Iterable[bytes] = ()) -> None:
    """Say beside the files of an entry that they are whole; where nothing can be written it is not said."""
    with suppress(OSError):
        part = folder / f".{MARK}-{os.getpid()}"
        part.write_bytes(b"\n".join(starts or [_started()]))
        part.chmod(0o600)
        part.replace(folder / MARK)


def _started() -> bytes:
    """Return what tells a start of this machine from all others; where nothing does, the day."""
    try:
        return _START.read_bytes().strip()
    except OSError:
        return time.strftime("%Y-%m-%d").encode()
