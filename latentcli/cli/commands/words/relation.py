"""`latent relation king:queen man:woman ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.batch import quoted, run
from latentcli.cli.options import Output, Source, about
from latentcli.errors import UsageError
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.numerics.offset_consistency import Consistency
    from latentcli.words._space import Space

_LISTED = 10
"""Up to so many pairs, all pairwise cosines are in the summary; beyond, the least of them."""

COLUMNS = ("pair", "cosine_to_mean", "norm")

Answered = tuple[list[str], "Consistency"]


def command(
    pairs: Annotated[
        list[str],
        typer.Argument(metavar="A:B C:D ...", help="Pairs of words, or '-': standard input."),
    ],
    source: Source,
    output: Output,
    raw: Annotated[
        bool, typer.Option("--raw", help="Subtract the vectors as they are, not at length 1.")
    ] = False,
) -> None:
    """Tell whether pairs of words share one direction.

    Each pair's offset is its second word less its first. Shown are its cosine with the mean of
    all offsets, its length, the cosines of the offsets with each other, and a verdict on their
    mean: 0.5 or more is one direction, 0.25 or more loosely related.

    Examples:

    latent relation king:queen man:woman uncle:aunt

    latent relation paris:france tokyo:japan king:queen --json
    """
    space = source.open(output)

    def parse(tokens: list[str]) -> Answered:
        return tokens, space.relation([_pair(token, space) for token in tokens], raw=raw)

    def answer(queries: list[Answered], batch: bool) -> Report:
        records: list[Record] = []
        for tokens, found in queries:
            label: Record = {"query": quoted(tokens), "verdict": found.verdict} if batch else {}
            records += [
                {
                    **label,
                    "pair": token,
                    "cosine_to_mean": float(found.to_mean[index]),
                    "norm": float(found.norms[index]),
                }
                for index, token in enumerate(tokens)
            ]
        return Report(
            "relation",
            ("query", *COLUMNS, "verdict") if batch else COLUMNS,
            records,
            settings=about(space) | {"raw": raw},
            summary={} if batch else _summary(*queries[0]),
            notes=() if batch else _notes(queries[0][1]),
        )

    run(pairs, output, parse=parse, answer=answer)


def _pair(token: str, space: Space) -> tuple[str, str]:
    """View a pair at its colon; where there are several, at the one between two known words."""
    parts = token.split(":")
    splits = [
        (":".join(parts[:place]), ":".join(parts[place:])) for place in range(1, len(parts))
    ]
    pairs = [(start, end) for start, end in splits if start and end]
    if not pairs:
        raise UsageError(f"'{token}' is not a pair; write it as king:queen")
    known = (pair for pair in pairs if pair[0] in space and pair[1] in space)
    return next(known, pairs[0]) if len(pairs) > 1 else pairs[0]


def _summary(tokens: list[str], found: Consistency) -> Record:
    """Return what is said about all pairs together: the verdict, and the pairwise cosines."""
    summary: Record = {"verdict": found.verdict, "mean_pairwise": found.mean_pairwise}
    pairwise = [
        (float(found.pairwise[i, j]), f"{tokens[i]} {tokens[j]}")
        for i in range(len(tokens))
        for j in range(i + 1, len(tokens))
    ]
    if len(tokens) <= _LISTED:
        summary |= {f"cosine {name}": cosine for cosine, name in pairwise}
    else:
        summary["least_pairwise"], summary["least_pair"] = min(pairwise)
    return summary


def _notes(found: Consistency) -> tuple[str, ...]:
    if found.mean_pairwise is None or found.mean_pairwise > 2 * found.chance:
        return ()
    chance = f"{min(1.0, 2 * found.chance):.2f}"
    return (f"random directions in so few dimensions have cosines up to {chance}",)
