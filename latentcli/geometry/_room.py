"""How much room directions leave each other: their cosines, and the least that these can be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from latentcli.numerics.blocks import Rows, blocks, sampled
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit


@dataclass(frozen=True)
class Room:
    """How far directions are from orthogonal to each other.

    `rms` is the root mean square cosine of all pairs, exactly; `welch` what it is at least for N
    directions in D dimensions; `mean` and `largest` are of the absolute cosines of `pairs` pairs;
    `random` is the mean absolute cosine of random directions.
    """

    rms: float
    welch: float
    mean: float
    largest: float
    pairs: int
    random: float


def room(
    matrix: Array,
    rows: Rows,
    *,
    sample: int = 3000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Room:
    """Measure the cosines of the given rows (two or more, none of them zero).

    All pairs among `sample` rows, drawn by `seed`, are looked at for the mean and the largest;
    with no more rows than that, all pairs there are.
    """
    chosen = rows[sampled(len(rows), sample, seed)]
    mean, largest = _absolute_cosines(unit(matrix[chosen].astype(np.float64)))
    return Room(
        rms=_rms_cosine(matrix, rows, progress),
        welch=welch_bound(len(rows), matrix.shape[1]),
        mean=mean,
        largest=largest,
        pairs=len(chosen) * (len(chosen) - 1) // 2,
        random=random_cosine(matrix.shape[1]),
    )


def _rms_cosine(matrix: Array, rows: Rows, progress: Progress | None) -> float:
    """Return the root mean square cosine of all pairs: the sum of squares is that of U^T U."""
    count, dimensions = len(rows), matrix.shape[1]
    if count <= dimensions:
        directions = unit(matrix[rows].astype(np.float64))
        products = directions @ directions.T
    else:
        products = np.zeros((dimensions, dimensions))
        for _, values in blocks(matrix, rows, progress=progress):
            directions = unit(values)
            products += directions.T @ directions
    squares = float((products * products).sum()) - count
    return math.sqrt(max(0.0, squares) / (count * (count - 1)))


def _absolute_cosines(directions: Array) -> tuple[float, float]:
    """Return the mean and the largest absolute cosine of unit vectors (n, D) with each other."""
    count = len(directions)
    total, largest = 0.0, 0.0
    for start in range(0, count, 512):
        cosines = np.abs(directions[start : start + 512] @ directions.T)
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = 0.0
        total += float(cosines.sum())
        largest = max(largest, float(cosines.max()))
    return total / (count * (count - 1)), min(largest, 1.0)


def welch_bound(count: int, dimensions: int) -> float:
    """Return the least that the largest cosine of `count` > 1 directions can be (Welch, 1974).

    The root mean square cosine obeys it, too; 0 where all can be orthogonal.

    >>> round(welch_bound(10_000, 512), 4)
    0.0431
    """
    if count <= dimensions:
        return 0.0
    return math.sqrt((count - dimensions) / (dimensions * (count - 1)))


def random_cosine(dimensions: int) -> float:
    """Return the mean absolute cosine of random directions.

    >>> round(random_cosine(2), 6)  # 2 / pi
    0.63662
    """
    logs = math.lgamma(dimensions / 2) - math.lgamma((dimensions + 1) / 2)
    return math.exp(logs) / math.sqrt(math.pi)
