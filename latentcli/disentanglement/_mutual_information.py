"""Mutual information of codes and factors by counting: all pairs at once, with standard errors.

Codes are cut into bins, and a table of joint counts for every dimension and factor is all that the
metrics of information need. Counts are additive over rows, so they are taken block by block.
Everything is in nats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from latentcli.errors import ParameterError, check_choice
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array

_THREADED = 1 << 20
"""Numbers from which dimensions are cut side by side."""

_GRID = 1024

_BLOCK = 1 << 17
"""Numbers that are counted at a time: a block that stays in the processor's cache."""

_ROUNDING = 1e-13
"""Nats that entropies, as sums of many logarithms, are not sure of: ratios would take them for more."""

_CHANCE = 0.05
"""How improbable by chance, over all pairs, information is that is believed."""


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

    def settings(self) -> dict[str, int | str | list[float]]:
        """Return what goes into a score's settings."""
        fixed = {"limits": list(self.limits)} if self.binning == "fixed" else {}
        return {"bins": self.bins, "binning": self.binning, **fixed}


class Information(NamedTuple):
    """Information of dimensions about factors, in nats.

    `mutual` (D, K) information, `entropy` (K,) of the factors, `joint` (D, K) entropy of both.
    """

    mutual: Array
    entropy: Array
    joint: Array


@dataclass(frozen=True, eq=False)
class Counts:
    """How often bin and class come together: `tables[k]` (..., D, B, M_k), for each factor k.

    What is in front of D are groups of rows, each counted by itself.
    """

    tables: tuple[Array, ...]
    rows: int

    @cached_property
    def mutual(self) -> Array:
        """Plug-in mutual information (..., D, K); what rounding leaves of none is 0."""
        apart = self.code_entropy[..., None] + self.factor_entropy[..., None, :]
        mutual = apart - self.joint
        return np.where(mutual > _ROUNDING, mutual, 0.0)

    @cached_property
    def joint(self) -> Array:
        """Plug-in joint entropy H(z_j, v_k) (..., D, K)."""
        return np.stack([_entropy(table, (-2, -1)) for table in self.tables], axis=-1)

    @cached_property
    def code_entropy(self) -> Array:
        """Plug-in entropy of the binned codes (..., D)."""
        return _entropy(self.tables[0].sum(axis=-1), (-1,))

    @cached_property
    def factor_entropy(self) -> Array:
        """Plug-in entropy of the factors (..., K)."""
        classes = [table[..., 0, :, :].sum(axis=-2) for table in self.tables]
        return np.stack([_entropy(counts, (-1,)) for counts in classes], axis=-1)

    @cached_property
    def plugin(self) -> Information:
        """Information with probabilities taken from the counts as they are."""
        return Information(self.mutual, self.factor_entropy, self.joint)

    @cached_property
    def corrected(self) -> Information:
        """Information with the correction of Miller and Madow, within its bounds.

        Each entropy is too low by (cells - 1) / 2N on average (Miller, 1955). The cells are those
        occupied; but where bin and class may well be independent, all that could be: many of
        these are empty by chance, and information on noise would be left of it. That is right on
        average; single values, which would go beyond what information can be, are cut.
        """
        rows, bins, classes = self._sizes
        occupied = np.stack([_occupied(table, (-2, -1)) for table in self.tables], axis=-1)
        cells = np.where(self.significant, occupied, bins * classes)
        entropy = self.factor_entropy + (classes[..., 0, :] - 1) / (2 * rows[..., 0, :])
        code = self.code_entropy[..., None] + (bins - 1) / (2 * rows)
        mutual = self.mutual + (bins + classes - cells - 1) / (2 * rows)
        mutual = np.clip(mutual, 0.0, np.minimum(code, entropy[..., None, :]))
        return Information(mutual, entropy, code + entropy[..., None, :] - mutual)

    @cached_property
    def significant(self) -> npt.NDArray[np.bool_]:
        """Which pairs (..., D, K) have information that is not chance.

        By a G-test of each pair, with Bonferroni's correction for their number. If bin and class
        are independent, 2 N I is chi-squared with (bins - 1)(classes - 1) degrees of freedom
        (Wilks, 1938), and more with few rows a cell, which Williams (1976) puts right. The quantile
        of chi-squared is by Wilson and Hilferty (1931): SciPy's would take longer to import.
        """
        rows, bins, classes = self._sizes
        freedom = np.maximum((bins - 1) * (classes - 1), 1)
        of_bins = rows * _reciprocals(self.tables[0].sum(axis=-1))[..., None] - 1
        of_classes = np.stack([_reciprocals(t.sum(axis=-2)) for t in self.tables], axis=-1)
        excess = 1 + of_bins * (rows * of_classes - 1) / (6 * rows * freedom)
        pairs = self.mutual.shape[-2] * self.mutual.shape[-1]
        spread = 2 / (9 * freedom)
        reach = NormalDist().inv_cdf(1 - _CHANCE / pairs) * np.sqrt(spread)
        highest = freedom * (1 - spread + reach) ** 3
        varies = (bins > 1) & (classes > 1)
        found: npt.NDArray[np.bool_] = varies & (2 * rows * self.mutual / excess > highest)
        return found

    @cached_property
    def occupied(self) -> Array:
        """How many bins of each dimension (..., D) occur."""
        return _occupied(self.tables[0].sum(axis=-1))

    @cached_property
    def _sizes(self) -> tuple[Array, Array, Array]:
        """Rows (..., D, 1), bins that occur (..., D, 1) and classes that do (..., D, K)."""
        rows = self.tables[0].sum(axis=(-2, -1))[..., None]
        bins = self.occupied[..., None]
        classes = [_occupied(table.sum(axis=-2)) for table in self.tables]
        return rows, bins, np.stack(classes, axis=-1)

    @cached_property
    def error(self) -> Array:
        """Standard error (..., D, K) of mutual information by the delta method.

        It is the deviation of log p(z, v) / p(z) p(v) over the rows, divided by sqrt(N); 0 says
        independence or a table without variation, where the delta method has no answer.
        """
        errors = []
        for k, table in enumerate(self.tables):
            total = table.sum(axis=(-2, -1), keepdims=True)
            ratio = log_ratios(table)
            second = (table * ratio**2).sum(axis=(-2, -1)) / total[..., 0, 0]
            variance = np.maximum(second - self.mutual[..., k] ** 2, 0.0)
            errors.append(np.sqrt(variance / total[..., 0, 0]))
        return np.stack(errors, axis=-1)


