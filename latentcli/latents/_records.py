"""Records of codes: what each one is, its norm, and how typical that is under the prior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from latentcli.latents._typicality import sigmas
from latentcli.numerics.types import Array
from latentcli.results import Record

MOST = 1000
"""Up to so many codes have a record of their own; more are summed up by their means."""

_NUMBERS = 8


def shown(code: Array, shape: tuple[int, ...] | None = None) -> list[float] | str:
    """Return a short code as its numbers, a long one as its shape and first numbers.

    `shape` is that of the whole code when only its first rows are at hand.
    """
    if code.ndim == 1 and code.size <= _NUMBERS:
        return [float(value) for value in code]
    first = ", ".join(f"{value:.3g}" for value in code.ravel()[:3])
    return f"{' x '.join(map(str, shape or code.shape))}: {first}, ..."


def norms_of(codes: Array) -> Array:
    """Return the norms (N, R) of the rows of codes (N, ..., D): R is 1 for codes of one vector."""
    values = np.asarray(codes, dtype=np.float64)
    return np.linalg.norm(values, axis=-1).reshape(len(values), -1)


def records_of(codes: Array, what: Sequence[Record]) -> list[Record]:
    """Make a record of each code of an array (N, ..., D): `what` it is, norm, typicality, z."""
    norms = norms_of(codes)
    typical = sigmas(norms, codes.shape[-1])
    return [
        {
            **first,
            "norm": float(norms[index].mean()),
            "typicality": float(typical[index].mean()),
            "z": shown(codes[index]),
        }
        for index, first in enumerate(what)
    ]
