"""`latent metrics`."""

from __future__ import annotations

from typing import Annotated

import typer

from latentcli.cli.commands.disentanglement.metric import metric
from latentcli.cli.options import Output
from latentcli.errors import check_choice
from latentcli.results import Listing, Record, Report

COLUMNS = (
    "metric",
    "title",
    "definition",
    "range",
    "best",
    "source",
    "blind",
    "likes",
    "unlike",
)

_BRIEF = ("metric", "asks", "range", "source")


def command(
    output: Output,
    name: Annotated[
        str | None, typer.Argument(metavar="[METRIC]", help="One of them, in full.")
    ] = None,
) -> None:
    """List the metrics of disentanglement: definition, range, source, and what each is blind to.

    Examples:

    latent metrics

    latent metrics mig

    latent metrics --json
    """
    from latentcli.disentanglement import METRICS
    from latentcli.results import Sheet

    if name is not None:
        check_choice("metric", name, METRICS)
    names = list(METRICS) if name is None else [name]
    rows: list[Record] = [_row(each) for each in names]
    brief: list[Record] = [
        {
            "metric": each,
            "asks": METRICS[each],
            "range": row["range"],
            "source": str(row["source"]).partition(";")[0],
        }
        for each, row in zip(names, rows, strict=True)
    ]
    output.show(
        Report(
            "metrics",
            COLUMNS,
            rows,
            views=(Listing(COLUMNS, rows[0]) if name else Sheet("", _BRIEF, brief),),
        )
    )


def _row(name: str) -> Record:
    about, _ = metric(name)
    return {
        "metric": name,
        "title": about.title,
        "definition": about.definition,
        "range": about.range,
        "best": about.best,
        "source": about.source,
        "blind": about.blind,
        "likes": ", ".join(about.likes),
        "unlike": about.unlike,
    }
