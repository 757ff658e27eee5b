"""`latent similarity A B [C D ...]`."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from latentcli.cli.batch import quoted, run
from latentcli.cli.options import Output, Source, about
from latentcli.errors import UsageError
from latentcli.results import Record, Report

COLUMNS = ("a", "b", "cosine", "dot", "euclidean", "angle_degrees")


def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="A B [C D ...]", help="Pairs of words, or '-': standard input."),
    ],
    source: Source,
    output: Output,
) -> None:
    """Measure how alike two words are: cosine, dot product, distance and angle.

    Examples:

    latent similarity cat dog

    latent similarity cat dog cat car --json
    """
    space = source.open(output)

    def parse(tokens: list[str]) -> list[Record]:
        if len(tokens) < 2 or len(tokens) % 2:
            raise UsageError(f"similarity takes pairs of words, not {len(tokens)}")
        return [
            {
                "query": quoted(tokens),
                "a": a,
                "b": b,
                **dataclasses.asdict(space.similarity(a, b)),
            }
            for a, b in zip(tokens[::2], tokens[1::2], strict=True)
        ]

    def answer(queries: list[list[Record]], batch: bool) -> Report:
        columns = ("query", *COLUMNS) if batch else COLUMNS
        records = [
            {name: record[name] for name in columns} for query in queries for record in query
        ]
        return Report("similarity", columns, records, settings=about(space))

    run(words, output, parse=parse, answer=answer)
