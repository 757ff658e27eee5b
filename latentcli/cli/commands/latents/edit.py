"""`latent edit Z DIR`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import (
    Axes,
    Layers,
    Saving,
    layers_of,
    load_direction,
    numbers,
    one_of,
)
from latentcli.cli.output import Output
from latentcli.errors import UsageError
from latentcli.results import Record


def command(
    codes: Annotated[str, typer.Argument(metavar="Z", help="Codes to edit.")],
    direction: Annotated[str, typer.Argument(metavar="DIR", help="File of a direction.")],
    axes: Axes,
    saving: Saving,
    output: Output,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="ALPHAS", help="Add alpha d: 3, or -3:3:7 (seven steps)."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ALPHAS", help="Move to this distance from its plane."),
    ] = None,
    unit: Annotated[
        bool, typer.Option("--unit", help="Scale the direction to length 1 first.")
    ] = False,
    sd: Annotated[
        str | None,
        typer.Option(
            "--sd", metavar="CODES", help="Count --by in standard deviations of these codes."
        ),
    ] = None,
    layers: Layers = None,
) -> None:
    """Edit codes: move them along a direction, by amounts or to a place.

    --by is relative: z + alpha d, with d as it is in its file (its length is in the settings), at length
    1 with --unit. --to is absolute: the result lies at the signed distance alpha from the direction's
    plane, with the intercept of its file. Each alpha gives an edited copy; -o writes them, the
    alphas in front when there are several. The projection is the distance from the plane (over layers: the mean).

    Examples:

    latent edit z1.npy z2.npy --by -1:1:3

    latent edit codes.npy 'z2.npy[:2]' --to 2 --json
    """
    from latentcli.latents import edit, project

    one_of(by=by, to=to)
    if sd is not None and by is None:
        raise UsageError("--sd counts --by in standard deviations")
    saving.check()
    line = load_direction(direction)
    layered = layers is not None or line.vector.ndim == 2
    loaded = axes.load_layered(codes, output, layered)
    chosen = layers_of(loaded, layers)
    alphas = numbers(str(by if by is not None else to))
    scale = 1.0
    if sd is not None:
        others = axes.load_set(sd, output).rows()
        found = project(others, line.vector, layers=chosen, layered="L" in loaded.axes)
        deviation = found.summary["sd"]
        scale = float(deviation) if isinstance(deviation, float) else 0.0
        if not scale > 0:
            raise UsageError(f"{sd}: its codes do not spread along {direction}")
    settings: Record = {"codes": codes, "direction": direction, "sd": sd}
    saving.run(
        "edit",
        lambda out, progress: edit(
            loaded.values, line.vector,
            by=None if by is None else [alpha * scale for alpha in alphas],
            to=None if to is None else alphas, unit=unit or sd is not None, layers=chosen,
            layered="L" in loaded.axes, intercept=line.intercept, out=out, progress=progress,
        ),
        settings=settings, inputs=[codes, direction], output=output,
    )  # fmt: skip
