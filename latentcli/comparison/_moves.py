"""How far single rows have moved, and from where on that is more than noise.

A row has moved by 1 - cosine of its rotated vector and its partner (Hamilton et al., 2016). Under the
null every row moves by noise of the usual size: partner = scale x rotated row + Gaussian noise, with
the covariance of what the rotation leaves and its median length. The limit is the largest move of
any row in 79 such spaces.
"""

from __future__ import annotations

import numpy as np

from latentcli.comparison._moments import Side
from latentcli.comparison._procrustes import Rotation
from latentcli.numerics.blocks import parts, sampled, spans
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

STILL = 1e-6
"""Rows that moved less did not move: vectors may be float32."""

_ROUNDING = 1e-24
"""What rounding leaves of a move of nothing, at most: how much depends on the machine."""

DRAWS = 79
"""Spaces that are drawn: noise exceeds the largest move in one of eighty."""

_ROWS = 5000
"""Rows at most whose moves are simulated."""

_FEWEST = 20
"""Rows below which noise has no usual size."""


def moves(rotated: Array, partners: Array) -> Array:
    """Return 1 - cosine of paired rows (n, D), in [0, 2]; NaN for a row without a direction.

    >>> moves(np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[3.0, 0.0], [0.0, -1.0]])).tolist()
    [0.0, 2.0]
    """
    a, b = unit(rotated), unit(partners)
    found: Array = ((a - b) ** 2).sum(axis=1) / 2  # 1 - cos, exact near 0
    found[found < _ROUNDING] = 0.0
    found[~(a.any(axis=1) & b.any(axis=1))] = np.nan
    return found


def all_moves(
    x: Side, y: Side, rotation: Rotation, *, progress: Progress | None = None
) -> Array:
    """Return how far each row has moved (n,), in blocks; NaN for a row at the very center."""
    distances = np.empty(len(x))
    done = 0
    for part in parts(np.arange(len(x)), max(x.dimensions, y.dimensions)):
        distances[part] = moves(rotation(x.take(part)), y.take(part))
        done += len(part)
        if progress:
            progress(done, len(x))
    return distances


def noise_limit(x: Side, y: Side, rotation: Rotation, seed: int) -> float | None:
    """Return the largest move that noise makes in 79 spaces of as many rows.

    None for fewer rows than 20, or no more than dimensions: the rotation then follows the noise.
    """
    if len(x) < _FEWEST or len(x) <= max(x.dimensions, y.dimensions):
        return None
    some = sampled(len(x), _ROWS, seed)
    rotated, partners = rotation(x.take(some)), y.take(some)
    scale = 1 - rotation.distance / 2
    left = partners - scale * rotated
    usual = float(np.median((left**2).sum(axis=1)))
    if usual <= STILL**2:
        return STILL
    factor = np.linalg.svd(left, full_matrices=False)
    shape = (factor[1] / len(left) ** 0.5)[:, None] * factor[2]
    rng = np.random.default_rng([seed, 12])
    draw = rng.standard_normal((len(left), len(shape))) @ shape
    shape *= (usual / float(np.median((draw**2).sum(axis=1)))) ** 0.5
    largest = np.zeros(DRAWS)
    for number in range(DRAWS):
        for part in spans(len(some), rotated.shape[1]):
            noise = rng.standard_normal((part.stop - part.start, len(shape))) @ shape
            found = moves(rotated[part], scale * rotated[part] + noise)
            largest[number] = max(largest[number], float(np.nanmax(found, initial=0.0)))
    return max(STILL, float(largest.max()))
