"""Uniformity and alignment on the sphere: rows at length 1 (Wang and Isola, 2020)."""

from __future__ import annotations

import math

import numpy as np

from latentcli.geometry._cloud import Cloud, Measure, graded, with_white_noise
from latentcli.geometry._isotropy import mean_cosine
from latentcli.geometry._shuffled import SIGNIFICANT, p_value
from latentcli.numerics.points import Points, distances
from latentcli.numerics.resampling import bootstrap
from latentcli.numerics.types import Array, Progress
from latentcli.numerics.vectors import unit

SECTION = "uniformity"
_SHARPNESS = 2.0
_ONE_DIRECTION = 1e-12
_NEAR = 0.5
"""Rows are near each other whose squared distance is less than this share of all pairs'."""


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


def nearer_p(rows: Array, labels: Array, seed: int = 0) -> float:
    """Return the share of shuffles of the labels that bring rows of one label as near, or nearer.

    Of rows (n, D) at length 1 and labels (n,), as `alignment` takes them.
    """
    kept = (labels >= 0) & rows.any(axis=1)
    directions, codes = unit(rows[kept].astype(np.float64)), labels[kept]
    codes = np.unique(codes, return_inverse=True)[1]
    if not len(codes):
        return 1.0
    starts = np.flatnonzero(np.diff(np.sort(codes), prepend=-1))
    by_label = np.argsort(codes, kind="stable")

    def together(order: Array) -> float:
        # The mean over pairs is least where the sums of each label are longest.
        sums = np.add.reduceat(directions[order[by_label]], starts, axis=0)
        return float((sums * sums).sum())

    return p_value(together(np.arange(len(codes))), together, len(codes), seed)


def measure(cloud: Cloud, progress: Progress | None = None) -> tuple[Measure, ...]:
    """Measure how evenly a cloud covers the sphere, and how near rows of one label are."""
    found = [_uniformity(cloud)]
    if cloud.labels is not None:
        found.append(_alignment(cloud, cloud.labels))
    return with_white_noise(found, (), {"uniformity": _read_uniformity})


def _alignment(cloud: Cloud, labels: Array) -> Measure:
    """Measure how near rows of one label are, and read it beside all pairs.

    In a space whose rows share a direction, all rows are near each other.
    """
    value, cosine = alignment(cloud.rows, labels), mean_cosine(cloud.rows)
    if value is None or cosine is None:
        note = "no two rows share a label"
    else:
        p = nearer_p(cloud.rows[cloud.drawn], labels[cloud.drawn], cloud.settings.seed)
        said = _read_alignment(value, 2 - 2 * cosine, p)
        note = "; ".join(filter(None, (said, cloud.zeros)))
    return Measure(SECTION, "alignment", "same label", value, 2.0, note=note)


def _uniformity(cloud: Cloud) -> Measure:
    settings = cloud.settings
    variant = f"t=2{cloud.of_drawn}"
    rows = cloud.rows[cloud.drawn]
    rows = rows[(rows != 0).any(axis=1)]
    if len(rows) < 2:
        return Measure(SECTION, "uniformity", variant, None, note="rows of zeros only")
    each = _kernel_means(unit(rows))
    mean = float(each.mean())
    # A pair counts in the means of both its rows: a row moves the mean by twice its own.
    low, high = bootstrap(2 * each - mean, settings.ci, settings.seed)
    return Measure(
        SECTION,
        "uniformity",
        variant,
        math.log(mean),
        uniformity_of_sphere(cloud.dimensions),
        _log(low),
        _log(high),
        cloud.zeros,
    )


def _log(value: float | None) -> float | None:
    return math.log(value) if value is not None and value > 0 else None


def _read_uniformity(one: Measure) -> str:
    even = one.white_noise or 0.0
    above = (one.value or 0.0) - even
    surely = one.low is not None and one.low > even
    return graded(
        above if surely else 0.0,
        (0.05, "covers the sphere evenly"),
        (0.5, "crowded in places"),
        beyond="crowded: a part of the sphere only",
    )


def _read_alignment(value: float, every: float, p: float) -> str:
    if p > SIGNIFICANT or every <= _ONE_DIRECTION:
        said = "rows of one label are no nearer than any"
    elif value < _NEAR * every:
        said = "rows of one label are near each other"
    else:
        said = "rows of one label are nearer than others"
    return f"{said} (p = {p:.3g}); all pairs: {every:.2f}"
