"""The verb `mix`: some layers of one code, the others of another (style mixing)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents import _editing as formulas
from latentcli.latents._changing import CodesResult, made
from latentcli.latents._streaming import Out
from latentcli.latents._stylegan import with_stylegan
from latentcli.latents._tensors import Tensor, named_layers, tensor
from latentcli.results import Record


def mix(
    row: npt.ArrayLike,
    column: npt.ArrayLike,
    *,
    layers: Sequence[int] = range(7),
    axes: str = "",
    out: Out | None = None,
) -> CodesResult:
    """Take some layers of `column` and the others of `row`: style mixing (Karras et al., 2019).

    Parameters
    ----------
    row, column
        Codes (L, D) or (N, L, D) of as many layers: arrays or names of files. Several on either side
        give every combination.
    layers
        Those that `column` gives, from 0. At 1024 px 0 to 3 are coarse, 4 to 7 middle, 8 to 17 fine.
    axes
        A letter for each axis: N samples, L layers, any other a feature; by default, the rule.
    out
        Takes the codes in place of the result: `out[a:b] = block`.

    Returns
    -------
    CodesResult
        `codes` (rows, columns, L, D), or (L, D) for one of each.

    Raises
    ------
    LatentError
        For codes of different layers, or without layers; one code w is repeated over the layers
        of the other.

    Examples
    --------
    >>> mix([[0.0], [0.0]], [[1.0], [1.0]], layers=[1]).codes.tolist()
    [[0.0], [1.0]]
    """
    rows = tensor(row, "row", axes, layered=True)
    columns = tensor(column, "column", axes, layered=True)
    rows, columns = _repeated(rows, columns), _repeated(columns, rows)
    chosen = rows.check_layers(layers) or []
    columns.check_layers([0])
    if rows.layers != columns.layers or rows.features != columns.features:
        first, second = rows.code_shape, columns.code_shape
        numbers = "" if rows.features == columns.features else f" of shape {first} and {second}"
        raise LatentError(
            with_stylegan(
                f"the codes have {rows.layers} and {columns.layers} layers{numbers}",
                rows.codes.shape,
                columns.codes.shape,
            )
        )
    mixed = formulas.mix(rows.codes[:, None], columns.codes[None], chosen)
    mixed = mixed.astype(np.result_type(rows.dtype, columns.dtype))
    mixed = mixed.reshape(*mixed.shape[:2], *rows.code_shape)
    what: list[Record] = [
        {"row": i, "column": j} for i in range(rows.samples) for j in range(columns.samples)
    ]
    return made(
        mixed if len(what) > 1 else mixed[0, 0],
        rows,
        what,
        rows.code_shape,
        out=out,
        title=f"mix of {rows.description} and {columns.description}",
        settings={
            "layers": named_layers(chosen),
            **rows.settings,
            "dtype": str(mixed.dtype),
        },
        notes=(*rows.notes, *columns.notes),
    )


def _repeated(one: Tensor, other: Tensor) -> Tensor:
    """Return one code w in all layers that the other codes have; what has layers as it is."""
    layers, flat = other.layers or 1, len(one.features) == 1
    single = flat and one.samples == 1 and one.layers in (None, 1)
    if layers == 1 or not single or one.features != other.features:
        return one
    note = f"`{one.name}`: one code w is repeated over the {layers} layers"
    values = np.repeat(one.codes.reshape(1, -1), layers, axis=0)
    return replace(one, values=values, axes="LD", guessed=False, notes=(note,))
