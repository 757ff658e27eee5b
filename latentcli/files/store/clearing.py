"""What is in the cache, and removing it: entries, and what builds that were killed have left behind."""

from __future__ import annotations

import json
import os
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from latentcli.errors import FileError, LatentError, reason
from latentcli.files.addresses import is_remote, separated
from latentcli.files.inputs import read_regular
from latentcli.files.parts import resolve
from latentcli.files.store import folders
from latentcli.files.store.place import cache_dir

BUILDING = ".building-"
"""How the name of a folder begins in which an entry is being built."""

_ABANDONED_AFTER = 7 * 24 * 3600


def entries() -> list[tuple[Path, dict[str, Any]]]:
    """List the finished entries of the cache: (folder, meta), broken ones with an empty meta."""
    folder = cache_dir()
    if not folder.is_dir():
        return []
    try:
        found = sorted(
            child
            for child in folder.iterdir()
            if (child.is_dir() or child.is_symlink())
            and re.fullmatch(r".*-[0-9a-f]{12}-[0-9a-f]{12}", child.name)
        )
    except LatentError:
        raise
    except OSError as error:
        raise FileError(f"cannot read the cache {folder}: {reason(error)}") from error
    return [(child, folders.meta_of(child) or {}) for child in found]


def state_of(folder: Path, meta: dict[str, Any]) -> str:
    """Return "good", "stale" (its file has changed or gone) or "damaged"."""
    source = meta.get("source")
    if (
        not isinstance(source, dict)
        or folders.load(Path(str(source.get("path"))), folder, source, summed=False) is None
    ):
        return "damaged"
    return "good" if folders.is_current(meta) else "stale"


def size_of(folder: Path) -> int:
    """Return the bytes that an entry takes."""
    total = 0
    if folder.is_symlink():
        return 0
    with suppress(OSError):  # another process may be removing it
        for child in folder.iterdir():
            total += child.stat().st_size
    return total


def clear(source: str | None = None) -> tuple[int, int]:
    """Remove the entries of one source file, or all; return how many, and their bytes."""
    requested = None if source is None else str(folders.real_path(path_of(source)))
    count, size = _clear_scores(requested)
    for folder, meta in entries():
        if requested is None or meta.get("source", {}).get("path") == requested:
            if not is_ours(folder):
                continue
            size += size_of(folder)
            count += 1
            discard(folder)
            if folder.exists():
                raise FileError(f"cannot remove {folder} from the cache; is it writable?")
    if source is None or is_remote(source):
        size += _clear_copies(source)
    if requested is None:
        with suppress(OSError):
            sweep(cache_dir())
    return count, size


def kept_scores() -> tuple[Path, int] | None:
    """Return the file of scores that were computed, and how many it keeps; None without one."""
    from latentcli.files.store.scores import NAME, KeptScores

    path = cache_dir() / NAME
    return (path, len(KeptScores(path))) if path.is_file() and not path.is_symlink() else None


def _clear_scores(requested: str | None) -> tuple[int, int]:
    """Remove the file of scores if it is `requested`, or all are (None); return 1 and its bytes, or 0, 0."""
    from latentcli.files.store.scores import NAME

    path = cache_dir() / NAME
    if not path.is_file() or requested not in (None, str(folders.real_path(path))):
        return 0, 0
    size = path.stat().st_size
    try:
        path.unlink()
    except OSError as error:
        raise FileError(f"cannot remove {path} from the cache: {reason(error)}") from error
    return 1, size


def path_of(source: str) -> Path:
    """Return the file of an address; of what is remote, the copy, which is not fetched for that."""
    file, _ = separated(source)
    if is_remote(file):
        from latentcli.files import remote

        return remote.copy_of(file)
    return resolve(source).path


def _clear_copies(source: str | None) -> int:
    """Remove the copy of a remote file, or all copies; return their bytes."""
    from latentcli.files import remote

    copies = cache_dir() / remote.FOLDER
    size = 0
    if not copies.is_dir() or copies.is_symlink():
        return 0
    for folder in copies.iterdir():
        if source is None or folder == remote.copy_of(separated(source)[0]).parent:
            size += size_of(folder)
            remove(folder)
    with suppress(OSError):
        copies.rmdir()
    return size


def is_ours(folder: Path) -> bool:
    """Tell what may be removed: a link, and a folder whose `meta.json`, whole or damaged, is of this cache."""
    if folder.is_symlink():
        return True
    text = read_regular(folder / "meta.json", folders.MOST_META)
    if text is None:
        return False
    try:
        meta = json.loads(text)
    except (ValueError, RecursionError):
        return True
    return isinstance(meta, dict) and bool({"source", "crc"} & meta.keys())


def discard(folder: Path) -> None:
    """Remove an entry at once: out of the way first, then file by file; a link alone."""
    if folder.is_symlink():
        with suppress(OSError):
            folder.unlink()
        return
    aside = folder.with_name(f"{BUILDING}{host_name()}~{os.getpid()}~{folder.name[-12:]}")
    with suppress(OSError):
        folder.rename(aside)
        remove(aside)


def sweep(root: Path) -> None:
    """Remove folders of builds that were killed."""
    for left in root.glob(f"{BUILDING}*"):
        host, _, process = left.name.removeprefix(BUILDING).rpartition("~")[0].rpartition("~")
        here = host == host_name()
        old = time.time() - left.stat().st_mtime > _ABANDONED_AFTER
        if old or (here and process.isdigit() and not _alive(int(process))):
            remove(left)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that is possible."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def host_name() -> str:
    """Return the name of this machine, as the names of folders have it."""
    import socket

    return re.sub(r"[^A-Za-z0-9.-]", "_", socket.gethostname())
