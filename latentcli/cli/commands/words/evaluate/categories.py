"""`latent evaluate categories FILE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.evaluation import Evaluated, Seed, Shape, Sources, reported, told_absent
from latentcli.cli.options import Output
from latentcli.results import Record

if TYPE_CHECKING:
    from latentcli.words._space import Space

COLUMNS = ("set", "categories", "words", "used", "skipped", "purity")


def categories(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="Lists of words: JSON, 'name: word ...', or 'word<tab>name'."
        ),
    ],
    sources: Sources,
    output: Output,
    seed: Seed = 0,
) -> None:
    """Cluster words of known categories, and measure how pure the clusters are.

    k-means on unit vectors, the best of ten starts, as many clusters as categories. Purity is the
    share of words in the commonest category of their cluster.

    Examples:

    echo '{"animals": ["cat", "dog", "horse"], "drinks": ["milk", "wine", "beer"]}' | latent evaluate categories -
    """
    from latentcli.files import word_sets
    from latentcli.words.evaluation import _word_sets as evaluation

    rules = sources.protocol()
    names = sources.names()
    name, lists = word_sets.read_lists(file)

    def evaluate(space: Space) -> Evaluated:
        made = evaluation.categories(space, lists, rules, seed=seed)
        one: Record = {
            "set": name,
            "categories": made.categories,
            "words": made.words + len(made.skipped),
            "used": made.words,
            "skipped": len(made.skipped),
            "purity": made.purity,
        }
        notes = told_absent(made.skipped)
        return Evaluated.of(space, [one], {"purity": made.purity}, notes)

    found = sources.each(output, evaluate)
    settings: Record = {"set": name, "ignore_case": rules.alike, "seed": seed}
    shape = Shape("evaluate categories", name, COLUMNS, "set", "purity", settings)
    output.show(reported(shape, found, names))
