"""What an address means: one file, or several whose rows are one space: a folder, a glob, a list."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from latentcli.errors import FileError, FormatError, LatentError, reason, shown
from latentcli.files.addresses import is_glob, is_remote, separated, split_address
from latentcli.files.inputs import read_regular
from latentcli.files.labels import SPACY

_ENDINGS = (
    ".parquet", ".arrow", ".feather", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".npy", ".npz",
    ".safetensors", ".h5", ".db", ".sqlite", ".sqlite3", ".duckdb", ".magnitude", ".fifu", ".txt",
    ".vec", ".bin", ".zarr",
)  # fmt: skip
"""Endings of files of vectors in a folder; a Zarr array is a folder itself."""

_PACKED = (".gz", ".bz2", ".xz", ".zip")
_BESIDE = (".words.txt", ".metadata.tsv")
_DATASET = "dataset_info.json"
_DATASETS = "dataset_dict.json"
_MOST_JSON = 64 << 20


class Part(NamedTuple):
    """A file, and the key of what is read of it ("" for what is meant)."""

    path: Path
    key: str


@dataclass(frozen=True)
class Parts:
    """The files of a space in the order of their rows; `path` is what they are called together."""

    path: Path
    parts: tuple[Part, ...]

    @property
    def key(self) -> str:
        """The keys of the parts, "" for none."""
        keys = dict.fromkeys(part.key for part in self.parts)
        return (
            next(iter(keys)) if len(keys) == 1 else "\n".join(part.key for part in self.parts)
        )

    @property
    def single(self) -> bool:
        """True for one file that is called by its own name."""
        return len(self.parts) == 1 and self.parts[0].path == self.path


def resolve(addresses: str | Sequence[str]) -> Parts:
    """Return the files that addresses mean: each a file, a folder, or a glob, in the order of names."""
    if isinstance(addresses, str):
        return _resolved(addresses)
    found = [_resolved(address) for address in addresses]
    if len(found) == 1:
        return found[0]
    name = " + ".join(one.path.name for one in found)
    return Parts(Path(name), tuple(part for one in found for part in one.parts))


def _resolved(address: str) -> Parts:
    file, key = separated(address)
    if is_remote(file):
        from latentcli.files import remote

        if remote.may_be_several(file):
            copies = remote.matching(file)
            return Parts(Path(file), tuple(Part(copy, key) for copy in copies))
    path, key = split_address(address)
    if os.path.isdir(path):  # noqa: PTH112 - False, too, for names no file can have
        files = _in_folder(path)
        return Parts(path, tuple(Part(file, key) for file in files))
    if is_glob(file) and not os.path.lexists(path):
        return Parts(path, tuple(Part(match, key) for match in _matching(file)))
    return Parts(path, (Part(path, key),))


def _matching(pattern: str) -> list[Path]:
    import glob

    found = sorted(glob.iglob(pattern, recursive=True))  # noqa: PTH207 - any pattern, also absolute
    files = [Path(name) for name in found if os.path.isfile(name)]  # noqa: PTH113
    if not files:
        raise FileError(f"no files match {shown(pattern)}")
    return files


def _in_folder(folder: Path) -> list[Path]:
    """Return the files of vectors of a folder: shards of one kind, or those of a Hugging Face dataset."""
    try:
        names = sorted(one.name for one in folder.iterdir() if one.name[:1] not in "._")
    except LatentError:
        raise
    except OSError as error:
        raise FileError(f"cannot read {shown(folder)}: {reason(error)}") from error
    if _DATASETS in names:
        splits = [name for name in names if (folder / name / _DATASET).is_file()]
        which = f"Pick one: {shown(folder / splits[0])}" if splits else "It has none"
        raise FormatError(
            f"{shown(folder)}: a Hugging Face dataset of splits ({shown(', '.join(splits))}). {which}"
        )
    if "state.json" in names and _DATASET in names:
        return _of_dataset(folder)
    if spacy := _of_spacy(folder, names):
        return [spacy]
    files = [name for name in names if (folder / name).is_file()]
    return [folder / name for name in of_one_kind(str(folder), files)]


def of_one_kind(folder: str, names: Sequence[str]) -> list[str]:
    """Return those of the names in a folder that are files of vectors, which are all of one kind.

    Raises FileError where there are none, or some of another kind.
    """
    kinds: dict[str, list[str]] = {}
    for name in names:
        ending = ending_of(name)
        provenance = name.endswith(".json") and name.removesuffix(".json") in names
        beside = provenance or name.endswith(_BESIDE) or name == _DATASET
        if ending and not beside:
            kinds.setdefault(ending, []).append(name)
    if not kinds:
        raise FileError(f"{shown(folder)} is a folder, not a file, and has no files of vectors")
    if len(kinds) > 1:
        have = ", ".join(f"{len(files):,} {ending}" for ending, files in kinds.items())
        raise FileError(
            f"{shown(folder)} is a folder of several kinds of files ({have}); "
            f"name those of one kind: '{shown(folder.rstrip('/'))}/*{next(iter(kinds))}'"
        )
    return next(iter(kinds.values()))


def _of_spacy(folder: Path, names: list[str]) -> Path | None:
    """Return the array of spaCy's vectors, of a folder of them or of one with the folder `vocab`."""
    if "vocab" in names and (folder / "vocab" / SPACY[0]).is_file():
        folder = folder / "vocab"
    elif not {*SPACY} <= {*names}:
        return None
    return folder / SPACY[0]


def ending_of(name: str) -> str:
    """Return the ending of a file of vectors, without that of its compression; "" for others."""
    ending = os.path.splitext(_unpacked(name.lower()))[1]  # noqa: PTH122
    return ending if ending in _ENDINGS else ""


def bare(name: str) -> str:
    """Return the name of a file of vectors without its ending, and without that of its compression.

    >>> bare("part-0.txt.gz"), bare("v1.2")
    ('part-0', 'v1.2')
    """
    return _unpacked(name)[: len(_unpacked(name)) - len(ending_of(name))]


def _unpacked(name: str) -> str:
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name


def _of_dataset(folder: Path) -> list[Path]:
    """Return the shards of a dataset that Hugging Face's library saved, in the order of its state."""
    raw = read_regular(folder / "state.json", _MOST_JSON)
    try:
        state = json.loads(raw or b"")
        names = [str(one["filename"]) for one in state["_data_files"]]
        chosen = state.get("_indices_data_files") or state.get("_indices_files")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError(
            f"{shown(folder)}/state.json: not that of a Hugging Face dataset ({reason(error)})"
        ) from error
    if chosen:
        raise FormatError(
            f"{shown(folder)}: a dataset whose rows are chosen by indices; save it again after flatten_indices()"
        )
    wrong = [name for name in names if Path(name).name != name or name in ("", ".", "..")]
    if wrong or not names:
        raise FormatError(f"{shown(folder)}/state.json names no files beside it")
    return [folder / name for name in names]
