"""`latent sample-z --seeds 0-9 --dim 512`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Saving, shown_codes
from latentcli.cli.decoding import Decoding
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.nearest import Nearest
from latentcli.cli.output import Output
from latentcli.cli.ranges import ranges


def command(
    saving: Saving,
    decoding: Decoding,
    nearest: Nearest,
    output: Output,
    seeds: Annotated[
        str, typer.Option("--seeds", metavar="RANGE", help="Seeds: 0-9, or 85,265,297.")
    ] = "0-9",
    dimensions: Annotated[
        str,
        typer.Option("--dim", metavar="D", help="Numbers of a code, or its shape: 4x64x64."),
    ] = "512",
    truncation: Annotated[
        float | None,
        typer.Option(metavar="X", help="Redraw numbers beyond this (BigGAN's truncation)."),
    ] = None,
) -> None:
    """Draw codes from N(0, I), one for each seed, as with StyleGAN's --seeds.

    The generator is NumPy's RandomState, whose numbers stay the same: seed 0 begins with
    1.764, 0.400, 0.979. -o writes float64 codes, seeds x dimensions: --dim 4x64x64 makes noise of a
    diffusion model.

    Examples:

    latent sample-z --seeds 0-2 --dim 4

    latent sample-z --seeds 85,265 -o z.npy
    """
    from latentcli.latents import axes_of_features, sample_z

    saving.check()
    decoding.check(force=saving.force)
    shape = _shape(dimensions)
    result = sample_z(ranges(seeds, "seed"), dimensions=shape, truncation=truncation)
    axes = axes_of_features(len(shape))
    shown_codes(
        "sample-z", result, saving, output, settings={"seeds": seeds}, inputs=[],
        decoding=decoding, nearest=nearest, axes=axes, extra={"axes": f"N{axes}"}, labels=[f"seed {row['seed']}" for row in result.records],
    )  # fmt: skip


def _shape(text: str) -> tuple[int, ...]:
    """Read "512", or "4x64x64" as a shape."""
    parts = text.lower().split("x")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise UsageError(f"--dim {text}: a number, or a shape such as 4x64x64")
    return tuple(map(int, parts))
