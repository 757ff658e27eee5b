"""The store: a file is parsed once; from then on its vectors are mapped and its words looked up.

An entry is a folder in the cache: `vectors.npy` (float32, file order), `norms.npy` (float64, 0
for rows that can never be an answer), the words with their look-ups, and `meta.json`. It is
built in a folder of its own and renamed into place, so a reader sees a whole entry or none. Its
name holds the fingerprint of the source, and the size and time of each of its files are checked,
so a stale or broken one is rebuilt. When the cache cannot be written the same entry is built in
memory.

Modules that only a build or a clean-up needs are imported there: a query of a cached file
starts without them.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from latentcli.errors import FileError, LatentError, reason, shown
from latentcli.files import inputs
from latentcli.files import labels as label_files
from latentcli.files.addresses import split_address
from latentcli.files.inputs import read_regular
from latentcli.files.pending import holding
from latentcli.files.store.entry import Entry
from latentcli.files.store.vocabulary import RowNumbers, Words
from latentcli.numerics.named_vectors import Vocabulary

if TYPE_CHECKING:
    from latentcli.numerics.types import Array, Progress

VERSION = 3
"""Raise it when readers or entries change: older entries are then rebuilt."""

_BUILDING = ".building-"
_ABANDONED_AFTER = 7 * 24 * 3600
_MOST_META = 16 << 20
_TRIES = 3
_PRIVATE: list[Any] = []


def cache_dir() -> Path:
    """Return the cache folder: $LATENT_CACHE_DIR, $XDG_CACHE_HOME/latent or ~/.cache/latent.

    Without a home it is in $XDG_RUNTIME_DIR if that is this user's alone, else a private folder that
    lasts as long as this process.
    """
    if own := os.environ.get("LATENT_CACHE_DIR"):
        return Path(own)
    shared = os.environ.get("XDG_CACHE_HOME", "")
    if Path(shared).is_absolute():  # as the specification has it, others are not meant
        return Path(shared) / "latent"
    if home := _home():
        return home / ".cache" / "latent"
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute() and _is_private(runtime):
        return runtime / "latent"
    return _private() / "latent"


def _home() -> Path | None:
    """Return the home folder; None for an empty or relative $HOME of a user who has no other."""
    if Path(os.environ.get("HOME", "")).is_absolute() or os.name == "nt":
        with suppress(RuntimeError):
            return Path.home()
        return None
    try:
        import pwd

        home = pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):
        return None
    return Path(home) if Path(home).is_absolute() else None


def _private() -> Path:
    """Return a folder of this process, with a name that nobody can know before; removed by `close`."""
    import tempfile

    if not _PRIVATE:
        _PRIVATE.append(tempfile.TemporaryDirectory(prefix="latent-"))
    return Path(_PRIVATE[0].name)


def close() -> None:
    """Remove what was made for this process alone."""
    while _PRIVATE:
        _PRIVATE.pop().cleanup()


def open_entry(
    address: str,
    *,
    labels: str | None = None,
    cache: bool = True,
    progress: Progress | None = None,
) -> Entry:
    """Open a file of vectors, from the cache if it is there, else by reading it into the cache."""
    path, key = split_address(address)
    status = _status(path)
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{path} is a folder, not a file")
    labels = labels or _labels_beside(path)
    if not cache or not stat.S_ISREG(status.st_mode):
        return _read(path, key, labels, None, progress)
    source = _fingerprint(path, key, labels)
    folder = cache_dir() / _folder_name(path, source)
    entry = _load(path, folder, source)
    if entry is not None:
        return entry
    notes = _why_again(path, folder)
    try:
        with holding():
            built = _build_in_cache(path, key, labels, source, folder, progress)
    except LatentError:
        raise
    except OSError as error:
        built = _read(path, key, labels, None, progress)
        notes.append(f"not kept in the cache {cache_dir()}: {reason(error)}")
    built.notes = notes + built.notes
    return built


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
    return [(child, _meta(child) or {}) for child in found]


def state_of(folder: Path, meta: dict[str, Any]) -> str:
    """Return "good", "stale" (its file has changed or gone) or "damaged"."""
    source = meta.get("source")
    if (
        not isinstance(source, dict)
        or _load(Path(str(source.get("path"))), folder, source) is None
    ):
        return "damaged"
    return "good" if source.get("version") == VERSION and _still_true(meta) else "stale"


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
    wanted = None if source is None else str(_real(split_address(source)[0]))
    count = size = 0
    for folder, meta in entries():
        if wanted is None or meta.get("source", {}).get("path") == wanted:
            if not _is_ours(folder):
                continue
            size += size_of(folder)
            count += 1
            _discard(folder)
            if folder.exists():
                raise FileError(f"cannot remove {folder} from the cache; is it writable?")
    if wanted is None:
        with suppress(OSError):
            _sweep(cache_dir())
    return count, size


def _is_ours(folder: Path) -> bool:
    """Tell what may be removed: a link, and a folder whose `meta.json`, whole or damaged, is of this cache."""
    if folder.is_symlink():
        return True
    text = read_regular(folder / "meta.json", _MOST_META)
    if text is None:
        return False
    try:
        meta = json.loads(text)
    except (ValueError, RecursionError):
        return True
    return isinstance(meta, dict) and bool({"source", "crc"} & meta.keys())


# ---- what is in the cache ---------------------------------------------------------------


def _fingerprint(path: Path, key: str, labels: str | None) -> dict[str, Any]:
    """Everything that, when it changes, makes an entry stale."""
    files = [path]
    if labels:
        label_path = split_address(labels)[0]
        files += [label_path] if label_path.exists() else []
    states = []
    for file in files:
        status = _status(file)
        inputs.note(status)
        states.append([str(_real(file)), *_signs(status)])
    return {
        "version": VERSION,
        "path": str(_real(path)),
        "key": key,
        "labels": labels or "",
        "files": states,
    }


def _signs(status: os.stat_result) -> list[int]:
    """Return what tells a file from another and from its earlier self: its times, and which file it is."""
    return [
        status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev,
    ]  # fmt: skip


def _folder_name(path: Path, source: dict[str, Any]) -> str:
    real = _real(path)
    stem = re.sub(r"[^A-Za-z0-9._-]", "_", real.name)[:60]
    return f"{stem}-{_digest(real)}-{_digest(json.dumps(source, sort_keys=True))}"


def _digest(text: object) -> str:
    """Tell sources apart in folder names; the whole fingerprint is in the entry, and checked."""
    data = str(text).encode("utf-8", "surrogateescape")
    return f"{crc32(data):08x}{crc32(data[::-1]) & 0xFFFF:04x}"


def _load(path: Path, folder: Path, source: dict[str, Any]) -> Entry | None:
    """Open an entry if it is there and whole."""
    try:
        if not _is_private(folder):
            return None
        meta = _meta(folder)
        if meta is None or meta.get("source") != source:
            return None
        if any(_state(folder / name) != state for name, state in meta["parts"].items()):
            return None
        extras = dict(meta["extras"])
        for name in meta["arrays"]:
            extras[name] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
        return Entry(
            path=path,
            matrix=_matrix(folder, meta),
            norms=np.load(folder / "norms.npy", allow_pickle=False),
            vocabulary=_vocabulary(folder, meta),
            meta=meta,
            extras=extras,
            folder=folder,
            cached=True,
        )
    except (
        Exception
    ):  # NumPy evaluates headers: what is damaged fails in any way, and is rebuilt
        return None


def _is_private(folder: Path) -> bool:
    """Tell whether a folder is no link, is this user's, and takes nothing from others."""
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and _is_mine(status)


