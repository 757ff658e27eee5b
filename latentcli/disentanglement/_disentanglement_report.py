"""All metrics of codes and factors in one report, of one model or of several side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Unpack

from latentcli.disentanglement import METRICS
from latentcli.disentanglement._about import about, parameters
from latentcli.disentanglement._attribution import readings
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._kept import Scorer, Store
from latentcli.disentanglement._metric import Options, check_ci, check_halves
from latentcli.disentanglement._models import notes_of
from latentcli.disentanglement._mutual_information import Cut
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._paired import default_halves, differences_of
from latentcli.disentanglement._score import Score
from latentcli.disentanglement._score_models import COSTLY, Tracker
from latentcli.disentanglement._views import heat_map, size_of_models, table
from latentcli.errors import ParameterError, check_choice
from latentcli.numerics.multiple_comparisons import difference_keys
from latentcli.results import Picture, Record, Result, Scalar, Sheet, View

COLUMNS = ("model", "metric", "level", "name", "score", "value")

_TOGETHER = ("low", "high", "chance")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DisentanglementReport(Result):
    """The scores of one model or several: `scores[model][metric]`.

    `differences[metric]` has a record for each of several models, from the best down.
    """

    scores: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)
    differences: Mapping[str, Sequence[Record]] = field(default_factory=dict)

    def pictures(self) -> tuple[Picture, ...]:
        """Return all metrics of all models as dots with intervals, and what dimensions say of factors."""
        from latentcli.disentanglement._pictures import of_report

        return of_report(self.scores, self.views)


def disentanglement_report(
    codes: Codes | Data | Mapping[str, Codes | Data],
    factors: Factors = None,
    *,
    only: Sequence[str] | None = None,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    limit: int | None = 10_000,
    ci: float | None = 0.95,
    seed: int = 0,
    halves: int | None = None,
    store: Store | None = None,
    tracker: Tracker | None = None,
    **options: Unpack[Options],
) -> DisentanglementReport:
    """Score codes (N, D) against ground-truth factors (N, K) by every metric.

    Parameters
    ----------
    codes
        (N, D) numbers; or several models: a mapping of each name to its codes, scored with the same
        seed and the same split.
    only
        Names of the table `METRICS`; all of it by default.
    bins, binning, limits
        How dimensions are cut into bins.
    limit
        Maximum number of rows for metrics that fit models; None for all.
    ci
        Coverage of the confidence intervals; None for none.
    seed
        Random seed.
    halves
        Number of random halves of the rows, the same for all models, by which models are distinguished
        (see `latentcli.score_models`); 0 for none, None for 20 where a metric is quick.
    store
        A mapping that keeps scores by text, so that none is computed twice.
    tracker
        Given what is computed, returns a context with a `progress(done, total)`.

    Returns
    -------
    DisentanglementReport
        A record for each number: of the whole, of each factor, of each dimension.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> report = disentanglement_report(grid, grid, only=["mig", "modularity"])
    >>> report.summary["mig"], report.summary["modularity"]
    (1.0, 1.0)
    """
    names = names_of(only)
    check_ci(ci)
    given = {
        "bins": bins, "binning": binning, "limits": limits, "ci": ci, "seed": seed, "limit": limit,
    }  # fmt: skip
    models = codes if isinstance(codes, Mapping) else {"codes": codes}
    check_halves(halves)
    data = {model: prepare(one, factors, **options) for model, one in models.items()}
    scorers = {model: Scorer(one, store) for model, one in data.items()}
    settings = {name: settings_of(name, given) for name in names}
    track = tracker or (lambda _: nullcontext())
    scores: dict[str, dict[str, Score]] = {model: {} for model in data}
    for model, scorer in scorers.items():
        for name in names:
            with track(f"{name} of {model}" if len(data) > 1 else name) as progress:
                scores[model][name] = scorer.score(name, settings[name], progress)
    apart, costly = _differences_of(scorers, scores, settings, halves, track)
    settings_made: Record = {
        "only": None if only is None else ",".join(names), "bins": bins, "binning": binning, "limit": limit, "ci": ci,
        "seed": seed,
    }  # fmt: skip
    every = {
        model: Result(notes=tuple(dict.fromkeys(n for one in made.values() for n in one.notes)))
        for model, made in scores.items()
    }
    cut = Cut(bins, binning, limits)
    return DisentanglementReport(
        title=f"Disentanglement: {size_of_models([*data.values()])}",
        columns=COLUMNS,
        records=[row for model, made in scores.items() for row in _records(model, made, apart)],
        summary=_summary(scores),
        settings=settings_made,
        notes=(*notes_of(every), *costly),
        views=tuple(_views(data, scores, apart, cut)),
        scores=scores,
        differences=apart,
    )


def names_of(only: Sequence[str] | None) -> list[str]:
    if only is None:
        return list(METRICS)
    names = list(dict.fromkeys(name.strip() for name in only if name.strip()))
    if not names:
        raise ParameterError("`only` names no metric")
    for name in names:
        check_choice("metric", name, METRICS)
    return names


def settings_of(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shared settings that a metric takes: `bins` only where they cut dimensions."""
    known = parameters(name)
    shared = ("bins", "binning", "limits") if "binning" in known else ()
    return {key: given[key] for key in (*shared, "limit", "ci", "seed") if key in known}


