"""`latent similarity A B [C D ...]`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.batch import Verb, run
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.source import Source
from latentcli.results import Result


def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="A B [C D ...]", help="Pairs of words, or '-': standard input."),
    ],
    source: Source,
    plot: Plot,
    output: Output,
) -> None:
    """Measure how alike two words are: cosine, dot product, distance and angle.

    Examples:

    latent similarity cat dog

    latent similarity cat dog cat car --json
    """
    plot.check(output)
    from latentcli.words._sets import SIMILARITY_COLUMNS, similarities

    space = source.open(output, queries=words)

    def parse(tokens: list[str]) -> Result:
        if len(tokens) < 2 or len(tokens) % 2:
            raise UsageError(f"similarity takes pairs of words, not {len(tokens)}")
        return similarities(space, list(zip(tokens[::2], tokens[1::2], strict=True)))

    run(words, output, plot, Verb("similarity", space, SIMILARITY_COLUMNS, parse, list))
