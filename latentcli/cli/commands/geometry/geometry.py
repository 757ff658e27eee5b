"""`latent geometry X`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.decoding import Model
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, Ci, NeighborCount, NoCache, SampleSize, Seed, Vectors
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.shards import Cluster
from latentcli.cli.shards import settings as settings_of_shards
from latentcli.cli.wording import naming, with_files
from latentcli.results import Record, Report


def command(
    vectors: Vectors,
    axes: Axes,
    model: Model,
    plot: Plot,
    output: Output,
    cluster: Cluster,
    labels: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A class for each row; FILE::COLUMN of a table.",
        ),
    ] = None,
    outputs: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="An output for each row: smoothness."),
    ] = None,
    relations: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Pairs of words: linear structure.",
        ),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Only these sections or measures."),
    ] = None,
    ignore_case: Annotated[
        bool,
        typer.Option(
            "--ignore-case",
            help="Ignore case in the words of --relations.",
            rich_help_panel=MORE,
        ),
    ] = False,
    unit: Annotated[
        bool | None,
        typer.Option(
            "--unit/--no-unit",
            help="Scale rows to length 1 for nearness.",
            show_default=False,
            rich_help_panel=MORE,
        ),
    ] = None,
    neighbors: NeighborCount = 10,
    sample: SampleSize = 5000,
    seed: Seed = 0,
    ci: Ci = 0.95,
    no_cache: NoCache = False,
) -> None:
    """Geometry of a space: clusters, dimension, isotropy, hubness and more.

    Each number stands beside that of white noise, N(0, I) of as many rows and dimensions. A reading
    says what it means where a null was tested; docs/commands.md has the table of readings. Linear
    structure takes --relations, smoothness --outputs or --decoder, classes --labels. Clusters are found by k-means
    where there are no labels. Beyond --sample rows, pairs and neighbors are those of a sample.

    Examples:

    latent geometry codes.npy --labels factors.csv::shape

    latent geometry article-words.txt --only isotropy,manifold --json
    """
    from latentcli.files import codes, pairs
    from latentcli.files.labels import read_classes
    from latentcli.geometry import geometry_report

    plot.check(output)
    if model.decoder is not None and outputs is not None:
        raise UsageError("--decoder makes the outputs: leave out --outputs")
    laid = cluster.given(
        labels=labels, outputs=outputs, relations=relations, decoder=model.decoder, axes=axes.axes or None
    )  # fmt: skip
    x: Any
    if laid:
        x = cluster.points(vectors, output)
    else:
        x = points.load(vectors, axes, output, no_cache=no_cache, ignore_case=ignore_case)
    decoded = None
    made: Record = {}
    if outputs is not None:
        decoded, notes = codes.load_flat(outputs)
        for text in notes:
            output.note(text)
    elif model.decoder is not None:
        decoded, made = points.decoded(x, model, output)
    count = len(x if laid else x.values if isinstance(x, codes.Codes) else x.matrix)
    given = {"x": vectors, "outputs": outputs, "relations": relations}
    files = {name: address for name, address in given.items() if address}
    with output.progress("measuring") as progress, naming(**files):
        result = geometry_report(
            x,
            None if labels is None else read_classes(labels, count, vectors),
            decoded,
            None if relations is None else pairs.read(relations),
            only=None if only is None else only.split(","),
            neighbors=neighbors,
            unit=unit,
            sample=sample,
            seed=seed,
            ci=ci,
            progress=progress,
        )
    settings = {
        "vectors": vectors, "labels": labels, "outputs": outputs, "relations": relations,
        **made, **settings_of_shards(),
    }  # fmt: skip
    title = f"{vectors}: {result.rows:,} x {result.dimensions:,}"
    report = Report.of("geometry", with_files(result, **files), title=title, settings=settings)
    plot.show(report, output)
