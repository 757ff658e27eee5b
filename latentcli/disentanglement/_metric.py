"""The shape of every metric: what all of them check beforehand and add to a score afterwards."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any, TypedDict, TypeVar

from latentcli.disentanglement import METRICS
from latentcli.disentanglement._about import PARAMETERS, About
from latentcli.disentanglement._caveats import caveats
from latentcli.disentanglement._ceiling import ceiling
from latentcli.disentanglement._data import Data, prepare
from latentcli.disentanglement._mutual_information import Cut
from latentcli.disentanglement._score import (
    Estimate,
    Score,
    any_noise,
    depends_on_rows,
    flat,
    mean_of_halves,
    noise,
    value_only,
    without_interval,
)
from latentcli.disentanglement._views import columns, records, sheets, size
from latentcli.errors import LatentError, ParameterError, check_choice
from latentcli.results import Record

_LEAST = {
    "neighbors": 1, "batch": 1, "train": 1, "evaluate": 1, "seed": 0, "bins": 2, "limit": 20,
}  # fmt: skip
"""The smallest number that a parameter can be."""

_UNSAID = {"progress", "sensitivity"}


class Options(TypedDict, total=False):
    """What every metric takes besides its own parameters: see `PARAMETERS`."""

    continuous: Sequence[str]
    discrete: Sequence[str]
    periodic: Sequence[str] | Mapping[str, float]
    factor_bins: int
    compat: str | None


Function = TypeVar("Function", bound=Callable[..., Score])


def metric(about: About) -> Callable[[Function], Function]:
    """Give a metric's function what all metrics share.

    Before it: the settings of the library named by `compat`, checks of the parameters, codes and
    factors made ready (a `Data` is taken as it is). After it: title, records, settings, views, the
    caveats of codes and factors, and the sentence about scores that noise explains.
    """

    def decorate(function: Function) -> Function:
        name = function.__name__.replace("_", "-")
        own = {
            key: parameter.default
            for key, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }

        @functools.wraps(function)
        def run(codes: Any, factors: Any = None, **given: Any) -> Score:
            reading = {key: given.pop(key) for key in READING if key in given}
            compat = given.pop("compat", None)
            if compat is not None:
                check_choice("library", compat, about.compat)
                given = {**about.compat[compat], **given}
            for key in ("limit", "ci"):
                if given.get(key) == 0:
                    given[key] = None
            settings = {**own, **given}
            check(about, settings)
            data = prepare(codes, factors, **reading)
            if about.whole_rows:
                data = data.with_all_factors()
            if about.factors and not data.factors:
                raise LatentError(
                    "`factors` is missing: this metric compares codes with factors"
                )
            score = function(data, **given)
            highest = ceiling(about, function, data, score, settings)
            score = replace(score, numbers={**score.numbers, **highest})
            whole = _halved(run, score.estimate, data, settings, given)
            made = finished(
                name, score, data, _settings(settings, own, compat) | score.settings
            )
            notes = (
                *data.notes, *data.repeats.note, *noise(score.numbers), *score.notes, *without_interval(score.numbers),
                *depends_on_rows(name.replace("-", "_"), whole), *caveats(data, cut_of(made.settings), any_noise(score.numbers)),
            )  # fmt: skip
            return replace(made, notes=tuple(dict.fromkeys(notes)))

        run.__doc__ = f"{inspect.cleandoc(function.__doc__ or '')}\n\n{_shared(own)}"
        run.__signature__ = _signature(function)  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return decorate


READING = ("continuous", "discrete", "periodic", "factor_bins")
"""Options that say how factors are read."""

_HALVES, _HALVED = 4, 2_000_000
"""Halves that say whether a score depends on the number of rows; numbers in codes that are halved, and rows times
classes from which one half has to do."""


def _halved(
    run: Callable[..., Score],
    score: Estimate,
    data: Data,
    settings: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Estimate:
    """Return a score with what halves of the rows score, where its interval has not computed it."""
    by_batches = "train" in settings
    if score.interval is None or score.halves is not None or by_batches:
        return score
    if data.codes.size > _HALVED:
        return score
    own = {key: value for key, value in given.items() if key not in ("ci", "progress")}
    found: list[float | None] = []
    classes = max((factor.size for factor in data.factors), default=1)
    count = _HALVES if data.rows * classes <= _HALVED else 1
    with value_only():
        for rows in data.repeats.halves(settings.get("seed", 0), count=count):
            part = data.part(rows)
            whole = len(part.factors) == len(data.factors)
            found.append(run(part, ci=None, **own).value if whole else None)
    return replace(score, halves=mean_of_halves(found))


def check(about: About, settings: Mapping[str, Any]) -> None:
    """Raise ParameterError for a setting that has no meaning."""
    if about.estimators and settings.get("estimator") is not None:
        check_choice("estimator", settings["estimator"], about.estimators)
    for key, least in _LEAST.items():
        value = settings.get(key)
        if value is not None and not value >= least:
            raise ParameterError(key, value, f"{least} or more")
    check_ci(settings.get("ci"))


def check_ci(ci: float | None) -> None:
    """Raise ParameterError for a coverage that is no share from 0 to below 1."""
    if ci is not None and not 0 <= ci < 1:
        raise ParameterError("ci", ci, "a share below 1, such as 0.95, or 0 for none")


def check_halves(halves: int | None) -> None:
    """Raise ParameterError for a number of halves that distinguishes nothing."""
    if halves is not None and (halves < 0 or halves == 1):
        raise ParameterError("halves", halves, "0, or a whole number from 2")


def _settings(
    settings: Mapping[str, Any], own: Mapping[str, Any], compat: str | None
) -> Record:
    """Return the parameters that shaped a score: no limits without fixed bins, and so on."""
    idle = set(_UNSAID)
    if settings.get("binning") != "fixed":
        idle.add("limits")
    if settings.get("estimator") != "knn":
        idle.add("neighbors")
    said = {key: settings[key] for key in own if key not in idle}
    record: Record = {
        key: list(value) if isinstance(value, tuple) else value for key, value in said.items()
    }
    return {**record, "compat": compat} if compat else record


def cut_of(settings: Mapping[str, Any]) -> Cut | None:
    """Return how these settings cut dimensions into bins; None if they do not."""
    if "binning" not in settings:
        return None
    limits = settings.get("limits") or Cut().limits
    return Cut(settings["bins"], settings["binning"], (limits[0], limits[1]))


def finished(name: str, score: Score, data: Data, settings: Record) -> Score:
    """Return a score with the title, records and views that every metric has."""
    for key, value in flat(score.numbers).items():
        assert not isinstance(value, float) or isfinite(value), key
    having = {factor.name: factor.rows for factor in data.factors}
    score = replace(
        score,
        factors=[
            {**row, "rows": row.get("rows", having[str(row["factor"])])}
            for row in score.factors
        ],
    )
    rows = records(score, flat(score.numbers))
    made = replace(
        score,
        metric=name,
        title=f"{METRICS[name]}: {size(data)}",
        summary=flat(score.numbers),
        settings=settings,
        records=rows,
        columns=columns(rows),
    )
    return replace(made, views=sheets(data, made))


def _shared(own: Mapping[str, Any]) -> str:
    """Return the docstring's entries for parameters that several metrics have."""
    lines = ["Parameters of several metrics", "-----------------------------"]
    for key in (*own, *READING, "compat"):
        if key in PARAMETERS:
            lines += [key, f"    {PARAMETERS[key]}"]
    return "\n".join(lines)


def _signature(function: Callable[..., Score]) -> inspect.Signature:
    """Return a function's signature with the options of all metrics spelled out."""
    found = inspect.signature(function)
    kept = [one for one in found.parameters.values() if one.kind is not one.VAR_KEYWORD]
    kind = inspect.Parameter.KEYWORD_ONLY
    defaults = {
        "continuous": (), "discrete": (), "periodic": (), "factor_bins": 20, "compat": None,
    }  # fmt: skip
    added = [inspect.Parameter(key, kind, default=value) for key, value in defaults.items()]
    return found.replace(parameters=[*kept, *added])
