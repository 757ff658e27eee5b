"""The squared correlation of one dimension with a factor, over the rows that have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from latentcli.disentanglement._data import Factor
from latentcli.disentanglement._scaling import scales, standardized
from latentcli.numerics.types import Array


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

    def influence(self, column: Array) -> Array:
        """Return the influence (N,) of each row on that share; 0 of rows without the factor."""
        code = self.of_column(column)
        moved = influences(code, self.columns, code @ self.columns / len(code))
        spread = np.zeros(len(column))
        spread[self.factor.known] = moved * (len(column) / len(code))
        return spread


def influences(code: Array, targets: Array, r: Array) -> Array:
    """Return the influence (n,) of rows on r @ r, the correlations (T,) of a dimension with targets (n, T).

    Dimension and targets are standardized: with one target it is 2 r x y - r^2 (x^2 + y^2).
    """
    moved: Array = 2 * (code * (targets @ r)) - (r @ r) * (code**2 + (targets**2).sum(axis=1))
    return moved


def standardize(values: Array) -> Array:
    """Return columns (N, ...) with mean 0 and deviation 1; 0 where they never change."""
    return standardized(values, *scales(values))
