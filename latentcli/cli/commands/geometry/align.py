"""`latent align X Y...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, Ci, NoCache, Seed, Top, several_files
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.wording import distinct_names, naming, with_files
from latentcli.results import Report


def command(
    files: Annotated[
        list[str],
        several_files("X Y...", "Source and target language; or time slices, in order."),
    ],
    axes: Axes,
    plot: Plot,
    output: Output,
    dictionary: Annotated[
        str | None,
        typer.Option(
            "--dictionary", "-d", metavar="FILE", help="Pairs to learn from, one on each line."
        ),
    ] = None,
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
    top: Top = 10,
    neighbors: Annotated[
        int, typer.Option(metavar="K", help="Neighbors of CSLS.", rich_help_panel=MORE)
    ] = 10,
    restrict: Annotated[
        int,
        typer.Option(metavar="N", help="The first N rows of each.", rich_help_panel=MORE),
    ] = 200_000,
    ci: Ci = 0.95,
    seed: Seed = 0,
    no_cache: NoCache = False,
) -> None:
    """Align two languages by a dictionary, or time slices by shared words.

    Orthogonal Procrustes on rows of length 1. With --dictionary: P@1, 5 and 10 of bilingual lexicon
    induction by cosine and by CSLS (MUSE's convention), and chance. Without: each slice is rotated onto
    the one before, and the -k words that changed most are listed, with p-values (HistWords).

    Examples:

    latent align minilm-10k.64d.txt minilm-10k.64d.txt --dictionary pairs.txt

    latent align codes.npy 'codes.npy[:,::-1]'
    """
    if len(files) < 2:
        raise UsageError(
            "name two files or more: X Y --dictionary FILE, or time slices in order"
        )
    plot.check(output)
    given = {"dictionary": dictionary, "test_dictionary": test_dictionary}
    if dictionary is None:
        if test_dictionary or refinements:
            raise UsageError("--test-dictionary and --refinements go with --dictionary FILE")
        options = {"top": top, "restrict": restrict, "seed": seed}
        plot.show(_slices(files, axes, output, no_cache, options), output)
        return
    if len(files) > 2:
        raise UsageError("--dictionary goes with two files, X and Y")
    from latentcli.comparison import align
    from latentcli.readers import read_lexicon

    pairs = read_lexicon(dictionary)
    tested = None if test_dictionary is None else read_lexicon(test_dictionary)
    source, target = (points.load(one, axes, output, no_cache=no_cache) for one in files)
    given = {"x": files[0], "y": files[1], **given}
    named = {name: file for name, file in given.items() if file is not None}
    with output.progress("aligning") as progress, naming(**named):
        result = align(
            source, target, pairs, test_dictionary=tested, refinements=refinements,
            neighbors=neighbors, restrict=restrict, ci=ci, seed=seed, progress=progress,
        )  # fmt: skip
    plot.show(Report.of("align", with_files(result, **named), settings=given), output)


def _slices(
    files: list[str], axes: Axes, output: Output, no_cache: bool, given: dict[str, int]
) -> Report:
    """Return the report of time slices."""
    from latentcli.comparison import align_slices

    names = distinct_names([Path(one).stem for one in files], files)
    if len(set(names)) < len(names):
        raise UsageError("a file is named twice: time slices are different files")
    loaded = [points.load(one, axes, output, no_cache=no_cache) for one in files]
    with output.progress("aligning") as progress:
        result = align_slices(dict(zip(names, loaded, strict=True)), **given, progress=progress)
    return Report.of("align", result, settings={"files": ", ".join(files)})
