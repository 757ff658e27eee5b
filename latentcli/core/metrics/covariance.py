"""The covariance of codes, in bounded memory, and what its spectrum says."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from latentcli.core.metrics.data import Data

Array = npt.NDArray[Any]

_BLOCK = 1 << 22
"""Numbers of codes that are taken at a time."""


def standardised(data: Data, rows: slice, mean: Array, deviation: Array) -> Array:
    """Return rows (n, A) of the dimensions that change, with mean 0 and deviation 1."""
    codes: Array = data.codes[rows][:, data.alive].astype(np.float64)
    return (codes - mean) / deviation


def moments(data: Data) -> tuple[Array, Array, Array]:
    """Return means (A,), deviations (A,) with N - 1, and correlations (A, A) of what changes."""
    columns = [data.codes[:, j].astype(np.float64) for j in np.flatnonzero(data.alive)]
    mean = np.array([column.mean() for column in columns])
    deviation = np.array([column.std(ddof=1) for column in columns])
    correlation = np.zeros((len(mean), len(mean)))
    for rows in blocks(data):
        part = standardised(data, rows, mean, deviation)
        correlation += part.T @ part
    correlation /= data.rows - 1
    np.fill_diagonal(correlation, 1.0)
    return mean, deviation, correlation


def blocks(data: Data) -> list[slice]:
    """Return slices that go through the rows, so many at a time that a block stays small."""
    step = max(1, _BLOCK // data.dimensions)
    return [slice(start, start + step) for start in range(0, data.rows, step)]


def spread(deviation: Array, correlation: Array) -> Array:
    """Return the covariance (A, A)."""
    covariance: Array = correlation * np.multiply.outer(deviation, deviation)
    return covariance
