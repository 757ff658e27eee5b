"""`latent map X`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from latentcli.cli.arrays import Axes
from latentcli.cli.options import MORE, Force, NoCache, Seed, Vectors
from latentcli.cli.output import Output
from latentcli.cli.plotting import PlotSize, check_size
from latentcli.cli.shards import Cluster
from latentcli.cli.shards import settings as settings_of_shards
from latentcli.cli.wording import naming
from latentcli.errors import check_choice
from latentcli.results import Report

ENDINGS = (".html", ".png", ".svg", ".pdf", ".csv", ".tsv", ".parquet")
"""What a map is written as, by the file's ending."""


def command(
    vectors: Vectors,
    axes: Axes,
    output: Output,
    cluster: Cluster,
    out: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Page, picture or table: .html, .png, .csv, ...",
        ),
    ] = None,
    method: Annotated[str, typer.Option(metavar="NAME", help="pca, tsne or umap.")] = "pca",
    labels: Annotated[
        str | None,
        typer.Option(
            "--labels",
            "--color",
            metavar="FILE",
            help="Colors: a label a line, or FILE::COLUMN.",
        ),
    ] = None,
    around: Annotated[
        list[str] | None,
        typer.Option("--of", metavar="WORD", help="Only rows near this word; repeatable."),
    ] = None,
    arrows: Annotated[
        list[str] | None,
        typer.Option("--arrows", metavar="A:B", help="An arrow from A to B; repeatable."),
    ] = None,
    path: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A path of codes, as interp writes it, over the map.",
            rich_help_panel=MORE,
        ),
    ] = None,
    sample: Annotated[
        int,
        typer.Option(
            metavar="N", help="At most N rows: first words, random codes; 0: all.", min=0
        ),
    ] = 20_000,
    neighbors: Annotated[
        int,
        typer.Option("--neighbors", "-k", metavar="K", help="Neighbors of each point.", min=0),
    ] = 10,
    fade_torn: Annotated[
        bool,
        typer.Option(
            "--fade-torn",
            help="Fade points whose neighbors are far away on the map.",
            rich_help_panel=MORE,
        ),
    ] = False,
    plot_size: PlotSize = "page",
    seed: Seed = 0,
    no_cache: NoCache = False,
    force: Force = False,
) -> None:
    """Map of a space: its rows as points on the plane, those alike near each other.

    An .html file is one page that opens offline: it pans and zooms, finds words, and shows the
    exact neighbors in the full space. PCA keeps large distances, t-SNE and UMAP neighborhoods: the
    sizes and distances of their groups mean nothing. Trustworthiness and continuity (from 0 to 1)
    say how well neighborhoods are preserved. Without -o the map is drawn in the terminal.

    Examples:

    latent map article-words.txt

    latent map codes.npy --labels factors.csv::shape -o map.html
    """
    from latentcli.cli.mapping import MapInput
    from latentcli.files import map_writing, outputs

    check_size(plot_size)
    files = [Path(name) for name in out or ()]
    for file in files:
        check_choice("ending of --output", file.suffix.lower(), ENDINGS)
        for each in (file, *map_writing.beside(file)):
            outputs.check(each, force=force)
    given = MapInput.load(
        vectors, axes, output, cluster, labels=labels, path=path, no_cache=no_cache
    )
    given.check_arrows(arrows or ())
    if around:
        ends = [name for pair in arrows or () for name in pair.split(":", 1)]
        given = given.near(around, sample or 1000, also=ends)
    with output.progress("finding neighbors") as progress, naming(x=vectors):
        result = given.map(
            method=method,
            sample=sample or None,
            neighbors=neighbors,
            seed=seed,
            progress=progress,
        )
    pairs = given.arrows(result, arrows or ())
    for file in files:
        given.write(file, result, pairs, output, size=plot_size, fade_torn=fade_torn)
    settings = {"vectors": vectors, "labels": labels, "path": path, **settings_of_shards()}
    output.show(given.drawn(Report.of("map", result, settings=settings), result, bool(files)))
