"""What scores look like: dots with intervals, of one model or several, and the matrices they are read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from latentcli.disentanglement._score import Estimate, Score
from latentcli.results import Dot, Dots, HeatMap, Picture, Record, View


def dot_of(estimate: Estimate) -> Dot:
    """Return a score as a dot with its interval."""
    low, high = estimate.interval or (None, None)
    return Dot(estimate.value, low, high)


def of_score(score: Score) -> tuple[Picture, ...]:
    """Return the matrix of a score, and all its numbers that are estimates, beside chance."""
    estimates = {score.metric.replace("-", "_"): score.estimate} | {
        name: one for name, one in score.numbers.items() if isinstance(one, Estimate)
    }
    known = {name: one for name, one in estimates.items() if one.value is not None}
    factors = _by_factor(score)
    labels = [name.replace("_", " ") for name in known]
    series = {"score": [*map(dot_of, known.values()), *factors.values()]}
    chance = [Dot(one.chance) for one in known.values()]
    if any(dot.value is not None for dot in chance):
        series[score.estimate.null_of] = [*chance, *[Dot(None)] * len(factors)]
    every = [*labels, *factors]
    dots = (Dots("", "score", every, series),) if every else ()
    return (*matrices(score.views), *dots)


def _by_factor(score: Score) -> dict[str, Dot]:
    """Return the score of each factor, where factors have one."""
    name = score.metric.replace("-", "_")
    return {
        f"{row['factor']}": Dot(*(_number(row.get(f"{name}{end}")) for end in ("", "_low", "_high")))
        for row in score.factors
        if _number(row.get(name)) is not None
    }  # fmt: skip


def of_models(scores: Mapping[str, Score]) -> tuple[Picture, ...]:
    """Return the score of each model by one metric, and the matrices of all."""
    if len(scores) == 1:
        return of_score(next(iter(scores.values())))
    first = next(iter(scores.values()))
    dots = [dot_of(score.estimate) for score in scores.values()]
    chance = [Dot(score.chance) for score in scores.values()]
    series = {"score": dots} | (
        {first.estimate.null_of: chance} if any(one.value is not None for one in chance) else {}
    )
    return (
        Dots("", first.metric, list(scores), series),
        *(
            HeatMap(f"{model}: {one.title}", one.rows, one.columns, one.values, one.low, one.high, one.label)
            for model, score in scores.items() for one in matrices(score.views)
        ),
    )  # fmt: skip


def of_report(
    scores: Mapping[str, Mapping[str, Score]], views: tuple[View, ...]
) -> tuple[Picture, ...]:
    """Return all metrics of all models as dots with intervals, and the heat maps of information."""
    names = list(next(iter(scores.values())))
    series = {
        model: [dot_of(made[name].estimate) for name in names] for model, made in scores.items()
    }
    return (Dots("scores", "score, with its interval", names, series), *matrices(views))


def of_sweep(records: Sequence[Record]) -> tuple[Picture, ...]:
    """Return a chart for each metric: its values by group of settings, a dot a seed, and their means."""
    charts = []
    for metric in dict.fromkeys(row["metric"] for row in records if row["level"] == "model"):
        mine = [row for row in records if row["metric"] == metric]
        groups = [row for row in mine if row["level"] == "group"]
        points = [
            [value for row in mine
             if row["level"] == "model" and row["group"] == group["group"]
             and (value := _number(row["value"])) is not None]
            for group in groups
        ]  # fmt: skip
        means = [
            Dot(*(_number(group[end]) for end in ("value", "low", "high"))) for group in groups
        ]
        labels = [str(group["group"]) for group in groups]
        charts.append(Dots(str(metric), "score", labels, {"mean over seeds": means}, points))
    return tuple(charts)


def matrices(views: tuple[View, ...]) -> tuple[HeatMap, ...]:
    """Return the heat maps among views."""
    return tuple(view for view in views if isinstance(view, HeatMap))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
