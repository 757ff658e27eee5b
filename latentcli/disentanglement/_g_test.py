"""Which dimensions have information about a factor that is not chance: a G-test of their counts."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from latentcli.disentanglement._tables import log_ratios, occupied
from latentcli.numerics.types import Array

_SPARSE = 1.5
"""Williams' correction above which a table has too many rare bins and classes for it."""


def informed(
    tables: Sequence[Array], mutual: Array, level: float, pairs: int | None = None
) -> npt.NDArray[np.bool_]:
    """Test which pairs (..., D, K) of bins and classes have information that is not chance.

    `tables[k]` are counts (..., D, B, M_k), `mutual` (..., D, K) their information I. By a G-test of
    each pair, with Bonferroni's correction for their number, or for `pairs`. If bin and class are independent, 2 N I is
    chi-squared with (bins - 1)(classes - 1) degrees of freedom (Wilks, 1938), and more with few rows a
    cell, which Williams (1976) puts right. With many rare bins and classes his correction expects
    more than 2 N I can be: there, rare ones are also tested as one, and each test has half the level.
    Which tests are made depends on how many rows bins and classes have, not on what they have in
    common.
    """
    level /= pairs or mutual.shape[-2] * mutual.shape[-1]
    found = [_informed(table, mutual[..., k], level) for k, table in enumerate(tables)]
    return np.stack(found, axis=-1)


def _informed(table: Array, mutual: Array, level: float) -> npt.NDArray[np.bool_]:
    found, excess = _beyond(table, mutual, level)
    sparse = excess > _SPARSE
    if sparse.any():
        pooled = _pool(_pool(table, -2), -1)
        rows = np.maximum(pooled.sum(axis=(-2, -1)), 1)
        left = (pooled * log_ratios(pooled)).sum(axis=(-2, -1)) / rows
        either = _beyond(table, mutual, level / 2)[0] | _beyond(pooled, left, level / 2)[0]
        found = np.where(sparse, either, found)
    return found


def _beyond(table: Array, mutual: Array, level: float) -> tuple[npt.NDArray[np.bool_], Array]:
    """Return which tables (...) have more than all but `level` of independent ones, and Williams' correction.

    The quantile of chi-squared is by Wilson and Hilferty (1931): SciPy's would take longer to import.
    """
    of_bins, of_classes = table.sum(axis=-1), table.sum(axis=-2)
    rows = of_bins.sum(axis=-1)
    bins, classes = occupied(of_bins), occupied(of_classes)
    freedom = np.maximum((bins - 1) * (classes - 1), 1)
    scale = 6 * np.maximum(rows, 1) * freedom
    excess = (
        1 + (rows * _reciprocals(of_bins) - 1) * (rows * _reciprocals(of_classes) - 1) / scale
    )
    spread = 2 / (9 * freedom)
    reach = NormalDist().inv_cdf(1 - level) * np.sqrt(spread)
    highest = freedom * (1 - spread + reach) ** 3
    varies = (bins > 1) & (classes > 1)
    return varies & (2 * rows * mutual / excess > highest), excess


def _pool(table: Array, axis: int) -> Array:
    """Return a table (..., B, M) whose rare bins (axis -2), or classes (-1), are one more at the end.

    Rare are those of fewer than sqrt(N / 3) rows: with as many in each, Williams' correction is 1.5.
    """
    counts = table.sum(axis=-3 - axis, keepdims=True)
    rare = 3 * counts**2 < table.sum(axis=(-2, -1), keepdims=True)
    together = np.where(rare, table, 0).sum(axis=axis, keepdims=True)
    return np.concatenate([np.where(rare, 0, table), together], axis=axis)


def _reciprocals(counts: Array) -> Array:
    """Return the sum of 1 / n over counts (..., n) that are not 0."""
    parts = np.divide(1.0, counts, out=np.zeros(counts.shape), where=counts > 0)
    return np.asarray(parts.sum(axis=-1))
