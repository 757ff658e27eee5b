"""`latent edit Z DIR`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.arrays import (
    Axes,
    Layers,
    Saving,
    layered,
    layers_of,
    one_of,
    read_direction,
)
from latentcli.cli.decoding import Decoding
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.nearest import Nearest
from latentcli.cli.options import MORE
from latentcli.cli.output import Output
from latentcli.cli.ranges import numbers
from latentcli.cli.shards import Cluster
from latentcli.cli.wording import naming

if TYPE_CHECKING:
    from latentcli.latents import CodesResult


def command(
    codes: Annotated[str, typer.Argument(metavar="Z", help="Codes to edit.")],
    direction: Annotated[str, typer.Argument(metavar="DIR", help="File of a direction.")],
    axes: Axes,
    saving: Saving,
    decoding: Decoding,
    nearest: Nearest,
    output: Output,
    cluster: Cluster,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="ALPHAS", help="Add alpha d: 3, or -3:3:7 (seven steps)."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ALPHAS", help="Move to this distance from its plane."),
    ] = None,
    unit: Annotated[
        bool,
        typer.Option(
            "--unit", help="Scale the direction to length 1 first.", rich_help_panel=MORE
        ),
    ] = False,
    sd: Annotated[
        str | None,
        typer.Option(
            "--sd", metavar="CODES", help="Count --by in standard deviations of these codes."
        ),
    ] = None,
    layers: Layers = None,
) -> None:
    """Edit codes: move them along a direction, by an amount or to a given distance.

    --by is relative: z + alpha d, with d as it is in its file (its length is in the settings), at
    length 1 with --unit. --to is absolute: the result lies at the signed distance alpha from the
    direction's plane, with the intercept of its file. Each alpha gives an edited copy; -o writes
    them, the alphas in front when there are several. The projection is the distance from the plane
    (over layers: the mean).

    Examples:

    latent edit z1.npy z2.npy --by -1:1:3

    latent edit codes.npy 'z2.npy[:2]' --to 2 --json
    """
    from latentcli.latents import edit

    one_of(by=by, to=to)
    if sd is not None and by is None:
        raise UsageError("--sd counts --by in standard deviations")
    line = read_direction(direction)
    if cluster.given(decoder=decoding.decoder, reference=nearest.reference, force=saving.force):
        amounts = numbers(by or to or "")
        if len(amounts) > 1:
            raise UsageError("with --dask each code is edited once: one amount, not several")
        others = None if sd is None else axes.load_set(sd, None)
        with naming(codes=codes, direction=direction, sd=sd):
            cluster.rewrite(
                "edit", codes,
                lambda part: edit(
                    part, line, by=None if by is None else amounts,
                    to=None if to is None else amounts, unit=unit, sd=others,
                    layers=layers_of(layers),
                ),
                saving.output_file, output, measures=["projections"],
                settings={"codes": codes, "direction": direction, "sd": sd}, axes=axes.axes,
            )  # fmt: skip
        return
    saving.check()
    decoding.check(force=saving.force)
    given = axes.load(codes, layered=layers is not None or layered(line))
    others = None if sd is None else axes.load_set(sd, given)
    with naming(codes=codes, direction=direction, sd=sd):
        saving.run(
            "edit",
            lambda out, progress: edit(
                given, line, by=None if by is None else numbers(by),
                to=None if to is None else numbers(to), unit=unit, sd=others,
                layers=layers_of(layers), out=out, progress=progress,
            ),
            settings={"codes": codes, "direction": direction, "sd": sd},
            inputs=[codes, direction], output=output, decoding=decoding, nearest=nearest, labels=_labels,
        )  # fmt: skip


def _labels(result: CodesResult) -> list[str]:
    """Return the amounts of the edit, what stands under a picture of each."""
    amounts = result.settings["by"] or result.settings["to"]
    return str(amounts).split()
