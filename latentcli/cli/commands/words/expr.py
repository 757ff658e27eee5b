"""`latent expr 'king - man + 0.5*woman'`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.batch import Verb, run
from latentcli.cli.output import Output
from latentcli.cli.picking import Picking
from latentcli.cli.plotting import Plot
from latentcli.cli.source import Source

if TYPE_CHECKING:
    from latentcli.words._ranking import Query, RankedWords


def command(
    expression: Annotated[
        list[str],
        typer.Argument(
            metavar="EXPRESSION",
            help="As one quoted string or as separate words; '-': standard input.",
        ),
    ],
    source: Source,
    picking: Picking,
    plot: Plot,
    output: Output,
    raw: Annotated[
        bool, typer.Option("--raw", help="Add the vectors as they are, not at length 1.")
    ] = False,
) -> None:
    """List the words nearest to a weighted sum of words.

    Parts are joined by + and -, with blanks around them; a number and * before a word are its
    weight; quotes hold a word with blanks together.

    Examples:

    latent expr 'king - man + woman'

    latent expr king - man + 0.5*woman -k 3

    latent expr '2*paris - "france" + japan' --json
    """
    plot.check(output)
    from latentcli.words import _expression as expressions
    from latentcli.words._columns import columns_of
    from latentcli.words._ranking import answer_expressions, expression_query

    choice = picking.choice()
    space = source.open(output, columns=picking.columns, queries=expression)
    picking.note_absent(choice, space, output)

    def parse(tokens: list[str]) -> Query:
        one = len(tokens) == 1
        terms = expressions.parse(tokens[0]) if one else expressions.parse_tokens(tokens)
        return expression_query(
            space, terms, raw=raw, include_inputs=choice.include_inputs, label=" ".join(tokens)
        )

    def answer(queries: list[Query]) -> list[RankedWords]:
        with output.progress("searching") as progress:
            return answer_expressions(space, queries, choice, raw=raw, progress=progress)

    verb = Verb(
        "expr", space, columns_of(choice), parse, answer, settings={"raw": raw, **picking.settings()},
        split=lambda line: [line], at_once=picking.at_once,
    )  # fmt: skip
    run(expression, output, plot, verb)
