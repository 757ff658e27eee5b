"""`latent odd WORD...`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.batch import quoted, run
from latentcli.cli.options import Output, Source, about
from latentcli.results import Record, Report

COLUMNS = ("query", "rank", "word", "score")


def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORD...", help="Three words or more, or '-': standard input."),
    ],
    source: Source,
    output: Output,
) -> None:
    """Find the word that does not belong with the others.

    The score is each word's cosine with the mean of all; the odd one has the least.

    Examples:

    latent odd breakfast lunch dinner car

    latent odd breakfast lunch dinner car --json | jq -r .summary.odd
    """
    space = source.open(output)

    def parse(tokens: list[str]) -> tuple[str, list[tuple[str, float]]]:
        return quoted(tokens), space.odd(tokens)

    def answer(queries: list[tuple[str, list[tuple[str, float]]]], batch: bool) -> Report:
        records: list[Record] = [
            {"query": label, "rank": rank, "word": word, "score": score}
            for label, ranked in queries
            for rank, (word, score) in enumerate(ranked, 1)
        ]
        columns = COLUMNS if batch else COLUMNS[1:]
        return Report(
            "odd",
            columns,
            [{name: record[name] for name in columns} for record in records],
            settings=about(space),
            summary={} if batch else {"odd": queries[0][1][0][0]},
        )

    run(words, output, parse=parse, answer=answer)
