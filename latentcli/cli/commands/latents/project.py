"""`latent project X DIR`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.arrays import Axes
from latentcli.cli.edits import layers_of, load_direction, load_layered
from latentcli.cli.options import Output
from latentcli.results import Record, Report

COLUMNS = ("row", "score", "percentile")


def command(
    codes: Annotated[str, typer.Argument(metavar="X", help="Codes.")],
    direction: Annotated[str, typer.Argument(metavar="DIR", help="File of a direction.")],
    axes: Axes,
    output: Output,
    layers: Annotated[
        str | None, typer.Option("--layers", metavar="RANGE", help="Only these layers: 0,4-7.")
    ] = None,
) -> None:
    """Score codes along a direction: their signed distance from its plane.

    The percentile is each score's place among all of them: how many are no greater. Over layers,
    the score is the mean.

    Examples:

    latent project codes.npy 'z2.npy[:2]'

    latent project codes.npy 'z2.npy[:2]' --json
    """
    import numpy as np

    from latentcli.latents import _editing as editing

    line = load_direction(direction)
    loaded = load_layered(codes, axes, output, layers is not None or line.vector.ndim == 2)
    chosen = layers_of(loaded, layers)
    editing.check_fits(line.vector, loaded.values.shape, chosen)
    rows = loaded.rows()
    step = max(1, (16 << 20) // max(1, rows[0].nbytes))
    scores = np.concatenate(
        [
            editing.project(rows[start : start + step], line.vector, line.intercept, chosen)
            .reshape(len(rows[start : start + step]), -1)
            .mean(axis=1)
            for start in range(0, len(rows), step)
        ]
    )
    ranked = np.sort(scores)
    percentiles = 100.0 * np.searchsorted(ranked, scores, side="right") / len(scores)
    records: list[Record] = [
        {"row": row, "score": float(score), "percentile": float(percentile)}
        for row, (score, percentile) in enumerate(zip(scores, percentiles, strict=True))
    ]
    settings: Record = {
        "codes": codes, "direction": direction, "layers": layers, "intercept": line.intercept,
    }  # fmt: skip
    summary: Record = {
        "mean": float(scores.mean()),
        "sd": float(scores.std(ddof=1)) if len(scores) > 1 else None,
        "direction_scale": line.scale,
    }
    output.show(Report("project", COLUMNS, records, settings=settings, summary=summary))
