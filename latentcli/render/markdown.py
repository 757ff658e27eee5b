"""Markdown: the tables of the screen, for a report or an issue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from latentcli.render.cells import visible
from latentcli.render.grids import Grid, grids, of_records, of_summary, tabular

if TYPE_CHECKING:
    from latentcli.results import Report


STREAMS = True
_SPECIAL = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|#~$&:"})


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write each table of the screen, numbers to the right, and the summary."""
    if tabular(report):
        if report.title:
            out.write(f"**{visible(report.title).translate(_SPECIAL)}**\n\n")
        parts = grids(report)
        out.write("\n".join("".join(_lines(grid)) for grid in parts))
    else:
        lines = list(_lines(of_records(report.columns, report.records)))
        out.writelines(lines if first else lines[2:])
    if report.summary and report.show_summary:
        out.write("\n")
        out.writelines(_lines(of_summary(report.summary)))


def _lines(grid: Grid) -> Iterable[str]:
    """Yield the lines of a table; Markdown has none without a heading."""
    if grid.title:
        yield f"**{grid.title.translate(_SPECIAL)}**\n\n"
    yield _line(column.heading.translate(_SPECIAL) for column in grid.columns)
    yield _line("---:" if column.numeric else "---" for column in grid.columns)
    for row in zip(*(column.cells for column in grid.columns), strict=True):
        yield _line(cell.translate(_SPECIAL) for cell in row)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