def _is_mine(status: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):  # Windows: the profile's rights hold
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _meta(folder: Path) -> dict[str, Any] | None:
    """Read what is known of an entry; None if it is not as it was written."""
    try:
        meta = json.loads(read_regular(folder / "meta.json", _MOST_META) or b"")
        crc = meta.pop("crc")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return meta if crc == _crc(meta) else None


def _crc(meta: dict[str, Any]) -> int:
    return crc32(json.dumps(meta, sort_keys=True).encode("ascii"))


def _state(file: Path) -> list[int]:
    """Return what changes when a file of an entry is changed; PermissionError if it is not ours."""
    status = file.lstat()
    if not (stat.S_ISREG(status.st_mode) and _is_mine(status)):
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


def _why_again(path: Path, folder: Path) -> list[str]:
    """Say why a file that is in the cache is read again; clean up what builds left behind."""
    root = folder.parent
    notes = []
    with suppress(OSError):
        _sweep(root)
        if folder.exists():
            notes.append(f"the cache entry of {path.name} is damaged; reading the file again")
        else:
            others = list(root.glob(f"*-{_digest(_real(path))}-*"))
            same = [meta for other in others if (meta := _meta(other))]
            if same and not any(_still_true(meta) for meta in same):
                notes.append(f"{path.name} has changed since it was cached; reading it again")
    return notes


