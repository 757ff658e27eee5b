"""NDJSON: one record on each line, nothing around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from latentcli.render.json_object import dump, record

if TYPE_CHECKING:
    from latentcli.results import Report


STREAMS = True


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write each record as one line."""
    for row in report.records:
        out.write(dump(record(row), out) + "\n")
