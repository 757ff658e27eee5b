"""Codes cut into bins, each dimension by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from latentcli.errors import ParameterError, check_choice
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array

_THREADED = 1 << 20
"""Numbers from which dimensions are cut side by side."""

_GRID = 1024


@dataclass(frozen=True, eq=False)
class Binned:
    """Codes as bins: `labels` (D, N), from 0 to `size` - 1."""

    labels: Array
    size: int


class Cut(NamedTuple):
    """How codes are cut into bins: see `discretize`."""

    bins: int = 20
    binning: str = "width"
    limits: tuple[float, float] = (-4.0, 4.0)

    @property
    def sharper(self) -> Cut:
        """What a better estimate takes: distinct values where a dimension has few of them."""
        return self._replace(binning="distinct") if self.binning == "width" else self


def check_bins(bins: int, parameter: str = "bins") -> None:
    """Raise ParameterError for fewer bins than 2, or more than labels have numbers for."""
    if not 2 <= bins <= 1 << 15:
        raise ParameterError(parameter, bins, "a whole number from 2 to 32,768")


def discretize(codes: Array, cut: Cut) -> Binned:
    """Cut each dimension of codes (N, D) into at most `cut.bins` bins.

    `binning` is "width": equally wide between smallest and largest, edges as NumPy's histogram
    has them (what disentanglement_lib does); "distinct": the distinct values of a dimension that
    has no more than `bins` of them, equal width for others; "quantile": equally full, distinct
    values kept apart as above; "fixed": equally wide between `limits`, what is beyond counted
    into the last bins (robust MIG: Do and Tran, 2020).
    """
    bins, binning, limits = cut
    check_choice("binning", binning, BINNINGS)
    check_bins(bins)
    if not -np.inf < limits[0] < limits[1] < np.inf:
        given = f"{limits[0]:g},{limits[1]:g}"
        raise ParameterError("limits", given, "two finite numbers, the smaller first")
    rows, dimensions = codes.shape
    labels = np.empty((dimensions, rows), dtype=np.uint8 if bins <= 256 else np.uint16)

    def place(j: int) -> None:
        values = np.ascontiguousarray(codes[:, j])
        _place(values, lying(values, cut), cut, labels[j])

    # NumPy lets others run while it sorts and counts.
    if codes.size < _THREADED:
        for j in range(dimensions):
            place(j)
    else:
        each(place, range(dimensions))
    return Binned(labels, bins)


class Lying(NamedTuple):
    """What the bins of one dimension depend on: its ends, its values if few, its inner edges if equally full."""

    low: Any
    high: Any
    few: Array | None = None
    quantiles: Array | None = None


def lying(values: Array, cut: Cut) -> Lying:
    """Return where the bins of one dimension (N,) lie."""
    bins, binning, _ = cut
    low, high = values.min(), values.max()
    if low == high or binning not in ("distinct", "quantile"):
        return Lying(low, high)
    few = distinct(values, bins)
    if few is not None or binning == "distinct":
        return Lying(low, high, few)
    return Lying(low, high, None, np.unique(np.quantile(values, np.arange(1, bins) / bins)))


def discretize_as(codes: Array, cut: Cut, bins: Sequence[Lying]) -> Binned:
    """Cut codes (N, D) into bins that lie as those of other rows of the same set."""
    labels = np.empty(codes.shape[::-1], dtype=np.uint8 if cut.bins <= 256 else np.uint16)
    for j, where in enumerate(bins):
        _place(np.ascontiguousarray(codes[:, j]), where, cut, labels[j])
    return Binned(labels, cut.bins)


def _place(values: Array, where: Lying, cut: Cut, out: Array) -> None:
    """Write the bin of each value of one dimension."""
    bins, binning, limits = cut
    if where.low == where.high:
        out[:] = 0
    elif where.few is not None:
        out[:] = np.searchsorted(where.few, values)
    elif where.quantiles is not None:
        out[:] = _rank(values, where.quantiles)
    elif binning == "fixed":
        _cut(values, np.linspace(*limits, bins + 1), out)
    else:
        # NumPy's histogram has these edges, too, but refuses a range too narrow for its bins.
        _cut(values, np.linspace(where.low, where.high, bins + 1, dtype=values.dtype), out)


BINNINGS = ("width", "distinct", "quantile", "fixed")
"""How codes are cut into bins."""


def distinct(values: Array, most: int) -> Array | None:
    """Return the distinct values (N,), sorted, if there are no more than `most`."""
    for part in (values[: 4 * most], values[: 64 * most], values):
        found = np.unique(part)
        if len(found) > most:
            return None
    return found


def _rank(values: Array, edges: Array) -> Array:
    """Return how many edges are no greater than each value, as a binary search would.

    A fine grid says nearly all of it, and comparison with the edges the rest.
    """
    low, high = float(values.min()), float(values.max())
    scale = _GRID / (high - low)
    if not scale <= float(np.finfo(values.dtype).max):
        return np.searchsorted(edges, values, side="right")
    cells = ((values - low) * scale).astype(np.intp)
    # A grid line may lie off by rounding: from the cell before, no value is ranked too high.
    lines = low + (np.arange(_GRID + 1) - 1) / scale
    ranks: Array = np.searchsorted(edges, lines, side="right")[np.minimum(cells, _GRID)]
    following = np.append(edges, np.inf)
    while (above := values >= following[ranks]).any():
        ranks += above
    return ranks


def _cut(values: Array, edges: Array, out: Array) -> None:
    """Write the bin of each value; equal edges apart, as `np.digitize(values, edges[:-1]) - 1`.

    The bin is guessed by arithmetic, many times faster than a binary search, which is left to the
    values near an edge. That takes edges much farther apart than numbers are, and no subnormal width.
    """
    bins = len(edges) - 1
    low, high = float(edges[0]), float(edges[-1])
    width = (high - low) / bins
    numbers = np.finfo(values.dtype)
    if not width > max(_APART * max(np.spacing(np.abs(edges[[0, -1]]))), 1 / numbers.max):
        np.clip(np.digitize(values, edges[:-1]) - 1, 0, bins - 1, out=out, casting="unsafe")
        return
    # How far off a guess may be, in bins: by the rounding of the values, the edges and the guess.
    unsure = 4 * float(numbers.eps) * (max(abs(low), abs(high)) / width + bins)
    for start in range(0, len(values), _STRETCH):
        part, labels = values[start : start + _STRETCH], out[start : start + _STRETCH]
        guess = np.clip(part, edges[0], edges[-1])
        guess -= edges[0]
        guess *= values.dtype.type(1 / width)
        np.minimum(guess, bins - 1, out=labels, casting="unsafe")
        guess -= np.rint(guess)
        near = np.flatnonzero(np.abs(guess, out=guess) <= unsure)
        exact = np.searchsorted(edges[:-1], part[near], side="right") - 1
        labels[near] = np.clip(exact, 0, bins - 1)


_STRETCH = 1 << 14
"""Values that are cut at a time, which stay in the processor's cache."""

_APART = 16
"""Spacings of floating-point numbers in the narrowest bin whose number can be guessed."""
