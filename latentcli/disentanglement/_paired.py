"""Models distinguished by a metric: differences from the best on the same halves of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from latentcli.disentanglement._about import about
from latentcli.disentanglement._kept import Scorer
from latentcli.disentanglement._score import Score
from latentcli.numerics.multiple_comparisons import (
    Difference,
    difference_of,
    differences_from_best,
    paired_difference,
)
from latentcli.numerics.resampling import HALVES
from latentcli.numerics.tails import EXTREME
from latentcli.numerics.types import Progress
from latentcli.results import Record

COLUMNS = (
    "metric", "model", "value", "difference", "low", "high", "p_value", "p_holm", "group",
)  # fmt: skip

_COSTLY = {"dci": "boosting", "infomec": None}
"""Metrics (by an estimator, None for any) that would take minutes: halves only on request."""

_WIDENED = {**dict.fromkeys(("modularity", "med"), (4 / 3) ** 0.5), "irs": EXTREME}
"""What the deviation over halves is short by. Of a dimension of noise these are ratios of what is noise itself,
as unsteady on all rows as on half of them; and two random halves share a quarter of its squares. IRS goes by the largest values."""


def default_halves(name: str, settings: Mapping[str, Any]) -> int:
    """Return how many halves distinguish models by a metric, by default."""
    if settings.get("ci", 0.95) in (None, 0):
        return 0
    if name not in _COSTLY:
        return HALVES
    of_compat = about(name).compat.get(str(settings.get("compat")), {})
    estimator = settings.get("estimator", of_compat.get("estimator", "boosting"))
    return 0 if _COSTLY[name] in (None, estimator) else HALVES


def lower_is_better(name: str) -> bool:
    """Tell whether a metric's best value is 0, as what its table says of it begins."""
    return about(name).reading.startswith("0:")


def differences_of(
    name: str,
    scorers: Mapping[str, Scorer],
    scores: Mapping[str, Score],
    settings: Mapping[str, Any],
    *,
    halves: int | None = None,
    progress: Progress | None = None,
) -> list[Record]:
    """Return each model's difference from the best, and the group it is not distinguished from.

    Parameters
    ----------
    name
        The metric.
    scorers, scores
        What scores each model, and its score. Models of the same rows and factors are compared.
    settings
        The metric's.
    halves
        Number of random halves of the rows; 0 for none, None for as many as are cheap.

    Returns
    -------
    list
        From the best down: `difference` from the best with its interval (`low`, `high`), `p_value`
        (t test over halves that are the same rows for both), `p_holm` (Holm, 1979, over all pairs of
        models), and `group`: models that share a letter are not distinguished at p = 0.05 (Piepho, 2004).
    """
    count = default_halves(name, settings) if halves is None else halves
    values = {model: score.value for model, score in scores.items()}
    known = [model for model, value in values.items() if value is not None]
    if count < 2 or len(known) < 2 or not _same_rows([scorers[model] for model in known]):
        return []
    # Rows that repeat each other in any model go together in all.
    repeats = min(
        (scorers[model].data.repeats for model in known), key=lambda one: one.distinct
    )
    parts = {
        model: scorers[model].halves(
            name, settings, count, progress if not place else None, repeats
        )
        for place, model in enumerate(known)
    }
    level, widened = settings.get("ci", 0.95), _WIDENED.get(name, 1.0)

    def difference(one: str, other: str) -> Difference:
        return _difference(values, parts, one, other, level, widened)

    rows = differences_from_best(
        {model: float(values[model] or 0.0) for model in known},
        difference,
        lower_is_better=lower_is_better(name),
    )
    return [{"metric": name, "model": row.pop("name"), **row} for row in rows]


def _difference(
    values: Mapping[str, float | None],
    parts: Mapping[str, Sequence[float | None]],
    one: str,
    other: str,
    level: float | None,
    widened: float,
) -> Difference:
    """Return the score of `other` less that of `one`."""
    halves = [
        float("nan") if a is None or b is None else widened * difference_of(a, b)
        for a, b in zip(parts[one], parts[other], strict=True)
    ]
    whole = difference_of(values[one] or 0.0, values[other] or 0.0)
    return paired_difference(whole, halves, level)


def _same_rows(scorers: Sequence[Scorer]) -> bool:
    """Tell whether models have the same factors row by row: else nothing can be paired."""
    first = scorers[0].data
    return all(
        scorer.data.rows == first.rows
        and scorer.data.factor_names == first.factor_names
        and all(
            (a.labels == b.labels).all()
            for a, b in zip(scorer.data.factors, first.factors, strict=True)
        )
        for scorer in scorers
    )
