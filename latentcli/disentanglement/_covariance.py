"""The correlations of codes, in bounded memory."""

from __future__ import annotations

import numpy as np

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._scaling import scales, standardised
from latentcli.numerics.types import Array

_BLOCK = 1 << 22
"""Numbers of codes that are taken at a time."""


def moments(data: Data) -> tuple[Array, Array, Array]:
    """Return means (A,), deviations (A,) with N - 1, and correlations (A, A) of what changes."""
    found = [scales(data.codes[:, j], ddof=1) for j in np.flatnonzero(data.alive)]
    mean, deviation = np.array(found).T
    correlation = np.zeros((len(mean), len(mean)))
    for rows in blocks(data):
        part = standardised(data.codes[rows][:, data.alive], mean, deviation)
        correlation += part.T @ part
    correlation /= data.rows - 1
    np.fill_diagonal(correlation, 1.0)
    return mean, deviation, correlation


def blocks(data: Data) -> list[slice]:
    """Return slices that go through the rows, so many at a time that a block stays small."""
    step = max(1, _BLOCK // data.dimensions)
    return [slice(start, start + step) for start in range(0, data.rows, step)]
