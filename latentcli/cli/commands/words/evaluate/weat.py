"""`latent evaluate weat [FILE]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.evaluation import Sources, reported
from latentcli.cli.options import Seed
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot

if TYPE_CHECKING:
    from latentcli.words._space import Space
    from latentcli.words.evaluation import WeatResult

SHOWN = ("test", "effect_size", "p_value", "reading")
"""The columns of the table, which fits a terminal."""


def weat(
    sources: Sources,
    plot: Plot,
    output: Output,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help="Lists of words: JSON, or 'name: word ...' [gender, of the paper].",
            show_default=False,
        ),
    ] = None,
    targets: Annotated[
        str, typer.Option(help="The two lists of targets.", metavar="X,Y", show_default=False)
    ] = "",
    attributes: Annotated[
        str,
        typer.Option(help="The two lists of attributes.", metavar="A,B", show_default=False),
    ] = "",
    samples: Annotated[
        int,
        typer.Option(help="Partitions drawn where there are too many.", metavar="N", min=1),
    ] = 100_000,
    seed: Seed = 0,
) -> None:
    """Word embedding association test (WEAT): whether targets X go with attributes A, Y with B.

    A positive effect size says X with A and Y with B, a negative one the opposite. It is from -2 to
    2 for targets of equal number. p is one-sided, as published: over all partitions of the targets
    if there are up to 100,000. The reading names an association that a two-sided test at 3 % finds.
    A file with the lists of Caliskan et al. (2017) gives their tests; four lists give one: {"x":
    ["tea", ...], "y": [...], "a": [...], "b": [...]}. Without a FILE, the paper's two tests of
    gender with mathematics and with science against the arts.

    Examples:

    latent evaluate weat

    latent evaluate weat lists.json
    """
    from latentcli.readers import read_word_lists
    from latentcli.words.evaluation import weat

    plot.check(output)
    lists = None if file is None else read_word_lists(file)

    def evaluate(space: Space) -> WeatResult:
        return weat(
            space, lists, targets=_names(targets), attributes=_names(attributes),
            ignore_case=sources.ignore_case, samples=samples, seed=seed,
        )  # fmt: skip

    found = sources.each(output, evaluate)
    report = reported("evaluate weat", found, key="test", value="effect_size", columns=SHOWN)
    plot.show(report, output)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
