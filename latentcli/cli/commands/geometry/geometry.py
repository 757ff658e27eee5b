"""`latent geometry X`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli import points
from latentcli.cli.arrays import Axes
from latentcli.cli.options import NoCache
from latentcli.cli.output import Output
from latentcli.cli.wording import naming
from latentcli.results import Report


def command(
    vectors: Annotated[
        str,
        typer.Argument(metavar="X", help="Word vectors or codes: FILE, FILE::KEY, FILE[0:9]."),
    ],
    axes: Axes,
    output: Output,
    labels: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A class for each row: a line each, FILE::COLUMN of a table, or an array.",
            rich_help_panel="Input",
        ),
    ] = None,
    outputs: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="What a decoder made of each row, an array: for smoothness.",
            rich_help_panel="Input",
        ),
    ] = None,
    relations: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Pairs of words, or analogies, a line each: for linear structure.",
            rich_help_panel="Input",
        ),
    ] = None,
    ignore_case: Annotated[
        bool,
        typer.Option(
            "--ignore-case",
            help="Take a word of --relations in another case if it is not there.",
            rich_help_panel="Input",
        ),
    ] = False,
    no_cache: NoCache = False,
    only: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Only these sections or measures."),
    ] = None,
    neighbors: Annotated[
        int, typer.Option("--neighbors", "-k", metavar="K", help="Number of nearest neighbors.")
    ] = 10,
    unit: Annotated[
        bool | None,
        typer.Option(
            "--unit/--no-unit",
            help="Rows at length 1 where nearness counts. Default: for words.",
            show_default=False,
        ),
    ] = None,
    sample: Annotated[
        int,
        typer.Option(
            metavar="N", help="Rows of which all pairs are taken, at most; neighbors: of 2 N."
        ),
    ] = 5000,
    seed: Annotated[int, typer.Option(metavar="N", help="Of all that is drawn.")] = 0,
    ci: Annotated[
        float, typer.Option(metavar="P", help="How sure the intervals are, between 0 and 1.")
    ] = 0.95,
) -> None:
    """Geometry report: clusters, dimension, isotropy, hubs, uniformity, each with white noise.

    Clusters (of --labels, or found by k-means), linear structure (--relations), dimension,
    isotropy, hubness, uniformity and smoothness (--outputs). Each number stands next to that of
    N(0, I) of as many rows and dimensions, with an interval where one has a meaning and with how to
    read it: what is no more than white noise says nothing about the space. All pairs are of
    --sample rows, nearest neighbors of twice as many.

    Examples:

    latent geometry codes.npy --labels factors.csv::shape

    latent geometry article-words.txt --only isotropy,manifold --json
    """
    from latentcli.files import codes, pairs
    from latentcli.files import labels as label_files
    from latentcli.geometry import geometry_report

    chosen = (
        None if only is None else [part.strip() for part in only.split(",") if part.strip()]
    )
    x = points.load(vectors, axes, output, no_cache=no_cache, ignore_case=ignore_case)
    count = len(getattr(x, "matrix", x))
    decoded, remarks = (None, []) if outputs is None else codes.load_flat(outputs)
    for text in remarks:
        output.note(text)
    files = {"vectors": vectors, "labels": labels, "outputs": outputs, "relations": relations}
    names_of = {name: file for name, file in (files | {"x": vectors}).items() if file}
    with output.progress("measuring") as progress, naming(**names_of):
        result = geometry_report(
            x,
            labels=None if labels is None else label_files.read_classes(labels, count),
            outputs=decoded,
            relations=None if relations is None else pairs.read(relations),
            only=chosen,
            neighbors=neighbors,
            unit=unit,
            sample=sample,
            ci=ci,
            seed=seed,
            progress=progress,
        )
    title = f"{vectors}: {result.title}"
    output.show(Report.of("geometry", result, settings=files, title=title))
