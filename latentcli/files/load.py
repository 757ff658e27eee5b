"""Load a small file of vectors whole, at its own precision: vectors to ask with, not a space."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from latentcli.files import codes, formats
from latentcli.files.labels import split_address
from latentcli.files.stream import Stream
from latentcli.numerics.types import Array


def vectors_of(address: str) -> tuple[list[str], Array]:
    """Return a label for each row of `FILE` or `FILE::KEY`, and the rows (n, D) float64."""
    if address.endswith("]") and not Path(address).exists():
        values = codes.load(address).values
        rows = np.asarray(values, dtype=np.float64).reshape(-1, values.shape[-1])
        return _called(address, len(rows)), rows
    path, key = split_address(address)
    with Stream(path) as stream:
        reading = formats.read(stream, key)
        words: list[str] = []
        parts = []
        for block in reading.blocks():
            words += block.words or []
            parts.append(np.asarray(block.values, dtype=np.float64))
        if not parts:
            raise stream.error("no vectors in it")
    rows = np.concatenate(parts)
    if words:
        return words, rows
    return _called(address, len(rows)), rows


def _called(address: str, rows: int) -> list[str]:
    return [address] if rows == 1 else [f"{address}[{number}]" for number in range(rows)]
