"""`latent truncate Z`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.edits import Walk, layer_count, load_layered
from latentcli.cli.options import Output
from latentcli.errors import LatentError, UsageError
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.numerics.types import Array

COLUMNS = ("row", "norm", "typicality", "distance", "z")


def command(
    codes: Annotated[str, typer.Argument(metavar="Z", help="Codes to draw towards a mean.")],
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
        float, typer.Option(help="What is kept of the way from the mean.", metavar="X")
    ] = 0.7,
    cutoff: Annotated[
        int | None, typer.Option(help="Only in the first N layers.", metavar="N")
    ] = None,
) -> None:
    """Draw codes towards a mean: mean + psi (w - mean), the truncation trick of StyleGAN.

    The mean of a few codes (--mean-of) is another one than the generator's own w_avg (--mean);
    the settings say which it was. The distance is that of the result from the mean.

    Examples:

    latent truncate codes.npy --mean-of codes.npy --psi 0.5

    latent truncate z1.npy --mean z2.npy --json
    """
    import numpy as np

    from latentcli.latents import _editing as editing

    if (mean is None) == (mean_of is None):
        raise UsageError("name the mean: --mean W_AVG or --mean-of CODES")
    if not np.isfinite(psi):
        raise UsageError(f"--psi is a number, not {psi}")
    saving.check()
    loaded = load_layered(codes, axes, output, cutoff is not None)
    if cutoff is not None and not 0 < cutoff <= layer_count(loaded):
        raise UsageError(f"--cutoff {cutoff}: the codes have {layer_count(loaded)} layers")
    centre = _mean(mean, mean_of, axes, output)
    shape = loaded.values.shape[1:] if "N" in loaded.axes else loaded.values.shape
    if centre.shape not in (shape, shape[-1:]):
        raise LatentError(
            f"a mean of shape {centre.shape} does not fit codes of shape {shape}; {editing.SIZES}"
        )

    def distance(part: Array) -> Array:
        far: Array = np.linalg.norm((part - centre).reshape(len(part), -1), axis=1)
        return far

    walk = Walk(
        loaded,
        [({}, lambda part: editing.truncate(part, centre, psi, cutoff))],
        output,
        {"distance": distance},
    )
    settings: Record = {
        "codes": codes, "mean": mean, "mean_of": mean_of, "psi": psi, "cutoff": cutoff,
        "dtype": str(walk.dtype),
    }  # fmt: skip
    saving.save(walk.result(), "truncate", settings, [codes, str(mean or mean_of)], output)
    records = walk.records()
    output.show(Report("truncate", COLUMNS, records, settings=settings, notes=walk.notes()))


def _mean(mean: str | None, mean_of: str | None, axes: Axes, output: Output) -> Array:
    import numpy as np

    from latentcli.files.codes import load

    if mean_of is not None:
        found: Array = axes.load_set(mean_of, output).rows().mean(axis=0, dtype=np.float64)
        return found
    values = np.asarray(load(str(mean)).values, dtype=np.float64)
    while values.ndim > 1 and len(values) == 1:
        values = values[0]
    return values