def log_ratios(table: Array) -> Array:
    """Return log p(z, v) / p(z) p(v) for a table of counts (..., B, M); 0 in empty cells."""
    total = table.sum(axis=(-2, -1), keepdims=True)
    product = table.sum(axis=-1, keepdims=True) * table.sum(axis=-2, keepdims=True)
    ratio = np.divide(table * total, product, out=np.ones(table.shape), where=table > 0)
    logs: Array = np.log(ratio)
    return logs


def _occupied(counts: Array, axes: int | tuple[int, ...] = -1) -> Array:
    return np.asarray(np.count_nonzero(counts, axis=axes))


def _reciprocals(counts: Array) -> Array:
    """Return the sum of 1 / n over counts (..., n) that are not 0."""
    parts = np.divide(1.0, counts, out=np.zeros(counts.shape), where=counts > 0)
    return np.asarray(parts.sum(axis=-1))


def _entropy(counts: Array, axes: tuple[int, ...]) -> Array:
    """Return the plug-in entropy of counts over `axes`."""
    total = counts.sum(axis=axes)
    logs = np.log(counts, out=np.zeros(counts.shape), where=counts > 0)
    entropy: Array = np.log(total) - (counts * logs).sum(axis=axes) / total
    return np.maximum(entropy, 0.0)


def count(
    binned: Binned,
    factors: Sequence[Array],
    sizes: Sequence[int],
    groups: Array | None = None,
) -> Counts:
    """Count bins of codes (D, N) against each factor (N,) with classes 0 to size - 1.

    With `groups` (N,), from 0 up, each group of rows is counted by itself.
    """
    dimensions, rows = binned.labels.shape
    several = 1 if groups is None else int(groups.max(initial=0)) + 1
    lengths = [dimensions * binned.size * size for size in sizes]
    # Each block's counts are added to the whole table: not for fewer numbers than it has cells.
    step = max(1, max(_BLOCK, several * max(lengths)) // dimensions)
    tables = [np.zeros(several * length, dtype=np.int64) for length in lengths]
    offsets = np.arange(dimensions, dtype=np.intp)[:, None] * binned.size
    for start in range(0, rows, step):
        part = slice(start, start + step)
        cells = binned.labels[:, part] + offsets
        for table, labels, size, length in zip(tables, factors, sizes, lengths, strict=True):
            joint = cells * size
            joint += labels[part]
            if groups is not None:
                joint += groups[part] * length
            table += np.bincount(joint.ravel(), minlength=len(table))
    shape = () if groups is None else (several,)
    shaped = [
        table.reshape(*shape, dimensions, binned.size, size)
        for table, size in zip(tables, sizes, strict=True)
    ]
    return Counts(tuple(shaped), rows)


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
        _place(np.ascontiguousarray(codes[:, j]), cut, labels[j])

    # NumPy lets others run while it sorts and counts.
    if codes.size < _THREADED:
        for j in range(dimensions):
            place(j)
    else:
        each(place, range(dimensions))
    return Binned(labels, bins)


def _place(values: Array, cut: Cut, out: Array) -> None:
    """Write the bin of each value of one dimension."""
    bins, binning, limits = cut
    low, high = values.min(), values.max()
    if low == high:
        out[:] = 0
        return
    few = distinct(values, bins) if binning in ("distinct", "quantile") else None
    if few is not None:
        out[:] = np.searchsorted(few, values)
    elif binning == "quantile":
        out[:] = _rank(values, np.unique(np.quantile(values, np.arange(1, bins) / bins)))
    elif binning == "fixed":
        _cut(values, np.linspace(*limits, bins + 1), out)
    else:
        # NumPy's histogram has these edges, too, but refuses a range too narrow for its bins.
        _cut(values, np.linspace(low, high, bins + 1, dtype=values.dtype), out)


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
    if not np.isfinite(scale):
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

    The bin is guessed by arithmetic and set right by the edges themselves, several times faster
    than a binary search for each value. That takes edges much farther apart than numbers are.
    """
    bins = len(edges) - 1
    low, high = float(edges[0]), float(edges[-1])
    width = (high - low) / bins
    if not width > _APART * max(np.spacing(np.abs(edges[[0, -1]]))):
        np.clip(np.digitize(values, edges[:-1]) - 1, 0, bins - 1, out=out, casting="unsafe")
        return
    guess = np.clip(values, low, high).astype(np.float64)
    guess -= low
    guess /= width
    labels = guess.astype(np.intp)
    np.minimum(labels, bins - 1, out=labels)
    labels -= (values < edges[labels]) & (labels > 0)
    labels += (values >= edges[labels + 1]) & (labels < bins - 1)
    out[:] = labels


_APART = 16
"""Spacings of floating-point numbers in the narrowest bin whose number can be guessed."""
