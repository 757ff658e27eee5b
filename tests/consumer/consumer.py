"""What a typed program does with the library: `mypy --strict` of this file is a test."""

from __future__ import annotations

import latentcli


def nearest(path: str, word: str) -> list[str]:
    """Return the words nearest to a word."""
    space = latentcli.open(path)
    return [hit.word for hit in space.neighbors(word, top=3)]


def score(codes: str, factors: str) -> float | None:
    """Return the mutual information gap of two files."""
    return latentcli.mig(codes, factors).value


def attempt(path: str) -> str:
    """Return the error of a file that cannot be read, as its own class and as Python's."""
    try:
        latentcli.open(path)
    except latentcli.FileError as error:
        same: OSError = error
        return str(same)
    return ""
