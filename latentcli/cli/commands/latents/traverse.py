"""`latent traverse Z`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Layers, Saving, layers_of, shown_codes
from latentcli.cli.decoding import Decoding
from latentcli.cli.nearest import Nearest
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.ranges import numbers, ranges
from latentcli.cli.wording import naming


def command(
    code: Annotated[str, typer.Argument(metavar="Z", help="One code, such as codes.npy[3].")],
    axes: Axes,
    saving: Saving,
    decoding: Decoding,
    nearest: Nearest,
    plot: Plot,
    output: Output,
    dims: Annotated[
        str, typer.Option("--dims", metavar="RANGE", help="Dimensions: all, or 0,4-7.")
    ] = "all",
    values: Annotated[
        str, typer.Option("--range", metavar="VALUES", help="Values: -3:3:7, or -1,0,1.")
    ] = "-3:3:7",
    layers: Layers = None,
) -> None:
    """Latent traversal: each dimension of a code set to several values in turn, the others as they are.

    The usual way to look at what the dimensions of a VAE mean. -o writes dimensions x values x D.

    Examples:

    latent traverse z1.npy

    latent traverse 'codes.npy[0]' --dims 1 --range -1:1:3 --json

    latent traverse 'shapes-beta4::codes[0]' --decoder shapes-beta4 --preview
    """
    from latentcli.latents import traverse

    plot.check(output)
    saving.check()
    decoding.check(force=saving.force)
    chosen = None if dims == "all" else ranges(dims, "dimension")
    given = axes.load(code, layered=layers is not None)
    with naming(code=code):
        result = traverse(given, numbers(values), dims=chosen, layers=layers_of(layers))
    shown_codes(
        "traverse", result, saving, output,
        settings={"code": code, "dims": dims, "range": values}, inputs=[code],
        decoding=decoding, nearest=nearest, along=1, plot=plot,
        labels=[f"z{row['dim']} {row['value']:.3g}" for row in result.records],
    )  # fmt: skip
