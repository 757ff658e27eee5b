"""`latent distances WORD...`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.batch import Verb, run
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.source import Source
from latentcli.results import Record, Result


def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORD...", help="Two words or more, or '-': standard input."),
    ],
    source: Source,
    plot: Plot,
    output: Output,
    metric: Annotated[
        str,
        typer.Option(
            help="cosine (1 - cos), euclidean or angle. Default: cosine; with --one-hot "
            "euclidean.",
            metavar="METRIC",
            show_default=False,
        ),
    ] = "",
    one_hot: Annotated[
        bool,
        typer.Option("--one-hot", help="Add the distance of the words as one-hot vectors."),
    ] = False,
) -> None:
    """Distance matrix of a set of words.

    In the other formats each pair is one record: a, b, distance. With --one-hot it is one in the
    table, too: all one-hot words are equally far from each other.

    Examples:

    latent distances cat dog car truck

    latent distances cat dog car truck --one-hot

    latent distances cat dog car truck --metric euclidean -f csv
    """
    plot.check(output)
    from latentcli.errors import check_choice
    from latentcli.numerics.vectors import DISTANCES
    from latentcli.words._sets import DISTANCE_COLUMNS

    chosen = metric or ("euclidean" if one_hot else "cosine")
    check_choice("metric", chosen, DISTANCES)
    space = source.open(output, queries=words)

    def parse(tokens: list[str]) -> Result:
        return space.distances(tokens, metric=chosen, one_hot=one_hot)

    columns = (*DISTANCE_COLUMNS, "one_hot") if one_hot else DISTANCE_COLUMNS
    settings: Record = {"metric": chosen, "one_hot": one_hot}
    run(words, output, plot, Verb("distances", space, columns, parse, list, settings=settings))
