"""`latent distances WORD...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.commands.options import Output, Source, about
from latentcli.commands.queries import quoted, run
from latentcli.errors import UsageError, check_choice
from latentcli.report import Grid, Record, Report

if TYPE_CHECKING:
    from latentcli.core.vectors import Array

COLUMNS = ("a", "b", "distance")


def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORD...", help="Two words or more, or '-': standard input."),
    ],
    source: Source,
    output: Output,
    metric: Annotated[
        str, typer.Option(help="cosine (1 - cos), euclidean or angle.", metavar="METRIC")
    ] = "cosine",
) -> None:
    """Show the distances of a set of words to each other, as a matrix.

    In the other formats each pair is one record: a, b, distance.

    Examples:

    latent distances cat dog car truck

    latent distances cat dog car truck --metric euclidean -f csv
    """
    from latentcli.core.vectors import DISTANCES

    check_choice("metric", metric, DISTANCES)
    space = source.open(output)

    def parse(tokens: list[str]) -> tuple[list[str], Array]:
        if len(tokens) < 2:
            raise UsageError("distances takes two words or more")
        return tokens, space.distances(tokens, metric=metric)

    def answer(queries: list[tuple[list[str], Array]], batch: bool) -> Report:
        records: list[Record] = []
        for tokens, matrix in queries:
            label: Record = {"query": quoted(tokens)} if batch else {}
            records += [
                {**label, "a": tokens[i], "b": tokens[j], "distance": float(matrix[i, j])}
                for i in range(len(tokens))
                for j in range(i + 1, len(tokens))
            ]
        grid = None if batch else Grid(queries[0][0], queries[0][0], queries[0][1].tolist())
        return Report(
            "distances",
            ("query", *COLUMNS) if batch else COLUMNS,
            records,
            settings=about(space) | {"metric": metric},
            title="" if batch else f"{metric} distances",
            grid=grid,
        )

    run(words, output, parse=parse, answer=answer)
