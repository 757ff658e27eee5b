"""The table for people. On a terminal Rich draws it; elsewhere it has no color, and breaks no word.

Either way its columns are laid out for the terminal's width, 80 elsewhere (or $COLUMNS).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from latentcli.render.cells import visible
from latentcli.render.grids import ASCII, UNICODE, Grid, grids, of_summary, tabular
from latentcli.render.layout import Placed, heading_lines, lay_out
from latentcli.render.text import ASCII_RULE, RULE, fold_cell, folded, footnote, lines_of

if TYPE_CHECKING:
    from rich.console import Console

    from latentcli.results import Report

STREAMS = False
_WIDTH = 80
_HEIGHT = 25
_BESIDE = 28
"""Letters beside a bar: its name and its number."""

_UNBOUNDED = 100_000


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write title, views (or the records) and summary."""
    utf8 = (getattr(out, "encoding", None) or "utf-8").lower().startswith("utf")
    marks = UNICODE if utf8 else ASCII
    if not report.wide:
        marks = marks._replace(bar=max(4, min(marks.bar, (columns() or _WIDTH) - _BESIDE)))
    parts = grids(report, marks)
    rule = RULE if utf8 else ASCII_RULE
    summary = of_summary(report.summary) if report.show_summary and report.summary else None
    if out.isatty():
        _write_on_terminal(report, parts, summary, out, rule)
    else:
        _write_plain(report, parts, summary, out, rule)


def _write_plain(
    report: Report, parts: list[Grid], summary: Grid | None, out: TextIO, rule: str
) -> None:
    width = None if report.wide else columns() or _WIDTH
    lines = folded(visible(report.title), width)
    for number, grid in enumerate(parts):
        lines += [""] * bool(number)
        lines += folded(grid.title, width)
        lines += lines_of(grid, width, rule)
    if not parts:
        lines.append("no results")
    if summary is not None:
        lines += [""] * bool(tabular(report))
        lines += lines_of(summary, width)
    out.write("".join(f"{line}\n" for line in lines))


def columns() -> int | None:
    """Return $COLUMNS, where it is the width of a screen."""
    given = os.environ.get("COLUMNS", "")
    return int(given) if given.isdecimal() and len(given) < 6 and int(given) else None


def _write_on_terminal(
    report: Report, parts: list[Grid], summary: Grid | None, out: TextIO, rule: str
) -> None:
    from rich.console import Console
    from rich.text import Text

    width = _UNBOUNDED if report.wide else columns()
    console = Console(
        file=out,
        force_terminal=True,
        width=width,
        height=width and _HEIGHT,  # with a width alone, a dumb terminal is 80 wide to Rich
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    if report.title:
        console.print(Text(visible(report.title), style="bold"))
    for number, grid in enumerate(parts):
        if number:
            console.print()
        if grid.title:
            console.print(Text(grid.title, style="bold"))
        _print(grid, console, rule, console.width)
    if not parts:
        console.print(Text("no results", style="dim"))
    if summary is not None:
        if tabular(report):
            console.print()
        _print(summary, console, rule, console.width)


def _print(grid: Grid, console: Console, rule: str, width: int) -> None:
    from rich.text import Text

    if len(grid.columns) == 1 and grid.columns[0].whole:  # bare lines, to be copied
        for cell in grid.columns[0].cells:
            console.print(Text(cell), soft_wrap=True)
        return
    layout = lay_out(grid, width)
    for number, table in enumerate(layout.tables):
        if number:
            console.print()
        _print_table(table, grid, console, rule)
    for line in folded(layout.legend, width):
        console.print(Text(line))
    if layout.left_out:
        console.print(Text(footnote(layout.left_out), style="dim"))


def _print_table(placed: list[Placed], grid: Grid, console: Console, rule: str) -> None:
    from rich.box import Box
    from rich.table import Table
    from rich.text import Text

    box = Box("    \n    \n" + f" {rule * 2} \n" + "    \n" * 5, ascii=rule == ASCII_RULE)
    table = Table(
        box=box if grid.headed else None,
        show_header=grid.headed,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1) if grid.headed else (0, grid.gap, 0, 0),
        header_style="dim",
    )
    for column, width in placed:
        table.add_column(
            Text("\n".join(heading_lines(column.heading, width))),
            justify="right" if column.numeric else "left",
            overflow="fold",
            width=width,
            style=column.style,
        )
    for row in range(len(placed[0].column.cells)):
        cells = [
            Text(
                "\n".join(fold_cell(column.cells[row], column, width)),
                style=column.styles[row] if column.styles else "",
            )
            for column, width in placed
        ]
        table.add_row(*cells, end_section=row in grid.breaks)
    console.print(table)
