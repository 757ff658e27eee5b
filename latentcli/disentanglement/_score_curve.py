"""What a score does with the number of rows: the same metric on N/8, N/4, N/2 and all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentcli.disentanglement._about import about
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._disentanglement_report import names_of
from latentcli.disentanglement._metric import READING
from latentcli.disentanglement._models import function
from latentcli.disentanglement._score import value_only
from latentcli.disentanglement._score_models import Tracker
from latentcli.errors import LatentError, ParameterError
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array, Progress
from latentcli.results import Band, Curve, Picture, Record, Result, Sheet

COLUMNS = ("metric", "model", "rows", "draws", "value", "low", "high", "sd")

_PARTS = (8, 4, 2, 1)
_LEAST = 20
"""Fewer rows than this are no part: nothing can be fitted to them."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ScoreCurve(Result):
    """Scores by the number of rows: see `score_curve`."""

    def pictures(self) -> tuple[Picture, ...]:
        """Return a chart for each metric: scores over rows, a line for each model."""
        return _pictures(self.records)


def score_curve(
    metrics: str | Sequence[str],
    codes: Codes | Data | Mapping[str, Codes | Data],
    factors: Factors = None,
    *,
    draws: int = 8,
    ci: float | None = 0.95,
    seed: int = 0,
    tracker: Tracker | None = None,
    **settings: Any,
) -> ScoreCurve:
    """Score codes (N, D) on N/8, N/4, N/2 and N rows: scores of unequally many rows do not compare.

    Parameters
    ----------
    metrics
        A name of the table `METRICS`, or several.
    codes, factors
        See `score_models`; several models are scored on as many rows as the one with the fewest has.
    draws
        Random parts of each size, from 2; everything is fitted afresh to each.
    ci, seed
        Coverage of the intervals, None for none; random seed.
    tracker
        Given what is computed, returns a context with a `progress(done, total)`.
    **settings
        The metrics' own.

    Returns
    -------
    ScoreCurve
        A record for each metric, model and number of rows: `value`, the mean over `draws` parts; `low`
        and `high`, the range for what other rows, as many, score; `sd`, the deviation between parts.
        All rows are one part, with the score's own interval.

    Raises
    ------
    ParameterError
        For a metric that is not there, or fewer than two draws.
    LatentError
        For fewer than 160 rows, whose eighth is too small to be scored.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 40)
    >>> noisy = grid + np.random.default_rng(0).normal(size=grid.shape)
    >>> [row["rows"] for row in score_curve("mig", noisy, grid).records]
    [60, 120, 240, 480]
    """
    names = names_of([metrics] if isinstance(metrics, str) else metrics)
    if draws < 2:
        raise ParameterError("draws", draws, "a whole number from 2")
    options = {key: settings.pop(key) for key in READING if key in settings}
    given = codes if isinstance(codes, Mapping) else {"codes": codes}
    data = {model: prepare(one, factors, **options) for model, one in given.items()}
    rows = min(one.rows for one in data.values())
    if rows // _PARTS[0] < _LEAST:
        raise LatentError(f"{rows:,} rows: an eighth of them is too small to be scored")
    track = tracker or (lambda _: nullcontext())
    records: list[Record] = []
    for name in names:
        for model, one in data.items():
            with track(f"{name} of {model}" if len(data) > 1 else name) as progress:
                found = _curve(name, one, rows, draws, ci, seed, settings, progress)
            records += [{"metric": name, "model": model, **row} for row in found]
    shown = [key for key, many in (("metric", names), ("model", data)) if len(many) > 1]
    return ScoreCurve(
        title=f"{', '.join(names)} by the number of rows",
        columns=COLUMNS,
        records=records,
        settings={
            "metrics": ",".join(names),
            "draws": draws,
            "ci": ci,
            "seed": seed,
            **settings,
        },
        notes=(
            f"parts of the rows are drawn {draws} times; everything is fitted afresh to each",
        ),
        views=(Sheet("", (*shown, *COLUMNS[2:]), records, ("draws", "sd")),),
    )


def _curve(
    name: str,
    data: Data,
    rows: int,
    draws: int,
    ci: float | None,
    seed: int,
    settings: Mapping[str, Any],
    progress: Progress | None,
) -> list[Record]:
    """Return the records of one metric of one model."""
    from latentcli.disentanglement import parameters

    own = {
        key: value for key, value in settings.items() if key in (*parameters(name), "compat")
    }
    own |= {"seed": seed} if "seed" in parameters(name) else {}
    without = {**own, "ci": None} if "ci" in parameters(name) else own
    random = np.random.default_rng([seed, 6])
    sizes = [rows // part for part in _PARTS]
    chosen = [
        (size, np.sort(random.choice(data.rows, size, replace=False)))
        for size in sizes if size < data.rows for _ in range(draws)
    ]  # fmt: skip

    def scored(one: tuple[int, Array]) -> float | None:
        part = data.part(one[1])
        if len(part.factors) < len(data.factors):
            return None  # a factor is the same in all of these rows
        with value_only():
            try:
                return function(name)(part, **without).value
            except LatentError:
                return None

    found = each(scored, chosen, progress)
    made: list[Record] = []
    for size in sizes:
        if size == data.rows:
            score = function(name)(
                data, **(own | ({"ci": ci} if "ci" in parameters(name) else {}))
            )
            low, high = score.interval or (None, None)
            row: Record = {
                "draws": 1,
                "value": score.value,
                "low": low,
                "high": high,
                "sd": None,
            }
        else:
            values = [
                v
                for (n, _), v in zip(chosen, found, strict=True)
                if n == size and v is not None
            ]
            row = _summed(values, size / data.rows, ci, about(name).bounds)
        made.append({"rows": size, **row})
    return made


def _summed(
    values: Sequence[float], share: float, ci: float | None, bounds: tuple[float, float]
) -> Record:
    """Return the mean of parts that are a share of the rows, and the range for other rows, as many.

    The deviation between parts of m of n rows is that between samples of m rows times sqrt(1 - m / n).
    """
    row: Record = {"draws": len(values), "value": None, "low": None, "high": None, "sd": None}
    if values:
        row["value"] = float(np.mean(values))
    if len(values) > 1:
        from scipy.special import stdtrit

        sd = float(np.std(values, ddof=1))
        row["sd"] = sd
        if ci:
            reach = sd / math.sqrt(1 - share) * float(stdtrit(len(values) - 1, (1 + ci) / 2))
            middle = float(np.mean(values))
            row |= {
                "low": max(middle - reach, min(bounds[0], middle)),
                "high": min(middle + reach, max(bounds[1], middle)),
            }
    return row


def _pictures(records: Sequence[Record]) -> tuple[Picture, ...]:
    charts: list[Picture] = []
    for metric in dict.fromkeys(str(row["metric"]) for row in records):
        mine = [row for row in records if row["metric"] == metric]
        x = sorted({float(str(row["rows"])) for row in mine})
        lines = {
            str(model): [_number(row["value"]) for row in mine if row["model"] == model]
            for model in dict.fromkeys(row["model"] for row in mine)
        }
        bands = [
            Band(
                "interval",
                [_number(row["low"]) for row in mine if row["model"] == model],
                [_number(row["high"]) for row in mine if row["model"] == model],
            )
            for model in (lines if len(lines) == 1 else ())
        ]
        charts.append(Curve(metric, "rows", "score", x, lines, bands, log="x"))
    return tuple(charts)


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan
