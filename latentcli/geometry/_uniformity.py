"""Uniformity and alignment on the sphere: rows at length 1 (Wang and Isola, 2020)."""

from __future__ import annotations

import math

import numpy as np

from latentcli.geometry._cloud import Cloud
from latentcli.geometry._isotropy import mean_cosine
from latentcli.geometry._measure import Measure, graded, of_drawn
from latentcli.geometry._sampling import bootstrap_interval, halves_of
from latentcli.numerics.nulls import PERMUTATIONS, Null, noise_null, permutation_null
from latentcli.numerics.points import Points, distances
from latentcli.numerics.repeats import repeats_of
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import unit
from latentcli.results import Interval

SECTION = "uniformity"
_SHARPNESS = 2.0
_ONE_DIRECTION = 1e-12


def uniformity(rows: Array) -> float:
    """Return log of the mean of exp(-2 |x - y|^2) over pairs of rows (n, D) at length 1, in [-8, 0].

    No row may be zero.
    """
    return float(np.log(_kernel_means(unit(rows)).mean()))


def _kernel_means(directions: Array) -> Array:
    """Return the mean of exp(-2 |x - y|^2) of each row with all others (n,)."""
    found = np.empty(len(directions))
    for part, away in distances(directions):
        found[part] = np.exp(-_SHARPNESS * away**2).sum(axis=1) - 1.0
    return found / (len(directions) - 1)


def uniformity_of_sphere(dimensions: int) -> float:
    """Return the uniformity of directions spread evenly: log(exp(-4) 0F1(D / 2; 4)).

    >>> round(uniformity_of_sphere(3), 3), round(uniformity_of_sphere(512), 3)
    (-2.08, -3.984)
    """
    term, total, step = 1.0, 0.0, 0
    while term > 1e-17 * total:
        total += term
        term *= 4.0 / ((step + 1) * (dimensions / 2 + step))
        step += 1
    return -4.0 + math.log(total)


def alignment(rows: Array, labels: Array) -> float | None:
    """Return the mean of |x - y|^2 over pairs of the same label, rows (N, D) at length 1, in [0, 4].

    Labels (N,) int64; -1 and rows of zeros are left out. None if no two rows share a label.
    """
    points = Points(rows, unit=True)
    size = int(labels.max(initial=-1)) + 1
    sums, counts = np.zeros((size, points.dimensions)), np.zeros(size)
    for part, block in points.blocks():
        kept = (labels[part] >= 0) & block.any(axis=1)
        np.add.at(sums, labels[part][kept], block[kept])
        counts += np.bincount(labels[part][kept], minlength=size)
    pairs = float((counts * (counts - 1)).sum())
    if not pairs:
        return None
    # Over ordered pairs of n unit rows, |x - y|^2 adds up to 2 (n^2 - |sum x|^2).
    return float(2 * (counts**2 - (sums**2).sum(axis=1)).sum() / pairs)


def measure(cloud: Cloud) -> tuple[Measure, ...]:
    """Measure how evenly a cloud covers the sphere, and how near rows of one label are."""
    found = [_uniformity(cloud)]
    if cloud.labels is not None:
        found.append(_alignment(cloud, cloud.labels))
    return tuple(found)


def reading_of_uniformity(value: float, null: Null) -> str:
    """Read the uniformity beside that of directions spread evenly."""
    if not null.larger:
        return "covers the sphere evenly"
    return graded(
        value - null.mean,
        (0.05, "covers the sphere evenly"),
        (0.5, "crowded in places"),
        beyond="crowded: a part of the sphere only",
    )


def reading_of_alignment(value: float, null: Null) -> str:
    """Read the alignment beside that of shuffled labels: all rows are near in a narrow space."""
    if not null.smaller:
        return "rows of one label are no nearer than any"
    if null.mean > _ONE_DIRECTION and value / null.mean < 0.5:
        return "rows of one label are near each other"
    return "rows of one label are nearer than others"


def _alignment(cloud: Cloud, labels: Array) -> Measure:
    name, variant = "alignment", "same label"
    value = alignment(cloud.rows, labels)
    labeled = cloud.rows[labels >= 0]
    cosine = mean_cosine(labeled)
    if value is None or cosine is None:
        note = "no two rows share a label"
        return Measure(SECTION, name, variant, None, white_noise=2.0, note=note)
    null = shuffled_labels_null(
        Points(cloud.rows).take(cloud.sampling.drawn),
        labels[cloud.sampling.drawn],
        cloud.settings.seed,
    )
    # The mean over shuffled labels is that of all pairs, exactly.
    every = 2 - 2 * cosine
    reading, p_value = "", None
    if null is not None:
        reading = reading_of_alignment(value, null._replace(mean=every))
        p_value = null.p_smaller
    halves = halves_of(
        len(labels),
        cloud.settings,
        lambda rows: {name: alignment(cloud.rows[rows], labels[rows])},
    )
    interval = halves.interval(name, value, 0.0, 4.0)
    return Measure(SECTION, name, variant, value, interval, 2.0, every, p_value, reading)


def shuffled_labels_null(rows: Array, labels: Array, seed: int) -> Null | None:
    """Compare the alignment of rows (n, D) with that under shuffled labels; -1 is none."""
    kept = (labels >= 0) & rows.any(axis=1)
    directions = unit(rows[kept])
    classes = np.unique(labels[kept], return_inverse=True)[1]
    if not len(classes):
        return None
    counts = np.bincount(classes).astype(np.float64)
    pairs = float((counts * (counts - 1)).sum())
    if not pairs:
        return None
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)

    def aligned(order: Array) -> float:
        sums = np.add.reduceat(directions[order], starts)
        return float(2 * (counts @ counts - (sums**2).sum()) / pairs)

    rng = np.random.default_rng([seed, 9])
    by_class = np.argsort(classes, kind="stable")
    repeats = repeats_of(directions[by_class], classes[by_class], classes=len(counts))
    every = by_class if repeats else np.arange(len(classes))
    draws = [aligned(every[repeats.permutation(rng)]) for _ in range(PERMUTATIONS)]
    return permutation_null(aligned(by_class), draws)


def _uniformity(cloud: Cloud) -> Measure:
    name, variant = "uniformity", f"t=2{of_drawn(cloud)}"
    each = _of_each(cloud)
    expected = uniformity_of_sphere(cloud.dimensions)
    if each is None:
        return Measure(
            SECTION, name, variant, None, white_noise=expected, note="rows of zeros only"
        )
    mean = float(each.mean())
    # A pair counts in the means of both its rows: a row moves the mean by twice its own.
    interval = bootstrap_interval(2 * each - mean, cloud.settings)
    if interval is not None:
        interval = (
            Interval(math.log(interval.low), math.log(interval.high))
            if interval.low > 0
            else None
        )
    value, draws = math.log(mean), []
    for noise in cloud.noises:
        one = _of_each(noise)
        draws.append(None if one is None else math.log(float(one.mean())))
    null = noise_null(value, draws)
    if null is None:
        return Measure(SECTION, name, variant, value, interval, expected)
    return Measure(
        SECTION, name, variant, value, interval, expected, null.mean, null.p_larger,
        reading_of_uniformity(value, null),
    )  # fmt: skip


def _of_each(cloud: Cloud) -> Array | None:
    """Return the kernel means of the drawn rows that are not zero; None for fewer than two."""
    rows = cloud.rows[cloud.sampling.drawn]
    rows = rows[(rows != 0).any(axis=1)]
    return _kernel_means(unit(rows)) if len(rows) > 1 else None
