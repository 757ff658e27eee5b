"""Mutual information of codes and factors by counting: all pairs at once, with standard errors.

Codes are cut into bins, and a table of joint counts for every dimension and factor is all that the
metrics of information need. Counts are additive over rows.
Everything is in nats.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement._binning import BINNINGS as BINNINGS
from latentcli.disentanglement._binning import Binned as Binned
from latentcli.disentanglement._binning import Cut as Cut
from latentcli.disentanglement._binning import check_bins as check_bins
from latentcli.disentanglement._binning import discretize as discretize
from latentcli.disentanglement._binning import distinct as distinct
from latentcli.disentanglement._g_test import informed
from latentcli.disentanglement._tables import ROUNDING, entropy, log_ratios, occupied
from latentcli.numerics.types import Array

_CELLS = 1 << 13
"""Cells of a table that is counted into at a time: few enough to stay in the processor's cache."""

_CHANCE, _EVIDENCE = 0.05, 0.015
"""How improbable by chance, over all pairs, information is that numbers count, and that words claim."""


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

    What is in front of D are groups of rows, each counted by itself. `once` are the same of the distinct rows,
    where rows are repeated: tests and corrections go by these. `pairs` are how many are tested in all, where
    others are counted apart.
    """

    tables: tuple[Array, ...]
    once: tuple[Array, ...] | None = None
    pairs: int | None = None

    @cached_property
    def _tested(self) -> Counts:
        """The counts of what each tells something new."""
        return self if self.once is None else Counts(self.once)

    @cached_property
    def rows(self) -> Array:
        """How many rows (..., D, K) are counted of each pair: those that have the factor."""
        return np.stack([table.sum(axis=(-2, -1)) for table in self.tables], axis=-1)

    @cached_property
    def mutual(self) -> Array:
        """Plug-in mutual information (..., D, K); what rounding leaves of none is 0."""
        mutual = self._bin_entropy + self._class_entropy - self.joint
        return np.where(mutual > ROUNDING, mutual, 0.0)

    @cached_property
    def joint(self) -> Array:
        """Plug-in joint entropy H(z_j, v_k) (..., D, K)."""
        return np.stack([entropy(table, (-2, -1)) for table in self.tables], axis=-1)

    @cached_property
    def code_entropy(self) -> Array:
        """Plug-in entropy of the binned codes (..., D), over the rows of the factor that most have."""
        return np.take_along_axis(
            self._bin_entropy, self.rows.argmax(axis=-1)[..., None], axis=-1
        )[..., 0]

    @cached_property
    def factor_entropy(self) -> Array:
        """Plug-in entropy of the factors (..., K), each over all rows that have it."""
        return self._of_factors(self._class_entropy)

    @cached_property
    def _bin_entropy(self) -> Array:
        """Entropy of the bins of each pair (..., D, K), over the rows that have the factor."""
        return np.stack([entropy(table.sum(axis=-1), (-1,)) for table in self.tables], axis=-1)

    @cached_property
    def _class_entropy(self) -> Array:
        """Entropy of the classes of each pair (..., D, K)."""
        return np.stack([entropy(table.sum(axis=-2), (-1,)) for table in self.tables], axis=-1)

    def _of_factors(self, pairs: Array) -> Array:
        """Return what is said of factors by pairs (..., D, K), of the pair with most rows (..., K)."""
        fullest = self.rows.argmax(axis=-2)[..., None, :]
        return np.take_along_axis(pairs, fullest, axis=-2)[..., 0, :]

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
        rows, bins, classes = self._tested.rows, self._bins, self._classes
        there = np.stack([occupied(table, (-2, -1)) for table in self.tables], axis=-1)
        cells = np.where(self.significant, there, bins * classes)
        twice = 2 * np.maximum(rows, 1)
        of_class = self._class_entropy + (classes - 1) / twice
        code = self._bin_entropy + (bins - 1) / twice
        mutual = self.mutual + (bins + classes - cells - 1) / twice
        mutual = np.clip(mutual, 0.0, np.minimum(code, of_class))
        return Information(mutual, self._of_factors(of_class), code + of_class - mutual)

    @cached_property
    def significant(self) -> npt.NDArray[np.bool_]:
        """Which pairs (..., D, K) have information that is not chance, at a level of 5 %: see `informed`."""
        return informed(self._tested.tables, self._tested.mutual, _CHANCE, self.pairs)

    @cached_property
    def evident(self) -> npt.NDArray[np.bool_]:
        """Which pairs have so much, at a level of 1.5 %, that words claim it: a report has many."""
        return informed(self._tested.tables, self._tested.mutual, _EVIDENCE, self.pairs)

    @property
    def occupied(self) -> Array:
        """How many bins of each dimension (..., D) occur, over the rows of any one factor."""
        return np.asarray(self._bins.max(axis=-1))

    @cached_property
    def _bins(self) -> Array:
        """How many bins occur in each pair (..., D, K)."""
        return np.stack([occupied(table.sum(axis=-1)) for table in self.tables], axis=-1)

    @cached_property
    def _classes(self) -> Array:
        """How many classes occur in each pair (..., D, K)."""
        return np.stack([occupied(table.sum(axis=-2)) for table in self.tables], axis=-1)

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
            rows = np.maximum(total[..., 0, 0], 1)
            second = (table * ratio**2).sum(axis=(-2, -1)) / rows
            variance = np.maximum(second - self.mutual[..., k] ** 2, 0.0)
            errors.append(np.sqrt(variance / np.maximum(self._tested.rows[..., k], 1)))
        return np.stack(errors, axis=-1)


def count(
    binned: Binned,
    factors: Sequence[Array],
    sizes: Sequence[int],
    groups: Array | None = None,
) -> Counts:
    """Count bins of codes (D, N) against each factor (N,) with classes 0 to size - 1, or -1 for none.

    Rows that have no class of a factor are not counted for it. With `groups` (N,), from 0 up, each
    group of rows is counted by itself.
    """
    several = 1 if groups is None else int(groups.max(initial=0)) + 1
    own = np.zeros(binned.labels.shape[1], dtype=np.intp) if groups is None else groups
    tables: list[Array] = [np.empty(0)] * len(sizes)
    # A class more for the rows that have none: it is dropped again.
    missing = [labels < 0 for labels in factors]
    widths = [size + bool(none.any()) for size, none in zip(sizes, missing, strict=True)]
    for together in _counted_together(widths, several * binned.size):
        shape = (several, *(widths[k] for k in together))
        filled = [
            np.where(missing[k], sizes[k], factors[k]) if widths[k] > sizes[k] else factors[k]
            for k in together
        ]
        classes = np.ravel_multi_index((own, *filled), shape)
        cells = math.prod(shape)
        counts = np.stack(
            [
                np.bincount(
                    np.multiply(labels, cells, dtype=np.intp) + classes,
                    minlength=binned.size * cells,
                )
                for labels in binned.labels
            ]
        ).reshape(-1, binned.size, *shape)
        for axis, k in enumerate(together, 3):
            others = tuple(other for other in range(3, counts.ndim) if other != axis)
            table = np.moveaxis(counts.sum(axis=others), 2, 0)[..., : sizes[k]]
            tables[k] = table[0] if groups is None else table
    return Counts(tuple(tables))


def _counted_together(sizes: Sequence[int], others: int) -> list[list[int]]:
    """Group factors whose classes are counted as one: their cells, times `others`, stay in the cache."""
    grouped: list[list[int]] = []
    cells = 0
    for k in np.argsort(sizes, kind="stable").tolist():
        if not grouped or cells * sizes[k] > _CELLS:
            grouped.append([])
            cells = others
        cells *= sizes[k]
        grouped[-1].append(k)
    return grouped
