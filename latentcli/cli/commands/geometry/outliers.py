"""`latent outliers X`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.options import Labels, NoCache, Seed, Unit, Vectors
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.wording import naming, with_files
from latentcli.results import Report


def command(
    vectors: Vectors,
    axes: Axes,
    plot: Plot,
    output: Output,
    method: Annotated[
        str, typer.Option(metavar="METHOD", help="Sort by lof, knn or mahalanobis.")
    ] = "lof",
    neighbors: Annotated[
        int, typer.Option(metavar="K", help="Number of nearest neighbors of LOF and knn.")
    ] = 20,
    top: Annotated[int, typer.Option("--top", "-k", metavar="K", help="Rows to list.")] = 10,
    unit: Unit = None,
    seed: Seed = 0,
    labels: Labels = None,
    no_cache: NoCache = False,
) -> None:
    """Outliers: rows far from the others, by three scores with their percentiles.

    lof: the local outlier factor (Breunig et al., 2000), scikit-learn's; 1 is a row among similar ones, 2 one
    in a place half as dense as those of its neighbors. knn: the distance to the k-th nearest row.
    mahalanobis: the distance from the mean in standard deviations, with a shrunk covariance (Ledoit
    and Wolf, 2004), and its p-value for a Gaussian.

    Examples:

    latent outliers digits.npz::codes -k 5

    latent outliers minilm-10k.64d.txt --method knn --json
    """
    from latentcli.geometry import outliers

    plot.check(output)
    x = points.load(vectors, axes, output, no_cache=no_cache, labels=labels)
    unit = points.at_length_1(vectors, labels, unit)
    with output.progress("finding neighbors") as progress, naming(x=vectors):
        result = outliers(
            x, method=method, neighbors=neighbors, unit=unit, top=top, seed=seed,
            progress=progress,
        )  # fmt: skip
    settings = {"vectors": vectors, "labels": labels}
    plot.show(Report.of("outliers", with_files(result, x=vectors), settings=settings), output)
