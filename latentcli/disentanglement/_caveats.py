"""What a careful reader would want to be told before believing a score."""

from __future__ import annotations

import numpy as np

from latentcli.disentanglement import _attribution as owners
from latentcli.disentanglement._data import Data
from latentcli.disentanglement._mutual_information import Cut
from latentcli.disentanglement._notes import listed
from latentcli.errors import shown

_ROWS_A_CELL = 5
"""Rows for each cell of a table of counts below which its correction is not to be trusted."""

_CEILING = 0.98
_FAR = 10.0
"""Interquartile ranges beyond the quartiles that make an outlier of a value."""


def caveats(data: Data, cut: Cut | None) -> tuple[str, ...]:
    """Return notes on codes and factors that put scores in doubt; `cut` is None without bins."""
    notes = _dimensions(data)
    if data.factors:
        notes += [*_dependence(data), *_factors(data)]
    if cut is not None and data.factors:
        notes += _rows(data, cut)
    if cut is not None and cut.binning in ("width", "distinct"):
        notes += _outliers(data)
    return tuple(notes)


def _dimensions(data: Data) -> list[str]:
    notes = []
    dead = [name for name, alive in zip(data.names, data.alive, strict=True) if not alive]
    if dead:
        verb = "never change" if len(dead) > 1 else "never changes"
        notes.append(f"{len(dead):,} of {data.dimensions:,} dimensions {verb}: {listed(dead)}")
    if data.factors and data.dimensions < len(data.factors):
        dimensions = (
            "one dimension" if data.dimensions == 1 else f"{data.dimensions} dimensions"
        )
        notes.append(
            f"{dimensions} for {len(data.factors)} factors: not each can have one of its own"
        )
    return notes


def _rows(data: Data, cut: Cut) -> list[str]:
    """Say where a table of counts has more cells than rows can fill."""
    occupied = int(data.counts(cut.sharper).occupied.max())
    largest = max(data.factors, key=lambda factor: factor.size)
    cells = occupied * largest.size
    if data.rows >= _ROWS_A_CELL * cells:
        return []
    text = (
        f"{data.rows:,} rows are few for {occupied} bins x {largest.size} classes of "
        f"{shown(largest.name)} ({_ROWS_A_CELL * cells:,} would do): information is overestimated, "
        "and its correction is rough; take fewer --bins"
    )
    return [text]


def _dependence(data: Data) -> list[str]:
    ceiling = float(owners.ceilings(data).mean())
    if ceiling >= _CEILING or len(data.factors) < 2:
        return []
    shared, entropy = owners.between(data)
    k, other = np.unravel_index(int((shared / entropy[:, None]).argmax()), shared.shape)
    names = data.factor_names
    text = (
        f"the factors depend on each other ({shown(names[k])} on {shown(names[other])} most): perfect "
        f"codes would have MIG {ceiling:.3f}, not 1; see dmig"
    )
    return [text]


def _factors(data: Data) -> list[str]:
    notes = [
        f"factor {shown(factor.name)} has {factor.size:,} classes in {data.rows:,} rows; is it an id?"
        for factor in data.factors
        if factor.kind == "discrete" and factor.size > max(20, data.rows // 2)
    ]
    ordered = [factor.name for factor in data.factors if (np.diff(factor.labels) >= 0).all()]
    if ordered and data.rows > 2 * data.factors[0].size:
        notes.append(
            f"the rows are sorted by {listed(ordered)}: fits take training and test rows at random"
        )
    return notes


def _outliers(data: Data) -> list[str]:
    """Name dimensions of which equal-width bins see little but an outlier."""
    codes = data.codes[:: max(1, data.rows // 10_000)]
    low, high = np.percentile(codes, [25, 75], axis=0)
    reach = _FAR * (high - low)
    far = (data.codes.max(axis=0) > high + reach) | (data.codes.min(axis=0) < low - reach)
    far &= high > low
    names = [name for name, is_far in zip(data.names, far, strict=True) if is_far]
    if not names:
        return []
    text = (
        f"outliers in {listed(names)}: bins of equal width hold nearly all rows in few of them; "
        "--binning quantile does not mind"
    )
    return [text]
