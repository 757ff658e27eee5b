"""Linear structure: whether pairs of rows that stand in one relation share one direction."""

from __future__ import annotations

import numpy as np

from latentcli.geometry._cloud import Cloud, Measure, Relation
from latentcli.numerics import offset_consistency as relations
from latentcli.numerics.resampling import bootstrap
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

SECTION = "linear"


def offset_cosine(starts: Array, ends: Array) -> float | None:
    """Return the mean cosine of the offsets of distinct pairs (n, D), in [-1, 1].

    None for fewer than two offsets that are not zero.
    """
    directions = _directions(starts, ends)
    if len(directions) < 2:
        return None
    return float(_mean_cosines(directions[None])[0])


def _directions(starts: Array, ends: Array) -> Array:
    offsets = ends - starts
    return unit(offsets[offsets.any(axis=1)])


def _mean_cosines(directions: Array) -> Array:
    """Average the cosines of all pairs of rows in each of (B, n, D)."""
    count = directions.shape[1]
    total = directions.sum(axis=1)
    found: Array = ((total * total).sum(axis=1) - count) / (count * (count - 1))
    return found


def measure(cloud: Cloud, progress: Progress | None = None) -> tuple[Measure, ...]:
    """Measure the relations of a cloud, each on its own and all on average."""
    found = [_related(cloud, relation) for relation in cloud.relations]
    known = [one.value for one in found if one.value is not None]
    if len(known) > 1:
        variant = f"mean of {len(known):,} relations"
        mean = float(np.mean(known))
        found.append(Measure(SECTION, "offset_cosine", variant, mean, 0.0))
    return tuple(found)


def _related(cloud: Cloud, relation: Relation) -> Measure:
    settings, pairs = cloud.settings, np.unique(relation.pairs, axis=0)
    starts, ends = cloud.near.take(pairs[:, 0]), cloud.near.take(pairs[:, 1])
    variant = f"{relation.name}, {len(pairs):,} pairs, {cloud.kind}"
    value = offset_cosine(starts, ends)
    if value is None:
        note = "takes two pairs or more whose rows differ"
        return Measure(SECTION, "offset_cosine", variant, None, 0.0, note=note)
    directions = _directions(starts, ends)
    mean = directions.sum(axis=0)
    each = (directions @ mean - 1) / (len(directions) - 1)
    # A pair of offsets counts for both: an offset moves the mean by twice its own.
    low, high = bootstrap(2 * each - value, settings.ci, settings.seed)
    apart = (ends != starts).any(axis=1)
    test = relations.pairing_test(starts[apart], ends[apart], seed=settings.seed)
    note = f"{relations.verdict(value, test, int(apart.sum()))} (p = {test.p_value:.3g})"
    return Measure(SECTION, "offset_cosine", variant, value, 0.0, low, high, note)
