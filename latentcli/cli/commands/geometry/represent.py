"""`latent represent TEXT...`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from latentcli.cli.batch import given
from latentcli.cli.options import MORE
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.source import Source, about
from latentcli.errors import FormatError
from latentcli.results import Report


def command(
    texts: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT...", help="Two texts or more, or '-': a text on each line of stdin."
        ),
    ],
    source: Source,
    plot: Plot,
    output: Output,
    counts: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Word frequencies for SIF: a word and its count a line. Default: by the order "
            "of the words (Zipf's law).",
        ),
    ] = None,
    smoothing: Annotated[
        float,
        typer.Option(
            metavar="A",
            help="SIF gives a word of probability p the weight A/(A+p).",
            rich_help_panel=MORE,
        ),
    ] = 1e-3,
    common: Annotated[
        str | None,
        typer.Option(
            metavar="FROM",
            help="Source of SIF's common component: texts or words. Default: texts from 20 on.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Text representations: one-hot, bag of words, mean of word vectors, SIF.

    For each: how many dimensions it has, the cosine of each pair of texts, and whether similarity
    is built in. SIF is the mean in which frequent words have less weight, without the component
    common to all texts (Arora et al., 2017).

    Examples:

    latent represent "the cat sat" "a dog sat" "stock prices fell"

    latent represent "the cat sat" "a dog sat" --common words --json
    """
    from latentcli.words._represent import represent

    plot.check(output)
    listed = given(texts, output)
    known = _read_counts(counts)
    space = source.open(output, queries=texts or ())
    with output.progress("the component common to all words") as progress:
        try:
            found = represent(
                listed,
                space,
                counts=known,
                smoothing=smoothing,
                common=common,
                progress=progress,
            )
        except FormatError as error:  # of the counts
            raise FormatError(f"{counts}: {error}") from None
    settings = {**about(space), **found.settings, "counts": counts}
    plot.show(replace(Report.of("represent", found), settings=settings), output)


def _read_counts(counts: str | None) -> dict[str, float] | None:
    from latentcli.files import counts as count_files

    return None if counts is None else count_files.read(counts)
