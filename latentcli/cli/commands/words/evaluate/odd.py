"""`latent evaluate odd FILE`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.commands.words.evaluate.analogies import COLUMNS, record
from latentcli.cli.evaluation import Evaluated, Shape, Sources, reported, told_absent
from latentcli.cli.options import Output
from latentcli.results import Record


def odd(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A set on each line, its odd one last.")
    ],
    sources: Sources,
    output: Output,
) -> None:
    """Find the odd one out of sets of words, and count how often it is the right one.

    Each line is a set whose last word is the odd one; ': NAME' begins a section. A file of one
    word on each line is a cluster, an empty line and outliers, each a set with the cluster.

    Examples:

    echo 'breakfast lunch dinner car' | latent evaluate odd -
    """
    from latentcli.files import word_sets
    from latentcli.words.evaluation._word_sets import odd_ones

    rules = sources.protocol()
    names = sources.names()
    given = word_sets.read_odd(file)
    found = []
    for space in sources.open_each(output):
        asked = odd_ones(space, given, rules)
        total = asked.scores[-1]
        summary: Record = {
            "asked": total.asked,
            "skipped": total.skipped,
            "correct": total.correct,
            "accuracy": total.accuracy,
        }
        records = [record(score) for score in asked.scores]
        found.append(Evaluated.of(space, records, summary, told_absent(asked.skipped)))
    settings: Record = {"set": given.name, "ignore_case": rules.alike}
    ignored = f"{given.ignored:,} lines of fewer than three words are left out"
    notes = (ignored,) if given.ignored else ()
    shape = Shape("evaluate odd", given.name, COLUMNS, "section", "accuracy", settings, notes)
    output.show(reported(shape, found, names))
