"""`latent mig`, `latent sap`, ...: every metric of the table, with the options it has a use for."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from latentcli.cli.factors import Factors, MetricModels, named, parsed_limits
from latentcli.cli.options import Ci, Seed, several_files
from latentcli.cli.output import Output
from latentcli.cli.plotting import Plot
from latentcli.cli.ranges import ranges
from latentcli.disentanglement._about import (  # noqa: TID253 - text that imports nothing
    PARAMETERS,
    About,
    about,
    parameters,
)
from latentcli.results import Report

OPTIONS: dict[str, tuple[type, str]] = {
    "bins": (int, "N"),
    "binning": (str, "HOW"),
    "limits": (str, "LO,HI"),
    "sensitivity": (bool, ""),
    "estimator": (str, "NAME"),
    "neighbors": (int, "K"),
    "blocks": (str, "RANGES"),
    "test": (float, "SHARE"),
    "batch": (int, "N"),
    "train": (int, "N"),
    "evaluate": (int, "N"),
    "threshold": (float, "SD"),
    "quantile": (float, "Q"),
    "limit": (int, "N"),
}
"""What a metric's own keyword parameters are on the command line: type and metavar."""

SHARED: dict[str, Any] = {"ci": Ci, "seed": Seed}
"""Those that other commands have as well."""

_NO_FACTORS = Factors()


def command_of(name: str) -> Callable[..., None]:
    """Make the command of a metric: its options are the parameters of its function."""
    facts = about(name)
    settings = {
        key: value for key, value in parameters(name).items() if key in {*OPTIONS, *SHARED}
    }

    def command(
        files: list[str],
        plot: Plot,
        output: Output,
        compat: str | None,
        models: MetricModels,
        factors: Factors = _NO_FACTORS,
        **given: Any,
    ) -> None:
        from latentcli.disentanglement import score_models
        from latentcli.disentanglement._score_curve import score_curve

        plot.check(output)
        given = {key: one for key, one in given.items() if one is not None or key in SHARED}
        if "limits" in given:
            given["limits"] = parsed_limits(given["limits"])
        if "blocks" in given:
            given["blocks"] = [ranges(part, "dimension") for part in given["blocks"].split(",")]
        data = factors.load(files, output) if facts.factors else factors.load_alone(files)
        given |= {"compat": compat, "tracker": output.progress}
        result = (
            score_curve(name, data, **given)
            if models.curve
            else score_models(name, data, **models.settings(len(data)), **given)
        )
        report = Report.of(
            name,
            result,
            title=named(result.title, data),
            settings=factors.settings(data, files),
            show_summary=len(data) == 1 and not models.curve,
        )
        plot.show(report, output)

    return _dressed(command, facts, name, settings)


def _dressed(
    command: Callable[..., None], facts: About, name: str, settings: dict[str, Any]
) -> Callable[..., None]:
    """Give the command the signature and the help that Typer reads."""
    files = Annotated[
        list[str],
        several_files(
            "CODES... FACTORS" if facts.factors else "CODES...",
            "Files of codes (N, D)" + (", then one of factors." if facts.factors else "."),
        ),
    ]
    keyword = inspect.Parameter.KEYWORD_ONLY
    given = [
        inspect.Parameter(
            key,
            keyword,
            default=default if key in SHARED else None,
            annotation=SHARED[key]
            if key in SHARED
            else _option(key, default, facts.estimators),
        )
        for key, default in settings.items()
    ]
    if facts.compat:
        libraries = ", ".join(facts.compat)
        compat = Annotated[
            str | None,
            typer.Option(
                metavar="LIBRARY",
                help=f"Use the settings of a library: {libraries}.",
                rich_help_panel="Estimate",
            ),
        ]
        given.append(inspect.Parameter("compat", keyword, default=None, annotation=compat))
    groups: dict[str, type] = {"factors": Factors} if facts.factors else {}
    groups |= {"models": MetricModels, "plot": Plot, "output": Output}
    kept = [
        inspect.Parameter("files", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=files),
        *given,
        *(inspect.Parameter(key, keyword, annotation=group) for key, group in groups.items()),
    ]

    def run(**values: Any) -> None:
        command(**{"compat": None, **values})

    run.__signature__ = inspect.Signature(kept)  # type: ignore[attr-defined]
    run.__annotations__ = {key.name: key.annotation for key in kept}
    run.__doc__ = _help(facts, name)
    return run


def _option(key: str, default: Any, estimators: Any) -> Any:
    kind, metavar = OPTIONS[key]
    if kind is bool:
        return Annotated[
            bool | None,
            typer.Option(f"--{key}", help=_text(key, estimators), rich_help_panel="Estimate"),
        ]
    if isinstance(default, tuple):
        default = ",".join(f"{value:g}" for value in default)
    shown = str(default) if default is not None else "all" if key == "limit" else "each alone"
    return Annotated[
        kind | None,
        typer.Option(
            metavar=metavar,
            help=f"{_text(key, estimators).removesuffix('.')}; default {shown}.",
            rich_help_panel="Estimate",
        ),
    ]


def _text(key: str, estimators: dict[str, str]) -> str:
    from latentcli.cli.wording import with_options

    if key == "estimator" and estimators:
        return " or ".join(f"{name} ({what})" for name, what in estimators.items())
    return with_options(PARAMETERS[key]).replace(" or None", "")


def _help(facts: About, name: str) -> str:
    from latentcli.disentanglement import METRICS

    files = "codes.npy factors.csv" if facts.factors else "codes.npy"
    paragraphs = [
        f"{METRICS[name]}: how disentangled codes are.",
        f"Definition: {facts.formula}.",
        f"Range: {facts.range}. Reading: {facts.reading}. Source: {facts.source}.",
        f"Limitations, and differences from other libraries: latent metrics {name}",
        "Examples:",
        f"latent {name} {files}",
        f"latent {name} {files} --json",
    ]
    return "\n\n".join(paragraphs)
