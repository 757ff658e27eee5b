"""The verb `grid`: a grid of codes between four corners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError
from latentcli.latents import _editing as formulas
from latentcli.latents._changing import CodesResult, made
from latentcli.latents._streaming import Out, cast
from latentcli.latents._stylegan import with_stylegan
from latentcli.latents._tensors import named_layers, tensor
from latentcli.results import Record


def grid(
    corners: Sequence[npt.ArrayLike],
    *,
    rows: int = 5,
    columns: int = 5,
    lol: bool = False,
    layers: Sequence[int] | None = None,
    axes: str = "",
    out: Out | None = None,
) -> CodesResult:
    """Fill a grid between four codes.

    Parameters
    ----------
    corners
        Four codes of one shape, top left, top right, bottom left, bottom right: arrays or files.
    rows, columns
        Size of the grid, from 2.
    lol
        Keep the prior N(0, I), for codes z, not w: the bilinear weights make a combination that is
        distributed as it, the same whether rows or columns come first (Bodin et al., 2024).
    layers
        Fill the grid in these layers only, from 0; the others are those of the first corner.
    axes
        A letter for each axis: N samples, L layers, any other a feature; by default, the rule.
    out
        Takes the codes in place of the result: `out[a:b] = block`.

    Returns
    -------
    CodesResult
        `codes` (rows, columns, ...), each in the shape of a corner; the corners bit for bit, but
        in layers that are not named.

    Raises
    ------
    ParameterError
        For another number of corners than four, or a grid without a row or column between.
    LatentError
        For corners of different shapes.

    Examples
    --------
    >>> grid([[0, 0], [2, 0], [0, 2], [2, 2]], rows=3, columns=3).codes[1].tolist()
    [[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]]
    """
    if len(corners) != 4:
        raise ParameterError("corners", f"{len(corners)} codes", "four codes")
    for name, value in (("rows", rows), ("columns", columns)):
        if value < 2:
            raise ParameterError(name, value, "at least 2")
    if rows * columns > formulas.MOST:
        raise ParameterError(
            f"a grid has up to {formulas.MOST:,} codes, not {rows * columns:,}"
        )
    given = [
        tensor(corner, f"corner {n}", axes, layered=layers is not None)
        for n, corner in enumerate(corners, 1)
    ]
    shapes = {corner.shape for corner in given}
    if len(shapes) > 1:
        text = f"the corners have different shapes: {sorted(shapes)}"
        raise LatentError(with_stylegan(text, *shapes))
    first = given[0]
    chosen = first.check_layers(layers)
    dtype = np.result_type(*(corner.dtype for corner in given))
    filled = formulas.grid([one.values for one in given], rows, columns, preserve=lol)
    filled = cast(filled, dtype)
    for place, corner in zip(((0, 0), (0, -1), (-1, 0), (-1, -1)), given, strict=True):
        filled[place] = corner.values
    if chosen is not None:
        others = [layer for layer in range(first.layers or 0) if layer not in chosen]
        kept = np.index_exp[..., others] + (slice(None),) * len(first.features)
        filled[kept] = first.values[kept]
    what: list[Record] = [{"row": i, "column": j} for i in range(rows) for j in range(columns)]
    return made(
        filled,
        first,
        what,
        first.shape,
        out=out,
        title=f"grid of {rows} x {columns}, each {first.description}",
        settings={
            "rows": rows,
            "columns": columns,
            "lol": lol,
            "layers": named_layers(layers),
            **first.settings,
            "dtype": str(dtype),
        },
        notes=tuple(dict.fromkeys(note for one in given for note in one.notes)),
    )
