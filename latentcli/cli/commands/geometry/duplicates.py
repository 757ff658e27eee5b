"""`latent duplicates X`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.options import Labels, NoCache, Vectors
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.wording import naming, with_files
from latentcli.results import Report


def command(
    vectors: Vectors,
    axes: Axes,
    plot: Plot,
    output: Output,
    threshold: Annotated[
        float, typer.Option(metavar="COSINE", help="Least cosine of duplicates.")
    ] = 0.95,
    top: Annotated[
        int, typer.Option("--top", "-k", metavar="K", help="Pairs to list; all are counted.")
    ] = 20,
    labels: Labels = None,
    no_cache: NoCache = False,
) -> None:
    """Duplicates: pairs of rows with a cosine of --threshold or more, and the groups they make.

    Every pair is compared, exactly, in blocks: memory does not grow with the number of pairs. A
    group holds rows that are duplicates directly or through others; its least cosine shows how
    loose the group is.

    Examples:

    latent duplicates codes.npy --threshold 0.99

    latent duplicates article-words.txt --json
    """
    from latentcli.geometry import duplicates

    plot.check(output)
    x = points.load(vectors, axes, output, no_cache=no_cache, labels=labels)
    with output.progress("comparing") as progress, naming(x=vectors):
        result = duplicates(x, threshold=threshold, top=top, progress=progress)
    settings = {"vectors": vectors, "labels": labels}
    plot.show(Report.of("duplicates", with_files(result, x=vectors), settings=settings), output)
