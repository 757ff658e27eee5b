"""Whether the disk has room for an entry: found out before it is written, not when the disk is full."""

from __future__ import annotations

import errno
import math
import shutil
from pathlib import Path

from latentcli.files.bounds import in_words
from latentcli.files.reading import Reading
from latentcli.files.stream import Stream


def check(folder: Path, reading: Reading, stream: Stream) -> None:
    """Raise OSError (ENOSPC) where the vectors of a file are more than `folder` has room for."""
    needed, free = expected_bytes(reading, stream), shutil.disk_usage(folder).free
    if needed > free:
        raise OSError(
            errno.ENOSPC, f"it needs about {in_words(needed)}, and {in_words(free)} are free"
        )


def expected_bytes(reading: Reading, stream: Stream) -> int:
    """Return the bytes that the vectors will take; 0 where that cannot be known, or nothing is copied.

    A number takes two bytes of text at least, and as many as in the entry in most other formats: a
    header that promises more rows than that is not believed.
    """
    if reading.mapped is not None or not stream.plain:
        return 0
    return min(_rows(reading, stream) * reading.dimensions * 4, 2 * stream.size)


def _rows(reading: Reading, stream: Stream) -> int:
    if reading.declared:
        return reading.declared[0]
    if reading.shape:
        return math.prod(reading.shape) // reading.dimensions
    head = stream.head()
    lines = head.count(b"\n")
    is_row = lines and b"\0" not in head and len(head) >= 2 * reading.dimensions * lines
    return stream.size * lines // len(head) if is_row else 0
