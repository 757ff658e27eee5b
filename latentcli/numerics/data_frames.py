"""Data frames of any library (pandas, Polars, Arrow) as arrays and columns by name; none of them is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentcli.numerics.types import Array
from latentcli.results import Result


@dataclass(frozen=True)
class FrameOfCodes:
    """A data frame of codes: an array (N, D) to NumPy, that knows the names of its columns."""

    columns: tuple[str, ...]
    values: Array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """Return the values."""
        return self.values.astype(dtype or self.values.dtype, copy=bool(copy))


def is_frame(value: Any) -> bool:
    """Tell a data frame (pandas, Polars, Arrow), which has columns and is no result of ours."""
    return hasattr(value, "columns") and not isinstance(value, Mapping | Result | FrameOfCodes)


def columns_of(value: Any) -> Any:
    """Return a data frame (pandas, Polars, Arrow) as columns by name; anything else as it is."""
    if not is_frame(value):
        return value
    # Of an Arrow table `columns` are arrays.
    names = value.column_names if hasattr(value, "column_names") else value.columns
    return {str(name): np.asarray(value[name]) for name in names}


def frame_of_codes(value: Any) -> Any:
    """Return a data frame as codes (N, D) with the names of its columns; anything else as it is."""
    if not is_frame(value):
        return value
    columns = columns_of(value)
    return FrameOfCodes(tuple(columns), np.column_stack([*columns.values()]))
