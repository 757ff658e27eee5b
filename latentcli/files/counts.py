"""How often words occur: a file with a word and its count on each line."""

from __future__ import annotations

import math
from pathlib import Path

from latentcli.errors import FileError, FormatError, shown
from latentcli.files import labels


def read(address: str) -> dict[str, float]:
    """Read `word count` lines, separated by spaces or a tab; a word that comes again adds up."""
    path = Path(address)
    if not path.exists():
        raise FileError(f"no such file: {shown(address)}")
    counts: dict[str, float] = {}
    for number, line in enumerate(labels.read(address, path), 1):
        if not line.strip():
            continue
        word, _, count = line.strip().replace("\t", " ").rpartition(" ")
        value = _number(count)
        if not word or value is None:
            raise FormatError(
                f"{path.name}: line {number:,} is not a word and its count: '{shown(line, 60)}'"
            )
        counts[word.strip()] = counts.get(word.strip(), 0.0) + value
    total = sum(counts.values())
    if not 0 < total < math.inf:
        what = "counts too large to add up" if total else "no counts in it"
        raise FormatError(f"{path.name}: {what}")
    return counts


def _number(text: str) -> float | None:
    """Return a count, None if it is none: NaN, infinite or below zero."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
