"""`latent smoothness CODES --decoder M.onnx`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes
from latentcli.cli.decoding import Model
from latentcli.cli.options import Seed
from latentcli.cli.output import Output
from latentcli.results import Report


def command(
    codes: Annotated[
        str, typer.Argument(metavar="CODES", help="Codes between which paths are taken.")
    ],
    axes: Axes,
    model: Model,
    output: Output,
    path: Annotated[
        str, typer.Option(metavar="KIND", help="slerp (codes z) or lerp (codes w).")
    ] = "slerp",
    pairs: Annotated[
        int, typer.Option(metavar="N", help="Pairs of codes for the path length.")
    ] = 1000,
    jump_pairs: Annotated[
        int, typer.Option(metavar="N", help="Pairs of codes whose path is searched for jumps.")
    ] = 50,
    epsilon: Annotated[
        float | None,
        typer.Option(metavar="E", help="Step along the path [0.0001; float16: 0.01]."),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Smoothness of a decoder: perceptual path length (PPL), slopes, and jumps.

    PPL is the mean squared change of the output for a small step along the path between two random
    codes, over the step squared (Karras et al., 2019), with its interval at 95 %. Slopes are the
    change of the output per unit change of the code. A path has a jump where one of its 16 steps is
    over five times the median one; the largest are listed: from which row to which, and at which t
    of their path. All depend on the scale of the outputs: compare models on the same data only.

    Examples:

    latent smoothness digits::codes --decoder digits --pairs 100

    latent smoothness digits::codes --decoder digits --pairs 100 --json
    """
    from latentcli.pictures import smoothness

    model.required()
    rows = axes.load_rows(codes, output)
    with output.progress("decoding") as progress:
        result = smoothness(
            rows, model.open(output), features=model.open_features(output), path=path,
            pairs=pairs, jump_pairs=jump_pairs, epsilon=epsilon, batch=model.batch, seed=seed,
            progress=progress,
        )  # fmt: skip
    output.show(Report.of("smoothness", result, settings={"codes": codes}))
