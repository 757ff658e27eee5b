"""Whether codes are plausible: their norm under the prior, or their place among others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents import _typicality as typicality
from latentcli.numerics.blocks import spans
from latentcli.numerics.types import Array
from latentcli.results import Record, Result, Sheet

_FAR = 4.0

_FEW = 10
"""Codes up to which each has a row in the table."""

_LEVEL = 0.05


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TypicalResult(Result):
    """How typical codes are: `norms` (N, R), `sigma` (N, R) from what is expected, and a `reading`."""

    norms: Array
    sigma: Array
    reading: str


def typical(codes: npt.ArrayLike, *, reference: npt.ArrayLike | None = None) -> TypicalResult:
    """Tell whether codes are plausible: their norm under the prior N(0, I), or their place among others.

    Parameters
    ----------
    codes
        (D,), (N, D) or (N, L, D): each row, or layer, has its norm.
    reference
        (M, ...) codes of a space without a prior (W, text): the norm is then the Mahalanobis distance to
        these, as if their ellipsoid were known; `percentile_estimated` allows for its being estimated.

    Returns
    -------
    TypicalResult
        `sigma`: standard deviations of the norm from what is expected; `percentile`: how much of the prior
        is shorter. The reading of many codes follows a Kolmogorov-Smirnov test at 5 % of their norms
        against the chi distribution: "norms as of N(0, I)", "norms not as of N(0, I)", or "on a sphere"
        where all norms are the same.

    Examples
    --------
    >>> round(float(typical([3.0, 4.0]).norms[0, 0]), 4)
    5.0
    """
    rows = np.asarray(codes)
    rows = rows[None] if rows.ndim == 1 else rows
    if rows.dtype.kind not in "fiub" or not rows.size or not np.isfinite(rows).all():
        raise LatentError(
            f"shape {rows.shape} and type {rows.dtype} are no codes of finite numbers"
        )
    notes: list[str] = []
    if reference is None:
        found = _under_prior(rows)
        reading = _reading(found["norm"], rows.shape[-1])
    else:
        found = _among(rows, np.asarray(reference), notes)
        reading = "not judged"
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
    summary: Record = {
        "codes": len(rows),
        "mean_norm": float(found["norm"].mean()),
        "expected_norm": _number(found["expected"][0]),
        "mean_sigma": _number(sigma.mean()),
        "beyond_4_sigma": int((np.abs(sigma) > _FAR).sum()),
        "reading": reading,
    }
    few = len(records) <= _FEW
    return TypicalResult(
        norms=found["norm"].reshape(len(rows), -1),
        sigma=sigma.reshape(len(rows), -1),
        reading=reading,
        title="typicality of codes",
        columns=tuple(records[0]),
        records=records,
        summary=summary,
        settings={"dimensions": rows.shape[-1]},
        notes=(
            *notes,
            *(() if few else (f"the first {_FEW} of {len(records):,} rows are shown",)),
        ),
        views=() if few else (Sheet("", tuple(records[0]), records[:_FEW]),),
    )


def _number(value: float) -> float | None:
    number = float(value)
    return None if number != number else number


def _under_prior(rows: Array) -> dict[str, Array]:
    dimensions = rows.shape[-1]
    norms = np.concatenate(
        [
            np.linalg.norm(rows[part].astype(np.float64), axis=-1).ravel()
            for part in spans(len(rows), rows[0].size)
        ]
    )
    return {
        "norm": norms,
        "expected": np.full(len(norms), typicality.length_of(dimensions).expected),
        "sigma": typicality.sigmas(norms, dimensions),
        "percentile": typicality.percentiles(norms, dimensions),
    }


def _reading(norms: Array, dimensions: int) -> str:
    if len(norms) < 2:
        sigma = abs(float(typicality.sigmas(norms, dimensions)[0]))
        return "norm as of N(0, I)" if sigma <= 1.96 else "norm not as of N(0, I)"
    if np.ptp(norms) <= 1e-5 * max(float(norms.max()), 1e-300):
        return "on a sphere: all norms are the same"
    from scipy.stats import chi, kstest

    alike = kstest(norms, chi(dimensions).cdf).pvalue >= _LEVEL
    return "norms as of N(0, I)" if alike else "norms not as of N(0, I)"


def _among(rows: Array, reference: Array, notes: list[str]) -> dict[str, Array]:
    """Return the Mahalanobis distance of codes to reference codes, and its place."""
    if reference.shape[1:] != rows.shape[1:]:
        raise LatentError(
            f"the reference has codes of shape {reference.shape[1:]}, the codes {rows.shape[1:]}"
        )
    flat, others = rows.reshape(len(rows), -1), reference.reshape(len(reference), -1)
    count, dimensions = others.shape
    shape = typicality.shape_of(others)
    distances = typicality.mahalanobis(flat, shape)
    unknown = np.full(len(flat), np.nan)
    if shape.rank < dimensions or count <= dimensions + 1:
        notes.append(
            f"the reference's {count:,} codes span {shape.rank:,} of {dimensions:,} dimensions: too "
            "few to say what is usual; `interp` with a `reference` judges by the nearest codes"
        )
        names = ("expected", "sigma", "percentile", "percentile_estimated")
        return {"norm": distances, **dict.fromkeys(names, unknown)}
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
