"""`latent traverse Z`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.edits import float_type, listed
from latentcli.cli.options import Output
from latentcli.errors import LatentError
from latentcli.results import Record, Report

COLUMNS = ("dim", "value", "norm", "typicality", "z")


def command(
    code: Annotated[str, typer.Argument(metavar="Z", help="One code, such as codes.npy[3].")],
    axes: Axes,
    saving: Saving,
    output: Output,
    dims: Annotated[
        str, typer.Option("--dims", metavar="RANGE", help="Dimensions: all, or 0,4-7.")
    ] = "all",
    values: Annotated[
        str, typer.Option("--range", metavar="VALUES", help="Values: -3:3:7, or -1,0,1.")
    ] = "-3:3:7",
) -> None:
    """Set each dimension of a code to each of some values, the others staying as they are.

    The usual way to look at what the dimensions of a VAE mean. -o writes dimensions x values x D.

    Examples:

    latent traverse z1.npy

    latent traverse 'codes.npy[0]' --dims 1 --range -1:1:3 --json
    """
    import numpy as np

    from latentcli.files.codes import Result
    from latentcli.latents import _editing as editing

    saving.check()
    loaded = axes.load(code, output)
    start = (
        loaded.values[0]
        if loaded.values.ndim == 2 and len(loaded.values) == 1
        else loaded.values
    )
    if start.ndim != 1:
        raise LatentError(
            f"{code}: shape {loaded.values.shape} is not one code; name one, such as {code}[0]"
        )
    chosen = editing.parse_ranges(dims, len(start), "dimension")
    numbers = editing.parse_numbers(values)
    kind = float_type(start)
    editing.cast(np.array(numbers), kind)
    walked = editing.traverse(start.astype(kind), chosen, numbers)
    what: list[Record] = [{"dim": dim, "value": value} for dim in chosen for value in numbers]
    settings: Record = {"code": code, "dims": dims, "range": values, "dtype": str(walked.dtype)}
    saving.save(Result.of(walked), "traverse", settings, [code], output)
    flat = walked.reshape(-1, len(start))
    output.show(Report("traverse", COLUMNS, listed(flat, what), settings=settings))
