"""What a careful reader would want to know before believing a score."""

from __future__ import annotations

import numpy as np

from latentcli.disentanglement._attribution import dependence
from latentcli.disentanglement._data import Data
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.disentanglement._notes import listed
from latentcli.errors import shown
from latentcli.numerics.types import Array

_ROWS_A_CELL = 5
"""Rows for each cell of a table of counts below which its correction is not to be trusted."""

_CEILING = 0.98
_COLLAPSED = 0.05
"""Share of the largest standard deviation below which a dimension has collapsed."""


def caveats(data: Data, cut: Cut | None, noisy: bool = False) -> tuple[str, ...]:
    """Return notes on codes and factors that put scores in doubt; `cut` is None without bins.

    `noisy` says that noise explains a score: without bins the dimensions are then looked at in default ones.
    """
    notes = _dimensions(data)
    if data.factors:
        notes += _factors(data)
    if cut is None and data.factors and noisy:
        notes += _unrelated(data, Cut())
    if cut is not None and data.factors:
        notes += [
            *_unrelated(data, cut),
            *_dependence(data),
            *_rows(data, cut),
            *_classes(data, cut),
        ]
        if cut.binning in ("width", "distinct"):
            notes += _outliers(data, cut)
    return tuple(notes)


def _dimensions(data: Data) -> list[str]:
    notes = []
    dead = [name for name, alive in zip(data.names, data.alive, strict=True) if not alive]
    if dead:
        verb = "never change" if len(dead) > 1 else "never changes"
        notes.append(f"{len(dead):,} of {data.dimensions:,} dimensions {verb}: {listed(dead)}")
    spread = data.some.std(axis=0, dtype=np.float64)
    low = data.alive & (spread < _COLLAPSED * spread.max())
    if low.any():
        names = [name for name, one in zip(data.names, low, strict=True) if one]
        verb = "have" if len(names) > 1 else "has"
        notes.append(
            f"{len(names):,} of {data.dimensions:,} dimensions {verb} collapsed (standard deviation "
            f"below {_COLLAPSED:.0%} of the largest): {listed(names)}; they are scored like the others"
        )
    if data.factors and data.dimensions < len(data.factors):
        dimensions = (
            "one dimension" if data.dimensions == 1 else f"{data.dimensions} dimensions"
        )
        notes.append(
            f"{dimensions} for {len(data.factors)} factors: not every factor can have a dimension of its own; "
            "if the two files are swapped, type CODES before FACTORS"
        )
    return notes


def _unrelated(data: Data, cut: Cut) -> list[str]:
    """Say that no dimension tells anything of any factor, as where the rows are those of other data."""
    if data.counts(cut.sharper).evident.any():
        return []
    return [
        (
            "no dimension has information about any factor beyond chance: if the codes are not noise, "
            "the factors are of other data or in another order; match rows with `id`"
        )
    ]


def _rows(data: Data, cut: Cut) -> list[str]:
    """Say where a table of counts has more cells than rows can fill."""
    occupied = int(data.counts(cut.sharper).occupied.max())
    rows = {
        factor.name: int((data.repeats.once(factor.labels) >= 0).sum())
        for factor in data.factors
    }
    largest = min(data.factors, key=lambda factor: rows[factor.name] / factor.size)
    cells, count = occupied * largest.size, rows[largest.name]
    if count >= _ROWS_A_CELL * cells:
        return []
    distinct = " distinct" if data.repeats else ""
    # With fewer bins than classes no dimension could tell these apart.
    fewer = count >= _ROWS_A_CELL * largest.size**2 and cut.bins > largest.size
    advice = "reduce `bins`" if fewer else "more rows, or fewer classes, would be needed"
    return [
        (
            f"{count:,}{distinct} rows are few for {occupied} bins x {largest.size} classes of "
            f"{shown(largest.name)} (at least {_ROWS_A_CELL * cells:,} are recommended): information is "
            f"overestimated and its correction is rough; {advice}"
        )
    ]


def _classes(data: Data, cut: Cut) -> list[str]:
    """Say which factors have more classes than there are bins to hold them."""
    many = [f"{shown(f.name)} ({f.size})" for f in data.factors if f.size > cut.bins]
    if not many:
        return []
    return [
        (
            f"{cut.bins} bins cannot tell all classes of {listed(many)} apart: perfect codes score below "
            "1; increase `bins`"
        )
    ]


def _dependence(data: Data) -> list[str]:
    """Say that factors depend on each other, where a test says so and it matters."""
    if len(data.factors) < 2:
        return []
    counts = data.between_factors
    apart = ~np.eye(len(data.factors), dtype=bool)
    if not (counts.evident & apart).any():
        return []
    shared, entropy = dependence(data)
    if _ceiling(np.where(counts.evident, shared, 0) / entropy) >= _CEILING:
        return []
    ceiling = _ceiling(shared / entropy)
    k, other = np.unravel_index(int((shared / entropy).argmax()), shared.shape)
    names = data.factor_names
    return [
        (
            f"the factors depend on each other ({shown(names[other])} on {shown(names[k])} most): perfect "
            f"codes would have MIG {ceiling:.3f}, not 1; see dmig"
        )
    ]


def _ceiling(shares: Array) -> float:
    """Return the MIG of perfect codes, by the shares (K, K) that factors have of each other's information."""
    return float((1.0 - shares.max(axis=0)).mean())


def _factors(data: Data) -> list[str]:
    ordered = [
        factor.name
        for factor in data.factors
        if (np.diff(factor.labels[factor.known]) >= 0).all()
    ]
    if not ordered or data.rows <= 2 * data.factors[0].size:
        return []
    return [
        f"the rows are sorted by {listed(ordered)}: training and test rows are drawn at random"
    ]


def _outliers(data: Data, cut: Cut) -> list[str]:
    """Name dimensions whose outliers take the bins, where equally full bins show more.

    Where the far rows are a class of a factor, they show less, and no one is sent there.
    """
    far = np.flatnonzero(data.far)
    if not len(far):
        return []
    part = data.only(far)
    if part is None:
        return []
    wide, full = (
        _best_share(part.counts(cut._replace(binning=binning)))
        for binning in (cut.binning, "quantile")
    )
    names = [data.names[j] for j, more in zip(far, full > wide, strict=True) if more]
    if not names:
        return []
    return [
        (
            f"outliers in {listed(names)}: nearly all rows are in few of the bins of equal width; "
            "`binning` quantile is not affected"
        )
    ]


def _best_share(counts: Counts) -> Array:
    shares: Array = (counts.corrected.mutual / counts.corrected.entropy).max(axis=1)
    return shares
