"""Map the numbers of a file, which are then read as they are used."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from latentcli.errors import FileError, LatentError, reason, shown
from latentcli.files.bounds import in_words
from latentcli.numerics.types import Array


def mapped(
    path: str | os.PathLike[str],
    kind: np.dtype[Any],
    offset: int,
    shape: tuple[int, ...],
    *,
    fortran: bool = False,
) -> Array:
    """Map an array that begins at a byte of a file. Raises FileError where there is no room for it."""
    try:
        return np.memmap(
            path,
            dtype=kind,
            mode="r",
            offset=offset,
            shape=shape,
            order="F" if fortran else "C",
        )
    except LatentError:
        raise
    except (OSError, ValueError, OverflowError) as error:
        size = in_words(math.prod(shape) * kind.itemsize)
        raise FileError(
            f"cannot map {shown(path)} into memory ({size}): {reason(error)}"
        ) from error
