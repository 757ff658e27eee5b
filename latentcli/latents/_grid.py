"""Interpolation grids between four codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, UsageError
from latentcli.latents import _editing as editing
from latentcli.latents._changes import CodesResult, float_type, made
from latentcli.results import Record


def grid(
    corners: Sequence[npt.ArrayLike], *, rows: int = 5, columns: int = 5, lol: bool = False
) -> CodesResult:
    """Fill a grid between four codes.

    Parameters
    ----------
    corners
        Codes of one shape: top left, top right, bottom left, bottom right.
    rows, columns
        Size of the grid, from 2.
    lol
        Keep the prior N(0, I) (Bodin et al., 2024): for codes z, not w. Else bilinear.

    Returns
    -------
    CodesResult
        (rows, columns, ...): the corners are kept as they are.

    Examples
    --------
    >>> grid([[0.0], [1.0], [2.0], [3.0]], rows=2, columns=3).codes[..., 0].tolist()
    [[0.0, 0.5, 1.0], [2.0, 2.5, 3.0]]
    """
    if len(corners) != 4:
        raise ParameterError("corners", f"{len(corners)} codes", "four codes")
    for name, value in (("rows", rows), ("columns", columns)):
        if value < 2:
            raise ParameterError(name, value, "at least 2")
    if rows * columns > editing.MOST:
        raise UsageError(f"a grid has up to {editing.MOST:,} codes, not {rows * columns:,}")
    values = [np.asarray(corner) for corner in corners]
    shapes = {value.shape for value in values}
    if len(shapes) > 1:
        raise LatentError(
            f"the corners have different shapes: {sorted(shapes)}; {editing.SIZES}"
        )
    kind = np.result_type(*(float_type(value) for value in values))
    filled = editing.cast(editing.grid(values, rows, columns, preserve=lol), kind)
    for place, corner in zip(((0, 0), (0, -1), (-1, 0), (-1, -1)), values, strict=True):
        filled[place] = corner
    what: list[Record] = [{"row": i, "column": j} for i in range(rows) for j in range(columns)]
    return made(
        filled, filled.reshape(rows * columns, *filled.shape[2:]), what,
        title=f"grid of {rows} x {columns}", settings={"rows": rows, "columns": columns, "lol": lol},
    )  # fmt: skip
