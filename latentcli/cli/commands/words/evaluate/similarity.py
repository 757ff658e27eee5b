"""`latent evaluate similarity [FILE...]`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.evaluation import Protocol, Restrict, Sources, files_of, reported
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import Seed
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.wording import distinct_names
from latentcli.errors import FormatError, LatentError, counted, shown
from latentcli.results import Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from latentcli.words._space import Space
    from latentcli.words.evaluation import SimilarityEvaluation

SHOWN = ("set", "pairs", "used", "spearman", "spearman_low", "spearman_high", "pearson")
"""The columns of the table, which fits a terminal."""


def similarity(
    sources: Sources,
    plot: Plot,
    output: Output,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...",
            help="Two words and a score on each line; a folder of such files; '-': standard input.",
        ),
    ] = None,
    protocol: Protocol = "latent",
    restrict: Restrict = None,
    oov: Annotated[
        str,
        typer.Option(help="Out-of-vocabulary words: skip the pair, or zero.", metavar="WHAT"),
    ] = "skip",
    resamples: Annotated[
        int,
        typer.Option(
            help="Bootstrap resamples; 0 for no intervals.", metavar="N", min=0, max=1_000_000
        ),
    ] = 1000,
    seed: Seed = 0,
) -> None:
    """Correlation of cosines with human similarity ratings of word pairs.

    Spearman's rho and Pearson's r, each with a bootstrap interval at 95 %. Columns are separated by
    tabs, commas, semicolons or blanks; the words are the first two of text, the score is the first
    of numbers after them. Without a FILE, wordsim353 and simlex999 as gensim ships them. Pairs out
    of vocabulary are skipped: compare only results that skip equally many.

    Examples:

    latent evaluate similarity

    latent evaluate similarity wordsim353 --protocol gensim --json
    """
    from latentcli.readers import read_pairs
    from latentcli.words.evaluation import evaluate_similarity

    plot.check(output)
    files = [file for one in files or ["wordsim353", "simlex999"] for file in files_of(one)]
    if files.count("-") > 1:
        raise UsageError("standard input can be read once; write '-' once")
    found_in = {file: pairs_in(file, output) for file in files if Path(file).is_dir()}
    files = [path for file in files for path in found_in.get(file, [file])]
    read = [read_pairs(file) for file in files]
    names = distinct_names([one.name for one in read], files)
    sets = [replace(one, name=name) for one, name in zip(read, names, strict=True)]

    def evaluate(space: Space) -> Result:
        results = []
        with output.progress("comparing pairs") as progress:
            for number, pairs in enumerate(sets, 1):
                result = evaluate_similarity(
                    space, pairs, protocol=protocol, restrict=restrict,
                    ignore_case=sources.ignore_case, oov=oov, resamples=resamples, seed=seed,
                )  # fmt: skip
                results.append(result)
                if progress:
                    progress(number, len(sets))
        return joined(results)

    found = sources.each(output, evaluate)
    report = reported("evaluate similarity", found, key="set", value="spearman", columns=SHOWN)
    plot.show(report, output)


def pairs_in(folder: str, output: Output) -> list[str]:
    """Return the files of a folder that hold pairs of words with scores; a note names the others."""
    from latentcli.readers import read_pairs

    found: list[str] = []
    others: list[str] = []
    for path in sorted(Path(folder).glob("*")):
        if path.is_file() and not path.name.startswith("."):
            try:
                read_pairs(str(path))
            except LatentError:
                others.append(path.name)
            else:
                found.append(str(path))
    if not found:
        raise FormatError(f"{folder}: no file in it has lines of two words and a score")
    if others:
        output.note(
            f"{folder}: {counted(len(others), 'file')} without lines of two words and a score "
            f"left out: {shown(', '.join(others))}"
        )
    return found


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Joined(Result):
    """The results of several sets, with what was answered to each."""

    answers: Mapping[str, Any]


def joined(results: Sequence[SimilarityEvaluation]) -> Joined:
    """Return the results of several sets as one."""
    first = results[0]
    sets = " ".join(str(one.settings["set"]) for one in results)
    return Joined(
        answers={name: given for one in results for name, given in one.answers.items()},
        title=first.title,
        columns=first.columns,
        records=[record for one in results for record in one.records],
        settings=first.settings | {"set": sets},
        notes=tuple(note for one in results for note in one.notes),
    )
