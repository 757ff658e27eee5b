"""Pretrained vectors by name: gensim's catalog, and downloads with resume and checksum."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from latentcli.errors import FileError, FormatError, reason, shown, unknown_choice

if TYPE_CHECKING:
    from latentcli.numerics.types import Progress

CATALOG = "https://raw.githubusercontent.com/RaRe-Technologies/gensim-data/master/list.json"
RELEASES = "https://github.com/RaRe-Technologies/gensim-data/releases/download"

_LARGEST_CATALOG = 16 << 20
_BLOCK = 1 << 20
_SECONDS = 30
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SCHEMES = ("https://", "http://", "file://")


@dataclass(frozen=True)
class Pretrained:
    """A set of vectors in the catalog: `bytes` to download, `rows` x `dimensions`, md5 `checksum`."""

    name: str
    bytes: int
    rows: int | None
    dimensions: int | None
    source: str
    license: str
    file_name: str
    checksum: str


def data_dir() -> Path:
    """Return where downloads are kept: $LATENT_DATA_DIR, $XDG_DATA_HOME/latent or ~/.local/share/latent."""
    if own := os.environ.get("LATENT_DATA_DIR"):
        return Path(own)
    shared = os.environ.get("XDG_DATA_HOME", "")
    if Path(shared).is_absolute():
        return Path(shared) / "latent"
    try:
        return Path.home() / ".local" / "share" / "latent"
    except RuntimeError as error:
        raise FileError("there is no home folder: set LATENT_DATA_DIR") from error


def find(name: str) -> Path | None:
    """Return the file that was downloaded under a name; None if there is none."""
    if not _NAME.fullmatch(name):
        return None
    try:
        path = data_dir() / f"{name}.gz"
        return path if path.is_file() else None
    except OSError:
        return None


GENSIM = (
    "fasttext-wiki-news-subwords-300", "conceptnet-numberbatch-17-06-300", "word2vec-ruscorpora-300",
    "word2vec-google-news-300", "glove-wiki-gigaword-50", "glove-wiki-gigaword-100",
    "glove-wiki-gigaword-200", "glove-wiki-gigaword-300", "glove-twitter-25", "glove-twitter-50",
    "glove-twitter-100", "glove-twitter-200",
)  # fmt: skip
"""The sets of gensim's catalog, which a shell offers without asking it."""


def catalog() -> dict[str, Pretrained]:
    """Return the sets of vectors of the catalog by name; $LATENT_CATALOG is another catalog's address."""
    address = _catalog_address()
    with _opened(address, 0) as (stream, _):
        content = stream.read(_LARGEST_CATALOG + 1)
    try:
        models = json.loads(content)["models"]
        found = {name: _entry(name, one) for name, one in models.items() if _is_listed(name)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"{shown(address)}: not a catalog of pretrained vectors") from error
    return found


def _is_listed(name: str) -> bool:
    return bool(_NAME.fullmatch(name))  # names with _ in front are gensim's own tests


def _entry(name: str, one: dict[str, Any]) -> Pretrained:
    file_name = str(one.get("file_name", f"{name}.gz"))
    if not _NAME.fullmatch(file_name):
        raise ValueError(file_name)
    dimension = (one.get("parameters") or {}).get("dimension")
    return Pretrained(
        name=name,
        bytes=int(one["file_size"]),
        rows=None if one.get("num_records") is None else int(one["num_records"]),
        dimensions=None if dimension is None else int(dimension),
        source=str(one.get("base_dataset") or one.get("description") or ""),
        license=str(one.get("license") or ""),
        file_name=file_name,
        checksum=str(one["checksum"]),
    )


def download(name: str, *, progress: Progress | None = None) -> Path:
    """Download pretrained vectors into the data folder, and return their file.

    A download that was interrupted goes on where it stopped. The file gets its name only when its
    checksum is right; what is there already is not downloaded again.

    Parameters
    ----------
    name
        One of the catalog, such as "glove-wiki-gigaword-50".
    progress
        Called with bytes done and in all.

    Raises
    ------
    ParameterError
        For a name that is not in the catalog.
    FileError
        Without network, with a full disk, or where the bytes are not those of the catalog.

    Examples
    --------
    >>> download("glove-wiki-gigaword-50")  # doctest: +SKIP
    PosixPath('/home/me/.local/share/latent/glove-wiki-gigaword-50.gz')
    """
    there = find(name)
    if there is not None:
        return there
    listed = catalog()
    if name not in listed:
        raise unknown_choice("pretrained set", name, listed)
    pretrained = listed[name]
    target = data_dir() / f"{name}.gz"
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _receive(pretrained, part, progress)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"cannot write {part}: {reason(error)}") from error
    _check(pretrained, part)
    part.replace(target)
    return target


def _receive(pretrained: Pretrained, part: Path, progress: Progress | None) -> None:
    done = part.stat().st_size if part.exists() else 0
    if done > pretrained.bytes:
        part.unlink()
        done = 0
    if done == pretrained.bytes:
        return
    address = f"{_base()}/{pretrained.name}/{pretrained.file_name}"
    with _opened(address, done) as (stream, resumed):
        done = done if resumed else 0
        with part.open("ab" if resumed else "wb") as out:
            while block := _read(stream, address):
                out.write(block)
                done += len(block)
                if done > pretrained.bytes:
                    break
                if progress:
                    progress(done, pretrained.bytes)
    if done < pretrained.bytes:
        raise FileError(
            f"{shown(address)} ended after {done:,} of {pretrained.bytes:,} bytes; the same command goes on from there"
        )


def _check(pretrained: Pretrained, part: Path) -> None:
    with part.open("rb") as file:
        digest = hashlib.file_digest(
            file, lambda: hashlib.md5(usedforsecurity=False)
        ).hexdigest()
    if digest != pretrained.checksum or part.stat().st_size != pretrained.bytes:
        part.unlink()
        raise FileError(
            f"{pretrained.name}: the download has the checksum {digest}, and the catalog has {shown(pretrained.checksum)}; it "
            "was removed"
        )


def _catalog_address() -> str:
    address = os.environ.get("LATENT_CATALOG") or CATALOG
    if not address.startswith(_SCHEMES):
        raise FileError(
            f"LATENT_CATALOG is {shown(address)}: it must begin with https://, http:// or file://"
        )
    return address


def _base() -> str:
    address = _catalog_address()
    return RELEASES if address == CATALOG else address.rpartition("/")[0]


@contextmanager
def _opened(address: str, start: int) -> Iterator[tuple[IO[bytes], bool]]:
    """Open an address, from a byte on where the server can: then the second value is True."""
    import http.client
    import urllib.error
    import urllib.request

    request = urllib.request.Request(address, headers={"User-Agent": "latent"})
    if start:
        request.add_header("Range", f"bytes={start}-")
    try:
        response = urllib.request.urlopen(request, timeout=_SECONDS)
    except urllib.error.HTTPError as error:
        raise FileError(
            f"{shown(address)}: the server answers {error.code} {shown(error.reason)}"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        cause = getattr(error, "reason", error)
        said = reason(cause) if isinstance(cause, BaseException) else shown(cause)
        raise FileError(f"cannot reach {shown(address)}: {said}") from error
    with response:
        yield response, getattr(response, "status", None) == 206


def _read(stream: IO[bytes], address: str) -> bytes:
    import http.client

    try:
        return stream.read(_BLOCK)
    except http.client.IncompleteRead as error:
        return error.partial
    except (OSError, http.client.HTTPException) as error:
        raise FileError(
            f"{shown(address)} was interrupted: {reason(error)}; the same command goes on from there"
        ) from error
