"""`latent expr 'king - man + 0.5*woman'`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.batch import run
from latentcli.cli.hits import report
from latentcli.cli.options import Output, Picking, Source
from latentcli.results import Report

if TYPE_CHECKING:
    from latentcli.numerics.search import Question

Asked = tuple[str, "Question"]


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
    output: Output,
    raw: Annotated[
        bool, typer.Option("--raw", help="Add the vectors as they are, not at length 1.")
    ] = False,
) -> None:
    """List the words nearest to a weighted sum of words.

    Parts are joined by + and -, with blanks around them; a number and * before a word weigh it;
    quotes hold a word with blanks together.

    Examples:

    latent expr 'king - man + woman'

    latent expr king - man + 0.5*woman -k 3

    latent expr '2*paris - "france" + japan' --json
    """
    choice = picking.choice()
    space = source.open(output)
    picking.note_absent(choice, space, output)

    def ask(text: str, terms: list[tuple[float, str]]) -> Asked:
        return text, space.ask_expression(terms, raw=raw, choice=choice)

    def parse(tokens: list[str]) -> Asked:
        from latentcli.words import _expression as expressions

        if len(tokens) == 1:
            return ask(tokens[0], expressions.parse(tokens[0]))
        return ask(" ".join(tokens), expressions.parse_tokens(tokens))

    def answer(asked: list[Asked], batch: bool) -> Report:
        with output.progress("searching") as progress:
            found = space.answer([question for _, question in asked], choice, progress=progress)
        return report(
            "expr",
            space,
            [label for label, _ in asked],
            found,
            settings={"raw": raw, **picking.settings()},
            title="" if batch else asked[0][0],
        )

    run(
        expression,
        output,
        parse=parse,
        answer=answer,
        split=lambda line: [line],
        at_once=picking.at_once,
    )
