"""How much a file may take: bytes out for each byte in, and memory in all; one rule for every reader.

A hostile file is small and unpacks to gigabytes. A reader asks here before it takes memory for what a
file promises. The total is `set_most` (the command line's --max-memory), else $LATENT_MAX_MEMORY, else
half of what this process can have: of the machine, its control group or its address space.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from latentcli.errors import FormatError, ParameterError

FREE = 16 << 20
"""Bytes that are never too many."""

RATIO = 500
"""Bytes out for each byte in, at most: zeros apart, vectors pack to a tenth at best."""

_UNKNOWN = 8 << 30
"""Memory that a machine is taken to have when it does not say."""

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)

_set: list[int] = []


def parsed(text: str) -> int:
    """Return the bytes that a size means, such as 2G or 500M.

    >>> parsed("2G"), parsed("1.5 MiB")
    (2147483648, 1572864)
    """
    match = _SIZE.fullmatch(text.strip())
    size = int(float(match[1]) * _UNITS[match[2].upper()]) if match else 0
    if not size:
        raise ParameterError("max_memory", text, "a size such as 500M or 2G")
    return size


def set_most(size: int | None) -> None:
    """Set the bytes that reading a file may take; None for what the machine allows."""
    _set[:] = [] if size is None else [size]


def most() -> int:
    """Return the bytes that what is read of a file may take."""
    if _set:
        return _set[0]
    if own := os.environ.get("LATENT_MAX_MEMORY"):
        return parsed(own)
    return machine() // 2


@cache
def machine() -> int:
    """Return the bytes that this process can have at all."""
    found = [_physical()]
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            found.append(int(Path(file).read_text("ascii")))
        except (OSError, ValueError):  # no such group, or "max"
            continue
    try:
        import resource  # not on Windows

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        found += [limit] if limit > 0 else []
    except (ImportError, OSError, ValueError):
        pass
    return min(found)


def _physical() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf
        return _UNKNOWN


def check_total(name: str, needed: int, what: str = "its numbers") -> None:
    """Refuse what takes more memory than there is for it."""
    if needed > FREE and needed > most():
        raise FormatError(
            f"{name}: {what} take {in_words(needed)} of memory, more than the "
            f"{in_words(most())} of `max_memory`"
        )


def check_ratio(name: str, unpacked: int, packed: int, what: str = "it") -> None:
    """Refuse what unpacks to many times its size."""
    if unpacked > max(FREE, RATIO * packed):
        raise FormatError(
            f"{name}: {what} unpacks to more than {RATIO} times its size, as vectors hardly do; "
            "if it is right, unpack it first"
        )


def check_parsed(name: str, text: bytes) -> None:
    """Refuse a text of numbers whose values would not fit into memory, before they are made.

    A number takes 24 bytes with its copies, a list or object 100; an estimate from above for numbers.
    """
    separators = text.count(b",") + text.count(b"\n")
    needed = len(text) + 24 * separators + 100 * (text.count(b"[") + text.count(b"{"))
    check_total(name, needed)


def in_words(size: int) -> str:
    """Return a size for people.

    >>> in_words(3 << 30), in_words(1536)
    ('3.0 GB', '1.5 kB')
    """
    for unit, bytes_of in (("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20)):
        if size >= bytes_of:
            return f"{size / bytes_of:,.1f} {unit}"
    return f"{size / 1024:.1f} kB"
