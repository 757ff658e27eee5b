"""The store: a file is parsed once; from then on its vectors are mapped and its words looked up.

An entry is a folder in the cache: `vectors.npy` (float32, file order), `norms.npy` (float64, 0
for rows that can never be an answer), the words with their look-ups, and `meta.json`. It is
built in a folder of its own and renamed into place, so a reader sees a whole entry or none. Its
name holds the fingerprint of the source, the size and time of each of its files are checked, and their
sums when it is first used since the machine was started (`checks`), so a stale or broken one is rebuilt. When the cache cannot be written the same entry is built in
memory.

Modules that only a build or a clean-up needs are imported there: a query of a cached file
starts without them.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from latentcli.errors import LatentError, reason
from latentcli.files import labels as label_files
from latentcli.files.parts import Parts, resolve
from latentcli.files.pending import holding
from latentcli.files.store import folders
from latentcli.files.store.place import cache_dir

if TYPE_CHECKING:
    from latentcli.files.store.entry import Entry
    from latentcli.numerics.types import Progress

_TRIES = 3


class Request(NamedTuple):
    """What is read: the files, the labels of their rows, and whether with the other columns of tables."""

    parts: Parts
    labels: str | None
    columns: bool

    @property
    def path(self) -> Path:
        """What the files are called together."""
        return self.parts.path


def open_entry(
    address: str | Sequence[str],
    *,
    labels: str | None = None,
    cache: bool = True,
    columns: bool = False,
    progress: Progress | None = None,
) -> Entry:
    """Open vectors, from the cache if they are there, else by reading their files into the cache.

    With `columns`, the entry has the other columns of a table, too.
    """
    parts = resolve(address)
    regular = all(stat.S_ISREG(folders.status_of(part.path).st_mode) for part in parts.parts)
    labels = labels or (_labels_beside(parts.path) if parts.single else None)
    request = Request(parts, labels, columns)
    if not cache or not regular:
        return _read(request, None, progress)
    source = folders.fingerprint(parts, labels)
    folder = cache_dir() / folders.folder_name(source)
    entry = folders.load(parts.path, folder, source)
    if entry is not None and (entry.columns is not None or not columns):
        return entry
    notes = [] if entry is not None else _why_again(parts.path, folder, source)
    try:
        with holding():
            built = _build_in_cache(request, source, folder, progress)
    except LatentError:
        raise
    except OSError as error:
        built = _read(request, None, progress)
        notes.append(f"not kept in the cache {cache_dir()}: {reason(error)}")
    built.notes = notes + built.notes
    return built


def _labels_beside(path: Path) -> str | None:
    words = label_files.beside(path)
    # Unlike Path.is_file, False for names too long for a file.
    return str(words) if os.path.isfile(words) else None  # noqa: PTH113


def _why_again(path: Path, folder: Path, source: dict[str, Any]) -> list[str]:
    """Say why a file that is in the cache is read again; clean up what builds left behind."""
    from latentcli.files.store import clearing

    root = folder.parent
    notes = []
    with suppress(OSError):
        clearing.sweep(root)
        if folder.exists():
            notes.append(f"the cache entry of {path.name} is damaged; reading the file again")
        else:
            others = folders.of_the_same_file(root, source)
            same = [meta for other in others if (meta := folders.meta_of(other))]
            if same and not any(folders.still_true(meta) for meta in same):
                notes.append(f"{path.name} has changed since it was cached; reading it again")
    return notes


def _build_in_cache(
    request: Request, source: dict[str, Any], folder: Path, progress: Progress | None
) -> Entry:
    from secrets import token_hex

    from latentcli.files.store import clearing

    root = folder.parent
    root.mkdir(parents=True, exist_ok=True)
    name = f"{clearing.BUILDING}{clearing.host_name()}~{os.getpid()}~{token_hex(8)}"
    building = root / name  # known before it is there: an interrupt may come in between
    try:
        building.mkdir(mode=0o700)
        built = _read(request, building, progress)
        if folders.fingerprint(request.parts, request.labels) != source:
            notes = [
                f"{request.path.name} was changed while it was read; ask again for the new content"
            ]
            again = _read(request, None, progress)
            again.notes += notes
            return again
        folders.write_meta(building, built, source)
        if request.columns and folder.exists():  # an entry without the columns
            clearing.discard(folder)
        entry = _place(building, folder, request, source)
    finally:
        clearing.remove(building)
    for other in folders.of_the_same_file(root, source):
        if other == folder or not clearing.is_ours(other):
            continue
        if not folders.is_current(folders.meta_of(other) or {}):
            clearing.discard(other)
    entry.notes = built.notes
    entry.cached = False
    return entry


def _read(request: Request, folder: Path | None, progress: Progress | None) -> Entry:
    from latentcli.files.store.build import build

    return build(request.parts, request.labels, folder, progress, columns=request.columns)


def _place(building: Path, folder: Path, request: Request, source: dict[str, Any]) -> Entry:
    """Rename a whole entry into place; if another process was first, its entry is as good."""
    from latentcli.files.store import clearing

    for _ in range(_TRIES):
        try:
            building.rename(folder)
        except LatentError:
            raise
        except OSError as error:
            if error.errno not in {errno.EEXIST, errno.ENOTEMPTY}:
                raise
        entry = folders.load(request.path, folder, source)
        if entry is not None and (entry.columns is not None or not request.columns):
            return entry
        clearing.discard(folder)
    raise OSError(f"the entry {folder.name} cannot be read back")
