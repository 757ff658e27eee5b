"""`latent mix ROW COL`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.edits import float_type, layer_count, layers_of, listed, load_layered
from latentcli.cli.options import Output
from latentcli.errors import LatentError
from latentcli.results import Record, Report

COLUMNS = ("row", "column", "norm", "typicality", "z")


def command(
    row: Annotated[
        str, typer.Argument(metavar="ROW", help="Codes that give the other layers.")
    ],
    column: Annotated[str, typer.Argument(metavar="COL", help="Codes that give --layers.")],
    axes: Axes,
    saving: Saving,
    output: Output,
    layers: Annotated[
        str, typer.Option("--layers", metavar="RANGE", help="Layers taken from COL: 0-6.")
    ] = "0-6",
) -> None:
    """Mix styles: the named layers of one code, the others of another.

    Several codes on either side give every combination, written by -o as rows x columns x
    layers x dimensions. At 1024 px layers 0-3 are coarse, 4-7 middle, 8-17 fine.

    Example:

    latent mix 'codes.npy[0:4]' codes_entangled.npy --layers 0-1
    """
    import numpy as np

    from latentcli.latents import _editing as editing

    saving.check()
    rows = load_layered(row, axes, output, wanted=True)
    columns = load_layered(column, axes, output, wanted=True)
    first, second = layer_count(rows), layer_count(columns)
    chosen = layers_of(rows, layers) or []
    if max(chosen) >= second or rows.values.shape[-1] != columns.values.shape[-1]:
        raise LatentError(
            f"the codes have {first} and {second} layers of {rows.values.shape[-1]} and "
            f"{columns.values.shape[-1]} numbers; {editing.SIZES}"
        )
    if first != second:
        raise LatentError(f"the codes have {first} and {second} layers; {editing.SIZES}")
    mixed = editing.mix(rows.rows()[:, None], columns.rows()[None], chosen)
    mixed = mixed.astype(np.result_type(float_type(rows.values), float_type(columns.values)))
    count = mixed.shape[:2]
    flat = mixed.reshape(-1, *mixed.shape[2:])
    what: list[Record] = [
        {"row": i, "column": j} for i in range(count[0]) for j in range(count[1])
    ]
    settings: Record = {
        "row": row,
        "column": column,
        "layers": layers,
        "dtype": str(mixed.dtype),
    }
    from latentcli.files.codes import Result

    whole = mixed if max(count) > 1 else flat[0]
    saving.save(Result.of(whole), "mix", settings, [row, column], output)
    output.show(Report("mix", COLUMNS, listed(flat, what), settings=settings))
