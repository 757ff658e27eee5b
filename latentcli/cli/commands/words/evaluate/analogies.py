"""`latent evaluate analogies [FILE]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli import wrong_answers
from latentcli.cli.evaluation import Protocol, Restrict, Sources, reported
from latentcli.cli.options import MORE, Force
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot

if TYPE_CHECKING:
    from latentcli.results import Record
    from latentcli.words._space import Space
    from latentcli.words.evaluation import AnalogyEvaluation

SHOWN = ("section", "questions", "skipped", "accuracy", "accuracy_low", "accuracy_high")
"""The columns of the table, which fits a terminal."""


def analogies(
    sources: Sources,
    plot: Plot,
    output: Output,
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FILE]", help="Four words a line, or a BATS folder; '-': stdin."
        ),
    ] = "questions-words",
    method: Annotated[
        str,
        typer.Option(
            help="3cosadd, 3cosmul, pairdirection, 3cosavg or only-b.", metavar="METHOD"
        ),
    ] = "3cosadd",
    protocol: Protocol = "latent",
    restrict: Restrict = None,
    oov: Annotated[
        str,
        typer.Option(
            help="Out-of-vocabulary words: skip the question, or wrong.", metavar="WHAT"
        ),
    ] = "skip",
    include_inputs: Annotated[
        bool,
        typer.Option(
            "--include-inputs",
            help="Words of the question may be answers.",
            rich_help_panel=MORE,
        ),
    ] = False,
    top: Annotated[
        int,
        typer.Option(
            "--top",
            "-k",
            help="Count an answer among the K best as right.",
            metavar="K",
            min=1,
            max=1000,
        ),
    ] = 1,
    errors: Annotated[
        str | None,
        typer.Option(
            help="Write the wrong answers: .tsv, .csv, .json.",
            metavar="FILE",
            rich_help_panel=MORE,
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Accuracy on a set of analogies: a is to b as c is to d.

    Without a FILE, Google's questions-words as gensim ships it. Without a protocol, words are
    taken as they are written, all rows are candidates, and a question's words, in any case, are
    no answer. The interval is Wilson's at 95 %. Accuracies under different protocols cannot be
    compared.

    Examples:

    latent evaluate analogies

    latent evaluate analogies --protocol gensim --method 3cosmul --json

    latent evaluate analogies --errors wrong.tsv -v article-words.txt --oov wrong
    """
    from latentcli.readers import read_questions
    from latentcli.words.evaluation import evaluate_analogies

    plot.check(output)
    if errors is not None:
        wrong_answers.check(errors, force=force)
    questions = read_questions(file)
    wrong: list[tuple[Record, ...]] = []

    def evaluate(space: Space) -> AnalogyEvaluation:
        with output.progress(f"answering {len(questions):,} questions") as progress:
            result = evaluate_analogies(
                space, questions, method=method, protocol=protocol, restrict=restrict,
                ignore_case=sources.ignore_case, oov=oov, include_inputs=include_inputs,
                top=top, wrong=errors is not None, progress=progress,
            )  # fmt: skip
        wrong.append(result.wrong)
        return result

    found = sources.each(output, evaluate)
    try:
        if errors is not None:
            names = [name for name, _ in found]
            wrong_answers.write(
                errors, list(zip(names, wrong, strict=True)), output, force=force
            )
    finally:  # a full disk does not take the result away
        report = reported(
            "evaluate analogies", found, key="section", value="accuracy", columns=SHOWN
        )
        plot.show(report, output)