def _differences_of(
    scorers: Mapping[str, Scorer],
    scores: Mapping[str, Mapping[str, Score]],
    settings: Mapping[str, Mapping[str, Any]],
    halves: int | None,
    track: Tracker,
) -> tuple[dict[str, list[Record]], list[str]]:
    """Return the differences of models by each metric, and what is said of costly metrics."""
    if len(scorers) < 2:
        return {}, []
    found = {}
    for name, own in settings.items():
        by_model = {model: made[name] for model, made in scores.items()}
        with track(f"{name} on halves of the rows") as progress:
            found[name] = differences_of(
                name, scorers, by_model, own, halves=halves, progress=progress
            )
    costly = [
        name
        for name, own in settings.items()
        if own.get("ci", 0.95) and halves is None and not default_halves(name, own)
    ]
    return found, [COSTLY.format(listed(costly))] if costly else []


def _records(
    model: str, scores: Mapping[str, Score], apart: Mapping[str, Sequence[Record]]
) -> list[Record]:
    """Return every number as a record: of the whole, of each factor, of each dimension."""
    rows: list[Record] = []
    for name, made in scores.items():
        mine = next((row for row in apart.get(name, ()) if row["model"] == model), {})
        whole = {**made.summary, **difference_keys(mine)}
        levels: list[tuple[str, Scalar, Record]] = [("all", None, whole)]
        levels += [("factor", row["factor"], row) for row in made.factors]
        levels += [("dimension", row["dimension"], row) for row in made.dimensions]
        rows += [
            dict(zip(COLUMNS, (model, name, level, whose, key, value), strict=True))
            for level, whose, row in levels
            for key, value in row.items()
            if key != level and not isinstance(value, list)
        ]
    return rows


def _summary(scores: Mapping[str, Mapping[str, Score]]) -> Record:
    """Return the score of each metric; of several models the records have them."""
    if len(scores) > 1:
        return {"models": len(scores)}
    return {name: made.value for name, made in next(iter(scores.values())).items()}


def _views(
    data: Mapping[str, Data],
    scores: Mapping[str, Mapping[str, Score]],
    apart: Mapping[str, Sequence[Record]],
    cut: Cut,
) -> list[View]:
    if len(scores) == 1:
        found: list[View] = [_one_model(scores)]
    else:
        values = {m: {name: one.value for name, one in s.items()} for m, s in scores.items()}
        found = [_models("scores", values)]
        letters = {
            model: {
                name: next((row["group"] for row in rows if row["model"] == model), None)
                for name, rows in apart.items()
                if rows
            }
            for model in scores
        }
        if any(letters.values()):
            found.append(_models("models that share a letter are not distinguished", letters))
    for model, one in data.items():
        prefix = f"{model}: " if len(scores) > 1 else ""
        if one.factors:
            found += _detail(one, scores[model], cut, prefix)
    return found


def _one_model(scores: Mapping[str, Mapping[str, Score]]) -> Sheet:
    """Return a row for each metric, and one for each score to be read with it."""
    rows: list[Record] = []
    for name, made in next(iter(scores.values())).items():
        label = name.replace("-", "_")
        for key in (label, *about(name).read_with):
            row: Record = {"metric": name if key == label else f"- {key}"}
            row["value"] = made.summary.get(key)
            rows.append(
                row | {other: made.summary.get(f"{key}_{other}") for other in _TOGETHER}
            )
    return Sheet("scores", ("metric", "value", *_TOGETHER), rows)


_HEADING = 24
"""Letters of a name that is a heading without being broken."""


def _models(title: str, values: Mapping[str, Mapping[str, Scalar]]) -> Sheet:
    """Return a row for each model and a column for each metric, or the other way round.

    Models are rows while the metrics fit in 80 columns, and where their names are too long for headings.
    """
    names = list(next(iter(values.values())))
    longest = max(map(len, values))
    if sum(max(len(name), 6) + 3 for name in names) + longest <= 80 or longest > _HEADING:
        rows: list[Record] = [{"model": model, **row} for model, row in values.items()]
        return Sheet(title, ("model", *names), rows)
    rows = [{"metric": name, **{m: row[name] for m, row in values.items()}} for name in names]
    return Sheet(title, ("metric", *values), rows)


def _detail(data: Data, scores: Mapping[str, Score], cut: Cut, prefix: str) -> list[View]:
    """Return what each factor scores, with a reading, and the heat map of information."""
    counts = data.counts(cut)
    words = readings(data, data.counts(cut.sharper))
    rows: list[Record] = []
    for k, factor in enumerate(data.factors):
        row: Record = {"factor": factor.name, "kind": factor.kind, "classes": factor.size}
        for name, one in list(scores.items())[:4]:
            mine = next((part for part in one.factors if part["factor"] == factor.name), {})
            if name in mine:
                row[name] = mine[name]
        rows.append(row | {"reading": words[k]})
    heat = heat_map(
        data.names, counts.mutual / counts.factor_entropy, data.factor_names, "I(z; v) / H(v)"
    )
    return [
        Sheet(f"{prefix}factors", *table(rows)),
        type(heat)(f"{prefix}{heat.title}", heat.rows, heat.columns, heat.values),
    ]
