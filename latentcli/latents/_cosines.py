"""The verb `direction_cosines`: which directions go along with which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents._line import line_of
from latentcli.latents._orthogonal import cosines
from latentcli.numerics.ordering import clustered_order
from latentcli.numerics.types import Array
from latentcli.results import HeatMap, Matrix, Result


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CosinesResult(Result):
    """Cosines of directions with each other.

    Attributes
    ----------
    cosines
        (n, n), in [-1, 1].
    random_sd
        Standard deviation of the cosine of random directions, 1/sqrt(D).
    names
        Of the directions, without what all have in common.
    """

    cosines: Array
    random_sd: float
    names: tuple[str, ...]

    def pictures(self) -> tuple[HeatMap, ...]:
        """Return the cosines as a heat map, in clustered order."""
        order = clustered_order(1 - self.cosines)
        names = [self.names[row] for row in order]
        values = self.cosines[np.ix_(order, order)].tolist()
        return (HeatMap("", names, names, values, -1.0, 1.0, "cosine"),)


def direction_cosines(
    directions: Sequence[npt.ArrayLike], *, names: Sequence[str] | None = None
) -> CosinesResult:
    """Compare directions: the cosines of each with each.

    Random directions in D dimensions have cosines of 0 with a standard deviation of 1/sqrt(D).

    Parameters
    ----------
    directions
        Two or more of one shape, of any length: arrays or names of files.
    names
        One for each, for the records.

    Returns
    -------
    CosinesResult
        Records of `a`, `b`, `cosine`.

    Raises
    ------
    ParameterError
        For fewer than two directions.
    LatentError
        For directions of different shapes.

    Examples
    --------
    >>> direction_cosines([[2.0, 0.0], [1.0, 1.0]]).cosines.round(4).tolist()
    [[1.0, 0.7071], [0.7071, 1.0]]
    """
    if len(directions) < 2:
        raise ParameterError("name two directions or more")
    vectors = [line_of(one, f"direction {n}").vector for n, one in enumerate(directions, 1)]
    shapes = {vector.shape for vector in vectors}
    if len(shapes) > 1:
        raise LatentError(f"the directions have different shapes: {sorted(shapes)}")
    names = names or [str(n) for n in range(1, len(vectors) + 1)]
    matrix = cosines(np.stack([vector.ravel() for vector in vectors]))
    random_sd = float(vectors[0].size ** -0.5)
    short = _trimmed(names)
    return CosinesResult(
        cosines=matrix,
        random_sd=random_sd,
        names=tuple(short),
        title=f"cosines of {len(vectors)} directions",
        columns=("a", "b", "cosine"),
        records=[
            {"a": names[i], "b": names[j], "cosine": float(matrix[i, j])}
            for i in range(len(names))
            for j in range(i + 1, len(names))
        ],
        summary={"random_sd": random_sd},
        views=(Matrix(short, short, matrix.tolist()),),
    )


def _trimmed(names: Sequence[str]) -> list[str]:
    """Return names without the parts (between "_") that all begin and all end with."""
    parts = [name.split("_") for name in names]
    least = min(map(len, parts)) - 1
    start = end = 0
    while start < least and len({part[start] for part in parts}) == 1:
        start += 1
    while end < least - start and len({part[-1 - end] for part in parts}) == 1:
        end += 1
    return ["_".join(part[start : len(part) - end]) for part in parts]
