"""`latent evaluate analogies [FILE]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli import wrong_answers
from latentcli.cli.evaluation import (
    Evaluated,
    ProtocolName,
    Restrict,
    Shape,
    Sources,
    reported,
    told_absent,
)
from latentcli.cli.options import Output
from latentcli.errors import check_choice
from latentcli.results import Record, Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latentcli.files.analogy_sets import AnalogySet
    from latentcli.words.evaluation._analogies import Score

COLUMNS = ("section", "asked", "skipped", "correct", "accuracy", "low", "high")


def analogies(
    sources: Sources,
    output: Output,
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FILE]", help="Google's or four-word lines, or a BATS folder; '-': stdin."
        ),
    ] = "questions-words",
    method: Annotated[
        str,
        typer.Option(
            help="3cosadd, 3cosmul, pairdirection, 3cosavg, only-b.", metavar="METHOD"
        ),
    ] = "3cosadd",
    protocol: ProtocolName = "latent",
    restrict: Restrict = None,
    oov: Annotated[
        str,
        typer.Option(help="Questions with words not there: skip or wrong.", metavar="WHAT"),
    ] = "skip",
    include_inputs: Annotated[
        bool, typer.Option("--include-inputs", help="Also answer with the words asked with.")
    ] = False,
    top: Annotated[
        int,
        typer.Option(
            "--top", "-k", help="Right if among the K best.", metavar="K", min=1, max=1000
        ),
    ] = 1,
    errors: Annotated[
        str | None,
        typer.Option(
            help="Write each wrong answer, with ranks (.tsv, .csv, .json, ...).", metavar="FILE"
        ),
    ] = None,
) -> None:
    """Ask a set of analogies, a is to b as c is to d, and count the right answers.

    Without a FILE, Google's questions-words of the gensim package are asked. Without a protocol,
    words are taken as they are written, all rows are candidates, and a question's words, in any
    case, are no answer. The interval is Wilson's at 95 %.

    Examples:

    latent evaluate analogies

    latent evaluate analogies --protocol gensim --method 3cosmul --json

    latent evaluate analogies --errors wrong.tsv -v article-words.txt --oov wrong
    """
    from latentcli.files import analogy_sets
    from latentcli.words.evaluation import _analogies as evaluation
    from latentcli.words.evaluation._analogy_scores import METHODS
    from latentcli.words.evaluation._protocol import ABSENT

    check_choice("method", method, METHODS)
    check_choice("--oov", oov, ABSENT)
    rules = sources.protocol(protocol, restrict)
    names = sources.names()
    if errors is not None:
        wrong_answers.check(errors)
    given = analogy_sets.read(file)
    found, wrong = [], []
    for name, space in zip(names, sources.open_each(output), strict=True):
        with output.progress(f"asking {len(given):,} questions") as progress:
            outcomes = evaluation.ask(
                space, given.sections, rules, method=method, top=top,
                include_inputs=include_inputs, ranked=errors is not None, progress=progress,
            )  # fmt: skip
        scores = evaluation.scores(given.sections, outcomes, oov)
        notes = told_absent(*evaluation.absent(space, rules, outcomes))
        found.append(
            Evaluated.of(space, [record(score) for score in scores], _summary(scores), notes)
        )
        if errors is not None:
            wrong.append((name, wrong_answers.records(space, outcomes, oov)))
    settings: Record = {
        "set": given.name, "method": method, "protocol": protocol, "restrict": rules.restrict,
        "ignore_case": rules.alike, "oov": oov, "include_inputs": include_inputs, "top": top,
    }  # fmt: skip
    told = [f"{given.name}, {method}", rules.told()]
    told.append("all rows may be answered" if include_inputs else rules.answers)
    told += [f"right among the {top:,} best"] if top > 1 else []
    told += ["questions with a word that is not there are wrong"] if oov == "wrong" else []
    shape = Shape(
        "evaluate analogies", "; ".join(told), COLUMNS,
        "section", "accuracy", settings, _notes(given),
    )  # fmt: skip
    try:
        if errors is not None:
            wrong_answers.write(errors, wrong, output)
    finally:  # a disk that is full does not take the result away
        output.show(reported(shape, found, names))


def record(score: Score) -> Record:
    """Return the record of a score."""
    low, high = score.interval
    return {
        "section": score.name,
        "asked": score.asked,
        "skipped": score.skipped,
        "correct": score.correct,
        "accuracy": score.accuracy,
        "low": low,
        "high": high,
    }


def _summary(scores: Sequence[Score]) -> Record:
    by_name = {score.name: score for score in scores[-3:]}
    total = scores[-1]
    kinds: dict[str, Scalar] = {
        kind: by_name[kind].accuracy if kind in by_name else None
        for kind in ("semantic", "syntactic")
    }
    return {
        "asked": total.asked,
        "skipped": total.skipped,
        "correct": total.correct,
        "accuracy": total.accuracy,
        **kinds,
    }


def _notes(given: AnalogySet) -> tuple[str, ...]:
    if not given.ignored:
        return ()
    count = f"{given.ignored:,} line{'s are' if given.ignored > 1 else ' is'}"
    return (f"{count} no question and left out; {given.first_ignored} is the first",)
