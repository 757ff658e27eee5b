"""`latent mig`, `latent sap`, ...: every metric of the table, with the options it has a use for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli import scores
from latentcli.cli.factors import Factors
from latentcli.cli.options import Output
from latentcli.cli.plotting import Plot
from latentcli.errors import UsageError, unknown_choice
from latentcli.results import Report, View

if TYPE_CHECKING:
    from latentcli.disentanglement._data import Data
    from latentcli.disentanglement._mutual_information import Cut
    from latentcli.disentanglement._score import About, Score

SETTINGS: dict[str, tuple[type, str, str]] = {
    "bins": (int, "N", "Bins that each dimension is cut into."),
    "binning": (str, "HOW", "width, distinct, quantile or fixed."),
    "limits": (str, "LO,HI", "Where fixed bins begin and end."),
    "sensitivity": (bool, "", "Also with 5, 10, 20, 50 and 100 bins."),
    "estimator": (str, "NAME", "What estimates: see above."),
    "neighbors": (int, "K", "Neighbours of the estimator knn."),
    "test": (float, "SHARE", "Rows held out for testing."),
    "batch": (int, "N", "Rows that make one point."),
    "train": (int, "N", "Points to train on."),
    "evaluate": (int, "N", "Points to evaluate on."),
    "threshold": (float, "SD", "Dimensions that vary less are left out."),
    "quantile": (float, "Q", "Quantile of deviations that counts."),
    "limit": (int, "N", "Rows that are used at most; 0: all."),
    "ci": (float, "SHARE", "Coverage of the intervals; 0: none."),
    "seed": (int, "N", "For all that is random."),
}
"""What a metric's keyword parameters are on the command line: type, metavar and help."""


_LEAST = {"neighbors": 1, "batch": 1, "train": 1, "evaluate": 1, "limit": 20, "seed": 0}
"""The smallest number that a setting can be."""


_NO_FACTORS = Factors()


def command_of(name: str) -> Callable[..., None]:
    """Make the command of a metric: its options are those its function has."""
    about, function = metric(name)
    settings = [key for key in inspect.signature(function).parameters if key in SETTINGS]

    def command(
        files: list[str],
        plot: Plot,
        output: Output,
        like: str | None,
        factors: Factors = _NO_FACTORS,
        **given: Any,
    ) -> None:
        plot.check()
        asked = chosen(about, like, {key: given[key] for key in settings})
        data = factors.load(files, output) if about.factors else factors.load_alone(files)
        found = {}
        for model, held in data.items():
            with output.progress(f"{name} of {model}") as progress:
                found[model] = score(name, held, asked, progress)
        report = _report(about, name, found, data, files)
        known = factors.settings(data, files) | {"like": like}
        report = replace(report, settings=known | report.settings)
        output.show(report)
        plot.draw(report, output)

    return _dressed(command, about, name, settings, inspect.signature(function))


def metric(name: str) -> tuple[About, Callable[..., Score]]:
    """Import a metric: what it says about itself, and its function."""
    label = name.replace("-", "_")
    module = import_module(f"latentcli.disentanglement._{label}")
    return module.ABOUT, getattr(module, label)


def score(name: str, data: Data, asked: dict[str, Any], progress: Any = None) -> Score:
    """Run one metric with the settings among these that it has."""
    _, function = metric(name)
    known = inspect.signature(function).parameters
    settings = {key: value for key, value in asked.items() if key in known}
    if "progress" in known:
        settings["progress"] = progress
    return function(data, **settings)


