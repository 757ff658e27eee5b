"""`latent truncate Z`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes, Saving, layer_count, one_of
from latentcli.cli.output import Output


def command(
    codes: Annotated[str, typer.Argument(metavar="Z", help="Codes to move towards a mean.")],
    axes: Axes,
    saving: Saving,
    output: Output,
    mean: Annotated[
        str | None, typer.Option("--mean", metavar="W_AVG", help="File of the mean.")
    ] = None,
    mean_of: Annotated[
        str | None,
        typer.Option("--mean-of", metavar="CODES", help="The mean of these codes instead."),
    ] = None,
    psi: Annotated[
        float,
        typer.Option(help="1 leaves codes as they are, 0 gives the mean.", metavar="X"),
    ] = 0.7,
    cutoff: Annotated[
        int | None, typer.Option(help="Only in the first N layers.", metavar="N")
    ] = None,
) -> None:
    """Move codes towards a mean: mean + psi (w - mean), the truncation trick of StyleGAN.

    The mean of a few codes (--mean-of) is another one than the generator's own w_avg (--mean);
    the settings say which it was. The distance is that of the result from the mean.

    Examples:

    latent truncate codes.npy --mean-of codes.npy --psi 0.5

    latent truncate z1.npy --mean z2.npy --json
    """
    from latentcli.files.codes import load
    from latentcli.latents import truncate

    one_of(mean=mean, mean_of=mean_of)
    saving.check()
    loaded = axes.load_layered(codes, output, cutoff is not None)
    if cutoff is not None:
        layer_count(loaded)
    if mean_of is not None:
        center = axes.load_set(mean_of, output).rows().mean(axis=0, dtype=float)
    else:
        center = load(str(mean)).values
    saving.run(
        "truncate",
        lambda out, progress: truncate(
            loaded.values, center, psi=psi, cutoff=cutoff, layered="L" in loaded.axes,
            out=out, progress=progress,
        ),
        settings={"codes": codes, "mean": mean, "mean_of": mean_of},
        inputs=[codes, str(mean or mean_of)], output=output,
    )  # fmt: skip
