"""How sure a score is: intervals by a jackknife over counts, and what chance alone would give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._mutual_information import Counts, Cut, Information
from latentcli.disentanglement._score import Value
from latentcli.errors import UsageError
from latentcli.numerics.resampling import GROUPS, jackknife

Statistic = Callable[[Information], float | None]
"""A score of what dimensions tell about factors; None where it is not defined."""


def check_coverage(ci: float) -> None:
    """Raise UsageError for a coverage that is no share from 0 to below 1."""
    if not 0 <= ci < 1:
        raise UsageError(f"--ci is {ci:g}; it is a share below 1, such as 0.95")


def normal_quantile(ci: float) -> float:
    """Return how many standard errors an interval of coverage `ci` goes to either side."""
    check_coverage(ci)
    # SciPy's takes longer to import than MIG to compute.
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + ci / 2)


def estimates(
    name: str,
    statistic: Statistic,
    data: Data,
    cut: Cut,
    *,
    ci: float | None,
    seed: int,
) -> dict[str, Value]:
    """Return a score's summary: published, corrected, its interval, and what chance gives.

    The published score is of plug-in information; the corrected one has Miller and Madow's
    correction (see `Counts.corrected`), on distinct values where a dimension has few of them.
    """
    better = cut.sharper
    corrected = statistic(data.counts(better).corrected)
    low, high = _interval(statistic, data, better, corrected, ci=ci, seed=seed)
    return {
        name: statistic(data.counts(cut).plugin),
        f"{name}_corrected": corrected,
        f"{name}_low": low,
        f"{name}_high": high,
        f"{name}_chance": chance(statistic, data, cut, seed=seed),
    }


def _interval(
    statistic: Statistic,
    data: Data,
    cut: Cut,
    value: float | None,
    *,
    ci: float | None,
    seed: int,
) -> tuple[float | None, float | None]:
    """Return Student's interval over leaving each of `GROUPS` random parts of the rows out.

    A delete-a-group jackknife (Kott, 2001). A bootstrap would not do: its rows repeat, and that
    looks like information.
    """
    if ci is None or value is None or data.rows < 2 * GROUPS:
        return None, None
    check_coverage(ci)
    parts = data.grouped(cut, seed)
    others = Counts(tuple(t.sum(axis=0) - t for t in parts.tables), data.rows).corrected
    found = [statistic(Information(*each)) for each in zip(*others, strict=True)]
    low, high = jackknife(value, found, ci, limit=1.0)
    return (None if low is None else max(0.0, low)), high


def chance(statistic: Statistic, data: Data, cut: Cut, *, seed: int) -> float | None:
    """Return the mean plug-in score when the factors' rows are shuffled: what no relation gives."""
    found = [statistic(counts.plugin) for counts in data.shuffled(cut, seed)]
    scores = [score for score in found if score is not None]
    return float(np.mean(scores)) if scores else None
