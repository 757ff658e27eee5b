"""`latent typical Z`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.arrays import Axes
from latentcli.cli.options import Output
from latentcli.errors import LatentError
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.numerics.types import Array

COLUMNS = ("row", "norm", "expected", "sigma", "percentile")

_JUDGED = ("expected", "sigma", "percentile", "percentile_estimated")

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
    distance to those codes, as if their ellipsoid were known; percentile_estimated allows for its
    being estimated from so many codes, which matters when they are few.

    Examples:

    latent typical z1.npy

    latent typical codes.npy --reference codes.npy --json
    """
    import numpy as np

    loaded = axes.load(codes, output)
    rows = loaded.rows()
    found = _prior(rows) if reference is None else _place(rows, reference, axes, output)
    per_code = len(found["norm"]) // len(rows)
    records: list[Record] = [
        {
            "row": index // per_code,
            **({"layer": index % per_code} if per_code > 1 else {}),
            **{name: _number(values[index]) for name, values in found.items()},
        }
        for index in range(len(found["norm"]))
    ]
    sigma = found["sigma"]
    settings: Record = {"codes": codes, "reference": reference, "dimensions": rows.shape[-1]}
    summary: Record = {
        "mean_sigma": _number(sigma.mean()),
        "beyond_4_sigma": int((np.abs(sigma) > _FAR).sum()),
    }
    columns = tuple(records[0])
    output.show(Report("typical", columns, records, settings=settings, summary=summary))


def _number(value: Any) -> float | None:
    """Return a number, None where there is none."""
    number = float(value)
    return None if number != number else number


def _prior(rows: Array) -> dict[str, Array]:
    """Hold the lengths of codes (N, ..., D) against N(0, I_D)."""
    import numpy as np

    from latentcli.latents import _typicality as typicality

    dimensions = rows.shape[-1]
    step = max(1, _PART // rows[0].size)
    parts = [rows[start : start + step] for start in range(0, len(rows), step)]
    norms = np.concatenate(
        [np.linalg.norm(part.astype(np.float64), axis=-1).ravel() for part in parts]
    )
    return {
        "norm": norms,
        "expected": np.full(len(norms), typicality.length_of(dimensions).expected),
        "sigma": typicality.sigmas(norms, dimensions),
        "percentile": typicality.percentiles(norms, dimensions),
    }


def _place(rows: Array, reference: str, axes: Axes, output: Output) -> dict[str, Array]:
    """Hold codes against reference codes: their Mahalanobis distance, and its place."""
    import numpy as np

    from latentcli.latents import _typicality as typicality

    known = axes.load_set(reference, output).rows()
    if known.shape[1:] != rows.shape[1:]:
        raise LatentError(
            f"the reference has codes of shape {known.shape[1:]}, the codes {rows.shape[1:]}"
        )
    flat = np.asarray(rows).reshape(len(rows), -1)
    others = np.asarray(known).reshape(len(known), -1)
    count, dimensions = others.shape
    shape = typicality.shape_of(others)
    distances = typicality.mahalanobis(flat, shape)
    if shape.rank < dimensions or count <= dimensions + 1:
        output.note(
            f"the reference's {count:,} codes span {shape.rank:,} of {dimensions:,} dimensions: "
            "too few to say what is usual; interp --reference judges by nearest codes"
        )
        unknown = np.full(len(flat), np.nan)
        return {"norm": distances, **dict.fromkeys(_JUDGED, unknown)}
    members = {row.tobytes() for row in others}
    inside = np.array([row.astype(others.dtype).tobytes() in members for row in flat])
    return {
        "norm": distances,
        "expected": np.full(len(flat), typicality.length_of(dimensions).expected),
        "sigma": typicality.sigmas(distances, dimensions),
        "percentile": typicality.percentiles(distances, dimensions),
        "percentile_estimated": typicality.estimated_percentiles(
            distances, count, dimensions, inside
        ),
    }
