"""Addresses of arrays and columns: `FILE`, `FILE::KEY`, and either with a slice, `FILE::KEY[0, :4]`.

A file may be remote (`https://...`), or `-`, standard input.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from latentcli.errors import ParameterError, shown
from latentcli.files import samples

Index = tuple[Any, ...]
"""What a slice selects along each axis: an integer or a `slice`."""

STANDARD_INPUT = "-"
"""The address of what comes through a pipe."""

_LONGEST = 400
"""Characters of an address in a message."""

_SLICE = re.compile(r"(?P<file>.+?)\[(?P<slice>[0-9:,\-\s]+)\]$")
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]+://")
_GLOB = re.compile(r"[*?]|\[[^\]]+\]")


def split_address(address: str) -> tuple[Path, str]:
    """Split `FILE::KEY`; the key is "" when there is none. The name of a sample finds the sample.

    What is remote is fetched: its path is that of the copy.
    """
    file, key = separated(address)
    if is_remote(file):
        from latentcli.files import remote

        return remote.fetched(file), key
    return Path(file), key


def separated(address: str) -> tuple[str, str]:
    """Split `FILE::KEY` by what is there, as `split_address` does, but fetch nothing.

    >>> separated("https://host/a.parquet::vector"), separated("a.npz::w")
    (('https://host/a.parquet', 'vector'), ('a.npz', 'w'))
    """
    address = samples.find(address)
    if address.split("::")[0] == STANDARD_INPUT:
        address = "/dev/stdin" + address[1:]
    if os.path.exists(address):  # noqa: PTH110 - False, too, for names no file can have
        return address, ""
    file, mark, key = address.rpartition("::")
    return (file, key) if mark and file else (address, "")


def is_remote(address: str) -> bool:
    """Tell an address of another machine.

    >>> is_remote("s3://bucket/a.npy"), is_remote("C:/a.npy"), is_remote("a.npy")
    (True, False, False)
    """
    return _REMOTE.match(address) is not None


def is_glob(address: str) -> bool:
    """Tell a pattern of names of files.

    >>> is_glob("emb/*.parquet"), is_glob("emb/a.parquet")
    (True, False)
    """
    return _GLOB.search(address) is not None


def each_matching(addresses: Sequence[str]) -> list[str]:
    """Return addresses with those of all files that a pattern names, in the order of names, in its place.

    Keys and slices stay behind each: `w*.npy[0]`. A pattern that names no file stays as it is.

    >>> each_matching(["a.npy", "no such *.npy"])
    ['a.npy', 'no such *.npy']
    """
    import glob

    found: list[str] = []
    for address in addresses:
        whole = split_slice(address)[0] if is_glob(address) else address
        file = whole.partition("::")[0]
        if is_remote(file) or not is_glob(file) or os.path.lexists(file):
            found.append(address)
            continue
        names = sorted(glob.iglob(file, recursive=True))  # noqa: PTH207 - any pattern, also absolute
        found += [f"{name}{address[len(file) :]}" for name in names] or [address]
    return found


def with_columns(address: str, vectors: str | None, text: str | None) -> str:
    """Return an address that names columns of a table: `FILE::VECTORS@TEXT`.

    >>> with_columns("a.db", "docs.embedding", None), with_columns("a.csv", None, "title")
    ('a.db::docs.embedding', 'a.csv::@title')
    """
    if not vectors and not text:
        return address
    file, key = separated(address)
    if key:
        raise ParameterError(
            f"{shown(address, _LONGEST)} names a column already; leave out `vector_column` and `text_column`"
        )
    return f"{file}::{vectors or ''}{f'@{text}' if text else ''}"


def split_slice(address: str) -> tuple[str, Index]:
    """Split the slice off an address; it is () when there is none.

    >>> split_slice("w.npz::w[0, :4]")
    ('w.npz::w', (0, slice(None, 4, None)))
    """
    match = _SLICE.fullmatch(address)
    # Unlike Path.exists, False for names too long for a file.
    if match is None or os.path.exists(address):  # noqa: PTH110
        return address, ()
    return match["file"], tuple(_index(part, address) for part in match["slice"].split(","))


def _index(text: str, address: str) -> Any:
    try:
        parts = [int(part) if part.strip() else None for part in text.split(":")]
    except ValueError:
        parts = []
    if len(parts) == 1 and parts[0] is not None:
        return parts[0]
    if len(parts) in (2, 3):
        return slice(*parts)
    where, part = shown(address, _LONGEST), shown(text, 40)
    raise ParameterError(f"{where}: '{part}' is not an index; write [3], [0:8] or [:, :4]")
