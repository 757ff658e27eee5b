"""Files of other machines (`https://`, `s3://`, `gs://`, `hf://`, `ftp://`), fetched once and kept in the cache.

A copy is kept under what its server says of the file: its ETag, or its size and time. When that changes it
is fetched again; where the server says nothing, each time. Only a whole copy is put into its place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import get_ident
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from latentcli.errors import FileError, LatentError, reason, shown
from latentcli.files import inputs
from latentcli.files.addresses import is_glob
from latentcli.files.inputs import read_regular
from latentcli.files.parts import ending_of, of_one_kind
from latentcli.files.pending import holding
from latentcli.files.store import place

FOLDER = "remote"
"""Where copies are in the cache."""

_NEEDS = {
    "http": "aiohttp", "https": "aiohttp", "ftp": "fsspec", "s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs",
    "hf": "huggingface_hub",
}  # fmt: skip
"""Kinds of addresses, and the package that fsspec needs for each."""

_TAGS = ("etag", "content-md5", "digest", "md5hash", "crc32c", "blob_id", "sha256")
_TIMES = ("last-modified", "lastmodified", "last_modified", "updated", "mtime", "modify")
_META = "source.json"
_MOST_META = 1 << 20
_PATIENCE = 60
"""Seconds that a server may be silent."""


def fetched(address: str) -> Path:
    """Return the path of a whole copy of a remote file; within one command its server is queried once."""
    if address in inputs.fetched:
        return inputs.fetched[address]
    copy = _current(address, _system(address))
    inputs.note_fetched(address, copy)
    return copy


def may_be_several(address: str) -> bool:
    """Tell an address that may mean several files: a pattern, or a folder.

    A web server's folder ends with a slash; elsewhere one may also have a name without a known ending.

    >>> may_be_several("https://host/emb/"), may_be_several("s3://bucket/a.npy")
    (True, False)
    """
    folder = not address.startswith("http") and not ending_of(urlsplit(address).path)
    return is_glob(address) or address.endswith("/") or folder


def matching(address: str) -> list[Path]:
    """Return copies of the remote files that an address means, in the order of names."""
    files = _system(address)
    return [_current(name, files) for name in _listed(address, files)]


def listed(address: str) -> list[str]:
    """Return the addresses of the files that an address means, in the order of names; nothing is fetched.

    A pattern means those that match, a folder its files of vectors, which are of one kind.
    """
    return _listed(address, _system(address)) if may_be_several(address) else [address]


def _listed(address: str, files: Any) -> list[str]:
    if is_glob(address):
        return _matching(address, files)
    folder = address.endswith("/")
    if not folder and may_be_several(address):
        with _failures(address):
            folder = files.isdir(address)
    if not folder:
        return [address]
    within = f"{address.rstrip('/')}/"
    names = [name.rstrip("/").rsplit("/", 1)[-1] for name in _matching(f"{within}*", files)]
    return [f"{within}{name}" for name in of_one_kind(address, names)]


def _matching(address: str, files: Any) -> list[str]:
    with _failures(address):
        found = sorted(files.glob(address))
        parts = urlsplit(address)
        host = parts.netloc if parts.scheme == "ftp" else ""  # of others, a name has its bucket
        names = [name if "://" in name else f"{parts.scheme}://{host}{name}" for name in found]
    if not names:
        raise FileError(f"no files match {shown(address)}")
    return names


def _system(address: str) -> Any:
    """Return fsspec's file system of an address."""
    scheme = address.split("://")[0]
    if scheme not in _NEEDS:
        raise FileError(
            f"{shown(address)}: addresses begin with {', '.join(f'{one}://' for one in _NEEDS)}"
        )
    for package in ("fsspec", _NEEDS[scheme]):
        if find_spec(package) is None:
            raise FileError(
                f"{scheme}:// needs {package}; install it with: pip install 'latentcli[remote]'"
                + ("" if package in ("fsspec", "aiohttp") else f" {package}")
            )
    import fsspec

    settings: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}
    if scheme in ("http", "https"):
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_PATIENCE, sock_read=_PATIENCE)
        settings["client_kwargs"] = {"timeout": timeout, "trust_env": True}
    if scheme == "ftp":
        settings["host"] = urlsplit(address).hostname or ""
    with _failures(address):
        return fsspec.filesystem(scheme, **settings)


