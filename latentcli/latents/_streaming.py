"""Where the codes that a verb makes go: into an array of the result, or into `out` as they come."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from latentcli.errors import LatentError, ParameterError
from latentcli.numerics.types import Array

PART = 1 << 22
"""Numbers that are in work at a time."""


class Out(Protocol):
    """What takes an array block by block, in order, along its first axis: `out[a:b] = block`.

    An array, a memory map, a writer of a file. If it has a method `begin(shape, dtype)`, that is
    called before the first block. If it has a method `unordered(shape, dtype)` that returns a function,
    that takes codes of any place from several threads: `function(first, block)`.
    """

    def __setitem__(self, where: Any, block: Array, /) -> None:
        """Take a block."""


def begin(
    out: Out | None, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> tuple[Out, Array | None]:
    """Return what takes the blocks, and the new array if it is one."""
    if out is None:
        whole = np.empty(shape, dtype)
        return whole, whole
    start = getattr(out, "begin", None)
    if start is not None:
        start(shape, dtype)
    elif tuple(getattr(out, "shape", shape)) != shape:
        raise ParameterError("out", f"of shape {tuple(out.shape)}", f"of shape {shape}")  # type: ignore[attr-defined]
    return out, None


def cast(values: Array, dtype: np.dtype[Any]) -> Array:
    """Return numbers in another dtype; LatentError for those that it cannot hold."""
    with np.errstate(over="ignore"):
        narrow: Array = values.astype(dtype)
    if not np.isfinite(narrow).all():
        raise LatentError(
            f"the result has numbers beyond {dtype}, whose largest is {np.finfo(dtype).max:g}; "
            "give codes of a wider type"
        )
    return narrow
