"""Linear structure: whether pairs of rows that stand in one relation share one direction."""

from __future__ import annotations

import numpy as np

from latentcli.geometry._cloud import Cloud, Relation
from latentcli.geometry._measure import Measure, kind_of
from latentcli.geometry._sampling import bootstrap_interval
from latentcli.numerics.blocks import sampled
from latentcli.numerics.offset_consistency import (
    distinct_pairs,
    mean_cosine,
    pairing_test,
    verdict,
)
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit

SECTION = "linear"
_TESTED = 500
"""Pairs at most that are paired at random."""


def offset_cosine(starts: Array, ends: Array) -> float | None:
    """Return the mean cosine of the offsets of distinct pairs (n, D), in [-1, 1].

    The offset concentration score of Fournier, Dupoux and Dunbar (2020). None for fewer than two
    offsets that are not zero.
    """
    offsets = ends - starts
    directions = unit(offsets[offsets.any(axis=1)])
    return mean_cosine(directions) if len(directions) > 1 else None


def measure(cloud: Cloud) -> tuple[Measure, ...]:
    """Measure the relations of a cloud, each on its own and all on average."""
    found = [_related(cloud, relation) for relation in cloud.relations]
    known = [one.value for one in found if one.value is not None]
    if len(known) > 1:
        variant = f"mean of {len(known):,} relations"
        found.append(
            Measure(SECTION, "offset_cosine", variant, float(np.mean(known)), white_noise=0.0)
        )
    return tuple(found)


def _related(cloud: Cloud, relation: Relation) -> Measure:
    settings, pairs = cloud.settings, np.unique(relation.pairs, axis=0)
    starts, ends = cloud.near.take(pairs[:, 0]), cloud.near.take(pairs[:, 1])
    moved = (starts != ends).any(axis=1)
    starts, ends = starts[moved], ends[moved]
    variant = f"{relation.name}, {len(pairs):,} pairs, {kind_of(cloud)}"
    value = offset_cosine(starts, ends)
    if value is None:
        note = "takes two pairs or more whose rows differ"
        return Measure(SECTION, "offset_cosine", variant, None, white_noise=0.0, note=note)
    directions = unit(ends - starts)
    each = (directions @ directions.sum(axis=0) - 1) / (len(directions) - 1)
    # A pair of offsets counts for both: an offset moves the mean by twice its own.
    interval = bootstrap_interval(2 * each - value, settings)
    some = sampled(len(starts), _TESTED, settings.seed)
    kept = some[distinct_pairs(starts[some], ends[some])]
    test = pairing_test(starts[kept], ends[kept], seed=settings.seed) if len(kept) > 1 else None
    return Measure(
        SECTION, "offset_cosine", variant, value, interval, 0.0,
        test.chance if test else None, test.p_value if test else None, verdict(value, test, len(kept)),
    )  # fmt: skip