def _current(address: str, files: Any) -> Path:
    """Return the copy that is kept, if it is as its server says, else a new one."""
    with _failures(address):
        signs = _signs(files.info(address))
    copy = copy_of(address)
    folder = copy.parent
    state = {"address": address, "signs": signs}
    if signs and copy.is_file() and _kept(folder) == {**state, "size": copy.stat().st_size}:
        return copy
    part = folder / f".part-{os.getpid()}-{get_ident()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        size = signs.get("size")
        if isinstance(size, int) and size > shutil.disk_usage(folder).free:
            raise FileError(
                f"{shown(address)}: {size:,} bytes, more than {folder} has room for"
            )
        with holding(), _failures(address):
            files.get_file(address, str(part))
        length = part.stat().st_size
        if isinstance(size, int) and length != size:
            raise FileError(
                f"{shown(address)}: {length:,} of {size:,} bytes came; the copy is not kept"
            )
        part.replace(copy)
        (folder / _META).write_text(json.dumps({**state, "size": length}), "utf-8")
    except LatentError:
        raise
    except OSError as error:
        raise FileError(f"cannot keep {shown(address)} in {folder}: {reason(error)}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        with suppress(OSError):
            if not copy.exists():
                folder.rmdir()
                folder.parent.rmdir()
    return copy


def _signs(info: dict[str, Any]) -> dict[str, str | int]:
    """Return what tells a file from its later self; {} where its server says too little."""
    known = {str(name).lower(): value for name, value in info.items() if value is not None}
    tag = next((str(known[name]) for name in _TAGS if name in known), "")
    time = next((str(known[name]) for name in _TIMES if name in known), "")
    signs: dict[str, str | int] = {}
    if isinstance(known.get("size"), int):
        signs["size"] = known["size"]
    if tag:
        signs["tag"] = tag
    elif time and signs:
        signs["time"] = time
    return signs if tag or "time" in signs else dict(signs, unknown=os.urandom(8).hex())


def _kept(folder: Path) -> object:
    raw = read_regular(folder / _META, _MOST_META)
    try:
        if not place.is_private(folder):
            return None
        return json.loads(raw or b"")
    except (OSError, ValueError, RecursionError):
        return None


def copy_of(address: str) -> Path:
    """Return where the copy of a remote file is kept, if it is."""
    data = address.encode("utf-8", "surrogateescape")
    digest = f"{crc32(data):08x}{crc32(data[::-1]) & 0xFFFF:04x}"
    return place.cache_dir() / FOLDER / digest / _name(address)


def _name(address: str) -> str:
    """Return the name of a copy: that of the file, as far as file systems take it."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", urlsplit(address).path.rsplit("/", 1)[-1])
    return name.lstrip(".")[-120:] or "file"


@contextmanager
def _failures(address: str) -> Iterator[None]:
    """Say in one line why a file cannot be fetched."""
    try:
        yield
    except LatentError:
        raise
    except Exception as error:  # each file system has errors of its own
        missing = isinstance(error, FileNotFoundError)
        cause = (error.__cause__ if missing else None) or error
        status = getattr(cause, "status", None)
        if status == 404 or (missing and cause is error):
            raise FileError(f"{shown(address)}: there is no such file (404)") from error
        if isinstance(status, int):
            what = f"{status} {getattr(cause, 'message', '')}".strip()
            raise FileError(f"{shown(address)}: the server answers {what}") from error
        why = " ".join(str(cause).split()) or type(cause).__name__
        raise FileError(f"cannot fetch {shown(address)}: {shown(why)}") from error
