"""`latent evaluate categories FILE`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.evaluation import Sources, reported
from latentcli.cli.options import Seed
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot


def categories(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="Lists of words: JSON, 'name: word ...', or 'word<tab>name'."
        ),
    ],
    sources: Sources,
    plot: Plot,
    output: Output,
    seed: Seed = 0,
) -> None:
    """Purity of clusters of words whose categories are known.

    k-means on unit vectors, the best of ten starts, as many clusters as categories. Purity is the
    share of words in the most frequent category of their cluster; purity_chance is what shuffled
    categories give with these clusters.

    Examples:

    echo '{"a":["cat","dog"],"b":["tea","wine"]}' | latent evaluate categories -
    """
    from latentcli.readers import read_word_lists
    from latentcli.words.evaluation import evaluate_categories

    plot.check(output)
    lists = read_word_lists(file)
    found = sources.each(
        output,
        lambda space: evaluate_categories(
            space, lists, ignore_case=sources.ignore_case, seed=seed
        ),
    )
    plot.show(reported("evaluate categories", found, key="set", value="purity"), output)
