"""`latent capacity`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import SampleSize, Seed
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.source import Source, about
from latentcli.cli.wording import naming, with_files
from latentcli.results import Report


def command(
    source: Source,
    plot: Plot,
    output: Output,
    dims: Annotated[
        int | None, typer.Option(metavar="N", help="How many concepts do N units represent?")
    ] = None,
    concepts: Annotated[
        int | None, typer.Option(metavar="N", help="How many units do N concepts need?")
    ] = None,
    levels: Annotated[
        int, typer.Option(metavar="L", help="Levels of a unit; a binary one has two.")
    ] = 2,
    sample: SampleSize = 3000,
    seed: Seed = 0,
) -> None:
    """Capacity: how many concepts n units represent, or how full a space is.

    With --dims or --concepts: one-hot against binary codes (and --levels). Without: the vectors'
    distinct patterns of signs, the bits in each sign, and how far apart their directions are,
    beside the largest possible angles.

    Examples:

    latent capacity --dims 5

    latent capacity --concepts 50000 --levels 10

    latent capacity -v article-words.txt
    """
    from latentcli.geometry import capacity

    plot.check(output)
    counted = dims is not None or concepts is not None
    if counted and source.vectors:
        raise UsageError("--dims and --concepts count without vectors; leave out -v")
    if dims is not None and concepts is not None:
        raise UsageError("give one of --dims and --concepts, not both")
    if levels != 2 and not counted:
        raise UsageError(
            "--levels goes with --dims or --concepts; of vectors the signs are counted"
        )
    space = None if counted else source.open(output)
    named = {} if space is None else {"x": space.name}
    with output.progress("measuring") as progress, naming(**named):
        result = capacity(
            space, dims=dims, concepts=concepts, levels=levels, sample=sample, seed=seed,
            progress=progress,
        )  # fmt: skip
    settings = None if space is None else about(space)
    plot.show(Report.of("capacity", with_files(result, **named), settings=settings), output)
