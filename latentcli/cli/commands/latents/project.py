"""`latent project X DIR`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Layers, layered, layers_of, read_direction
from latentcli.cli.output import Output
from latentcli.cli.wording import naming
from latentcli.results import Report


def command(
    codes: Annotated[str, typer.Argument(metavar="X", help="Codes.")],
    direction: Annotated[str, typer.Argument(metavar="DIR", help="File of a direction.")],
    axes: Axes,
    output: Output,
    layers: Layers = None,
) -> None:
    """Scores of codes along a direction: their signed distance from its plane.

    The percentile is each score's place among all of them: how many are no greater. Over layers,
    the score is the mean.

    Examples:

    latent project codes.npy 'z2.npy[:2]'

    latent project codes.npy 'z2.npy[:2]' --json
    """
    from latentcli.latents import project

    line = read_direction(direction)
    given = axes.load(codes, layered=layers is not None or layered(line))
    with naming(codes=codes, direction=direction):
        result = project(given, line, layers=layers_of(layers))
    output.show(Report.of("project", result, settings={"codes": codes, "direction": direction}))
