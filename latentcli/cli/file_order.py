"""Codes and factors that were typed the other way round, or one file as both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from latentcli.cli import typed
from latentcli.cli.exit_codes import UsageError

if TYPE_CHECKING:
    from latentcli.disentanglement._data import Data

_FACTORS = re.compile(
    r"(?<![a-z])(factors?|labels?|classes|attributes?|attrs?|targets?|latents_classes)(?![a-z])",
    re.IGNORECASE,
)
"""What files of factors are called."""

_TABLES = {".csv", ".tsv", ".npy", ".npz", ".parquet", ".txt"}


def checked(data: dict[str, Data], codes: list[str], factors: str) -> dict[str, Data]:
    """Return what was read, with a note in front where its files seem to be swapped.

    Raises UsageError where their numbers and their names both say so: what would be computed has no meaning.
    """
    from latentcli.disentanglement._data import SWAPPED, seem_swapped

    first, *others = data
    like_factors = seem_swapped(data[first].codes, data[first].factors)
    named = names_say_swapped([*codes, factors])
    if not (like_factors or named):
        return data
    files = [*codes, factors]
    line = typed.with_files(files, [*files[1:], files[0]])
    if like_factors and named:  # the line to type follows every error
        raise UsageError(
            f"{codes[0]} holds classes, as factors do, and {factors} fractions, as codes do"
        )
    why = (
        SWAPPED
        if like_factors
        else f"{codes[0]} has the name of a file of factors and is read as codes"
    )
    notes = [text for text in data[first].notes if text != SWAPPED]
    text = f"{why}; if the files are swapped, type: {line}"
    return {
        first: replace(data[first], notes=(text, *notes)),
        **{name: data[name] for name in others},
    }


def names_say_swapped(files: Sequence[str]) -> bool:
    """Tell whether the first file is named like factors, and the last one is not."""
    return len(files) > 1 and is_named_factors(files[0]) and not is_named_factors(files[-1])


def same(name: str) -> str:
    """Return the note about a file that is given as codes and as factors, with the line of what is beside it."""
    text = f"{name} is given as codes and as factors: it is compared with itself"
    beside = factors_beside(name)
    if not beside:
        return f"{text}; type CODES... FACTORS"
    return f"{text}; with factors: {typed.with_files([name], [name, beside])}"


def factors_beside(codes: str) -> str:
    """Return the file in the folder of codes that is named like factors, "" for none or of factors."""
    file = Path(codes.partition("::")[0])
    if is_named_factors(codes):
        return ""
    names = sorted(
        str(one)
        for one in file.parent.glob("*")
        if one.suffix in _TABLES and is_named_factors(one.name)
    )
    return names[0] if names else ""


def is_named_factors(address: str) -> bool:
    """Tell a file, or an array `FILE::KEY`, whose name says that it holds factors.

    >>> is_named_factors("run1_factors.csv"), is_named_factors("factors/codes.npy")
    (True, False)
    """
    file, _, key = address.partition("::")
    return bool(_FACTORS.search(key or Path(file).stem))
