"""`latent disentanglement CODES... FACTORS`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from latentcli.cli import sweeps
from latentcli.cli.factors import Factors, Models, named
from latentcli.cli.options import Ci, Seed, several_files
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.results import Report


def command(
    factors: Factors,
    models: Models,
    sweep: sweeps.Sweep,
    plot: Plot,
    output: Output,
    files: Annotated[
        list[str] | None,
        several_files(
            "CODES... FACTORS",
            "Files of codes (N, D), then one of factors.",
            show_default=False,
        ),
    ] = None,
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

    Several files of codes are compared side by side, with the same seed and the same split; models
    that share a letter are not distinguished. A sweep over settings and seeds is a table (--sweep), or files by
    group (--group). `latent metrics` lists the metrics.

    Examples:

    latent disentanglement codes.npy factors.csv --only mig,modularity

    latent disentanglement codes_entangled.npy factors_entangled.csv --only mig
    """
    from latentcli.disentanglement import disentanglement_report

    plot.check(output)
    given: dict[str, Any] = {
        "only": None if only is None else only.split(","), "bins": bins, "binning": binning,
        "limit": limit or None, "ci": ci, "seed": seed, "tracker": output.progress,
    }  # fmt: skip
    if sweep:
        report = sweep.report(files or [], factors, models, given)
    else:
        data = factors.load(files or [], output)
        result = disentanglement_report(data, **models.settings(len(data)), **given)
        report = Report.of(
            "disentanglement",
            result,
            title=named(result.title, data),
            settings=factors.settings(data, files or []),
            show_summary=False,
        )
    plot.show(report, output)
