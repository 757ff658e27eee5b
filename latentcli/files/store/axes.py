"""Which axes of an array are the rows of a space: the one rule, applied when a space is opened."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from latentcli.errors import ParameterError, counted
from latentcli.files.store.entry import Entry
from latentcli.files.store.row_numbers import RowNumbers
from latentcli.numerics.axes import Axes, axes_of

FIRST = "N..."
"""What `axes` is where the first axis holds the samples, whatever the others are."""

_SPARE = "BCTHWDEFGIJKMOPQRSUVXYZ"


def by_axes(entry: Entry, address: str, axes: str) -> tuple[Entry, Axes | None]:
    """Return an entry whose rows are the codes of its array, and what its axes are.

    Rows with words are samples. Without `axes`, they are as the file knows them, or by the rule of
    `numerics.axes`, which refuses what can be read in two ways. An array without samples is one row.
    """
    shape = tuple(entry.meta["shape"])
    in_front = f"N{_SPARE[: len(shape) - 1]}"
    if axes == FIRST:
        return entry, None
    if not axes and entry.vocabulary.named:
        axes = in_front
    decided = axes_of(shape, axes or _known(entry, address), name=entry.path.name)
    if "N" in decided.letters or len(shape) == 1:
        return entry, decided
    if entry.vocabulary.named:
        raise ParameterError(
            f"{entry.path.name}: axes {decided.letters} make one row of it, which has "
            f"{counted(len(entry.matrix), 'word')}"
        )
    return _as_one_row(entry), decided


def _known(entry: Entry, address: str) -> str:
    """Return the axes that the file knows, "" where it does not, or there are several files."""
    if not entry.path.is_file():
        return ""
    from latentcli.files import codes

    return codes.read(address).axes


def _as_one_row(entry: Entry) -> Entry:
    """Return an entry whose numbers are one row."""
    matrix = entry.matrix.reshape(1, -1)
    norm = float(np.linalg.norm(matrix.astype(np.float64)))
    norms = np.array([norm if math.isfinite(norm) else 0.0])
    return replace(entry, matrix=matrix, norms=norms, vocabulary=RowNumbers(1))
