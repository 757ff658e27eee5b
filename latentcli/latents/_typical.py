"""The verb `typical`: how plausible codes are under the prior N(0, I), or among other codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError
from latentcli.latents import _typicality as formulas
from latentcli.latents._like import Like, joined
from latentcli.latents._streaming import PART
from latentcli.latents._stylegan import with_stylegan
from latentcli.latents._tensors import (
    Tensor,
    beside,
    named_layers,
    norms_of,
    parts_of,
    reference_set,
    tensor,
)
from latentcli.numerics.types import Array
from latentcli.results import Picture, Record, Result, Sheet, number_or_none

LISTED = 20
"""Up to so many vectors are shown in a table without being requested."""

_FAR = 4.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TypicalResult(Result):
    """How plausible codes are.

    Attributes
    ----------
    norms
        Length of each vector, (N, R) for N codes of R layers (1 without layers); with a reference,
        the Mahalanobis distance of each code (N, 1).
    sigma
        By how many standard deviations they differ from those of N(0, I) (N, R); NaN where the
        reference cannot tell.
    percentiles
        Share of N(0, I) that is no longer (N, R), in percent.
    p_value
        Kolmogorov-Smirnov test of all norms against the chi distribution; None with a reference.
    reading
        "norms as of N(0, I)"; "norms not as of N(0, I)" (p up to 0.01); "on a sphere: all norms are
        the same"; or "not tested".
    dimensions
        Of the vectors; with a reference of whole codes.
    mahalanobis
        Whether `norms` are distances to a reference.
    """

    norms: Array
    sigma: Array
    percentiles: Array
    p_value: float | None
    reading: str
    dimensions: int
    mahalanobis: bool

    def pictures(self) -> tuple[Picture, ...]:
        """Return the histogram of the norms beside the chi distribution."""
        from latentcli.latents._pictures import norms_against_prior

        norms = self.norms.ravel()
        return (norms_against_prior(norms, self.dimensions, mahalanobis=self.mahalanobis),)


def typical(
    codes: npt.ArrayLike,
    *,
    reference: npt.ArrayLike | None = None,
    rows: bool | None = None,
    layers: Sequence[int] | None = None,
    axes: str = "",
) -> TypicalResult:
    """Compare the lengths of codes with those of the prior N(0, I).

    The length of D independent normal numbers is chi-distributed: close to the square root of D, with
    a standard deviation of 0.71. One test says whether all lengths together are as of N(0, I).

    Parameters
    ----------
    codes
        (D,), (N, D), (N, L, D), (N, C, H, W), ...: an array or the name of a file.
    reference
        Codes (M, ...) of a space without a prior: compare Mahalanobis distances to their mean.
    rows
        Show every vector in a table; by default, of more than 20 their quantiles.
    layers
        Compare these layers only, from 0.
    axes
        A letter for each axis of `codes`: N samples, L layers, any other a feature; by default, the rule.

    Returns
    -------
    TypicalResult
        The summary is of all vectors; records are `row, norm, expected, sigma, percentile`.

    Raises
    ------
    LatentError
        For a reference of another shape, or of fewer than two codes.

    Examples
    --------
    >>> found = typical([2.0, 0.0])  # in two dimensions P(|z| > 2) = exp(-2)
    >>> found.percentiles.round(4).tolist()
    [[86.4665]]
    """
    part = typical_of_block(codes, reference=reference, layers=layers, axes=axes)
    return merge_typical([part], rows=rows, layers=layers)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is known of some codes: their `columns`, each (n,), and how they are laid out."""

    columns: dict[str, Array]
    like: Like
    mahalanobis: bool
    notes: tuple[str, ...]


def typical_of_block(
    codes: npt.ArrayLike,
    *,
    reference: npt.ArrayLike | None,
    layers: Sequence[int] | None = None,
    axes: str = "",
) -> Part:
    """Compare some codes, as `typical` does; `merge_typical` takes what several blocks gave."""
    whole = beside(tensor(codes, "codes", axes, layered=layers is not None), reference)
    given = whole.in_layers(layers)
    notes = list(given.notes)
    if reference is None:
        columns = _prior(given)
    else:
        known = reference_set(reference, "reference", axes, whole)
        columns, remarks = _place(given, known.in_layers(layers))
        notes += remarks
    return Part(
        columns=columns, like=Like.of(given), mahalanobis=reference is not None, notes=tuple(notes)
    )  # fmt: skip


