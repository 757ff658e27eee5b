"""`latent analogy A B C`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.batch import quoted, run
from latentcli.cli.hits import report
from latentcli.cli.options import Output, Picking, Source
from latentcli.errors import UsageError, check_choice
from latentcli.results import Report

if TYPE_CHECKING:
    from latentcli.numerics.search import Question

Asked = tuple[str, str, "Question"]


def command(
    words: Annotated[
        list[str],
        typer.Argument(metavar="A B C", help="Three words, or '-': queries on standard input."),
    ],
    source: Source,
    picking: Picking,
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
    --raw takes the vectors as they are. The words asked with are left out of the answer.

    Examples:

    latent analogy king man woman

    latent analogy paris france japan -k 3 --method 3cosmul

    echo 'king man woman' | latent analogy - --json
    """
    from latentcli.words._analogy import METHODS

    check_choice("method", method, METHODS)
    choice = picking.choice()
    space = source.open(output)
    picking.note_absent(choice, space, output)

    def parse(tokens: list[str]) -> Asked:
        if len(tokens) != 3:
            hint = "; leave out the quotes" if len(tokens) == 1 and " " in tokens[0] else ""
            raise UsageError(f"an analogy takes three words (A B C), not {len(tokens)}{hint}")
        a, b, c = tokens
        question = space.ask_analogy(a, b, c, method=method, raw=raw, choice=choice)
        return quoted(tokens), f"{a} - {b} + {c}", question

    def answer(asked: list[Asked], batch: bool) -> Report:
        with output.progress("searching") as progress:
            found = space.answer(
                [question for *_, question in asked], choice, method=method, progress=progress
            )
        return report(
            "analogy",
            space,
            [label for label, *_ in asked],
            found,
            settings={"method": method, "raw": raw, **picking.settings()},
            title="" if batch else asked[0][1],
        )

    run(words, output, parse=parse, answer=answer, at_once=picking.at_once)
