"""`latent clusters X`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.options import MORE, Labels, NoCache, SampleSize, Seed, Unit, Vectors
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.wording import naming, with_files
from latentcli.errors import ParameterError
from latentcli.results import Report


def command(
    vectors: Vectors,
    axes: Axes,
    saving: Saving,
    plot: Plot,
    output: Output,
    k: Annotated[
        str, typer.Option("--k", "-k", metavar="K|auto", help="Number of clusters of k-means.")
    ] = "auto",
    method: Annotated[
        str,
        typer.Option(metavar="METHOD", help="kmeans, or hdbscan, which finds their number."),
    ] = "kmeans",
    min_cluster_size: Annotated[
        int, typer.Option(metavar="N", help="Rows of the smallest cluster of hdbscan.")
    ] = 5,
    named_by: Annotated[
        int,
        typer.Option(metavar="N", help="Words that name a cluster.", rich_help_panel=MORE),
    ] = 5,
    bootstraps: Annotated[
        int,
        typer.Option(
            metavar="N", help="Bootstrap samples for stability; 0: none.", rich_help_panel=MORE
        ),
    ] = 20,
    unit: Unit = None,
    sample: SampleSize = 5000,
    seed: Seed = 0,
    labels: Labels = None,
    no_cache: NoCache = False,
) -> None:
    """Clusters: k-means or HDBSCAN, whether they are real, how stable, and the words that name them.

    Each cluster has its stability, the Jaccard similarity with what is found in bootstrap samples
    (Hennig, 2007), beside that of a Gaussian with the same covariance, and its most central and most
    distinctive words. Where the silhouette is no larger than the Gaussian's, a note says so. -o writes
    the cluster of each row, for --labels of map and geometry.

    Examples:

    latent clusters digits.npz::codes -k 10 -o clusters.npy

    latent clusters digits.npz::codes --method hdbscan --min-cluster-size 20
    """
    from latentcli.geometry import clusters

    if k != "auto" and not (k.isascii() and k.isdecimal() and len(k) < 10):
        raise ParameterError("k", k, "a whole number from 2, or auto")
    plot.check(output)
    saving.check()
    x = points.load(vectors, axes, output, no_cache=no_cache, labels=labels)
    unit = points.at_length_1(vectors, labels, unit)
    with output.progress("clustering") as progress, naming(x=vectors):
        result = clusters(
            x, k=None if k == "auto" else int(k), method=method, min_cluster_size=min_cluster_size,
            unit=unit, bootstraps=bootstraps, sample=sample, named_by=named_by, seed=seed,
            progress=progress,
        )  # fmt: skip
    report = Report.of(
        "clusters",
        with_files(result, x=vectors),
        settings={"vectors": vectors, "labels": labels},
    )
    saving.save(result.labels, "clusters", report.settings, [vectors], output)
    plot.show(report, output)