def merge_typical(
    parts: Sequence[Part], *, rows: bool | None = None, layers: Sequence[int] | None = None
) -> TypicalResult:
    """Return the result of all codes, from those of blocks in their order."""
    columns = {
        name: np.concatenate([part.columns[name] for part in parts])
        for name in parts[0].columns
    }
    like, against = joined([part.like for part in parts]), parts[0].mahalanobis
    p_value: float | None = None
    reading = "not tested"
    if not against:
        p_value, reading = formulas.judged(columns["norm"], like.dimensions)
    norms, sigmas = columns["norm"], columns["sigma"]
    listed = len(norms) <= LISTED if rows is None else rows
    return TypicalResult(
        norms=norms.reshape(like.samples, -1),
        sigma=sigmas.reshape(like.samples, -1),
        percentiles=columns["percentile"].reshape(like.samples, -1),
        p_value=p_value,
        reading=reading,
        dimensions=like.code_size if against else like.dimensions,
        mahalanobis=against,
        title=f"{'Mahalanobis distances' if against else 'norms'} of {like.description}",
        columns=("row", *(["layer"] if len(norms) > like.samples else []), *columns),
        records=_records(columns, like.samples, layers),
        summary=_summary(columns, p_value, reading),
        settings={
            "dimensions": like.dimensions,
            "layers": named_layers(layers),
            **like.settings,
        },
        notes=(
            *dict.fromkeys(note for part in parts for note in part.notes),
            *((_FEW,) if not against and p_value is None else ()),
        ),
        views=() if listed else (_quantiles(norms, like.dimensions, prior=not against),),
    )


_FEW = "most norms are repeated, and too few of them differ for a test"
_SHARES = (0.01, 0.25, 0.5, 0.75, 0.99)


def _quantiles(norms: Array, dimensions: int, *, prior: bool) -> Sheet:
    """Return a digest of many norms, with that of N(0, I)."""
    names = [f"{100 * share:g}%" for share in _SHARES]
    rows = {"these vectors": np.quantile(norms, _SHARES)}
    if prior:
        from scipy.special import chdtri

        rows["N(0, I)"] = np.sqrt([chdtri(dimensions, 1 - share) for share in _SHARES])
    records: list[Record] = [
        {"norms of": name, **dict(zip(names, values.tolist(), strict=True))}
        for name, values in rows.items()
    ]
    return Sheet("", ("norms of", *names), records)


def _summary(columns: dict[str, Array], p_value: float | None, reading: str) -> Record:
    norms, sigmas = columns["norm"], columns["sigma"]
    return {
        "reading": reading,
        "p_value": p_value,
        "vectors": len(norms),
        "mean_norm": float(norms.mean()),
        "sd_norm": float(norms.std(ddof=1)) if len(norms) > 1 else None,
        "expected_norm": number_or_none(columns["expected"][0]),
        "mean_sigma": number_or_none(sigmas.mean()),
        "beyond_4_sigma": int((np.abs(sigmas) > _FAR).sum()),
    }


def _records(
    columns: dict[str, Array], samples: int, layers: Sequence[int] | None
) -> list[Record]:
    count = len(columns["norm"])
    each = count // samples
    row, layer = np.divmod(np.arange(count), each)
    if layers is not None and each > 1:
        layer = np.asarray([*dict.fromkeys(layers)])[layer]
    placed = {"row": row.tolist(), **({"layer": layer.tolist()} if each > 1 else {})}
    table = placed | {name: _numbers(values) for name, values in columns.items()}
    return [dict(zip(table, cells, strict=True)) for cells in zip(*table.values(), strict=True)]


def _numbers(values: Array) -> list[float | None]:
    numbers: list[float | None] = values.tolist()
    for index in np.flatnonzero(np.isnan(values)):
        numbers[index] = None
    return numbers


def _prior(z: Tensor) -> dict[str, Array]:
    """Compare the lengths of vectors with those of N(0, I_D)."""
    norms = np.concatenate(
        [norms_of(z.codes[part]).ravel() for part in parts_of(z.codes, PART // 2)]
    )
    return {
        "norm": norms,
        "expected": np.full(len(norms), formulas.length_of(z.dimensions).expected),
        "sigma": formulas.sigmas(norms, z.dimensions),
        "percentile": formulas.percentiles(norms, z.dimensions),
    }


def _place(z: Tensor, known: Tensor) -> tuple[dict[str, Array], list[str]]:
    """Compare codes with reference codes: their Mahalanobis distance, and its place."""
    if known.codes.shape[1:] != z.codes.shape[1:]:
        raise LatentError(
            with_stylegan(
                f"`reference` has codes of shape {known.code_shape}, the codes {z.code_shape}",
                known.code_shape,
                z.code_shape,
            )
        )
    flat = np.asarray(z.codes).reshape(z.samples, -1)
    others = np.asarray(known.codes).reshape(known.samples, -1)
    count, dimensions = others.shape
    shape = formulas.shape_of(others)
    distances = formulas.mahalanobis(flat, shape)
    if shape.rank < dimensions or count <= dimensions + 1:
        unknown = np.full(len(flat), np.nan)
        names = ("expected", "sigma", "percentile", "percentile_estimated")
        note = (
            f"the reference's {count:,} codes span {shape.rank:,} of {dimensions:,} dimensions: too "
            "few for Mahalanobis distances; interp with a `reference` compares with the nearest codes"
        )
        return {"norm": distances, **dict.fromkeys(names, unknown)}, [note]
    members = {row.tobytes() for row in others}
    inside = np.array([row.astype(others.dtype).tobytes() in members for row in flat])
    return {
        "norm": distances,
        "expected": np.full(len(flat), formulas.length_of(dimensions).expected),
        "sigma": formulas.sigmas(distances, dimensions),
        "percentile": formulas.percentiles(distances, dimensions),
        "percentile_estimated": formulas.estimated_percentiles(
            distances, count, dimensions, inside
        ),
    }, []
