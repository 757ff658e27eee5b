"""Zarr arrays as shards: folders of chunks, here or on another machine, with a code for each row."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.errors import FileError, FormatError, LatentError, reason, shown
from latentcli.files.addresses import is_glob, is_remote, separated
from latentcli.files.folders import check_running
from latentcli.files.reading import Block, Findings, Reading
from latentcli.numerics.types import Array

ENDING = ".zarr"

_MARKS = ("zarr.json", ".zarray")
_CHUNK = 4 << 20
"""Bytes of a chunk that is written, about."""


def is_zarr(address: str) -> bool:
    """Tell a Zarr array: a folder that is called so, or has its metadata; elsewhere, by the ending."""
    file = separated(address)[0]
    if is_remote(file):
        return file.rstrip("/").endswith(ENDING) and not is_glob(file)
    path = Path(file)
    return (path.suffix == ENDING and path.is_dir()) or any(
        (path / name).is_file() for name in _MARKS
    )


def listed(file: str) -> list[Path]:
    """Return the Zarr arrays of this machine that a path or a pattern means."""
    path = Path(file)
    if is_glob(file) and not path.exists():
        import glob

        named = sorted(glob.glob(file, recursive=True))  # noqa: PTH207 - any pattern, also absolute
        return [*map(Path, named)] if named and all(map(is_zarr, named)) else []
    if is_zarr(file):
        return [path]
    if path.is_dir():
        return sorted(one for one in path.iterdir() if is_zarr(str(one)))
    return []


def read(address: str) -> Reading:
    """Read rows (N, D), a chunk at a time."""
    array = _opened(address)
    if array.ndim != 2:
        raise FormatError(f"shape {array.shape}; a shard is (N, D)")

    def blocks() -> Iterator[Block]:
        step = max(1, int(array.chunks[0]))
        for start in range(0, array.shape[0], step):
            with _damage():
                values = np.asarray(array[start : start + step])
            yield Block(None, values)

    return Reading(
        "Zarr", int(array.shape[1]), blocks, Findings(), dtype=str(array.dtype), shape=array.shape
    )  # fmt: skip


def whole(address: str) -> Array:
    """Read all codes (N, ...)."""
    array = _opened(address)
    with _damage():
        values = np.asarray(array[:])
    if values.ndim == 0 or 0 in values.shape:
        raise FormatError(f"shape {values.shape} holds no code")
    return values


def write(path: Path, parts: Iterable[Array], shape: tuple[int, ...], dtype: Any) -> None:
    """Write an array of codes (N, ...), given in parts, to a new folder; it is whole or not there."""
    row = max(1, np.dtype(dtype).itemsize * int(np.prod(shape[1:], dtype=np.int64)))
    chunks = (min(shape[0], max(1, _CHUNK // row)), *shape[1:])
    try:
        path.mkdir(exist_ok=True)  # one that a worker left when it was killed is written anew
        array: Any = _zarr().open_array(
            store=_store(path), mode="w", shape=shape, chunks=chunks, dtype=np.dtype(dtype)
        )
        done = 0
        for part in parts:
            array[done : done + len(part)] = part.reshape(-1, *shape[1:])
            done += len(part)
    except BaseException as error:
        shutil.rmtree(path, ignore_errors=True)
        if isinstance(error, OSError):
            raise FileError(f"cannot write {path}: {reason(error)}") from error
        raise


def _store(path: Path) -> Any:
    """Return where a new array goes; Zarr would make folders anew that the end of a run took away."""
    from zarr.storage import LocalStore

    class Store(LocalStore):
        async def set(self, key: str, value: Any) -> None:
            check_running(path.parent)
            await super().set(key, value)

    return Store(path)


def _opened(address: str) -> Any:
    with _damage():
        return _zarr().open_array(store=separated(address)[0], mode="r")


def _zarr() -> Any:
    try:
        import zarr
    except ImportError:
        raise FileError(
            "Zarr needs zarr; install it with: pip install 'latentcli[distributed]'"
        ) from None
    return zarr


@contextmanager
def _damage() -> Iterator[None]:
    """Say in a line what is wrong with an array."""
    try:
        yield
    except (LatentError, MemoryError):
        raise
    except Exception as error:  # zarr and its codecs have many
        raise FormatError(f"not a Zarr array, or a damaged one ({shown(error)})") from error
