"""Analogies, A - B + C: which word is to C as A is to B."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from latentcli.errors import LatentError
from latentcli.numerics.scoring import COSINE, COSMUL, PAIR_DIRECTION, Scorer
from latentcli.numerics.search import Question
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

Build = Callable[[Array, Array, Array, bool], tuple[Array, float]]
"""From A, B, C (D,) and whether they are taken raw: unit probes (P, D) and the length."""


class Method(NamedTuple):
    """One way to answer analogies."""

    scorer: Scorer
    build: Build
    source: str


def _add(a: Array, b: Array, c: Array, raw: bool) -> tuple[Array, float]:
    total = combine([(1.0, a), (-1.0, b), (1.0, c)], raw=raw)
    return unit(total)[None], float(np.linalg.norm(total))


def _multiply(a: Array, b: Array, c: Array, raw: bool) -> tuple[Array, float]:
    return np.stack([unit(a), unit(b), unit(c)]), 1.0


def _direction(a: Array, b: Array, c: Array, raw: bool) -> tuple[Array, float]:
    total = combine([(1.0, a), (-1.0, b)], raw=raw)
    direction = unit(total)
    return np.stack([direction, unit(c)]), float(direction @ unit(c))


METHODS: dict[str, Method] = {
    "3cosadd": Method(COSINE, _add, "Mikolov, Yih and Zweig, 2013"),
    "3cosmul": Method(COSMUL, _multiply, "Levy and Goldberg, 2014"),
    "pairdirection": Method(PAIR_DIRECTION, _direction, "Levy and Goldberg, 2014"),
}
"""The methods by name, each with the paper that proposed it."""


def ask(
    a: Array,
    b: Array,
    c: Array,
    *,
    method: str = "3cosadd",
    raw: bool = False,
    exclude: tuple[int, ...] = (),
) -> Question:
    """Make the question A - B + C from three vectors (D,).

    3CosAdd seeks the nearest by cosine to the sum, of unit vectors unless `raw`; 3CosMul
    multiplies cosines instead; PairDirection seeks x so that x - C points as A - B does.
    Raises LatentError when the vectors cancel out.
    """
    probes, length = METHODS[method].build(a, b, c, raw)
    return Question(probes, exclude, length)


def combine(terms: list[tuple[float, Array]], *, raw: bool) -> Array:
    """Add weighted vectors, each at length 1 first unless `raw`; refuse a sum that vanishes."""
    parts = [weight * (vector if raw else unit(vector)) for weight, vector in terms]
    total: Array = np.sum(parts, axis=0)
    scale = max(float(np.linalg.norm(part)) for part in parts)
    if not np.linalg.norm(total) > 1e-9 * scale:
        raise LatentError("the vectors cancel out: their sum has no direction")
    return total
