"""Many models of a sweep: scores by setting over seeds, what explains them, and whether metrics agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Unpack

import numpy as np

from latentcli.disentanglement._attribution import quiet
from latentcli.disentanglement._data import Data, Factors, prepare
from latentcli.disentanglement._disentanglement_report import names_of, settings_of
from latentcli.disentanglement._kept import Scorer, Store
from latentcli.disentanglement._metric import Options, check_ci
from latentcli.disentanglement._score import Score
from latentcli.disentanglement._score_models import Tracker
from latentcli.disentanglement._sweep_statistics import (
    Model,
    of_agreement,
    of_best,
    of_groups,
    of_models,
    of_shares,
    rank_correlation,
    text_of,
)
from latentcli.errors import LatentError, shown
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array
from latentcli.results import HeatMap, Picture, Record, Result, Scalar, Sheet, View

COLUMNS = (
    "level", "model", "group", "setting", "seed", "metric", "value", "low", "high", "models", "sd",
    "rows_width", "share", "chance", "best", "other",
)  # fmt: skip

_OWN = ("name", "codes", "factors", "seed", "settings")
"""Keys of a model's record that are no settings."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SweepResult(Result):
    """The scores of a sweep: `scores[model][metric]`."""

    scores: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)

    def pictures(self) -> tuple[Picture, ...]:
        """Return for each metric a dot a seed by setting, beside their mean; and the rank correlations."""
        from latentcli.disentanglement._pictures import of_sweep

        return (*of_sweep(self.records), *super().pictures())


def sweep(
    models: Sequence[Mapping[str, Any]],
    factors: Factors = None,
    *,
    only: Sequence[str] | None = None,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    limit: int | None = 10_000,
    ci: float | None = 0.95,
    seed: int = 0,
    store: Store | None = None,
    tracker: Tracker | None = None,
    **options: Unpack[Options],
) -> SweepResult:
    """Score all models of a sweep, and say what settings and seeds do to each metric.

    Parameters
    ----------
    models
        A record for each model: `codes` (N, D), or a function without parameters that returns them, called
        when it is their turn; its `seed`; `factors` where they are not those of all; maybe a `name`; its `settings`,
        a mapping, or every other key is a setting. Through `latentcli` also a data frame or a table file, with a column `file`.
    factors
        (N, K) ground-truth factors of all models.
    only
        Names of the table `METRICS`; all of it by default.
    bins, binning, limits, limit, ci, seed
        See `disentanglement_report`.
    store
        A mapping that keeps scores by text: a sweep that was stopped computes only what is missing.
    tracker
        Given what is computed, returns a context with a `progress(done, total)`.

    Returns
    -------
    SweepResult
        Records of five levels. "model": a score with its interval over rows. "group", models of one setting:
        the mean over seeds with its t interval (`low`, `high`), the standard deviation between seeds
        (`sd`) and the mean width of the intervals over rows (`rows_width`). "share": the share of a metric's
        variance between models that a setting, or all settings together, explain (eta squared; Fisher,
        1925), with what a setting without effect would (`chance`); the rest is the seeds'. "best": the best
        model and group by each metric. "agreement": the rank correlation of two metrics over models
        (Spearman), as Locatello et al. (2019) compare metrics.

    Raises
    ------
    LatentError
        For a model without codes, or of another shape than its factors; it is named.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 20)
    >>> runs = [
    ...     {"noise": sd, "seed": s, "codes": grid + sd * rng.normal(size=grid.shape)}
    ...     for sd in (0.1, 1.0)
    ...     for s in range(3)
    ... ]
    >>> result = sweep(runs, grid, only=["mig"])
    >>> [(row["group"], row["models"]) for row in result.records if row["level"] == "group"]
    [('noise=0.1', 3), ('noise=1', 3)]
    """
    names = names_of(only)
    check_ci(ci)
    given = {
        "bins": bins, "binning": binning, "limits": limits, "ci": ci, "seed": seed, "limit": limit,
    }  # fmt: skip
    own = {name: settings_of(name, given) for name in names}
    made = _models(models)
    shared: list[Any] = [factors]

    def scored(model: Model) -> dict[str, Score]:
        scorer = Scorer(_data(model, shared, options), store)
        return {name: scorer.score(name, own[name]) for name in names}

    track = tracker or (lambda _: nullcontext())
    what = f"{len(made):,} models x {len(names)} metrics"
    with track(what) as progress, quiet():  # around all threads: the filters are the process's
        found = dict(zip((one.name for one in made), each(scored, made, progress), strict=True))
    values = np.array(
        [[_number(found[one.name][name].value) for name in names] for one in made]
    )
    groups = _groups(made)
    rows = [
        *of_models(made, found, names),
        *of_groups(groups, made, values, found, names, ci),
        *of_shares(made, values, names),
        *of_best(made, values, names),
        *of_agreement(values, names),
    ]
    return SweepResult(
        title=f"Sweep of {len(made):,} models in {len(groups):,} groups",
        columns=COLUMNS,
        records=[{key: row.get(key) for key in COLUMNS} for row in rows],
        summary={"models": len(made), "groups": len(groups), "metrics": len(names)},
        settings={
            "only": None if only is None else ",".join(names),
            "bins": bins,
            "binning": binning,
            "limit": limit,
            "ci": ci,
            "seed": seed,
            **_kinds(options),
        },
        notes=tuple(_notes(groups, made)),
        views=tuple(_views(rows, names, values)),
        scores=found,
    )


