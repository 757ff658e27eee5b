"""Vectors of integers with a scale for each, in a column beside them: made, found and multiplied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from latentcli.errors import shown
from latentcli.numerics.types import Array

SCALE = "_scale"
"""What the name of a column ends in that holds a scale for each vector of integers."""


def quantized(values: Array) -> tuple[Array, Array]:
    """Return rows (n, D) as int8 and their scales (n,) float32: the largest number of a row becomes 127.

    A row with NaN or infinity has the scale NaN.

    >>> quantized(np.array([[0.5, -1.27], [0.0, 0.0]]))[0].tolist()
    [[50, -127], [0, 0]]
    """
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        largest = np.abs(values.astype(np.float64)).max(axis=1)
        scales = (largest / 127).astype(np.float32)
        whole = np.rint(values / np.where(scales > 0, scales, np.float32(1))[:, None])
    finite = np.isfinite(largest) & np.isfinite(scales)
    whole[~finite] = 0
    scales[~finite] = np.nan
    return np.clip(whole, -127, 127).astype(np.int8), scales


def scale_of(vectors: str, samples: Mapping[str, Sequence[object]]) -> str:
    """Return the column of a scale for each vector of integers, "" for none."""
    scale = vectors + SCALE
    cells = [cell for cell in samples[vectors] if cell is not None]
    whole = all(isinstance(cell, list) and {*map(type, cell)} <= {int} for cell in cells)
    numbers = all(
        cell is None or isinstance(cell, (int, float)) for cell in samples.get(scale, [""])
    )
    return scale if whole and numbers else ""


def note(scale: str) -> str:
    """Say that vectors are multiplied."""
    return f"the vectors are multiplied by its column '{shown(scale)}'"


def scaled(vector: Array, scale: object) -> Array:
    """Return a vector of integers times its scale, a float32 as it was made; NaN where that is missing."""
    number = float(scale) if isinstance(scale, (int, float)) else np.nan
    with np.errstate(over="ignore"):
        return vector * np.float64(np.float32(number))
