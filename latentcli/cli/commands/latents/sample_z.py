"""`latent sample-z --seeds 0-9 --dim 512`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Saving
from latentcli.cli.edits import listed
from latentcli.cli.options import Output
from latentcli.errors import UsageError
from latentcli.results import Record, Report

COLUMNS = ("seed", "norm", "typicality", "z")

_SEEDS = 2**32

_LEAST = 0.01
"""A smaller truncation would draw again and again."""


def command(
    saving: Saving,
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
    import numpy as np

    from latentcli.files.codes import Result
    from latentcli.latents import _editing as editing

    if dimensions < 1:
        raise UsageError(f"--dim must be at least 1, not {dimensions}")
    if truncation is not None and not truncation >= _LEAST:
        raise UsageError(f"--truncation must be at least {_LEAST}, not {truncation}")
    saving.check()
    numbers = editing.parse_ranges(seeds, _SEEDS, "seed")
    drawn = np.stack([editing.draw(seed, dimensions, truncation) for seed in numbers])
    settings: Record = {
        "seeds": seeds, "dimensions": dimensions, "truncation": truncation,
        "generator": "numpy.random.RandomState",
    }  # fmt: skip
    saving.save(Result.of(drawn), "sample-z", settings, [], output)
    what: list[Record] = [{"seed": seed} for seed in numbers]
    output.show(Report("sample-z", COLUMNS, listed(drawn, what), settings=settings))
