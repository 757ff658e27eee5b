"""`latent grid A B C D`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.edits import float_type, listed
from latentcli.cli.options import Output
from latentcli.errors import LatentError, UsageError
from latentcli.results import Record, Report

COLUMNS = ("row", "column", "norm", "typicality", "z")


def command(
    corners: Annotated[
        list[str],
        typer.Argument(
            metavar="A B C D", help="Corners: top left, top right, bottom left, bottom right."
        ),
    ],
    axes: Axes,
    saving: Saving,
    output: Output,
    rows: Annotated[int, typer.Option("--rows", metavar="N", help="Rows of the grid.")] = 5,
    columns: Annotated[
        int, typer.Option("--cols", metavar="N", help="Columns of the grid.")
    ] = 5,
    lol: Annotated[
        bool, typer.Option("--lol", help="Keep the prior N(0, I): for codes z, not w.")
    ] = False,
) -> None:
    """Fill a grid between four codes.

    Bilinear; with --lol the same weights make a combination that is distributed as the prior,
    whether rows or columns come first (Bodin et al., 2024). -o writes rows x columns x code.

    Example:

    latent grid 'codes.npy[0]' 'codes.npy[3]' 'codes.npy[8]' 'codes.npy[11]' --rows 2 --cols 3
    """
    import numpy as np

    from latentcli.files.codes import Result
    from latentcli.latents import _editing as editing

    if len(corners) != 4:
        raise UsageError(f"a grid has four corners, not {len(corners)}")
    if min(rows, columns) < 2:
        raise UsageError("a grid has two rows and two columns or more")
    if rows * columns > editing.MOST:
        raise UsageError(f"a grid has up to {editing.MOST:,} codes, not {rows * columns:,}")
    saving.check()
    loaded = [axes.load(corner, output) for corner in corners]
    shapes = {codes.values.shape for codes in loaded}
    if len(shapes) > 1:
        raise LatentError(
            f"the corners have different shapes: {sorted(shapes)}; {editing.SIZES}"
        )
    kind = np.result_type(*(float_type(codes.values) for codes in loaded))
    values = [codes.values for codes in loaded]
    filled = editing.cast(editing.grid(values, rows, columns, preserve=lol), kind)
    for place, corner in zip(((0, 0), (0, -1), (-1, 0), (-1, -1)), values, strict=True):
        filled[place] = corner
    what: list[Record] = [{"row": i, "column": j} for i in range(rows) for j in range(columns)]
    settings: Record = {
        "corners": " ".join(corners), "rows": rows, "columns": columns, "lol": lol,
        "dtype": str(kind),
    }  # fmt: skip
    saving.save(Result.of(filled), "grid", settings, list(corners), output)
    flat = filled.reshape(rows * columns, *filled.shape[2:])
    output.show(Report("grid", COLUMNS, listed(flat, what), settings=settings))
