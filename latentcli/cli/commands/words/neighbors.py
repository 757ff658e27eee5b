"""`latent neighbors WORD...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.batch import run
from latentcli.cli.hits import report
from latentcli.cli.options import Output, Picking, Source
from latentcli.errors import UsageError, check_choice
from latentcli.results import Report

if TYPE_CHECKING:
    from latentcli.numerics.search import Question

Asked = list[tuple[str, "Question"]]


def command(
    source: Source,
    picking: Picking,
    output: Output,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORD...",
            help="Words (rows of an array: their numbers), or '-': standard input.",
            show_default=False,
        ),
    ] = None,
    vector: Annotated[
        str | None,
        typer.Option(
            "--vector",
            metavar="FILE",
            help="Ask with the vector(s) of a file instead of words.",
        ),
    ] = None,
    metric: Annotated[
        str, typer.Option(help="cosine, dot, euclidean or csls.", metavar="METRIC")
    ] = "cosine",
) -> None:
    """List the nearest words, for each word that is given.

    The score is the cosine; with --metric dot the scalar product, with euclidean the distance
    (smallest first), with csls the cosine corrected for hubs, words that are near everything.
    For the neighbours of a sum of words see latent expr.

    Examples:

    latent neighbors king -k 5

    latent neighbors paris tokyo --match '^[a-m]' --json

    latent neighbors 0 -v codes.npy --metric euclidean
    """
    if not words and vector is None:
        raise UsageError("name a word, or a file of vectors with --vector")
    if words and vector is not None:
        raise UsageError("ask with words or with --vector, not with both")
    from latentcli.words._space import METRICS

    check_choice("metric", metric, METRICS)
    choice = picking.choice()
    space = source.open(output)
    picking.note_absent(choice, space, output)

    def parse(tokens: list[str]) -> Asked:
        return [(word, space.ask_neighbors(word, choice=choice)) for word in tokens]

    def answer(queries: list[Asked], batch: bool) -> Report:
        asked = [one for query in queries for one in query]
        with output.progress("searching") as progress:
            found = space.answer(
                [question for _, question in asked], choice, metric=metric, progress=progress
            )
        return report(
            "neighbors",
            space,
            [label for label, _ in asked],
            found,
            settings={"metric": metric, **picking.settings()},
            title=asked[0][0] if len(asked) == 1 and not batch else "",
        )

    if vector is None:
        run(words or [], output, parse=parse, answer=answer, at_once=picking.at_once)
        return
    from latentcli.files.load import vectors_of

    labels, rows = vectors_of(vector)
    asked = [(label, space.ask_vector(row)) for label, row in zip(labels, rows, strict=True)]
    output.show(answer([asked], False))
