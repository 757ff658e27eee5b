"""`latent analogy A B C`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.batch import Verb, run
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.output import Output
from latentcli.cli.picking import Picking
from latentcli.cli.plotting import Plot
from latentcli.cli.source import Source

if TYPE_CHECKING:
    from latentcli.words._ranking import Query, RankedWords


def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="A B C", help="Three words, or '-': queries on standard input."),
    ],
    source: Source,
    picking: Picking,
    plot: Plot,
    output: Output,
    method: Annotated[
        str, typer.Option(help="3cosadd, 3cosmul or pairdirection.", metavar="METHOD")
    ] = "3cosadd",
    raw: Annotated[
        bool, typer.Option("--raw", help="Add the vectors as they are, not at length 1.")
    ] = False,
) -> None:
    """Answer A - B + C: king - man + woman is queen.

    Each word's vector is taken at length 1 first, as word2vec, GloVe, fastText and gensim do;
    --raw takes the vectors as they are. The words of the query are never
    answers.

    Examples:

    latent analogy king man woman

    latent analogy paris france japan -k 3 --method 3cosmul

    echo 'king man woman' | latent analogy - --json
    """
    plot.check(output)
    from latentcli.words._analogy import scorer_of
    from latentcli.words._columns import columns_of
    from latentcli.words._ranking import analogy_query, answer_analogies

    scorer_of(method, raw=raw)
    choice = picking.choice()
    space = source.open(output, columns=picking.columns, queries=words)
    picking.note_absent(choice, space, output)

    def parse(tokens: list[str]) -> Query:
        if len(tokens) != 3:
            hint = "; leave out the quotes" if len(tokens) == 1 and " " in tokens[0] else ""
            raise UsageError(f"an analogy takes three words (A B C), not {len(tokens)}{hint}")
        a, b, c = tokens
        return analogy_query(
            space, a, b, c, method=method, raw=raw, include_inputs=choice.include_inputs
        )

    def answer(queries: list[Query]) -> list[RankedWords]:
        with output.progress("searching") as progress:
            return answer_analogies(
                space, queries, choice, method=method, raw=raw, progress=progress
            )

    settings = {"method": method, "raw": raw, **picking.settings()}
    verb = Verb(
        "analogy",
        space,
        columns_of(choice),
        parse,
        answer,
        settings=settings,
        at_once=picking.at_once,
    )
    run(words, output, plot, verb)
