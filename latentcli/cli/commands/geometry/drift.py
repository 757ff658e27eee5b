"""`latent drift A B`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.options import MORE, Ci, NoCache, SampleSize, Seed
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.shards import Cluster
from latentcli.cli.shards import settings as settings_of_shards
from latentcli.cli.wording import naming, with_files
from latentcli.results import Report


def command(
    x: Annotated[str, typer.Argument(metavar="A", help="Reference codes.")],
    y: Annotated[str, typer.Argument(metavar="B", help="Codes to compare with them.")],
    axes: Axes,
    plot: Plot,
    output: Output,
    cluster: Cluster,
    neighbors: Annotated[
        int,
        typer.Option(
            "--neighbors",
            "-k",
            metavar="K",
            min=1,
            help="The k of precision, recall and others.",
        ),
    ] = 5,
    top: Annotated[
        int, typer.Option("--top", metavar="N", help="List the N dimensions that shifted most.")
    ] = 5,
    bandwidth: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help="Width of the Gaussian kernel [median distance].",
            rich_help_panel=MORE,
        ),
    ] = None,
    sample: SampleSize = 1000,
    seed: Seed = 0,
    ci: Ci = 0.95,
    no_cache: NoCache = False,
) -> None:
    """Two-sample tests of two sets of codes: whether they are drawn from one distribution.

    Fréchet distance (too large for few rows; beside it, extrapolated to infinitely many), maximum
    mean discrepancy (0 for one distribution), the AUC of a classifier on codes held out (0.5: it
    cannot tell them apart), precision, recall, density and coverage of B by neighbors of A, shifts
    of mean and spread. p counts random splits of all codes; baseline is the same measure between
    random halves of A.

    Example:

    latent drift codes.npy codes.npy
    """
    from latentcli.comparison import drift

    plot.check(output)
    first: Any
    second: Any
    if cluster.given(axes=axes.axes or None):
        first, second = (cluster.points(one, output) for one in (x, y))
    else:
        first, second = (points.load(one, axes, output, no_cache=no_cache) for one in (x, y))
    named = {"x": Path(x).name, "y": Path(y).name}
    with output.progress("comparing") as progress, naming(**named):
        result = drift(
            first, second, neighbors=neighbors, bandwidth=bandwidth, top=top, sample=sample,
            seed=seed, ci=ci, progress=progress,
        )  # fmt: skip
    settings = {"x": x, "y": y, **settings_of_shards()}
    plot.show(Report.of("drift", with_files(result, **named), settings=settings), output)
