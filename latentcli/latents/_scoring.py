"""Codes scored: along a direction, and by how typical they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents import _editing as editing
from latentcli.latents import _typicality as typicality
from latentcli.latents._changes import _Rows, checked_direction
from latentcli.latents._directions import cosines
from latentcli.numerics.types import Array
from latentcli.results import Matrix, Record, Result, Sheet

_PART = 16 << 20
_FAR = 4.0
_FEW = 10
"""Codes up to which each has a row in the table."""

_LEVEL = 0.05


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProjectResult(Result):
    """Scores (N,) of codes along a direction."""

    scores: Array


def project(
    codes: npt.ArrayLike,
    direction: npt.ArrayLike,
    *,
    layers: Sequence[int] | None = None,
    layered: bool | None = None,
    intercept: float = 0.0,
    scale: float | None = None,
) -> ProjectResult:
    """Score codes along a direction: their signed distance from its plane.

    Parameters
    ----------
    codes
        (D,), (N, D), (L, D) or (N, L, D).
    direction
        (D,), or (L, D) for codes of layers.
    layers, layered, intercept
        As in `edit`; over layers, the score is the mean.
    scale
        The standard deviation of codes along it that is known from elsewhere; shown beside.

    Returns
    -------
    ProjectResult
        The percentile is each score's place among all: how many are no greater.

    Examples
    --------
    >>> project([[0.0, 5.0], [4.0, 5.0]], [2.0, 0.0]).scores.tolist()
    [0.0, 4.0]
    """
    line = checked_direction(direction)
    rows = _Rows(codes, layers is not None or line.ndim == 2 if layered is None else layered)
    chosen = None if layers is None else list(layers)
    editing.check_fits(line, rows.shape, chosen)
    step = max(1, _PART // max(1, rows.values[0].nbytes))
    scores = np.concatenate(
        [
            editing.project(part, line, intercept, chosen).reshape(len(part), -1).mean(axis=1)
            for start in range(0, len(rows.values), step)
            for part in [rows.values[start : start + step]]
        ]
    )
    ranked = np.sort(scores)
    places = 100.0 * np.searchsorted(ranked, scores, side="right") / len(scores)
    records: list[Record] = [
        {"row": row, "score": float(score), "percentile": float(place)}
        for row, (score, place) in enumerate(zip(scores, places, strict=True))
    ]
    return ProjectResult(
        scores=scores,
        title="scores along a direction",
        columns=("row", "score", "percentile"),
        records=records,
        summary={
            "mean": float(scores.mean()),
            "sd": float(scores.std(ddof=1)) if len(scores) > 1 else None,
            "direction_scale": scale,
        },
        settings={
            "layers": None if layers is None else " ".join(map(str, layers)), "intercept": intercept,
        },
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CosinesResult(Result):
    """Cosines (M, M) of directions with each other."""

    cosines: Array


def direction_cosines(
    directions: Sequence[npt.ArrayLike], *, names: Sequence[str] | None = None
) -> CosinesResult:
    """Compare directions by their cosines: what goes along with what.

    Parameters
    ----------
    directions
        Two or more, (D,) or (L, D), of one shape.
    names
        What they are called.

    Returns
    -------
    CosinesResult
        Random directions in D dimensions have cosines of 0 with a standard deviation of 1 / sqrt(D),
        `random_sd` of the summary.

    Examples
    --------
    >>> direction_cosines([[1.0, 0.0], [1.0, 1.0]]).cosines.round(4).tolist()
    [[1.0, 0.7071], [0.7071, 1.0]]
    """
    lines = [checked_direction(direction) for direction in directions]
    if len(lines) < 2:
        raise LatentError("cosines take two directions or more")
    shapes = sorted({line.shape for line in lines})
    if len(shapes) > 1:
        raise LatentError(f"the directions have different shapes: {shapes}")
    matrix = cosines(np.stack([line.ravel() for line in lines]))
    called = list(names) if names is not None else [str(number) for number in range(len(lines))]
    records: list[Record] = [
        {"a": called[i], "b": called[j], "cosine": float(matrix[i, j])}
        for i in range(len(called))
        for j in range(i + 1, len(called))
    ]
    short = _without_common_parts(called)
    return CosinesResult(
        cosines=matrix,
        title="cosines of directions",
        columns=("a", "b", "cosine"),
        records=records,
        summary={"random_sd": float(lines[0].size ** -0.5)},
        views=(Matrix(short, short, matrix.tolist()),),
    )


def _without_common_parts(names: list[str]) -> list[str]:
    """Return names without the parts (between "_") that all begin and all end with."""
    parts = [name.split("_") for name in names]
    least = min(map(len, parts)) - 1
    start = end = 0
    while start < least and len({part[start] for part in parts}) == 1:
        start += 1
    while end < least - start and len({part[-1 - end] for part in parts}) == 1:
        end += 1
    return ["_".join(part[start : len(part) - end]) for part in parts]


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
    step = max(1, (_PART >> 3) // rows[0].size)
    norms = np.concatenate(
        [
            np.linalg.norm(rows[start : start + step].astype(np.float64), axis=-1).ravel()
            for start in range(0, len(rows), step)
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
