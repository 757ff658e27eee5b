"""`latent grid A B C D`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Layers, Saving, layers_of, shown_codes
from latentcli.cli.decoding import Decoding
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.nearest import Nearest
from latentcli.cli.options import several_files
from latentcli.cli.output import Output
from latentcli.cli.wording import naming


def command(
    corners: Annotated[
        list[str],
        several_files("A B C D", "Corners: top left, top right, bottom left, bottom right."),
    ],
    axes: Axes,
    saving: Saving,
    decoding: Decoding,
    nearest: Nearest,
    output: Output,
    rows: Annotated[int, typer.Option("--rows", metavar="N", help="Rows of the grid.")] = 5,
    columns: Annotated[
        int, typer.Option("--cols", metavar="N", help="Columns of the grid.")
    ] = 5,
    lol: Annotated[
        bool, typer.Option("--lol", help="Keep the prior N(0, I): for codes z, not w.")
    ] = False,
    layers: Layers = None,
) -> None:
    """Grid between four codes.

    The interpolation is bilinear; with --lol the same weights make a combination that is
    distributed as the prior, whether rows or columns come first (Bodin et al., 2024). -o writes
    rows x columns x code.

    Example:

    latent grid 'codes.npy[0]' 'codes.npy[3]' 'codes.npy[8]' 'codes.npy[11]' --rows 2 --cols 3
    """
    from latentcli.latents import grid

    if len(corners) != 4:
        raise UsageError(f"a grid has four corners, not {len(corners)}")
    saving.check()
    decoding.check(force=saving.force)
    given = [axes.load(corner, layered=layers is not None) for corner in corners]
    with naming(**{f"corner {number}": file for number, file in enumerate(corners, 1)}):
        result = grid(given, rows=rows, columns=columns, lol=lol, layers=layers_of(layers))
    shown_codes(
        "grid", result, saving, output, settings={"corners": " ".join(corners)},
        inputs=list(corners), decoding=decoding, nearest=nearest, along=1,
        labels=[f"{row['row']}, {row['column']}" for row in result.records],
    )  # fmt: skip
