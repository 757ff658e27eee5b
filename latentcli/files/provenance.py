"""Where an array came from: command, settings and inputs, in its file or in `FILE.json` beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from latentcli._version import __version__
from latentcli.files import outputs
from latentcli.files.addresses import split_address, split_slice
from latentcli.files.formats import npz
from latentcli.files.inputs import read_regular
from latentcli.files.load import Loaded
from latentcli.files.outputs import META
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array

HASHED = 64 << 20
"""Bytes of an input or an array up to which it is identified by a sum over all of it."""


def meta_of(
    command: str, settings: dict[str, Any], inputs: Sequence[str], extra: dict[str, Any] | None
) -> dict[str, Any]:
    """Return what is written of where an array came from."""
    return {
        "command": command,
        "version": __version__,
        "settings": settings,
        "inputs": [described(address) for address in inputs],
        **(extra or {}),
    }


def sidecar(path: Path) -> Path:
    """Return the file beside an array that says where it came from."""
    return outputs.side_of(path)


def described(address: str) -> dict[str, Any]:
    """Return what identifies an input: its name, size and (up to 64 MB) its SHA-256."""
    import hashlib

    path = split_address(split_slice(address)[0])[0]
    if not path.is_file():
        return {"address": address}
    size = path.stat().st_size
    found: dict[str, Any] = {"address": address, "bytes": size}
    if size <= HASHED:
        found["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def read(loaded: Loaded) -> tuple[dict[str, Any], list[str]]:
    """Read where an array came from, inside its file or beside it, and notes on that."""
    if loaded.format == "folder of frames":
        from latentcli.files import frames

        return frames.meta(loaded.path), []
    inside = _META_INSIDE.get(loaded.format)
    meta = inside(loaded.path) if inside else {}
    return (meta, []) if meta else _meta_beside(loaded.path, loaded.whole)


def _meta_beside(path: Path, values: Array) -> tuple[dict[str, Any], list[str]]:
    """Read the provenance beside an array, unless it is that of another array; then say so."""
    meta = outputs.read_meta(sidecar(path)) or {}
    if not meta or "crc32" not in meta or values.nbytes > HASHED:
        return meta, []
    if _checksum([np.asarray(values)]) == meta["crc32"]:
        return meta, []
    return {}, [f"{sidecar(path).name} belongs to another array than {path.name}: not used"]


def _checksum(parts: Iterable[Array]) -> str:
    found = 0
    for values in parts:
        found = crc32(np.ascontiguousarray(values).data.cast("B"), found)
    return f"{found:08x}"


def _meta_in_npz(path: Path) -> dict[str, Any]:
    try:
        with Stream(path) as stream:
            return dict(json.loads(npz.read_words(stream, META)[0]))
    except Exception:  # without provenance, or with something else of that name
        return {}


def _meta_in_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((read_regular(path, 1 << 30) or b"").decode("utf-8-sig"))[META])
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}


_META_INSIDE = {"NumPy archive": _meta_in_npz, "JSON array": _meta_in_json}
