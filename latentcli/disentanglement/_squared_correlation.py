"""The squared correlation of one dimension with a factor, over the rows that have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from latentcli.disentanglement._data import Factor
from latentcli.disentanglement._scaling import scales, standardized
from latentcli.numerics.types import Array

_TOGETHER = 1 << 23
"""Numbers of codes, or of shuffled factors, that are multiplied at a time."""


@dataclass(frozen=True, eq=False)
class Targets:
    """What a dimension is to predict linearly: `columns` (n, T) of mean 0 and summed variance 1.

    A factor has one, an angle two: cosine and sine. `factor.known` are its n rows.
    """

    factor: Factor
    columns: Array

    @classmethod
    def of(cls, factor: Factor) -> Targets:
        values = factor.targets[factor.known]
        mean, deviation = scales(values)
        total = float(np.sqrt((deviation**2).sum()))
        return cls(factor, (values - mean) / (total or 1.0))

    def of_column(self, column: Array) -> Array:
        """Return the values (n,) of a dimension (N,) in these rows, standardized."""
        return standardize(column if self.factor.complete else column[self.factor.known])

    def share(self, code: Array) -> float:
        """Return the share of the targets' variance that a standardized dimension (n,) explains, at most 1.

        Of one target it is r^2.

        >>> values = np.array([1.0, 2.0, 3.0])
        >>> factor = Factor("v", "continuous", np.arange(3), ("1", "2", "3"), values)
        >>> round(Targets.of(factor).share(standardize(-values)), 6)
        1.0
        """
        return min(1.0, float(((code @ self.columns / len(code)) ** 2).sum()))

    def in_order(self, order: Array) -> Array:
        """Return the columns (n, T) so that row order[i] of a dimension meets what row i met."""
        laid = np.empty_like(self.columns)
        laid[order] = self.columns
        return laid

    def influence(self, column: Array) -> Array:
        """Return the influence (N,) of each row on that share; 0 of rows without the factor."""
        code = self.of_column(column)
        moved = influences(code, self.columns, code @ self.columns / len(code))
        spread = np.zeros(len(column))
        spread[self.factor.known] = moved * (len(column) / len(code))
        return spread


def shares(
    codes: Array, targets: Sequence[Targets], orders: Mapping[int, Sequence[Array]]
) -> tuple[Array, dict[int, Array]]:
    """Return `Targets.share` (D, K) of all dimensions of codes (N, D) for all factors, and with the rows in other orders.

    The latter is (P, D) for each factor, by its number, that has P `orders` (n,). Of many
    orders, dimensions are multiplied together, as many as fit a part of the memory.
    """
    found = np.zeros((codes.shape[1], len(targets)))
    null = {k: np.zeros((len(some), codes.shape[1])) for k, some in orders.items()}
    step = max(1, _TOGETHER // max(1, len(codes)))
    for start in range(0, codes.shape[1], step):
        block = slice(start, start + step)
        columns = codes[:, block].astype(np.float64, order="F")
        whole = standardize(columns)
        for k, one in enumerate(targets):
            code = whole if one.factor.complete else one.of_column(columns)
            # One by one: what BLAS multiplies together differs by rounding, and copies are to score 0.
            found[block, k] = [one.share(column) for column in code.T]
            some = orders.get(k, ())
            for first in range(0, len(some), step):
                part = slice(first, first + step)
                laid = np.stack([one.in_order(order) for order in some[part]], axis=-1)
                null[k][part, block] = _explained(code, laid).T
    return found, null


def _explained(codes: Array, targets: Array) -> Array:
    """Return the shares (D, ...) of the variance of targets (n, T, ...) that standardized codes (n, D) explain."""
    r = np.tensordot(codes, targets, axes=(0, 0)) / len(codes)
    explained: Array = np.minimum(1.0, (r**2).sum(axis=1))
    return explained


def influences(code: Array, targets: Array, r: Array) -> Array:
    """Return the influence (n,) of rows on r @ r, the correlations (T,) of a dimension with targets (n, T).

    Dimension and targets are standardized: with one target it is 2 r x y - r^2 (x^2 + y^2).
    """
    moved: Array = 2 * (code * (targets @ r)) - (r @ r) * (code**2 + (targets**2).sum(axis=1))
    return moved


def standardize(values: Array) -> Array:
    """Return columns (N, ...) with mean 0 and deviation 1; 0 where they never change."""
    return standardized(values, *scales(values))
