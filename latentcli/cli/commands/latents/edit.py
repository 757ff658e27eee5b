"""`latent edit Z DIR`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.edits import Walk, layers_of, load_direction, load_layered
from latentcli.cli.options import Output
from latentcli.errors import UsageError
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from latentcli.numerics.types import Array

COLUMNS = ("alpha", "row", "norm", "typicality", "projection", "z")


def command(
    codes: Annotated[str, typer.Argument(metavar="Z", help="Codes to edit.")],
    direction: Annotated[str, typer.Argument(metavar="DIR", help="File of a direction.")],
    axes: Axes,
    saving: Saving,
    output: Output,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="ALPHAS", help="Move by: 3, or -3:3:7 (seven steps)."),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ALPHAS", help="Move to this distance from its plane."),
    ] = None,
    layers: Annotated[
        str | None, typer.Option("--layers", metavar="RANGE", help="Only these layers: 0,4-7.")
    ] = None,
) -> None:
    """Move codes along a direction, by amounts or to a place.

    --by is relative: z + alpha d, d at length 1. --to is absolute: the result lies at the signed
    distance alpha from the direction's plane, with the intercept that came with its file. Each
    alpha gives an edited copy; -o writes them, the alphas in front when there are several. The
    projection is the distance from the plane (over layers: the mean).

    Examples:

    latent edit z1.npy z2.npy --by -1:1:3

    latent edit codes.npy 'z2.npy[:2]' --to 2 --json
    """
    from latentcli.latents import _editing as editing

    if (by is None) == (to is None):
        raise UsageError("say how far: --by (relative) or --to (absolute)")
    saving.check()
    alphas = editing.parse_numbers(by if by is not None else str(to))
    line = load_direction(direction)
    loaded = load_layered(codes, axes, output, layers is not None or line.vector.ndim == 2)
    chosen = layers_of(loaded, layers)
    editing.check_fits(line.vector, loaded.values.shape, chosen)

    def change(alpha: float) -> Callable[[Array], Array]:
        if by is not None:
            return lambda part: editing.shift(part, line.vector, alpha, chosen)
        return lambda part: editing.place(
            part, line.vector, alpha, intercept=line.intercept, layers=chosen
        )

    def projection(part: Array) -> Array:
        scores = editing.project(part, line.vector, line.intercept, chosen)
        mean: Array = scores.reshape(len(part), -1).mean(axis=1)
        return mean

    walk = Walk(
        loaded,
        [({"alpha": alpha}, change(alpha)) for alpha in alphas],
        output,
        {"projection": projection},
    )
    settings: Record = {
        "codes": codes, "direction": direction, "by": by, "to": to, "layers": layers,
        "intercept": line.intercept, "dtype": str(walk.dtype),
    }  # fmt: skip
    saving.save(walk.result(), "edit", settings, [codes, direction], output)
    records = walk.records()
    output.show(Report("edit", COLUMNS, records, settings=settings, notes=walk.notes()))
