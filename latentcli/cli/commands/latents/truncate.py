"""`latent truncate Z`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from latentcli.cli.arrays import Axes, Layers, Saving, layered, layers_of, one_of
from latentcli.cli.decoding import Decoding
from latentcli.cli.nearest import Nearest
from latentcli.cli.output import Output
from latentcli.cli.shards import Cluster
from latentcli.cli.wording import naming


def command(
    codes: Annotated[str, typer.Argument(metavar="Z", help="Codes to move towards a mean.")],
    axes: Axes,
    saving: Saving,
    decoding: Decoding,
    nearest: Nearest,
    output: Output,
    cluster: Cluster,
    mean: Annotated[
        str | None, typer.Option("--mean", metavar="W_AVG", help="File of the mean.")
    ] = None,
    mean_of: Annotated[
        str | None,
        typer.Option("--mean-of", metavar="CODES", help="The mean of these codes instead."),
    ] = None,
    psi: Annotated[
        float,
        typer.Option(help="1 keeps the codes, 0 gives the mean.", metavar="X"),
    ] = 0.7,
    cutoff: Annotated[
        int | None, typer.Option(help="Only in the first N layers.", metavar="N")
    ] = None,
    layers: Layers = None,
) -> None:
    """Truncate codes: move them towards a mean, by mean + psi (w - mean).

    The mean of a few codes (--mean-of) differs from the generator's own w_avg (--mean);
    the settings say which it was. The column distance is from the result to the mean.

    Examples:

    latent truncate codes.npy --mean-of codes.npy --psi 0.5

    latent truncate z1.npy --mean z2.npy --json
    """
    from latentcli.files.codes import read
    from latentcli.latents import truncate

    one_of(mean=mean, mean_of=mean_of)
    options: dict[str, Any] = {"psi": psi, "cutoff": cutoff, "layers": layers_of(layers)}
    if cluster.given(decoder=decoding.decoder, reference=nearest.reference, force=saving.force):
        with naming(codes=codes, mean=mean, mean_of=mean_of):
            middle = (
                cluster.mean(mean_of, output, axes=axes.axes) if mean_of else read(mean or "")
            )
            cluster.rewrite(
                "truncate", codes, lambda part: truncate(part, middle, **options),
                saving.output_file, output, measures=["distances"],
                settings={"codes": codes, "mean": mean, "mean_of": mean_of}, axes=axes.axes,
            )  # fmt: skip
        return
    saving.check()
    decoding.check(force=saving.force)
    center = None if mean is None else read(mean)
    in_layers = center is not None and layered(center)
    given = axes.load(codes, layered=cutoff is not None or layers is not None or in_layers)
    others = None if mean_of is None else axes.load_set(mean_of, given)
    with naming(codes=codes, mean=mean, mean_of=mean_of):
        saving.run(
            "truncate",
            lambda out, progress: truncate(
                given, center, mean_of=others, out=out, progress=progress, **options
            ),
            settings={"codes": codes, "mean": mean, "mean_of": mean_of},
            inputs=[codes, str(mean or mean_of)], output=output, decoding=decoding, nearest=nearest,
        )  # fmt: skip
