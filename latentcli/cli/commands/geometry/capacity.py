"""`latent capacity`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from latentcli.cli.output import Output
from latentcli.cli.source import Source, about
from latentcli.errors import UsageError
from latentcli.results import Report


def command(
    source: Source,
    output: Output,
    dims: Annotated[
        int | None, typer.Option(metavar="N", help="What can N units tell apart?")
    ] = None,
    concepts: Annotated[
        int | None, typer.Option(metavar="N", help="How many units do N concepts need?")
    ] = None,
    levels: Annotated[
        int, typer.Option(metavar="L", help="Levels of a unit; a binary one has two.")
    ] = 2,
    sample: Annotated[
        int, typer.Option(metavar="N", help="Rows of which all pairs' cosines are looked at.")
    ] = 3000,
    seed: Annotated[int, typer.Option(metavar="N", help="For the sample.")] = 0,
) -> None:
    """Compare a unit for each concept with patterns of all units, or measure a space.

    With --dims or --concepts: one-hot against binary codes (and --levels). Without: the vectors'
    distinct patterns of signs, the bits in each sign, and how much room their directions leave
    each other, against the most that is possible.

    Examples:

    latent capacity --dims 5

    latent capacity --concepts 50000 --levels 10

    latent capacity -v article-words.txt
    """
    from latentcli.geometry import capacity

    space = None
    if dims is None and concepts is None:
        space = source.open(output)
    elif source.vectors not in (None, os.environ.get("LATENT_VECTORS")):
        raise UsageError("--dims and --concepts count without vectors; leave out -v")
    with output.progress("measuring") as progress:
        result = capacity(
            space,
            dims=dims,
            concepts=concepts,
            levels=levels,
            sample=sample,
            seed=seed,
            progress=progress,
        )
    settings = {} if space is None else about(space)
    title = result.title if space is None else f"{space.name}: {result.title}"
    output.show(Report.of("capacity", result, settings=settings, title=title))
