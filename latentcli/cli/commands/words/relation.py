"""`latent relation king:queen man:woman ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.batch import Verb, run
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import Seed
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.source import Source
from latentcli.results import Record, Result

if TYPE_CHECKING:
    from latentcli.words._space import Space


def command(
    pairs: Annotated[
        list[str],
        typer.Argument(metavar="A:B C:D ...", help="Pairs of words, or '-': standard input."),
    ],
    source: Source,
    plot: Plot,
    output: Output,
    raw: Annotated[
        bool, typer.Option("--raw", help="Subtract the vectors as they are, not at length 1.")
    ] = False,
    seed: Seed = 0,
) -> None:
    """Offset consistency: whether pairs of words share one direction.

    Each pair's offset is the vector of its second word minus that of its first. Shown are its
    cosine with the mean offset of the other pairs, its length, the cosines of the offsets with each
    other, and a verdict on their mean: one direction from 0.5, loosely related from 0.25, where it
    is 0.1 above chance and p is up to 0.05. Chance and p are of the same words paired at random
    (Fournier et al., 2020); it takes four pairs or more.

    Examples:

    latent relation king:queen man:woman uncle:aunt father:mother

    latent relation paris:france tokyo:japan rome:italy cairo:egypt --json
    """
    plot.check(output)
    from latentcli.words._relation import COLUMNS

    space = source.open(output, queries=pairs)

    def parse(tokens: list[str]) -> Result:
        return space.relation([pair_of(token, space) for token in tokens], raw=raw, seed=seed)

    settings: Record = {"raw": raw, "seed": seed}
    verb = Verb(
        "relation", space, COLUMNS, parse, list, settings=settings,
        of_batch=("verdict", "mean_pairwise", "chance", "p_value"),
    )  # fmt: skip
    run(pairs, output, plot, verb)


def pair_of(token: str, space: Space) -> tuple[str, str]:
    """Split a pair at its colon; where there are several, at the one between two known words."""
    parts = token.split(":")
    splits = [
        (":".join(parts[:place]), ":".join(parts[place:])) for place in range(1, len(parts))
    ]
    pairs = [(start, end) for start, end in splits if start and end]
    if not pairs:
        raise UsageError(f"'{token}' is not a pair; write it as king:queen")
    known = (pair for pair in pairs if pair[0] in space and pair[1] in space)
    return next(known, pairs[0]) if len(pairs) > 1 else pairs[0]