def _still_true(meta: dict[str, Any]) -> bool:
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


def _sweep(root: Path) -> None:
    """Remove folders of builds that were killed."""
    for left in root.glob(f"{_BUILDING}*"):
        host, _, process = left.name.removeprefix(_BUILDING).rpartition("~")[0].rpartition("~")
        here = host == _host()
        old = time.time() - left.stat().st_mtime > _ABANDONED_AFTER
        if old or (here and process.isdigit() and not _alive(int(process))):
            _remove(left)


def _remove(folder: Path) -> None:
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


def _host() -> str:
    import socket

    return re.sub(r"[^A-Za-z0-9.-]", "_", socket.gethostname())


# ---- building ---------------------------------------------------------------------------


def _build_in_cache(
    path: Path,
    key: str,
    labels: str | None,
    source: dict[str, Any],
    folder: Path,
    progress: Progress | None,
) -> Entry:
    import tempfile

    root = folder.parent
    root.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f"{_BUILDING}{_host()}~{os.getpid()}~", dir=root))
    try:
        built = _read(path, key, labels, building, progress)
        if _fingerprint(path, key, labels) != source:
            notes = [
                f"{path.name} was changed while it was read; ask again for the new content"
            ]
            again = _read(path, key, labels, None, progress)
            again.notes += notes
            return again
        _write_meta(building, built, source)
        entry = _place(building, folder, path, source)
    finally:
        _remove(building)
    for other in root.glob(f"*-{_digest(_real(path))}-*"):
        if not _is_ours(other):
            continue
        meta = _meta(other) or {}
        current = meta.get("source", {}).get("version") == VERSION
        if other != folder and not (current and _still_true(meta)):
            _discard(other)
    entry.notes = built.notes
    entry.cached = False
    return entry


def _read(
    path: Path, key: str, labels: str | None, folder: Path | None, progress: Progress | None
) -> Entry:
    from latentcli.files.store.build import build

    return build(path, key, labels, folder, progress)


def _place(building: Path, folder: Path, path: Path, source: dict[str, Any]) -> Entry:
    """Rename a whole entry into place; if another process was first, its entry is as good."""
    for _ in range(_TRIES):
        try:
            building.rename(folder)
        except LatentError:
            raise
        except OSError as error:
            if error.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
                raise
        entry = _load(path, folder, source)
        if entry is not None:
            return entry
        _discard(folder)
    raise OSError(f"the entry {folder.name} cannot be read back")


def _discard(folder: Path) -> None:
    """Remove an entry at once: out of the way first, then file by file; a link alone."""
    if folder.is_symlink():
        with suppress(OSError):
            folder.unlink()
        return
    aside = folder.with_name(f"{_BUILDING}{_host()}~{os.getpid()}~{folder.name[-12:]}")
    with suppress(OSError):
        folder.rename(aside)
        _remove(aside)


def _write_meta(folder: Path, entry: Entry, source: dict[str, Any]) -> None:
    for child in folder.iterdir():
        child.chmod(0o600)
    arrays = [name for name, value in entry.extras.items() if isinstance(value, np.ndarray)]
    meta = entry.meta | {
        "source": source,
        "made": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "arrays": arrays,
        "extras": {k: v for k, v in entry.extras.items() if k not in arrays},
        "parts": {child.name: _state(child) for child in folder.iterdir()},
    }
    (folder / "meta.json").write_text(json.dumps(meta | {"crc": _crc(meta)}), "utf-8")
    (folder / "meta.json").chmod(0o600)


def _labels_beside(path: Path) -> str | None:
    words = label_files.beside(path)
    # Unlike Path.is_file, False for names too long for a file.
    return str(words) if os.path.isfile(words) else None  # noqa: PTH113


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise FileError(f"no such file: {shown(path, 400)}") from None
    except LatentError:
        raise
    except (OSError, ValueError) as error:
        raise FileError(f"cannot open {shown(path, 400)}: {reason(error)}") from error


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
