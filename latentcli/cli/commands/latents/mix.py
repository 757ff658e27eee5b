"""`latent mix ROW COL`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Saving, layers_of, shown_codes
from latentcli.cli.decoding import Decoding
from latentcli.cli.nearest import Nearest
from latentcli.cli.output import Output
from latentcli.cli.wording import naming, with_files


def command(
    row: Annotated[
        str, typer.Argument(metavar="ROW", help="Codes that give the other layers.")
    ],
    column: Annotated[str, typer.Argument(metavar="COL", help="Codes that give --layers.")],
    axes: Axes,
    saving: Saving,
    decoding: Decoding,
    nearest: Nearest,
    output: Output,
    layers: Annotated[
        str, typer.Option("--layers", metavar="RANGE", help="Layers taken from COL: 0-6.")
    ] = "0-6",
) -> None:
    """Style mixing: the named layers of one code, the others of another.

    Several codes on either side give every combination, written by -o as rows x columns x
    layers x dimensions. At 1024 px layers 0-3 are coarse, 4-7 middle, 8-17 fine.

    Example:

    latent mix 'codes.npy[0:4]' codes_entangled.npy --layers 0-1
    """
    from latentcli.latents import mix

    saving.check()
    decoding.check(force=saving.force)
    rows, columns = (axes.load(file, layered=True) for file in (row, column))
    with naming(row=row, column=column):
        result = mix(rows, columns, layers=layers_of(layers) or [])
    result = with_files(result, row=row, column=column)
    shown_codes(
        "mix", result, saving, output, settings={"row": row, "column": column},
        inputs=[row, column], decoding=decoding, nearest=nearest,
        labels=[f"{one['row']}, {one['column']}" for one in result.records],
    )  # fmt: skip
