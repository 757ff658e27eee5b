"""Tables of sweeps: a line for each model, with the file of its codes, its settings and its seed."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from latentcli.errors import FileError, FormatError, shown, unknown_choice
from latentcli.files import codes, factors, labels, samples
from latentcli.files.addresses import split_address
from latentcli.numerics.types import Array

FILE = "file"
"""The column that names the file of a model's codes, from the folder of the table."""

_OWN = (FILE, "factors", "seed")
"""Columns that are no settings."""


def read(address: str, axes: str = "") -> list[dict[str, Any]]:
    """Read a table of models: columns `file`, maybe `factors` and `seed`; all others are settings.

    `axes` say what the axes of the codes are (see `codes.load_matrix`).
    """
    columns = labels.read_table(address)
    if FILE not in columns:
        raise unknown_choice("column", FILE, list(columns))
    return with_files(records_of(columns), split_address(address)[0].parent, axes)


def records_of(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return columns of one length as a record for each row."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def with_files(
    records: Iterable[Mapping[str, Any]], folder: Path, axes: str = ""
) -> list[dict[str, Any]]:
    """Return the records of models with what reads their files, when it is called.

    Each file is looked up beforehand: a sweep does not stop half-way for a name that is wrong. A record of a
    `file` has all its other keys but `factors` and `seed` as `settings`.
    """
    made = [
        _with_file(record, number, folder, axes) if FILE in record else dict(record)
        for number, record in enumerate(records)
    ]
    for record in made:
        address = _address(record.get("factors"))
        if address is not None:
            record["factors"] = functools.partial(factors.read, _found(address, folder))
    return made


def _with_file(
    record: Mapping[str, Any], number: int, folder: Path, axes: str
) -> dict[str, Any]:
    name, own = _address(record[FILE]), _address(record.get("factors"))
    if not name:
        raise FormatError(f"model {number} names no file")
    return {
        "name": name if own is None else f"{name} with {own}",
        "codes": functools.partial(_codes, _found(name, folder), axes),
        "factors": record.get("factors"),
        "seed": record.get("seed"),
        "settings": {key: value for key, value in record.items() if key not in _OWN},
    }


def matching(pattern: str) -> list[str]:
    """Return the files that a pattern with `*`, `?` or `[...]` names, in order; a plain name as it is."""
    if not any(sign in pattern for sign in "*?["):
        return [pattern]
    root = Path(pattern).anchor
    found = sorted(map(str, Path(root or ".").glob(pattern.removeprefix(root))))
    if not found:
        raise FileError(f"no files match {shown(pattern)}")
    return found


def _address(value: Any) -> str | None:
    """Return what names a file; None for anything else."""
    return os.fspath(value) if isinstance(value, (str, os.PathLike)) else None


def _found(name: str, folder: Path) -> str:
    """Return the address of a file from the folder of the table, or of a sample."""
    here = str(folder / name) if str(folder) != "." else name
    address = here if split_address(here)[0].exists() else samples.find(name)
    path = split_address(address)[0]
    if not path.exists():
        raise FileError(f"no such file: {here}")
    return address


def _codes(address: str, axes: str) -> Array:
    return codes.load_matrix(address, axes)[0]
