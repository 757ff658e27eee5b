"""`latent metrics`."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from latentcli.cli.output import Output
from latentcli.disentanglement import METRICS  # noqa: TID253 - a plain table
from latentcli.disentanglement._about import about  # noqa: TID253 - text that imports nothing
from latentcli.errors import check_choice
from latentcli.results import Listing, Record, Report, Sheet

COLUMNS = (
    "metric",
    "name",
    "formula",
    "range",
    "reading",
    "limitations",
    "ceiling",
    "source",
    "estimators",
    "compat",
    "differences",
)

_BRIEF = ("metric", "name", "range", "source")


def command(
    output: Output,
    name: Annotated[
        str | None, typer.Argument(metavar="[METRIC]", help="A metric, to be shown in full.")
    ] = None,
) -> None:
    """List the metrics of disentanglement: full name, range and source; all about one of them.

    Examples:

    latent metrics

    latent metrics mig

    latent metrics --json
    """
    if name is not None:
        check_choice("metric", name, METRICS)
    names = list(METRICS) if name is None else [name]
    rows: list[Record] = [_row(each) for each in names]
    brief: list[Record] = [
        {
            **row,
            "range": _in_brief(str(row["range"])),
            "source": _cited(str(row["source"])),
        }
        for row in rows
    ]
    view = Listing(COLUMNS, rows[0]) if name else Sheet("", _BRIEF, brief)
    output.show(Report("metrics", COLUMNS, rows, views=(view,)))


def _row(name: str) -> Record:
    facts = about(name)
    return {
        "metric": name,
        "name": METRICS[name],
        "formula": facts.formula,
        "range": facts.range,
        "reading": facts.reading,
        "limitations": facts.limitations,
        "ceiling": facts.ceiling or None,
        "source": facts.source,
        "estimators": ", ".join(f"{key} ({what})" for key, what in facts.estimators.items())
        or None,
        "compat": ", ".join(facts.compat) or None,
        "differences": facts.differences or None,
    }


def _cited(source: str) -> str:
    """Return the first source as papers cite it in passing: Chen et al., 2018.

    >>> _cited("Chen, Li, Grosse and Duvenaud, 2018; robust MIG: Do and Tran, 2020")
    'Chen et al., 2018'
    """
    authors, _, year = source.partition(";")[0].rpartition(", ")
    several = authors.replace(" and ", ", ").split(", ")
    short = f"{several[0]} et al." if len(several) > 2 else authors
    return f"{short}, {year}"


def _in_brief(interval: str) -> str:
    """Return a range without what is said of it: 0.5 to 1.

    >>> _in_brief("0.5 (chance) to 1"), _in_brief("0 to 1, and a little below 0 by chance")
    ('0.5 to 1', '0 to 1')
    """
    return re.sub(r" \(.*?\)", "", interval).partition(";")[0].partition(",")[0]
