"""Style mixing: some layers of one code, the others of another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents import _editing as editing
from latentcli.latents._changes import CodesResult, Rows, made
from latentcli.results import Record


def mix(row: npt.ArrayLike, column: npt.ArrayLike, *, layers: Sequence[int]) -> CodesResult:
    """Mix styles: some layers of one code, the others of another.

    Parameters
    ----------
    row, column
        (L, D) or (N, L, D): `column` gives the `layers`, `row` the others. Several codes on either side
        give every combination.
    layers
        Layers that are taken from `column`.

    Returns
    -------
    CodesResult
        (rows, columns, L, D), or (L, D) of two single codes. Karras, Laine and Aila (2019).

    Examples
    --------
    >>> mix([[1, 1], [1, 1]], [[2, 2], [2, 2]], layers=[1]).codes.tolist()
    [[1.0, 1.0], [2.0, 2.0]]
    """
    rows, columns = Rows(row, True), Rows(column, True)
    first, second = rows.layers, columns.layers
    if first != second or rows.shape[-1] != columns.shape[-1]:
        raise LatentError(
            f"the codes have {first} and {second} layers of {rows.shape[-1]} and "
            f"{columns.shape[-1]} numbers; {editing.SIZES}"
        )
    editing.check_layers(layers, first)
    mixed = editing.mix(rows.values[:, None], columns.values[None], list(layers))
    mixed = mixed.astype(np.result_type(rows.dtype, columns.dtype))
    count = mixed.shape[:2]
    what: list[Record] = [
        {"row": i, "column": j} for i in range(count[0]) for j in range(count[1])
    ]
    flat = mixed.reshape(-1, *mixed.shape[2:])
    return made(
        mixed if max(count) > 1 else flat[0], flat, what,
        title="styles mixed by layer", settings={"layers": editing.listed(layers)},
    )  # fmt: skip
