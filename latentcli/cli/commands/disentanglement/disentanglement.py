"""`latent disentanglement CODES... FACTORS`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.factors import Factors, named
from latentcli.cli.options import Ci, Seed
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.results import Report


def command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="CODES... FACTORS", help="Files of codes (N, D), then one of factors."
        ),
    ],
    factors: Factors,
    plot: Plot,
    output: Output,
    only: Annotated[
        str | None, typer.Option(metavar="NAMES", help="These metrics, such as mig,sap,dci.")
    ] = None,
    bins: Annotated[
        int, typer.Option(metavar="N", help="Number of bins for each dimension.")
    ] = 20,
    binning: Annotated[
        str, typer.Option(metavar="HOW", help="width, distinct, quantile or fixed.")
    ] = "width",
    limit: Annotated[
        int,
        typer.Option(metavar="N", help="Maximum rows for metrics that fit models; 0: all."),
    ] = 10_000,
    ci: Ci = 0.95,
    seed: Seed = 0,
) -> None:
    """Score codes against ground-truth factors by every metric, in one report.

    Several files of codes are compared side by side, with the same seed and the same split. The
    heat map shows the information of each dimension about each factor; notes say what puts a score
    in doubt. `latent metrics` lists the metrics.

    Examples:

    latent disentanglement codes.npy factors.csv --only mig,modularity

    latent disentanglement codes_entangled.npy factors_entangled.csv --only mig --json
    """
    from latentcli.disentanglement import disentanglement_report

    plot.check(output)
    data = factors.load(files, output)
    result = disentanglement_report(
        data,
        only=None if only is None else only.split(","),
        bins=bins,
        binning=binning,
        limit=limit or None,
        ci=ci,
        seed=seed,
        tracker=output.progress,
    )
    settings = factors.settings(data, files)
    report = Report.of(
        "disentanglement",
        result,
        title=named(result.title, data),
        settings=settings,
        show_summary=False,
    )
    plot.show(report, output)
