"""`latent distances WORD...`."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.batch import quoted, run
from latentcli.cli.options import Output, Source, about
from latentcli.errors import UsageError, check_choice
from latentcli.results import Matrix, Record, Report, View

if TYPE_CHECKING:
    from latentcli.numerics.types import Array

COLUMNS = ("a", "b", "distance")


def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORD...", help="Two words or more, or '-': standard input."),
    ],
    source: Source,
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
        typer.Option(
            "--one-hot", help="Beside each distance, that of the words as one-hot vectors."
        ),
    ] = False,
) -> None:
    """Show the distances of a set of words to each other, as a matrix.

    In the other formats each pair is one record: a, b, distance. With --one-hot it is one in the
    table, too: all one-hot words are equally far from each other.

    Examples:

    latent distances cat dog car truck

    latent distances cat dog car truck --one-hot

    latent distances cat dog car truck --metric euclidean -f csv
    """
    from latentcli.numerics.vectors import DISTANCES, one_hot_distance

    metric = metric or ("euclidean" if one_hot else "cosine")
    check_choice("metric", metric, DISTANCES)
    columns = (*COLUMNS, "one_hot") if one_hot else COLUMNS
    apart = one_hot_distance(metric) if one_hot else 0.0
    space = source.open(output)

    def parse(tokens: list[str]) -> tuple[list[str], Array]:
        if len(tokens) < 2:
            raise UsageError("distances takes two words or more")
        return tokens, space.distances(tokens, metric=metric)

    def answer(queries: list[tuple[list[str], Array]], batch: bool) -> Report:
        records: list[Record] = []
        for tokens, matrix in queries:
            label: Record = {"query": quoted(tokens)} if batch else {}
            for i, j in combinations(range(len(tokens)), 2):
                a, b = tokens[i], tokens[j]
                record: Record = {"a": a, "b": b, "distance": float(matrix[i, j])}
                if one_hot:
                    record["one_hot"] = 0.0 if a == b else apart
                records.append(label | record)
        views: tuple[View, ...] = ()
        if not batch and not one_hot:
            views = (Matrix(queries[0][0], queries[0][0], queries[0][1].tolist()),)
        return Report(
            "distances",
            ("query", *columns) if batch else columns,
            records,
            settings=about(space) | {"metric": metric, "one_hot": one_hot},
            title="" if batch else f"{metric} distances",
            views=views,
        )

    run(words, output, parse=parse, answer=answer)
