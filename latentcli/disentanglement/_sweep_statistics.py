"""What is computed of the scores of a sweep: means over seeds, shares of variance, ranks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentcli.disentanglement._about import about
from latentcli.disentanglement._paired import lower_is_better
from latentcli.disentanglement._score import Score
from latentcli.numerics.types import Array
from latentcli.results import Record, Scalar

_DIGITS = 12
"""Decimals of a score that are more than rounding."""

_WHOLE = 1e15


@dataclass(frozen=True)
class Model:
    """One model of a sweep: its name, the values of its settings, its seed, and how its codes come in."""

    name: str
    settings: Record
    seed: Scalar
    codes: Any
    factors: Any

    @property
    def group(self) -> str:
        """Its settings in words; models of one group differ in their seeds only."""
        return ", ".join(f"{key}={text_of(value)}" for key, value in self.settings.items())


def of_models(
    made: Sequence[Model], found: Mapping[str, Mapping[str, Score]], names: Sequence[str]
) -> list[Record]:
    rows: list[Record] = []
    for one in made:
        for name in names:
            score = found[one.name][name]
            low, high = score.interval or (None, None)
            rows.append(
                {
                    "level": "model",
                    "model": one.name,
                    "group": one.group or "all",
                    "seed": one.seed,
                    "metric": name,
                    "value": score.value,
                    "low": low,
                    "high": high,
                    "chance": score.chance,
                }
            )
    return rows


def of_groups(
    groups: Mapping[str, Sequence[int]],
    made: Sequence[Model],
    values: Array,
    found: Mapping[str, Mapping[str, Score]],
    names: Sequence[str],
    ci: float | None,
) -> list[Record]:
    rows: list[Record] = []
    for group, places in groups.items():
        for column, name in enumerate(names):
            known = values[places, column]
            known = known[np.isfinite(known)]
            widths = [
                score.interval.high - score.interval.low
                for score in (found[made[place].name][name] for place in places)
                if score.interval is not None
            ]
            low, high = t_interval(known, ci, about(name).bounds)
            rows.append(
                {
                    "level": "group",
                    "group": group,
                    "metric": name,
                    "models": len(known),
                    "value": float(known.mean()) if len(known) else None,
                    "low": low,
                    "high": high,
                    "sd": float(known.std(ddof=1)) if len(known) > 1 else None,
                    "rows_width": float(np.mean(widths)) if widths else None,
                }
            )
    return rows


def t_interval(
    values: Array, level: float | None, bounds: tuple[float, float] = (-math.inf, math.inf)
) -> tuple[float | None, float | None]:
    """Return Student's interval of a mean of values (n,), within bounds; None, None of fewer than two.

    >>> [round(end, 4) for end in t_interval(np.array([1.0, 2.0, 3.0]), 0.95)]
    [-0.4841, 4.4841]
    """
    if level is None or len(values) < 2:
        return None, None
    from scipy.special import stdtrit

    reach = values.std(ddof=1) / math.sqrt(len(values))
    reach *= float(stdtrit(len(values) - 1, (1 + level) / 2))
    middle = float(values.mean())
    low, high = min(bounds[0], middle), max(bounds[1], middle)
    return max(low, float(middle - reach)), min(high, float(middle + reach))


def explained(values: Array, groups: Sequence[Scalar]) -> tuple[float | None, float | None]:
    """Return eta squared, the share of variance between groups, and its mean without any effect.

    Without an effect a classification of n values into g groups explains (g - 1) / (n - 1).

    >>> explained(np.array([1.0, 1.0, 3.0, 3.0]), ["a", "a", "b", "b"])
    (1.0, 0.3333333333333333)
    """
    known = np.isfinite(values)
    values = values[known]
    labels = [text_of(group) for group, there in zip(groups, known, strict=True) if there]
    _, place = np.unique(labels, return_inverse=True) if labels else (None, np.zeros(0, int))
    if len(values) < 3 or not 1 < place.max() + 1 < len(values) or _is_constant(values):
        return None, None
    count = np.bincount(place)
    means = np.bincount(place, values) / count
    total = ((values - values.mean()) ** 2).sum()
    between = (count * (means - values.mean()) ** 2).sum()
    return float(min(1.0, between / total)), (len(count) - 1) / (len(values) - 1)


def of_shares(made: Sequence[Model], values: Array, names: Sequence[str]) -> list[Record]:
    keys = list(dict.fromkeys(key for one in made for key in one.settings))
    ways: dict[str, list[Scalar]] = {
        key: [one.settings.get(key) for one in made] for key in keys
    }
    if len(keys) > 1:
        ways["all settings"] = [one.group for one in made]
    rows: list[Record] = []
    for column, name in enumerate(names):
        for way, groups in ways.items():
            share, chance = explained(values[:, column], groups)
            rows.append(
                {
                    "level": "share",
                    "setting": way,
                    "metric": name,
                    "share": share,
                    "chance": chance,
                }
            )
    return rows


def of_best(made: Sequence[Model], values: Array, names: Sequence[str]) -> list[Record]:
    rows: list[Record] = []
    for column, name in enumerate(names):
        sign = -1.0 if lower_is_better(name) else 1.0
        scores = np.where(np.isfinite(values[:, column]), sign * values[:, column], -np.inf)
        best = made[int(scores.argmax())] if np.isfinite(scores).any() else None
        rows.append(
            {
                "level": "best",
                "metric": name,
                "best": None if best is None else best.name,
                "group": None if best is None else best.group or "all",
                "seed": None if best is None else best.seed,
                "value": None if best is None else float(sign * scores.max()),
            }
        )
    return rows


def of_agreement(values: Array, names: Sequence[str]) -> list[Record]:
    rows: list[Record] = []
    for i, name in enumerate(names):
        for j, other in enumerate(names):
            if i < j:
                rows.append(
                    {
                        "level": "agreement",
                        "metric": name,
                        "other": other,
                        "value": rank_correlation(values[:, i], values[:, j]),
                    }
                )
    return rows


def rank_correlation(x: Array, y: Array) -> float | None:
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < 3 or _is_constant(x[known]) or _is_constant(y[known]):
        return None
    from scipy.stats import rankdata

    ranks = (rankdata(one[known].round(_DIGITS)) for one in (x, y))
    return float(np.corrcoef(*ranks)[0, 1])


def _is_constant(values: Array) -> bool:
    """Tell whether values (n,) are the same but for rounding."""
    return bool(np.ptp(values.round(_DIGITS)) == 0)


def text_of(value: Scalar) -> str:
    """Return a value of a setting in words: `4`, not `4.0`; two that differ in words that differ.

    >>> text_of(20240101.0), text_of(1e-5), text_of(float(np.float32(0.1)))
    ('20240101', '1e-05', '0.1')
    """
    if not isinstance(value, float):
        return str(value)
    if value.is_integer() and abs(value) < _WHOLE:
        return str(int(value))
    with np.errstate(over="ignore"):
        single = np.float32(value)
    return str(single if single == value else value)
