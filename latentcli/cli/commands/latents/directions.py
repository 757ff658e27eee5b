"""`latent directions cosine DIR...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latentcli.cli.edits import load_direction
from latentcli.cli.options import Output, expand
from latentcli.errors import LatentError, UsageError
from latentcli.results import Matrix, Record, Report

command = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Directions beside each other.\n\nExample: latent directions cosine z1.npy z2.npy",
)


@command.callback()
def _group() -> None:
    """Directions beside each other.

    Example: latent directions cosine z1.npy z2.npy
    """


def cosine(
    files: Annotated[list[str], typer.Argument(metavar="DIR...", help="Files of directions.")],
    output: Output,
) -> None:
    """Show the cosines of directions with each other: what goes along with what.

    Random directions in D dimensions have cosines of 0 with a standard deviation of 1/sqrt(D).

    Example:

    latent directions cosine z1.npy z2.npy
    """
    import numpy as np

    from latentcli.latents._directions import cosines

    if len(files) < 2:
        raise UsageError("name two directions or more")
    loaded = [load_direction(file) for file in files]
    sizes = {direction.vector.shape for direction in loaded}
    if len(sizes) > 1:
        raise LatentError(f"the directions have different shapes: {sorted(sizes)}")
    matrix = cosines(np.stack([direction.vector.ravel() for direction in loaded]))
    names = _names(files)
    records: list[Record] = [
        {"a": names[i], "b": names[j], "cosine": float(matrix[i, j])}
        for i in range(len(names))
        for j in range(i + 1, len(names))
    ]
    settings: Record = {"directions": " ".join(files)}
    summary: Record = {"random_sd": float(loaded[0].vector.size ** -0.5)}
    output.show(
        Report(
            "directions cosine",
            ("a", "b", "cosine"),
            records,
            settings=settings,
            summary=summary,
            views=(Matrix(_trimmed(names), _trimmed(names), matrix.tolist()),),
        )
    )


def _names(files: list[str]) -> list[str]:
    """Return file names without folder and ending, or the whole if two would be the same."""
    short = [Path(file).name.split(".")[0] for file in files]
    return short if len(set(short)) == len(short) else files


def _trimmed(names: list[str]) -> list[str]:
    """Return names without the parts (between "_") that all begin and all end with."""
    parts = [name.split("_") for name in names]
    least = min(map(len, parts)) - 1
    start = end = 0
    while start < least and len({part[start] for part in parts}) == 1:
        start += 1
    while end < least - start and len({part[-1 - end] for part in parts}) == 1:
        end += 1
    return ["_".join(part[start : len(part) - end]) for part in parts]


command.command("cosine")(expand(cosine))
