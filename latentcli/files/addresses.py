"""Addresses of arrays and columns: `FILE`, `FILE::KEY`, and either with a slice, `FILE::KEY[0, :4]`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from latentcli.errors import ParameterError
from latentcli.files import samples

Index = tuple[Any, ...]
"""What a slice selects along each axis: an integer or a `slice`."""

_SLICE = re.compile(r"(?P<file>.+?)\[(?P<slice>[0-9:,\-\s]+)\]$")


def split_address(address: str) -> tuple[Path, str]:
    """Split `FILE::KEY`; the key is "" when there is none. The name of a sample finds the sample."""
    address = samples.find(address)
    if os.path.exists(address):  # noqa: PTH110 - False, too, for names no file can have
        return Path(address), ""
    file, mark, key = address.rpartition("::")
    return (Path(file), key) if mark and file else (Path(address), "")


def with_columns(address: str, vectors: str | None, text: str | None) -> str:
    """Return an address that names columns of a table: `FILE::VECTORS@TEXT`.

    >>> with_columns("a.db", "docs.embedding", None), with_columns("a.csv", None, "title")
    ('a.db::docs.embedding', 'a.csv::@title')
    """
    if not vectors and not text:
        return address
    path, key = split_address(address)
    if key:
        raise ParameterError(
            f"{address} names a column already; leave out `vector_column` and `text_column`"
        )
    return f"{path}::{vectors or ''}{f'@{text}' if text else ''}"


def split_slice(address: str) -> tuple[str, Index]:
    """Split the slice off an address; it is () when there is none.

    >>> split_slice("w.npz::w[0, :4]")
    ('w.npz::w', (0, slice(None, 4, None)))
    """
    match = _SLICE.fullmatch(address)
    if match is None or Path(address).exists():
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
    raise ParameterError(f"{address}: '{text}' is not an index; write [3], [0:8] or [:, :4]")
