"""`latent evaluate similarity [FILE...]`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.evaluation import (
    Evaluated,
    ProtocolName,
    Restrict,
    Seed,
    Shape,
    Sources,
    reported,
    told_apart,
)
from latentcli.cli.options import Output
from latentcli.errors import UsageError, check_choice
from latentcli.results import Record

if TYPE_CHECKING:
    from latentcli.words.evaluation._similarity import Likeness

SHOWN = ("set", "pairs", "used", "skipped", "spearman", "pearson", "low", "high")
"""The columns of the table, which fits a terminal."""

COLUMNS = (*SHOWN, "pearson_low", "pearson_high")


def similarity(
    sources: Sources,
    output: Output,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...", help="Two words and a score on each line; '-': standard input."
        ),
    ] = None,
    protocol: ProtocolName = "latent",
    restrict: Restrict = None,
    oov: Annotated[
        str,
        typer.Option(
            help="Pairs with words not there: skip, or zero similarity.", metavar="WHAT"
        ),
    ] = "skip",
    resamples: Annotated[
        int,
        typer.Option(
            help="Bootstrap resamples; 0 for no intervals.", metavar="N", min=0, max=1_000_000
        ),
    ] = 1000,
    seed: Seed = 0,
) -> None:
    """Compare cosines of pairs of words with the scores that people gave.

    Tabs, commas, semicolons or blanks part the columns; the words are the first two of text, the
    score is the first of numbers after them. Without a FILE, wordsim353 and simlex999 of the
    gensim package are taken. low and high are Spearman's bootstrap interval at 95 %.

    Examples:

    latent evaluate similarity

    latent evaluate similarity wordsim353 --protocol gensim --json
    """
    from latentcli.files import pair_sets
    from latentcli.words.evaluation._similarity import ABSENT, compare

    check_choice("--oov", oov, ABSENT)
    rules = sources.protocol(protocol, restrict)
    names = sources.names()
    files = files or ["wordsim353", "simlex999"]
    if files.count("-") > 1:
        raise UsageError("standard input can be read once; write '-' once")
    read = [pair_sets.read(file) for file in files]
    given = [
        replace(one, name=name)
        for one, name in zip(read, told_apart([one.name for one in read], files), strict=True)
    ]
    found = []
    for space in sources.open_each(output):
        records: list[Record] = []
        notes: list[str] = []
        with output.progress("comparing pairs") as progress:
            for number, one in enumerate(given, 1):
                likeness = compare(space, one, rules, oov=oov, resamples=resamples, seed=seed)
                records.append(_record(one.name, likeness))
                notes += _notes(one.name, likeness)
                if progress:
                    progress(number, len(given))
        found.append(Evaluated.of(space, records, {}, notes))
    settings: Record = {
        "sets": " ".join(one.name for one in given), "protocol": protocol,
        "restrict": rules.restrict, "ignore_case": rules.alike, "oov": oov,
        "resamples": resamples, "seed": seed,
    }  # fmt: skip
    shape = Shape(
        "evaluate similarity", f"cosine; {rules.told()}", COLUMNS, "set", "spearman", settings,
        tuple(text for one in given for text in one.notes), SHOWN,
    )  # fmt: skip
    output.show(reported(shape, found, names))


def _record(name: str, likeness: Likeness) -> Record:
    spearman, pearson = likeness.agreements.spearman, likeness.agreements.pearson
    return {
        "set": name,
        "pairs": likeness.pairs,
        "used": likeness.used,
        "skipped": likeness.skipped,
        "spearman": spearman.value,
        "pearson": pearson.value,
        "low": spearman.low,
        "high": spearman.high,
        "pearson_low": pearson.low,
        "pearson_high": pearson.high,
    }


def _notes(name: str, likeness: Likeness) -> list[str]:
    """Say why there is no coefficient."""
    if likeness.agreements.spearman.value is not None:
        return []
    if likeness.used < 2:
        return [f"{name}: {likeness.used} pairs of {likeness.pairs:,} are there; it takes two"]
    return [f"{name}: all scores, or all cosines, are equal: no correlation"]
