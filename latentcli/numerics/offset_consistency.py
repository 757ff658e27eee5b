"""Sets of words: which one does not belong, and whether pairs share one direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

STRONG, LOOSE = 0.5, 0.25
"""Mean cosines of offsets from which pairs are called one relation, and a loose one."""


@dataclass(frozen=True)
class Consistency:
    """How far offsets agree.

    `to_mean` (n,): cosine of each offset with the mean of all unit offsets; `norms` (n,): the
    offsets' lengths; `pairwise` (n, n): their cosines; `mean_pairwise` over distinct pairs (None
    for a single offset); `chance` the standard deviation of a cosine between random directions,
    1/sqrt(D); `verdict` one of "one direction", "loosely related", "no common direction" and
    "a single pair".
    """

    to_mean: Array
    norms: Array
    pairwise: Array
    mean_pairwise: float | None
    chance: float
    verdict: str


def belonging(vectors: Array) -> Array:
    """Return each vector's cosine with the mean of the unit vectors (n,); the least is the odd one.

    >>> int(belonging(np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]])).argmin())
    2
    """
    directions = unit(vectors)
    cosines: Array = np.clip(directions @ unit(directions.mean(axis=0)), -1.0, 1.0)
    return cosines


def consistency(starts: Array, ends: Array) -> Consistency:
    """Compare the offsets `ends` - `starts`, both (n, D); none may be zero."""
    offsets = np.asarray(ends, dtype=np.float64) - np.asarray(starts, dtype=np.float64)
    directions = unit(offsets)
    pairwise = np.clip(directions @ directions.T, -1.0, 1.0)
    count, dimensions = offsets.shape
    chance = dimensions**-0.5
    mean = None
    if count > 1:
        mean = float(pairwise[~np.eye(count, dtype=bool)].mean())
    return Consistency(
        to_mean=np.clip(directions @ unit(directions.mean(axis=0)), -1.0, 1.0),
        norms=np.linalg.norm(offsets, axis=1),
        pairwise=pairwise,
        mean_pairwise=mean,
        chance=chance,
        verdict=verdict(mean),
    )


def verdict(mean: float | None) -> str:
    """Judge the mean cosine of all pairs of offsets."""
    if mean is None:
        return "a single pair"
    if mean < LOOSE:
        return "no common direction"
    return "one direction" if mean >= STRONG else "loosely related"
