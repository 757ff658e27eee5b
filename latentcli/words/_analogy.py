"""Analogies, A - B + C: which word is to C as A is to B."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from latentcli.errors import LatentError, ParameterError, check_choice
from latentcli.numerics.scoring import (
    COSINE,
    COSMUL,
    PAIR_DIRECTION,
    RAW_PAIR_DIRECTION,
    Scorer,
)
from latentcli.numerics.search import Question
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

Probes = tuple[Array, Array]
"""Unit probes (Q, P, D), and the lengths (Q, L) that the scorer takes beside them."""


class Method(NamedTuple):
    """One way to answer analogies.

    `probes` makes unit probes and lengths of A, B and C (Q, D) each, all of unit length; so do
    `raw_probes` of vectors as they are, for `raw_scorer`: None where there is no raw form.
    """

    scorer: Scorer
    probes: Callable[[Array, Array, Array], Probes]
    source: str
    raw_scorer: Scorer | None = None
    raw_probes: Callable[[Array, Array, Array], Probes] | None = None


def _sum(a: Array, b: Array, c: Array) -> Probes:
    total = a - b + c
    return unit(total)[:, None], np.linalg.norm(total, axis=1)[:, None]


def _product(a: Array, b: Array, c: Array) -> Probes:
    return np.stack([a, b, c], axis=1), np.ones((len(a), 1))


def _direction(a: Array, b: Array, c: Array) -> Probes:
    directions = unit(a - b)
    return np.stack([directions, c], axis=1), (directions * c).sum(axis=1)[:, None]


def _raw_direction(a: Array, b: Array, c: Array) -> Probes:
    probes, along = _direction(a, b, unit(c))
    return probes, np.column_stack([along, np.linalg.norm(c, axis=1)])


METHODS: dict[str, Method] = {
    "3cosadd": Method(COSINE, _sum, "Mikolov, Yih and Zweig, 2013", COSINE, _sum),
    "3cosmul": Method(COSMUL, _product, "Levy and Goldberg, 2014"),
    "pairdirection": Method(
        PAIR_DIRECTION,
        _direction,
        "Levy and Goldberg, 2014",
        RAW_PAIR_DIRECTION,
        _raw_direction,
    ),
}
"""The methods by name, each with the paper that proposed it."""


def scorer_of(method: str, *, raw: bool) -> Scorer:
    """Return how a method scores; ParameterError for one that has no raw form."""
    check_choice("method", method, METHODS)
    found = METHODS[method].raw_scorer if raw else METHODS[method].scorer
    if found is None:
        raise ParameterError(
            f"{method} compares cosines, which have no raw form; leave out `raw`"
        )
    return found


def ask(
    a: Array,
    b: Array,
    c: Array,
    *,
    method: str = "3cosadd",
    raw: bool = False,
    exclude: tuple[int, ...] = (),
) -> Question:
    """Make the question A - B + C of three vectors (D,).

    3CosAdd seeks the nearest by cosine to the sum, of unit vectors unless `raw`; 3CosMul
    multiplies cosines instead; PairDirection seeks x so that x - C points as A - B does, all of
    unit length unless `raw`. Raises LatentError when the vectors cancel out.
    """
    scorer_of(method, raw=raw)
    chosen = METHODS[method]
    terms = [(1.0, a), (-1.0, b), *([(1.0, c)] if method == "3cosadd" else [])]
    if method != "3cosmul":
        combine(terms, raw=raw)  # refuses what cancels out
    vectors = [(vector if raw else unit(vector))[None] for vector in (a, b, c)]
    make = chosen.raw_probes if raw and chosen.raw_probes else chosen.probes
    probes, lengths = make(*vectors)
    return Question(probes[0], exclude, tuple(lengths[0].tolist()), c if raw else None)


def combine(terms: Sequence[tuple[float, Array]], *, raw: bool) -> Array:
    """Add weighted vectors, each at length 1 first unless `raw`; refuse a sum that vanishes."""
    parts = [weight * (vector if raw else unit(vector)) for weight, vector in terms]
    total: Array = np.sum(parts, axis=0)
    scale = max(float(np.linalg.norm(part)) for part in parts)
    if not np.linalg.norm(total) > 1e-9 * scale:
        raise LatentError("the vectors cancel out: their sum has no direction")
    return total
