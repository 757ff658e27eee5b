"""The mutual information gap by nearest neighbors: its interval, its chance level, and gaps of vectors."""

from __future__ import annotations

import numpy as np

from latentcli.disentanglement import _attribution as attribution
from latentcli.disentanglement._blocks import Blocks, named_blocks
from latentcli.disentanglement._data import Data
from latentcli.disentanglement._nearest_information import block_information
from latentcli.disentanglement._score import Estimate, Score, shuffles
from latentcli.numerics.halves import Halves
from latentcli.numerics.types import Array
from latentcli.results import Interval

_SHUFFLES = 5
_ASIDE = 2_000_000
"""Numbers up to which a chance level is computed: it takes as long as `_SHUFFLES` scores."""


def estimates(
    data: Data, found: Array, neighbors: int, *, ci: float | None, seed: int,
    groups: Blocks | None = None,
) -> tuple[Estimate, list[Interval | None]]:  # fmt: skip
    """Return the mean of the gaps found (K,) with its interval and chance level, and the interval of each."""

    def of_part(rows: Array) -> dict[str, float | None]:
        part = data.part(rows)
        some = attribution.gaps_of_factors(
            information(part, neighbors, seed, groups), entropies(part)
        )
        named: dict[str, float | None] = dict(
            zip(part.factor_names, some.tolist(), strict=True)
        )
        return named | {"": float(some.mean()) if len(some) == len(data.factors) else None}

    parts = Halves(data.repeats, of_part, ci=ci, seed=seed)
    value = float(found.mean())
    each = [
        parts.interval(name, gap, 0.0, 1.0)
        for name, gap in zip(data.factor_names, found.tolist(), strict=True)
    ]
    null = _null(data, neighbors, seed, groups) if data.codes.size <= _ASIDE else None
    return Estimate(value, parts.interval("", value, 0.0, 1.0), null), each


def of_blocks(
    data: Data, groups: Blocks, neighbors: int, *, ci: float | None, seed: int
) -> Score:
    """Score the gaps between latents that are vectors: `groups` has the dimensions of each."""
    named = named_blocks(data, groups)
    entropy = entropies(data)
    mutual = information(data, neighbors, seed, groups)
    found = attribution.gaps_of_factors(mutual, entropy)
    whole, each = estimates(data, found, neighbors, ci=ci, seed=seed, groups=groups)
    sup = attribution.sup(mutual, entropy)
    rows = attribution.factor_rows(named, mutual, entropy)
    for row, gap, ends in zip(rows, found, each, strict=True):
        row["mig"] = float(gap)
        row["low"], row["high"] = ends or (None, None)
    shares = mutual / entropy
    return Score(
        numbers={"mig": whole, "mig_sup": None if sup is None else float(sup.mean())},
        factors=rows,
        dimensions=[
            {
                "dimension": name,
                "alive": bool(named.alive[j]),
                "factor": data.factor_names[int(shares[j].argmax())],
                "mig_sup": None if sup is None else float(sup[j]),
                "information": [float(value) for value in mutual[j]],
            }
            for j, name in enumerate(named.names)
        ],
        matrix=shares,
        matrix_name="I(z; v) / H(v)",
        settings={"blocks": ", ".join(named.names)},
    )


def information(
    data: Data, neighbors: int, seed: int, groups: Blocks | None, rows: Array | None = None
) -> Array:
    """Return the information (B, K) of dimensions, or of groups of them, at most the entropy of classes."""
    entropy = entropies(data)
    if groups is None:
        mutual = attribution.nearest(data, neighbors, seed, rows, values=True)
        return np.minimum(mutual, entropy)
    mutual = np.zeros((len(groups), len(data.factors)))
    for k, factor in enumerate(data.factors):
        order = np.arange(data.rows) if rows is None else rows
        known = factor.labels[order] >= 0
        whole = factor.targets if factor.kind == "continuous" else factor.labels
        for b, group in enumerate(groups):
            block = data.codes[known][:, list(group)]
            random = np.random.RandomState(seed)
            if data.alive[list(group)].any():
                mutual[b, k] = block_information(block, whole[order][known], neighbors, random)
    return np.minimum(mutual, entropy)


def entropies(data: Data) -> Array:
    """Return the entropy (K,) in nats of the classes of each factor."""
    counts = [np.bincount(factor.labels[factor.known]) for factor in data.factors]
    shares = [some[some > 0] / some.sum() for some in counts]
    return np.array([-(share * np.log(share)).sum() for share in shares])


def _null(
    data: Data, neighbors: int, seed: int, groups: Blocks | None
) -> tuple[float, ...] | None:
    random = np.random.default_rng([seed, 1])
    orders = [data.repeats.permutation(random) for _ in range(shuffles(_SHUFFLES))]
    entropy = entropies(data)
    return (
        tuple(
            float(
                attribution.gaps_of_factors(
                    information(data, neighbors, seed, groups, order), entropy
                ).mean()
            )
            for order in orders
        )
        or None
    )
