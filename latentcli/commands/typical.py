"""`latent typical Z`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.commands.arrays import Axes
from latentcli.commands.options import Output
from latentcli.errors import LatentError
from latentcli.report import Record, Report

if TYPE_CHECKING:
    from latentcli.core.vectors import Array

COLUMNS = ("row", "norm", "expected", "sigma", "percentile")

_FAR = 4.0

_PART = 1 << 21
"""Numbers that are in work at a time."""


def command(
    codes: Annotated[str, typer.Argument(metavar="Z", help="Codes.")],
    axes: Axes,
    output: Output,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="CODES", help="Hold them against these codes, not against N(0, I)."
        ),
    ] = None,
) -> None:
    """Tell whether codes are plausible: their length under the prior N(0, I).

    Vectors of D normal numbers have a length close to the square root of D; sigma says how many
    standard deviations a code's length is from that, the percentile how much of the prior is
    shorter. A space without a prior (W, text) has --reference: norm is then the Mahalanobis
    distance to those codes, expected the length of as many normal numbers.

    Examples:

    latent typical z1.npy

    latent typical codes.npy --reference codes.npy --json
    """
    import numpy as np

    from latentcli.core import typicality

    loaded = axes.load(codes, output)
    rows = loaded.rows()
    if reference is None:
        step = max(1, _PART // rows[0].size)
        parts = [rows[start : start + step] for start in range(0, len(rows), step)]
        norms = np.concatenate(
            [np.linalg.norm(part.astype(np.float64), axis=-1).ravel() for part in parts]
        )
        dimensions = rows.shape[-1]
    else:
        norms, dimensions = _distances(rows, reference, axes, output)
    prior = typicality.length_of(dimensions)
    sigma = typicality.sigmas(norms, dimensions)
    percentile = typicality.percentiles(norms, dimensions)
    per_code = len(norms) // len(rows)
    records: list[Record] = [
        {
            "row": index // per_code,
            **({"layer": index % per_code} if per_code > 1 else {}),
            "norm": float(norms[index]),
            "expected": prior.expected,
            "sigma": float(sigma[index]),
            "percentile": float(percentile[index]),
        }
        for index in range(len(norms))
    ]
    far = int((np.abs(sigma) > _FAR).sum())
    settings: Record = {
        "codes": codes, "reference": reference, "dimensions": dimensions,
        "prior_deviation": prior.deviation,
    }  # fmt: skip
    summary: Record = {"mean_sigma": float(sigma.mean()), "beyond_4_sigma": far}
    columns = tuple(records[0])
    output.show(Report("typical", columns, records, settings=settings, summary=summary))


def _distances(rows: Array, reference: str, axes: Axes, output: Output) -> tuple[Array, int]:
    """Return the Mahalanobis distance of each code, and the rank of the reference."""
    import numpy as np

    from latentcli.core import typicality

    known = axes.load_set(reference, output).rows()
    if known.shape[1:] != rows.shape[1:]:
        raise LatentError(
            f"the reference has codes of shape {known.shape[1:]}, the codes {rows.shape[1:]}"
        )
    shape = typicality.shape_of(np.asarray(known).reshape(len(known), -1))
    if shape.rank < np.prod(rows.shape[1:]):
        output.note(
            f"the reference's {len(known):,} codes span {shape.rank:,} of "
            f"{int(np.prod(rows.shape[1:])):,} dimensions; what lies outside is not seen"
        )
    return typicality.mahalanobis(rows.reshape(len(rows), -1), shape), shape.rank
