"""`latent align X Y`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.options import MORE, Ci, NoCache, Seed
from latentcli.cli.output import Output
from latentcli.cli.wording import naming, with_files
from latentcli.results import Report


def command(
    x: Annotated[str, typer.Argument(metavar="X", help="Vectors of the source language.")],
    y: Annotated[str, typer.Argument(metavar="Y", help="Vectors of the target language.")],
    axes: Axes,
    output: Output,
    dictionary: Annotated[
        str,
        typer.Option(
            "--dictionary", "-d", metavar="FILE", help="Pairs to learn from, one on each line."
        ),
    ],
    test_dictionary: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Pairs to test with. Default: a fifth of the source words."
        ),
    ] = None,
    refinements: Annotated[
        int,
        typer.Option(
            metavar="N", help="Learn again from mutual translations, N times (MUSE: 5)."
        ),
    ] = 0,
    neighbors: Annotated[
        int, typer.Option(metavar="K", help="Neighbors of CSLS.", rich_help_panel=MORE)
    ] = 10,
    restrict: Annotated[
        int,
        typer.Option(metavar="N", help="Candidates: the first N rows.", rich_help_panel=MORE),
    ] = 200_000,
    ci: Ci = 0.95,
    seed: Seed = 0,
    no_cache: NoCache = False,
) -> None:
    """Align two languages: rotate X onto Y by a dictionary, and measure the translations.

    Orthogonal Procrustes on rows of length 1; then P@1, P@5 and P@10 of bilingual lexicon induction by
    the nearest cosine and by CSLS (Conneau et al., 2018), with MUSE's dictionaries and convention. Chance is
    the same with the dictionary's pairs shuffled. latent compare --align writes the rotated vectors.

    Examples:

    latent align minilm-10k.64d.txt minilm-10k.64d.txt --dictionary pairs.txt
    """
    from latentcli.comparison import align
    from latentcli.readers import read_lexicon

    pairs = read_lexicon(dictionary)
    tested = None if test_dictionary is None else read_lexicon(test_dictionary)
    source = points.load(x, axes, output, no_cache=no_cache)
    target = points.load(y, axes, output, no_cache=no_cache)
    given = {"x": x, "y": y, "dictionary": dictionary, "test_dictionary": test_dictionary}
    files = {name: file for name, file in given.items() if file is not None}
    with output.progress("aligning") as progress, naming(**files):
        result = align(
            source, target, pairs, test_dictionary=tested, refinements=refinements,
            neighbors=neighbors, restrict=restrict, ci=ci, seed=seed, progress=progress,
        )  # fmt: skip
    output.show(Report.of("align", with_files(result, **files), settings=given))
