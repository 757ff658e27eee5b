"""Tables of sweeps: a line for each model, with the file of its codes, its settings and its seed."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from latentcli.errors import FileError, FormatError, shown, unknown_choice
from latentcli.files import codes, factors, labels, samples
from latentcli.files.addresses import split_address
from latentcli.numerics.types import Array

FILE = "file"
"""The column that names the file of a model's codes, from the folder of the table."""


def read(address: str) -> list[dict[str, Any]]:
    """Read a table of models: columns `file`, maybe `factors` and `seed`; all others are settings."""
    columns = labels.read_table(address)
    if FILE not in columns:
        raise unknown_choice("column", FILE, list(columns))
    return with_files(records_of(columns), split_address(address)[0].parent)


def records_of(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return columns of one length as a record for each row."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def with_files(records: Iterable[Mapping[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Return the records of models with what reads their files, when it is called.

    Each file is looked up beforehand: a sweep does not stop half-way for a name that is wrong.
    """
    made = []
    for number, given in enumerate(records):
        record = dict(given)
        if FILE in record:
            name = _text(record.pop(FILE), number)
            record.setdefault("name", name)
            record["codes"] = functools.partial(_codes, _found(name, folder))
        if isinstance(record.get("factors"), str):
            address = _found(record["factors"], folder)
            record["factors"] = functools.partial(factors.read, address)
        made.append(record)
    return made


def matching(pattern: str) -> list[str]:
    """Return the files that a pattern with `*`, `?` or `[...]` names, in order; a plain name as it is."""
    if not any(sign in pattern for sign in "*?["):
        return [pattern]
    root = Path(pattern).anchor
    found = sorted(map(str, Path(root or ".").glob(pattern.removeprefix(root))))
    if not found:
        raise FileError(f"no files match {shown(pattern)}")
    return found


def _text(value: Any, number: int) -> str:
    if not isinstance(value, str) or not value:
        raise FormatError(f"model {number} names no file")
    return value


def _found(name: str, folder: Path) -> str:
    """Return the address of a file from the folder of the table, or of a sample."""
    here = str(folder / name) if str(folder) != "." else name
    address = here if split_address(here)[0].exists() else samples.find(name)
    path = split_address(address)[0]
    if not path.exists():
        raise FileError(f"no such file: {here}")
    return address


def _codes(address: str) -> Array:
    return codes.load_matrix(address)[0]
