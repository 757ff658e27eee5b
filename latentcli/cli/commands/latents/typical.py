"""`latent typical Z`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Layers, layers_of
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.shards import Cluster
from latentcli.cli.wording import naming
from latentcli.results import Record, Report


def command(
    codes: Annotated[str, typer.Argument(metavar="Z", help="Codes.")],
    axes: Axes,
    plot: Plot,
    output: Output,
    cluster: Cluster,
    reference: Annotated[
        str | None,
        typer.Option(metavar="CODES", help="Compare with these codes, not with N(0, I)."),
    ] = None,
    layers: Layers = None,
    rows: Annotated[
        bool | None,
        typer.Option(
            "--rows/--no-rows",
            help="Show every vector, or quantiles; by default, rows of up to 20.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Typicality of codes: whether their norms are plausible under the prior N(0, I).

    Vectors of D normal numbers have a norm close to the square root of D; sigma says how many
    standard deviations a code's norm is from that, the percentile the share of the prior with a
    smaller norm. The reading is of one test of all norms (Kolmogorov-Smirnov, p up to 0.01). A
    space without a prior (W, text) has --reference: the norm is then the Mahalanobis distance to
    those codes, as if their ellipsoid were known; percentile_estimated accounts for the error of
    that estimate, which matters for few codes.

    Examples:

    latent typical z1.npy

    latent typical codes.npy --reference codes.npy --json
    """
    from latentcli.latents import merge_typical, typical, typical_of_block

    plot.check(output)
    settings: Record = {"codes": codes, "reference": reference}
    chosen = layers_of(layers)
    if cluster.given():
        others = None if reference is None else axes.load_set(reference, None)
        with naming(codes=codes, reference=reference):
            parts, laid = cluster.each_of(
                codes, lambda part: typical_of_block(part, reference=others, layers=chosen),
                output, axes=axes.axes,
            )  # fmt: skip
            result = merge_typical(parts, rows=rows, layers=chosen)
        settings |= laid
    else:
        given = axes.load(codes, layered=layers is not None)
        known = None if reference is None else axes.load_set(reference, given)
        with naming(codes=codes, reference=reference):
            result = typical(given, reference=known, rows=rows, layers=chosen)
    plot.show(Report.of("typical", result, settings=settings), output)