def chosen(about: About, like: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that were given, over those of the peer that is taken after."""
    settings: dict[str, Any] = {}
    if like is not None:
        if like not in about.likes:
            raise unknown_choice("peer", like, about.likes)
        settings |= about.likes[like]
    settings |= {key: value for key, value in given.items() if value is not None}
    if settings.get("limit") == 0:
        settings["limit"] = None
    for key in settings.keys() & _LEAST.keys():
        if settings[key] is not None and settings[key] < _LEAST[key]:
            raise UsageError(f"--{key} is {settings[key]}; it is {_LEAST[key]} or more")
    if isinstance(settings.get("limits"), str):
        settings["limits"] = _limits(settings["limits"])
    if (ci := settings.get("ci")) is not None:
        if not 0 <= ci < 1:
            raise UsageError(
                f"--ci is {ci:g}; it is a share below 1, such as 0.95, or 0 for none"
            )
        settings["ci"] = ci or None
    return settings


def doubts(data: Data, found: Iterable[Score]) -> list[str]:
    """Return what scores say of themselves, and what their codes and factors put in doubt."""
    from latentcli.disentanglement._caveats import caveats

    notes, told = list(data.notes), set()
    for made in found:
        notes += made.notes
        if (cut := _cut(made)) not in told:
            told.add(cut)
            notes += caveats(data, cut)
    return notes


def _cut(made: Score) -> Cut | None:
    """Return how the codes were cut into bins, None if they were not."""
    from latentcli.disentanglement._mutual_information import Cut

    if "binning" not in made.settings:
        return None
    return Cut(int(str(made.settings["bins"])), str(made.settings["binning"]))


def _limits(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--limits '{text}': two numbers with a comma, such as -4,4") from None
    return low, high


def _report(
    about: About, name: str, found: dict[str, Score], data: dict[str, Data], files: list[str]
) -> Report:
    rows = [row for model, made in found.items() for row in scores.records(model, made)]
    several = len(found) > 1
    parts: list[View] = [scores.models(found)] if several else []
    called = scores.labels(found)
    for model, made in found.items():
        parts += scores.sheets(data[model], made, title=called[model] if several else "")
    notes = [note for model, made in found.items() for note in doubts(data[model], [made])]
    return Report(
        name,
        scores.columns(rows),
        rows,
        settings=next(iter(found.values())).settings,
        summary=scores.summary(found),
        notes=tuple(dict.fromkeys(notes)),
        title=f"{about.title}: {scores.title(data, files)}",
        views=tuple(parts),
        show_summary=not several,
    )


def _dressed(
    command: Callable[..., None],
    about: About,
    name: str,
    settings: list[str],
    known: inspect.Signature,
) -> Callable[..., None]:
    """Give the command the signature and the help that Typer reads."""
    files = Annotated[
        list[str],
        typer.Argument(
            metavar="CODES... FACTORS" if about.factors else "CODES...",
            help="Files of codes (N, D)" + (", then one of factors." if about.factors else "."),
        ),
    ]
    like = Annotated[
        str | None,
        typer.Option(
            metavar="PEER", help=f"As it is done by: {', '.join(about.likes) or '-'}."
        ),
    ]
    groups: dict[str, type] = {"factors": Factors} if about.factors else {}
    groups |= {"plot": Plot, "output": Output}
    parameters = [
        inspect.Parameter("files", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=files),
        *(
            inspect.Parameter(
                key,
                inspect.Parameter.KEYWORD_ONLY,
                default=None,
                annotation=_option(key, known.parameters[key].default),
            )
            for key in settings
        ),
        inspect.Parameter(
            "like", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=like
        ),
        *(
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, annotation=group)
            for key, group in groups.items()
        ),
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {key.name: key.annotation for key in parameters}
    command.__doc__ = _help(about, name)
    return command


def _option(key: str, default: Any) -> Any:
    kind, metavar, text = SETTINGS[key]
    if isinstance(default, tuple):
        default = ",".join(f"{value:g}" for value in default)
    shown = "all" if default is None else str(default)
    if kind is bool:
        return Annotated[
            bool | None,
            typer.Option(f"--{key}", help=text, rich_help_panel="Estimate"),
        ]
    return Annotated[
        kind | None,
        typer.Option(metavar=metavar, help=f"{text} [{shown}]", rich_help_panel="Estimate"),
    ]


def _help(about: About, name: str) -> str:
    files = "codes.npy factors.csv" if about.factors else "codes.npy"
    paragraphs = [
        f"Score the {about.title}.",
        f"It is {about.definition}.",
        f"From {about.range}; {about.best}. {about.source}.",
        f"Blind to {about.blind}.",
        *([f"--like: {about.unlike}."] if about.unlike else []),
        "Examples:",
        f"latent {name} {files}",
        f"latent {name} {files} --json",
    ]
    return "\n\n".join(paragraphs)
