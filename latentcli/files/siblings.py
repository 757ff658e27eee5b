"""Mistakes that the names of files tell: the same file twice, samples where means are beside them."""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from pathlib import Path

_SAMPLED = re.compile(r"(?<![a-z])(samples?|sampled|zs?)(?![a-z])", re.IGNORECASE)
_MEANS = ("mean", "means", "mu", "mus")


def means_beside(address: str) -> str:
    """Return the address of means beside sampled codes, by their names; "" if there are none.

    `codes_samples.npy` has `codes_mean.npy` beside it, `run.npz::z` the key `mu`.
    """
    name, _, key = address.partition("::")
    path = Path(name)
    if key and (found := _SAMPLED.fullmatch(key.split("[")[0])):
        keys = _keys(path)
        return next((f"{name}::{one}" for one in _variants(found[0], found) if one in keys), "")
    if key:
        return ""
    found = _SAMPLED.search(path.stem)
    if found is None:
        return ""
    beside = (path.with_name(one + path.suffix) for one in _variants(path.stem, found))
    return next((str(one) for one in beside if one.is_file()), "")


def _variants(text: str, found: re.Match[str]) -> list[str]:
    return [text[: found.start()] + mean + text[found.end() :] for mean in _MEANS]


def _keys(path: Path) -> set[str]:
    """Return the names of the arrays of an .npz file; none of any other file."""
    with suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        return {one.removesuffix(".npy") for one in archive.namelist()}
    return set()


def same(first: str, second: str) -> bool:
    """Tell whether two addresses are the same array of the same file."""
    if first.partition("::")[1:] != second.partition("::")[1:]:
        return False
    names = [Path(one.partition("::")[0]) for one in (first, second)]
    with suppress(OSError):
        return names[0].samefile(names[1])
    return False
