"""`latent odd WORD...`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.batch import Verb, run
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.source import Source


def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORD...", help="Three words or more, or '-': standard input."),
    ],
    source: Source,
    plot: Plot,
    output: Output,
) -> None:
    """Find the word that does not belong with the others.

    The score is each word's cosine with the mean of all; the odd one has the least.

    Examples:

    latent odd breakfast lunch dinner car

    latent odd breakfast lunch dinner car --json | jq -r .summary.odd
    """
    plot.check(output)
    from latentcli.words._sets import ODD_COLUMNS

    space = source.open(output, queries=words)
    run(words, output, plot, Verb("odd", space, ODD_COLUMNS, space.odd, list))
