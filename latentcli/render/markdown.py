"""Markdown: a table for a report or an issue."""

from __future__ import annotations

from typing import TextIO

from latentcli.render.cells import human
from latentcli.results import Report, Scalar

STREAMS = True
_SPECIAL = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#~$&:"})


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write the records as a table; numbers to the right."""
    if first:
        numeric = {
            name: any(_is_number(row.get(name)) for row in report.records)
            for name in report.columns
        }
        out.write(_line([name.translate(_SPECIAL) for name in report.columns]))
        out.write(_line(["---:" if numeric[name] else "---" for name in report.columns]))
    for row in report.records:
        out.write(_line([_cell(row.get(name)) for name in report.columns]))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(value: Scalar) -> str:
    text = human(value)
    return text.translate(_SPECIAL) if isinstance(value, str) else text


def _is_number(value: Scalar) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
