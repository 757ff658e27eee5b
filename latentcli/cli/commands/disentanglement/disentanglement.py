"""`latent disentanglement CODES... FACTORS`."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli import scores
from latentcli.cli.commands.disentanglement.metric import chosen, doubts, metric, score
from latentcli.cli.factors import Factors
from latentcli.cli.options import Output
from latentcli.cli.plotting import Plot
from latentcli.errors import UsageError, check_choice
from latentcli.results import HeatMap, Record, Report, Scalar, Sheet, View

if TYPE_CHECKING:
    from latentcli.disentanglement._data import Data
    from latentcli.disentanglement._score import Score

COLUMNS = ("model", "metric", "level", "name", "score", "value")

_BESIDE = ("corrected", "low", "high", "chance")


def command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="CODES... FACTORS", help="Files of codes (N, D), then one of factors."
        ),
    ],
    factors: Factors,
    plot: Plot,
    output: Output,
    only: Annotated[
        str | None, typer.Option(metavar="NAMES", help="These metrics, such as mig,sap,dci.")
    ] = None,
    bins: Annotated[
        int, typer.Option(metavar="N", help="Bins that each dimension is cut into.")
    ] = 20,
    binning: Annotated[
        str, typer.Option(metavar="HOW", help="width, distinct, quantile or fixed.")
    ] = "width",
    limit: Annotated[
        int,
        typer.Option(metavar="N", help="Rows at most for metrics that fit models; 0: all."),
    ] = 10_000,
    ci: Annotated[
        float, typer.Option(metavar="SHARE", help="Coverage of the intervals; 0: none.")
    ] = 0.95,
    seed: Annotated[int, typer.Option(metavar="N", help="For all that is random.")] = 0,
) -> None:
    """Score codes against ground-truth factors by every metric, in one report.

    Several files of codes are compared side by side, with the same seed and the same split. The
    heat map shows how much of each factor each dimension tells; notes say what a careful reader
    would doubt. `latent metrics` says what each metric is.

    Examples:

    latent disentanglement codes.npy factors.csv --only mig,modularity

    latent disentanglement codes_entangled.npy factors_entangled.csv --only mig --json
    """
    plot.check()
    names = _names(only)
    given = {"bins": bins, "binning": binning, "ci": ci, "seed": seed, "limit": limit or None}
    data = factors.load(files, output)
    found: dict[str, dict[str, Score]] = {model: {} for model in data}
    for model, held in data.items():
        for name in names:
            with output.progress(f"{name} of {model}") as progress:
                found[model][name] = score(name, held, _settings(name, given), progress)
    rows = [row for model in found for row in _records(model, found[model])]
    settings: Record = factors.settings(data, files) | {
        "only": only,
        "bins": bins,
        "binning": binning,
        "limit": limit or None,
        "ci": ci or None,
        "seed": seed,
    }
    notes = [note for model in found for note in doubts(data[model], found[model].values())]
    report = Report(
        "disentanglement",
        COLUMNS,
        rows,
        settings=settings,
        summary=_summary(found),
        notes=tuple(dict.fromkeys(notes)),
        title=scores.title(data, files),
        views=tuple(_parts(data, found)),
        show_summary=False,
    )
    output.show(report)
    plot.draw(report, output)


def _names(only: str | None) -> list[str]:
    from latentcli.disentanglement import METRICS

    if only is None:
        return list(METRICS)
    names = [name.strip() for name in only.split(",") if name.strip()]
    if not names:
        raise UsageError("--only names no metric")
    for name in names:
        check_choice("metric", name, METRICS)
    return list(dict.fromkeys(names))


def _settings(name: str, given: dict[str, Any]) -> dict[str, Any]:
    about, function = metric(name)
    settings = chosen(about, None, given) | {"limit": given["limit"]}
    if "binning" not in inspect.signature(function).parameters:
        settings.pop("bins")  # it would not be the dimensions that are cut
    return settings


def _records(model: str, found: dict[str, Score]) -> list[Record]:
    """Return every number as a record: of the whole, of each factor, of each dimension."""
    rows: list[Record] = []
    for name, made in found.items():
        levels: list[tuple[str, Scalar, dict[str, Scalar]]] = [("all", None, made.summary)]
        levels += [("factor", row["factor"], row) for row in made.factors]
        levels += [("dimension", row["dimension"], row) for row in made.dimensions]
        rows += [
            {
                "model": model,
                "metric": name,
                "level": level,
                "name": whose,
                "score": key,
                "value": value,
            }
            for level, whose, row in levels
            for key, value in row.items()
            if key != level and not isinstance(value, list)
        ]
    return rows


def _summary(found: dict[str, dict[str, Score]]) -> dict[str, Scalar]:
    if len(found) == 1:
        return {name: made.value for name, made in next(iter(found.values())).items()}
    return {
        f"{model} {name}": made.value
        for model, made_here in found.items()
        for name, made in made_here.items()
    }


def _parts(data: dict[str, Data], found: dict[str, dict[str, Score]]) -> list[View]:
    several, called = len(found) > 1, scores.labels(found)
    first = next(iter(found.values()))
    rows = [row for name in first for row in _rows(name, found)]
    parts: list[View] = [Sheet("scores", tuple(rows[0]), rows)]
    for model, made in found.items():
        parts += _detail(data[model], made, f"{called[model]}: " if several else "")
    return parts


def _rows(name: str, found: dict[str, dict[str, Score]]) -> list[Record]:
    """Return a metric's row, and one for each score that is to be read beside it."""
    from latentcli.disentanglement import METRICS

    label, rows = name.replace("-", "_"), []
    called = scores.labels(found)
    for key in (label, *metric(name)[0].beside):
        row: Record = {"metric": name if key == label else f"- {key}"}
        for model, made in found.items():
            summary = made[name].summary
            if len(found) > 1:
                row[called[model]] = summary.get(key)
            else:
                row["value"] = summary.get(key)
                row |= {other: summary.get(f"{key}_{other}") for other in _BESIDE}
        rows.append(row | {"asks": METRICS[name] if key == label else ""})
    return rows


def _detail(data: Data, made: dict[str, Score], title: str) -> list[View]:
    """Return what each factor scores, and the heat map of information."""
    from latentcli.disentanglement import _attribution as owners
    from latentcli.disentanglement._mutual_information import Cut

    settings = next((one.settings for one in made.values() if "bins" in one.settings), {})
    counts = data.counts(
        Cut(int(str(settings.get("bins", 20))), str(settings.get("binning", "width")))
    )
    shares = counts.mutual / counts.factor_entropy
    rows: list[Record] = []
    for k, factor in enumerate(data.factors):
        row: Record = {"factor": factor.name, "kind": factor.kind, "classes": factor.size}
        for name, one in made.items():
            mine = next((part for part in one.factors if part["factor"] == factor.name), {})
            if name in mine:
                row[name] = mine[name]
        rows.append(row | {"reading": owners.reading(data, counts, counts.mutual, k)})
    dimensions, more = scores.telling(data, shares)
    heat = HeatMap(
        f"{title}I(z; v) / H(v){more}",
        [data.names[j] for j in dimensions],
        data.factor_names,
        [[float(value) for value in shares[j]] for j in dimensions],
    )
    return [Sheet(f"{title}factors", *scores.table(rows)), heat]
