"""`latent sample-z --seeds 0-9 --dim 512`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Saving, shown_codes
from latentcli.cli.decoding import Decoding
from latentcli.cli.output import Output
from latentcli.cli.ranges import ranges


def command(
    saving: Saving,
    decoding: Decoding,
    output: Output,
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="RANGE", help="Seeds: 0-9, or 85,265,297.")
    ] = "0-9",
    dimensions: Annotated[
        int, typer.Option("--dim", metavar="D", help="Numbers of a code.")
    ] = 512,
    truncation: Annotated[
        float | None,
        typer.Option(metavar="X", help="Draw numbers beyond this again (the trick of BigGAN)."),
    ] = None,
) -> None:
    """Draw codes from N(0, I), one for each seed, as StyleGAN's --seeds do.

    The generator is NumPy's RandomState, whose numbers stay the same: seed 0 begins with
    1.764, 0.400, 0.979. -o writes float64 codes, seeds x dimensions.

    Examples:

    latent sample-z --seeds 0-2 --dim 4

    latent sample-z --seeds 85,265 -o z.npy
    """
    from latentcli.latents import sample_z

    saving.check()
    decoding.check(force=saving.force)
    result = sample_z(ranges(seeds, "seed"), dimensions=dimensions, truncation=truncation)
    shown_codes(
        "sample-z", result, saving, output, settings={"seeds": seeds}, inputs=[],
        decoding=decoding, axes="D", labels=[f"seed {row['seed']}" for row in result.records],
    )  # fmt: skip