def _models(records: Sequence[Mapping[str, Any]]) -> list[Model]:
    if not records:
        raise LatentError("`models`: no models")
    every = [_settings(record) for record in records]
    keys = list(dict.fromkeys(key for one in every for key in one))
    made = []
    for number, (record, given) in enumerate(zip(records, every, strict=True)):
        if record.get("codes") is None:
            raise LatentError(f"`models`: model {number} has no codes")
        # In one order, so that the same settings are one group however they were written.
        settings = {key: _plain(given.get(key)) for key in keys}
        seed, factors = _plain(record.get("seed")), _plain(record.get("factors"))
        own = Model("", settings, seed, record["codes"], factors)
        name = record.get("name") or f"{own.group or 'model'}, {_seed_or(own.seed, number)}"
        made.append(replace(own, name=str(name)))
    repeated = [one.name for one in made]
    if len(set(repeated)) < len(repeated):
        twice = next(name for name in repeated if repeated.count(name) > 1)
        raise LatentError(f"two models of the sweep are {shown(twice)}: each is named once")
    return made


def _settings(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a record says of its settings."""
    given = record.get("settings")
    if isinstance(given, Mapping):
        return given
    return {key: value for key, value in record.items() if key not in _OWN or key == "settings"}


def _kinds(options: Mapping[str, Any]) -> Record:
    """Return what was said of the kinds of factors."""
    periods = dict(options.get("periodic") or {})
    return {
        "continuous": ", ".join(options.get("continuous") or ()) or None,
        "discrete": ", ".join(options.get("discrete") or ()) or None,
        "periodic": ", ".join(f"{name}={period:g}" for name, period in periods.items()) or None,
        "factor_bins": options.get("factor_bins", 20),
    }


def _seed_or(seed: Scalar, number: int) -> str:
    return f"model {number}" if seed is None else f"seed {text_of(seed)}"


def _data(model: Model, shared: list[Any], options: Mapping[str, Any]) -> Data:
    """Make a model's codes and factors ready; errors name the model."""
    codes = model.codes() if callable(model.codes) else model.codes
    own = model.factors() if callable(model.factors) else model.factors
    try:
        return prepare(codes, shared[0] if own is None else own, **options)
    except LatentError as error:
        error.args = (f"{model.name}: {error}",)
        raise


def _groups(made: Sequence[Model]) -> dict[str, list[int]]:
    """Return the places of the models of each group, in the order of their appearance."""
    groups: dict[str, list[int]] = {}
    for place, one in enumerate(made):
        groups.setdefault(one.group or "all", []).append(place)
    return groups


def _views(rows: Sequence[Record], names: Sequence[str], values: Array) -> list[View]:
    of = {
        level: [row for row in rows if row["level"] == level]
        for level in ("group", "share", "best")
    }
    shares = [row for row in of["share"] if row["share"] is not None]
    found: list[View] = [
        Sheet(
            "mean over seeds, its interval, and the width of intervals over rows",
            ("metric", "group", "models", "value", "low", "high", "sd", "rows_width"),
            sorted(of["group"], key=lambda row: names.index(str(row["metric"]))),
            ("models", "rows_width", "sd"),
        )
    ]
    if shares:
        found.append(
            Sheet(
                "share of the variance between models; seeds account for the rest",
                ("metric", "setting", "share", "chance"),
                shares,
            )
        )
    found.append(Sheet("best model by each metric", ("metric", "best", "value"), of["best"]))
    if len(names) > 1 and len(values) > 2:
        table = [
            [
                1.0 if i == j else rank_correlation(values[:, i], values[:, j])
                for j in range(len(names))
            ]
            for i in range(len(names))
        ]
        filled = [[math.nan if one is None else one for one in row] for row in table]
        if all(math.isfinite(one) for row in filled for one in row):
            found.append(
                HeatMap("rank correlation of metrics", names, names, filled, -1.0, 1.0)
            )
    return found


def _notes(groups: Mapping[str, Sequence[int]], made: Sequence[Model]) -> list[str]:
    notes = []
    alone = [group for group, places in groups.items() if len(places) < 2]
    if alone:
        several = "a group has" if len(alone) == 1 else f"{len(alone):,} groups have"
        notes.append(
            f"{several} one model: without a second seed the deviation over seeds is unknown"
        )
    for group, places in groups.items():
        seeds = [made[place].seed for place in places]
        if None not in seeds and len(set(map(text_of, seeds))) < len(seeds):
            notes.append(f"{group}: two models have the same seed; is a setting missing?")
    return notes


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _plain(value: Any) -> Any:
    """Return a NumPy scalar as Python's; NaN and the like, as tables have it for an empty cell, as None."""
    made = value.item() if isinstance(value, np.generic) else value
    # What is missing is not equal to itself, or does not say (pandas.NA).
    missing = type(made).__name__ in ("NAType", "NaTType")
    return None if missing or (isinstance(made, float) and math.isnan(made)) else made
