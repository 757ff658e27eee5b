"""What one pass over all rows gives: their ends and, where they will be needed, moments and directions."""

from __future__ import annotations

from collections.abc import Set
from functools import partial
from typing import NamedTuple

import numpy as np

from latentcli.geometry import _directions, _spectrum
from latentcli.geometry._directions import DirectionSum
from latentcli.geometry._spectrum import Moments
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array


class Sums(NamedTuple):
    """The `least` and the `greatest` value of each dimension (D,), and what else is summed; None for what is not."""

    least: Array
    greatest: Array
    moments: Moments | None
    directions: DirectionSum | None


def sums_of(points: Points, sections: Set[str]) -> Sums:
    """Go over rows once, for what these sections of the report need of all of them."""
    origin = plain = None
    if sections & {"manifold", "isotropy"} and _spectrum.by_moments(points.rows):
        origin = _spectrum.origin_of(points)
    if "isotropy" in sections:
        plain = _directions.none_removed(points.dimensions)
    return points.reduced(partial(_of_block, origin, plain), _added)


def _of_block(origin: Array | None, plain: tuple[Array, Array] | None, block: Array) -> Sums:
    with np.errstate(over="ignore", invalid="ignore"):  # numbers that large are refused later
        return Sums(
            block.min(axis=0),
            block.max(axis=0),
            None if origin is None else _spectrum.moments_of(origin, block),
            None if plain is None else _directions.direction_sum(*plain, block),
        )


def _added(one: Sums, other: Sums) -> Sums:
    return Sums(
        np.minimum(one.least, other.least),
        np.maximum(one.greatest, other.greatest),
        one.moments and other.moments and _spectrum.added(one.moments, other.moments),
        one.directions
        and other.directions
        and _directions.added(one.directions, other.directions),
    )
