"""An entry as a folder of the cache: what it was made of, whether it is whole, and its parts mapped."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from latentcli.errors import FileError, LatentError, reason, shown
from latentcli.files import inputs
from latentcli.files import labels as label_files
from latentcli.files.addresses import split_address
from latentcli.files.inputs import read_regular
from latentcli.files.parts import Parts
from latentcli.files.store import checks
from latentcli.files.store.entry import Entry
from latentcli.files.store.place import is_mine, is_private
from latentcli.files.store.row_numbers import RowNumbers
from latentcli.files.store.vocabulary import Words
from latentcli.numerics.named_vectors import Vocabulary

if TYPE_CHECKING:
    from latentcli.files.store.columns import Columns
    from latentcli.numerics.types import Array

VERSION = 8
"""Raise it when readers or entries change: older entries are then rebuilt."""

MOST_META = 16 << 20
"""Bytes of a `meta.json` at most."""


def fingerprint(parts: Parts, labels: str | None) -> dict[str, Any]:
    """Everything that, when it changes, makes an entry stale."""
    files = [part.path for part in parts.parts]
    files += [words for file in files for words in label_files.all_beside(file)]
    if labels:
        label_path = split_address(labels)[0]
        files += [label_path] if label_path not in files and label_path.exists() else []
    states: list[list[Any]] = []
    for file in files:
        status = status_of(file)
        inputs.note(status)
        states.append([str(real_path(file)), *_signs(status)])
    return {
        "version": VERSION,
        "path": states[0][0] if parts.single else str(real_path(parts.path)),
        "key": parts.key,
        "labels": labels or "",
        "files": states,
    }


def _signs(status: os.stat_result) -> list[int]:
    """Return what tells a file from another and from its earlier self: its times, and which file it is."""
    return [
        status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev,
    ]  # fmt: skip


def still_true(meta: dict[str, Any]) -> bool:
    """Tell whether an entry's files are still as they were (it differs in key or labels only)."""
    try:
        source = meta["source"]
        return bool(source["version"] != VERSION) or all(
            _signs(status) == state[1:]
            for state in source["files"]
            for status in [Path(state[0]).stat()]
        )
    except LatentError:
        raise
    except (OSError, KeyError, TypeError, IndexError):
        return False


def is_current(meta: dict[str, Any]) -> bool:
    """Tell whether an entry is of this version, and its files are still as they were."""
    return meta.get("source", {}).get("version") == VERSION and still_true(meta)


def folder_name(source: dict[str, Any]) -> str:
    """Return the name of the folder of an entry: the file, and what it was made of."""
    path = source["path"]
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", Path(path).name)[:60]
    return f"{stem}-{_digest(path)}-{_digest(json.dumps(source, sort_keys=True))}"


def of_the_same_file(root: Path, source: dict[str, Any]) -> list[Path]:
    """Return the folders of all entries that were made of the file of a source."""
    return list(root.glob(f"*-{_digest(source['path'])}-*"))


def _digest(text: str) -> str:
    """Tell sources apart in folder names; the whole fingerprint is in the entry, and checked."""
    data = text.encode("utf-8", "surrogateescape")
    return f"{crc32(data):08x}{crc32(data[::-1]) & 0xFFFF:04x}"


def load(
    path: Path, folder: Path, source: dict[str, Any], *, summed: bool = True
) -> Entry | None:
    """Open an entry if it is there and whole; without `summed`, as far as times and sizes tell."""
    try:
        if not is_private(folder):
            return None
        meta = meta_of(folder)
        if meta is None or meta.get("source") != source:
            return None
        if any(_state(folder / name) != state for name, state in meta["parts"].items()):
            return None
        if summed and not checks.is_whole(folder, meta["sums"]):
            return None
        extras = dict(meta["extras"])
        for name in meta["arrays"]:
            extras[name] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        return Entry(
            path=path,
            matrix=_matrix(folder, meta),
            norms=np.load(folder / "norms.npy", mmap_mode="r", allow_pickle=False),
            vocabulary=_vocabulary(folder, meta),
            meta=meta,
            extras=extras,
            folder=folder,
            cached=True,
            columns=_columns(folder, meta),
        )
    except (
        Exception
    ):  # NumPy evaluates headers: what is damaged fails in any way, and is rebuilt
        return None


def meta_of(folder: Path) -> dict[str, Any] | None:
    """Read what is known of an entry; None if it is not as it was written."""
    try:
        meta = json.loads(read_regular(folder / "meta.json", MOST_META) or b"")
        crc = meta.pop("crc")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return meta if crc == _crc(meta) else None


def _crc(meta: dict[str, Any]) -> int:
    return crc32(json.dumps(meta, sort_keys=True).encode("ascii"))


def _state(file: Path) -> list[int]:
    """Return what changes when a file of an entry is changed; PermissionError if it is not ours."""
    status = file.lstat()
    if not (stat.S_ISREG(status.st_mode) and is_mine(status)):
        raise PermissionError(errno.EPERM, "its files are not this user's alone")
    return _signs(status)[:3]


def _matrix(folder: Path, meta: dict[str, Any]) -> Array:
    if meta["mapped"] is None:
        return _mapped(np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False))
    file, offset = meta["mapped"]
    if file != meta["source"]["path"]:
        raise ValueError("it maps another file than its source")
    shape = (meta["rows"], meta["dimensions"])
    return _mapped(np.memmap(file, dtype="<f4", mode="r", offset=offset, shape=shape))


def _mapped(values: Array) -> Array:
    """Return mapped rows as a plain array: each access to a memmap costs several times as much."""
    return np.asarray(values)


def _vocabulary(folder: Path, meta: dict[str, Any]) -> Vocabulary:
    if not meta["named"]:
        return RowNumbers(meta["rows"])
    return Words.open(folder)


def _columns(folder: Path, meta: dict[str, Any]) -> Columns | None:
    if "columns" not in meta:
        return None
    from latentcli.files.store.columns import FILE, Columns  # SQLite: not for every query

    return Columns(folder / FILE, meta["columns"]["names"], meta["columns"]["kinds"])


def write_meta(folder: Path, entry: Entry, source: dict[str, Any]) -> None:
    """Write what is known of an entry, the last of its files."""
    for child in folder.iterdir():
        child.chmod(0o600)
    arrays = [name for name, value in entry.extras.items() if isinstance(value, np.ndarray)]
    meta = entry.meta | {
        "source": source,
        "made": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "arrays": arrays,
        "extras": {k: v for k, v in entry.extras.items() if k not in arrays},
        "parts": {child.name: _state(child) for child in folder.iterdir()},
        "sums": checks.sums_of(folder.iterdir()),
    }
    checks.mark(folder)
    (folder / "meta.json").write_text(json.dumps(meta | {"crc": _crc(meta)}), "utf-8")
    (folder / "meta.json").chmod(0o600)


def status_of(path: Path) -> os.stat_result:
    """Return what is known of a file. Raises FileError where it is not there."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise FileError(f"no such file: {shown(path, 400)}") from None
    except LatentError:
        raise
    except (OSError, ValueError) as error:
        raise FileError(f"cannot open {shown(path, 400)}: {reason(error)}") from error


def real_path(path: Path) -> Path:
    """Return the file that a path leads to."""
    return Path(os.path.realpath(path))
