"""`latent udr CODES...`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes
from latentcli.cli.options import Ci, Seed, several_files
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.wording import naming, shortest
from latentcli.results import Report


def command(
    files: Annotated[
        list[str],
        several_files("CODES...", "Codes (N, D) of two models or more, of the same rows."),
    ],
    axes: Axes,
    plot: Plot,
    output: Output,
    estimator: Annotated[
        str, typer.Option(metavar="NAME", help="Similarity of dimensions: lasso or spearman.")
    ] = "lasso",
    threshold: Annotated[
        float,
        typer.Option(
            metavar="KL", help="A dimension is informative if half its variance exceeds this."
        ),
    ] = 0.01,
    compat: Annotated[
        str | None,
        typer.Option(
            metavar="LIBRARY", help="Use the settings of a library: disentanglement_lib."
        ),
    ] = None,
    ci: Ci = 0.95,
    seed: Seed = 0,
) -> None:
    """Unsupervised disentanglement ranking (UDR): which of several models to choose, without factors.

    Models that have found the factors have the same dimensions, up to order and sign; entangled
    ones differ each in its own way (Duan et al., 2020). For each pair of models: the mean of r^2 /
    sum(R), R the similarities of a dimension with the other model's, r the largest. UDR is a
    model's median over the others, from 0 to 1. Models that all fail in the same way agree, too.

    Examples:

    latent udr shapes-beta1::codes shapes-beta4::codes shapes-beta16::codes

    latent udr codes.npy codes.npy[:,::-1] --estimator spearman --json
    """
    from latentcli.disentanglement import udr
    from latentcli.files import codes, samples

    plot.check(output)
    short = shortest(files)
    models = {
        short[file]: codes.load_matrix(samples.find(file), axes.axes)[0] for file in short
    }
    with output.progress("comparing models") as progress, naming(codes="CODES"):
        result = udr(
            models, estimator=estimator, threshold=threshold, compat=compat, ci=ci, seed=seed,
            progress=progress,
        )  # fmt: skip
    plot.show(Report.of("udr", result, settings={"codes": ", ".join(short)}), output)
