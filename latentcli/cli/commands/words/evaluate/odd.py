"""`latent evaluate odd FILE`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.commands.words.evaluate.analogies import SHOWN
from latentcli.cli.evaluation import Sources, reported
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot


def odd(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A set on each line, its odd one last.")
    ],
    sources: Sources,
    plot: Plot,
    output: Output,
) -> None:
    """Accuracy of finding the odd one out of sets of words.

    Each line is a set whose last word is the odd one; ': NAME' begins a section. A file of one
    word on each line is a cluster, an empty line and outliers, each a set with the cluster. The
    interval is Wilson's at 95 %; chance is 1/n for sets of n words.

    Examples:

    echo 'breakfast lunch dinner car' | latent evaluate odd -
    """
    from latentcli.readers import read_odd_sets
    from latentcli.words.evaluation import evaluate_odd

    plot.check(output)
    sets = read_odd_sets(file)
    found = sources.each(
        output, lambda space: evaluate_odd(space, sets, ignore_case=sources.ignore_case)
    )
    report = reported("evaluate odd", found, key="section", value="accuracy", columns=SHOWN)
    plot.show(report, output)
