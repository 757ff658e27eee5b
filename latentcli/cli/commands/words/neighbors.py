"""`latent neighbors WORD...`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.batch import Verb, run_all, run_each, run_lines
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE
from latentcli.cli.output import Output
from latentcli.cli.picking import Picking
from latentcli.cli.plotting import Plot
from latentcli.cli.source import Source

if TYPE_CHECKING:
    from latentcli.words._ranking import Query, RankedWords
    from latentcli.words._space import Space


def command(
    source: Source,
    picking: Picking,
    plot: Plot,
    output: Output,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORD...",
            help="Words, or numbers of rows; '-': standard input.",
            show_default=False,
        ),
    ] = None,
    vector: Annotated[
        str | None,
        typer.Option(
            "--vector",
            metavar="FILE",
            help="Query with the vectors of a file instead.",
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Query with every row.", rich_help_panel=MORE)
    ] = False,
    metric: Annotated[
        str, typer.Option(help="cosine, dot, euclidean or csls.", metavar="METRIC")
    ] = "cosine",
) -> None:
    """List the nearest words, for each word that is given.

    The score is the cosine; with --metric dot the dot product, with euclidean the distance (smallest
    first), with csls the cosine corrected for hubs. Of a sum of words: latent expr.

    Examples:

    latent neighbors paris tokyo -k 5 --json

    latent neighbors 0 -v codes.npy --metric euclidean
    """
    plot.check(output)
    if not words and vector is None and not every:
        raise UsageError(
            "name a word, a file of vectors with --vector, or every row with --all"
        )
    if bool(words) + (vector is not None) + every > 1:
        raise UsageError("give words, --vector or --all, not two of them")
    from latentcli.words import _columns, _ranking

    choice = picking.choice()
    _ranking.check_metric(metric, choice)
    space = source.open(output, columns=picking.columns, queries=words or ())
    picking.note_absent(choice, space, output)

    def parse(tokens: list[str]) -> Query:
        return _ranking.neighbors_query(space, tokens[0], include_inputs=choice.include_inputs)

    def answer(queries: list[Query]) -> list[RankedWords]:
        with output.progress("searching") as progress:
            return _ranking.answer_neighbors(
                space, queries, choice, metric=metric, progress=progress
            )

    verb = Verb(
        "neighbors", space, _columns.columns_of(choice), parse, answer,
        settings={"metric": metric, **picking.settings()},
        split=lambda line: [word_of(line)], at_once=picking.at_once,
    )  # fmt: skip
    if every:
        if plot.plot is not None:
            raise UsageError("--plot draws queries on the command line, not those of --all")
        run_lines(rows_in(space, picking.at_once), output, replace(verb, split=as_it_is))
        return
    if vector is None:
        run_each(words or [], output, plot, verb)
        return
    from latentcli.files.load import vectors_of

    labels, rows = vectors_of(vector, space.axes.letters if space.axes else "")
    run_all(
        (
            (label, partial(_ranking.vector_query, space, row, label))
            for label, row in zip(labels, rows, strict=True)
        ),
        output,
        plot,
        verb,
    )


def as_it_is(line: str) -> list[str]:
    """Return a query that is one word, whatever is in it."""
    return [line]


def rows_in(space: Space, at_once: int) -> Iterator[list[str]]:
    """Yield every row of a space as a query, some at a time: its word, or #N where words are no names of rows."""
    if not space.words.named:
        for start in range(0, len(space), at_once):
            yield [str(row) for row in range(start, min(start + at_once, len(space)))]
        return
    dropped = {*map(int, getattr(space.words, "dropped", ()))}
    for start in range(0, len(space), at_once):
        rows = [
            row for row in range(start, min(start + at_once, len(space))) if row not in dropped
        ]
        words = space.words.words(rows)
        yield [
            word if word and space.find(word) == row else f"#{row}"
            for row, word in zip(rows, words, strict=True)
        ]


def word_of(line: str) -> str:
    r"""Return the word of a line: all of it, without the blanks around it and its quotes.

    >>> word_of(" king "), word_of("new york"), word_of('"new york"'), word_of('5"')
    ('king', 'new york', 'new york', '5"')
    """
    word = line.strip()
    return word[1:-1] if len(word) > 2 and word[0] == word[-1] == '"' else word
