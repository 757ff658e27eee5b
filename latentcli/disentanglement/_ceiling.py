"""What perfect codes of the factors score: the factors themselves as codes, by the same protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Data
from latentcli.disentanglement._score import Score, shuffles, value_only
from latentcli.disentanglement._squared_correlation import standardize
from latentcli.numerics.types import Array


def perfect(
    data: Data, deviations: Array | float = 1.0, means: Array | float = 0.0
) -> Data | None:
    """Return the same rows with codes (N, K) that are the factors, of these deviations and means (K,).

    None where a row misses a factor: it would have no code.
    """
    if not all(factor.complete for factor in data.factors):
        return None
    values = np.stack([standardize(factor.values) for factor in data.factors], axis=1)
    alive = np.ones(len(data.factors), dtype=bool)
    # A plain `Data` whatever `data` is: these codes are at hand, also where its own lie in shards.
    return Data(values * deviations + means, data.factors, tuple(data.factor_names), alive)


def ceiling(
    about: About,
    function: Callable[..., Score],
    data: Data,
    score: Score,
    given: Mapping[str, Any],
) -> dict[str, float | None]:
    """Return `ceiling`: what `function` scores perfect codes with the same settings and seed.

    Nothing for a metric whose family computes it from counts, that has none with this estimator, or
    of which the value alone is needed.
    """
    if (
        not about.perfect_codes
        or given.get("estimator", "") in about.no_ceiling
        or not shuffles()
    ):
        return {}
    codes = perfect(data, _deviations(data, score) if about.by_size else 1.0)
    if codes is None or score.value is None:
        return {"ceiling": None}
    # Perfect codes have one dimension for each factor: no blocks.
    own = {
        key: value for key, value in given.items() if key not in ("ci", "progress", "blocks")
    }
    with value_only():
        return {"ceiling": function(codes, ci=None, **own).value}


def _deviations(data: Data, score: Score) -> Array:
    """Return the standard deviation (K,) of the dimension of each factor; 1 where there is none."""
    spread = dict(zip(data.names, data.codes.std(axis=0, dtype=np.float64), strict=True))
    best = {row["factor"]: str(row.get("dimension")) for row in score.factors}
    found = [spread.get(best.get(name, ""), 0.0) for name in data.factor_names]
    return np.array([one if one > 0 else 1.0 for one in found])
