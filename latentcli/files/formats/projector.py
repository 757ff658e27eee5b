"""TensorBoard's Embedding Projector: tab-separated numbers, and the words in a file beside.

A metadata file of one column has no header line: the projector takes a first line without tabs
for data; one of several columns has their names first. Empty lines are skipped there, so an empty word is written as a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from latentcli.files.formats.text import digits
from latentcli.numerics.types import Array

MOST = 100_000
"""How many rows the projector's server shows."""

_EMPTY = "(empty)"
_BREAKS = str.maketrans({"\t": " ", "\n": " ", "\r": " ", "\0": "\\x00"})


def metadata_of(path: Path) -> Path:
    """Return where the words of a tensor file go: `x.tsv` has `x.metadata.tsv`."""
    name = path.name
    for ending in (".gz", ".bz2", ".xz", ".zip", ".tsv"):
        name = name.removesuffix(ending)
    return path.with_name(f"{name}.metadata.tsv")


def write(path: Path, batches: Iterable[Array]) -> None:
    """Write the numbers."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for values in batches:
            out.writelines("\t".join(digits(row)) + "\n" for row in values)


def write_table(path: Path, columns: Mapping[str, Sequence[str]]) -> None:
    """Write columns under a line of their names, as the projector wants several columns."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in (tuple(columns), *zip(*columns.values(), strict=True)):
            out.write("\t".join(text.translate(_BREAKS).strip() for text in row) + "\n")


def write_metadata(path: Path, words: Iterable[str]) -> None:
    """Write one word on each line, without a header."""
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{word.translate(_BREAKS).strip() or _EMPTY}\n" for word in words)
