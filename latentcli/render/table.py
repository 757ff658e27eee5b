"""The table for people, drawn by Rich. Away from a terminal it has no colour and cuts nothing."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Sequence
from typing import TextIO

from rich.box import Box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from latentcli.render.cells import human, visible
from latentcli.report import Bars, Grid, HeatMap, Part, Record, Report, Scalar, Sheet

STREAMS = False
_UNBOUNDED = 100_000
_HEIGHT = 25
_BAR = 40
_SHORT = 12
"""Letters up to which a column is better not folded."""
_ROOM = 12
"""Letters that a column which is folded needs."""
_BLOCKS = " ▏▎▍▌▋▊▉█"
_SHADES = " ░▒▓█"
_ASCII_SHADES = " .:+#"
_RULE = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
_ASCII_RULE = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write title, records (or the grid) and summary."""
    terminal = out.isatty()
    text = io.StringIO()
    width = _width() if terminal else _UNBOUNDED
    console = Console(
        file=out if terminal else text,
        force_terminal=terminal,
        width=width,
        height=width and _HEIGHT,  # with a width alone, a dumb terminal is 80 wide to Rich
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    utf8 = (getattr(out, "encoding", None) or "utf-8").lower().startswith("utf")
    _print(report, console, _RULE if utf8 else _ASCII_RULE)
    if not terminal:
        out.write("".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines()))


def _width() -> int | None:
    """Return $COLUMNS, or None for the width that Rich finds."""
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) else None


def _print(report: Report, console: Console, rule: Box) -> None:
    if report.title:
        console.print(Text(visible(report.title), style="bold"))
    if report.lines:
        for row in report.records:
            console.print(Text(human(row[report.lines])), soft_wrap=True)
    elif report.upright and len(report.records) == 1:
        console.print(_upright(report.columns, report.records[0]))
    elif report.grid is not None:
        console.print(_grid(report.grid, rule))
    elif report.parts:
        _print_parts(report.parts, console, rule)
    elif report.records:
        columns = [name for name in report.columns if name != "query" or not report.title]
        console.print(_records(columns, report.records, rule, console.width))
    else:
        console.print(Text("no results", style="dim"))
    shown = {} if report.brief else report.summary
    if report.parts and shown:
        console.print()
    for name, value in shown.items():
        console.print(Text(f"{visible(name)}: ", style="dim") + Text(human(value)))


def _print_parts(parts: Sequence[Part], console: Console, rule: Box) -> None:
    """Print sheets, heat maps and bars below each other, a blank line between them."""
    for index, part in enumerate(parts):
        if index:
            console.print()
        if part.title:
            console.print(Text(visible(part.title), style="bold"))
        if isinstance(part, Sheet):
            console.print(_records(part.columns, part.records, rule, console.width))
        elif isinstance(part, HeatMap):
            console.print(_heat_map(part, rule))
        else:
            console.print(_bars(part, rule is _ASCII_RULE))


def _heat_map(heat: HeatMap, rule: Box) -> Table:
    """Shade each number: by a character, which paper keeps, and by colour on a terminal."""
    shades = _ASCII_SHADES if rule is _ASCII_RULE else _SHADES
    table = _table(rule)
    table.add_column("", overflow="fold", style="bold")
    for name in heat.columns:
        table.add_column(Text(visible(name)), justify="right", overflow="fold")
    for name, values in zip(heat.rows, heat.values, strict=True):
        table.add_row(Text(visible(name)), *(_shade(float(v), heat, shades) for v in values))
    return table


def _shade(value: float, heat: HeatMap, shades: str) -> Text:
    if not math.isfinite(value):
        return Text("-", style="dim")
    share = min(1.0, max(0.0, (value - heat.low) / ((heat.high - heat.low) or 1.0)))
    mark = shades[min(len(shades) - 1, int(share * len(shades)))]
    style = ("dim", "", "yellow", "bold yellow", "bold green")[min(4, int(share * 5))]
    return Text(f"{mark * 2} {value:.2f}", style=style)


def _bars(bars: Bars, ascii_only: bool) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(justify="right", no_wrap=True)
    longest = max((value for value in bars.values if math.isfinite(value)), default=0.0)
    for label, value in zip(bars.labels, bars.values, strict=True):
        width = _BAR * value / longest if longest > 0 and math.isfinite(value) else 0.0
        number = int(value) if float(value).is_integer() else float(value)
        table.add_row(Text(visible(label)), Text(_bar(width, ascii_only)), Text(human(number)))
    return table


def _bar(width: float, ascii_only: bool) -> str:
    """Draw a bar of a width in characters, to an eighth of one; what is not nothing is seen."""
    eighths = max(round(width * 8), int(width > 0))
    if ascii_only:
        return "#" * -(-eighths // 8)
    return (_BLOCKS[8] * (eighths // 8) + _BLOCKS[eighths % 8]).rstrip()


def _records(names: Sequence[str], records: Sequence[Record], rule: Box, width: int) -> Table:
    table = _table(rule)
    whole = _whole(names, records, width)
    for name in names:
        numeric = any(_is_number(row.get(name)) for row in records)
        table.add_column(
            Text(_heading(name)),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=name in whole,
            style="bold" if name == "word" else "",
        )
    for index, row in enumerate(records):
        following = records[index + 1] if index + 1 < len(records) else row
        table.add_row(
            *(Text(human(row.get(name))) for name in names),
            end_section=row.get("query") != following.get("query"),
        )
    return table


def _heading(name: str) -> str:
    """Return a key as words; what is no key, such as the name of a file, as it is."""
    return name.replace("_", " ") if name.isidentifier() else visible(name)


def _whole(names: Sequence[str], records: Sequence[Record], width: int) -> set[str]:
    """Choose the columns that are not folded: short ones, if that leaves the others room."""
    widths = {
        name: max(len(name), *(cell_len(human(row.get(name))) for row in records), 1)
        for name in names
    }
    short = {name for name, length in widths.items() if length <= _SHORT}
    taken = sum(widths[name] for name in short) + 3 * len(widths)
    return short if taken + _ROOM * (len(widths) - len(short)) <= width else set()


def _upright(columns: tuple[str, ...], row: Record) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", style="dim")
    table.add_column(overflow="fold")
    for name in columns:
        if row.get(name) not in (None, ""):
            table.add_row(Text(name.replace("_", " ")), Text(human(row[name])))
    return table


def _grid(grid: Grid, rule: Box) -> Table:
    table = _table(rule)
    table.add_column("", overflow="fold", style="bold")
    for name in grid.columns:
        table.add_column(Text(visible(name)), justify="right", overflow="fold")
    for name, values in zip(grid.rows, grid.values, strict=True):
        table.add_row(Text(visible(name)), *(Text(human(float(value))) for value in values))
    return table


def _table(rule: Box) -> Table:
    return Table(box=rule, show_edge=False, pad_edge=False, padding=(0, 1), header_style="dim")


def _is_number(value: Scalar) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
