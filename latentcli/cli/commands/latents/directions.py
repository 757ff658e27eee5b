"""`latent directions cosine DIR...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latentcli.cli.arrays import read_direction
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.expansion import group
from latentcli.cli.output import Output
from latentcli.cli.wording import distinct_names, naming
from latentcli.results import Report


def cosine(
    files: Annotated[list[str], typer.Argument(metavar="DIR...", help="Files of directions.")],
    output: Output,
) -> None:
    """Cosines of directions with each other: what goes along with what.

    Random directions in D dimensions have cosines of 0 with a standard deviation of 1/sqrt(D).

    Example:

    latent directions cosine z1.npy z2.npy
    """
    from latentcli.latents import direction_cosines

    if len(files) < 2:
        raise UsageError("name two directions or more")
    lines = [read_direction(file) for file in files]
    names = distinct_names([Path(file).name.split(".")[0] for file in files], files)
    with naming(**{f"direction {number}": file for number, file in enumerate(files, 1)}):
        result = direction_cosines(lines, names=names)
    settings = {"directions": " ".join(files)}
    output.show(Report.of("directions cosine", result, settings=settings))


command = group(
    "Directions compared with each other.\n\nExample: latent directions cosine z1.npy z2.npy",
    cosine=cosine,
)
