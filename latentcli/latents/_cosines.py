"""Directions compared by their cosines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents._changes import checked_direction
from latentcli.latents._directions import cosines
from latentcli.numerics.types import Array
from latentcli.results import Matrix, Record, Result


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CosinesResult(Result):
    """Cosines (M, M) of directions with each other."""

    cosines: Array


def direction_cosines(
    directions: Sequence[npt.ArrayLike], *, names: Sequence[str] | None = None
) -> CosinesResult:
    """Compare directions by their cosines: what goes along with what.

    Parameters
    ----------
    directions
        Two or more, (D,) or (L, D), of one shape.
    names
        What they are called.

    Returns
    -------
    CosinesResult
        Random directions in D dimensions have cosines of 0 with a standard deviation of 1 / sqrt(D),
        `random_sd` of the summary.

    Examples
    --------
    >>> direction_cosines([[1.0, 0.0], [1.0, 1.0]]).cosines.round(4).tolist()
    [[1.0, 0.7071], [0.7071, 1.0]]
    """
    lines = [checked_direction(direction) for direction in directions]
    if len(lines) < 2:
        raise LatentError("cosines take two directions or more")
    shapes = sorted({line.shape for line in lines})
    if len(shapes) > 1:
        raise LatentError(f"the directions have different shapes: {shapes}")
    matrix = cosines(np.stack([line.ravel() for line in lines]))
    called = list(names) if names is not None else [str(number) for number in range(len(lines))]
    records: list[Record] = [
        {"a": called[i], "b": called[j], "cosine": float(matrix[i, j])}
        for i in range(len(called))
        for j in range(i + 1, len(called))
    ]
    short = _without_common_parts(called)
    return CosinesResult(
        cosines=matrix,
        title="cosines of directions",
        columns=("a", "b", "cosine"),
        records=records,
        summary={"random_sd": float(lines[0].size ** -0.5)},
        views=(Matrix(short, short, matrix.tolist()),),
    )


def _without_common_parts(names: list[str]) -> list[str]:
    """Return names without the parts (between "_") that all begin and all end with."""
    parts = [name.split("_") for name in names]
    least = min(map(len, parts)) - 1
    start = end = 0
    while start < least and len({part[start] for part in parts}) == 1:
        start += 1
    while end < least - start and len({part[-1 - end] for part in parts}) == 1:
        end += 1
    return ["_".join(part[start : len(part) - end]) for part in parts]
