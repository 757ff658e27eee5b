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
from latentcli.results import (
    Bars,
    Curve,
    HeatMap,
    Lines,
    Listing,
    Matrix,
    Record,
    Report,
    Scalar,
    Sheet,
    View,
)

STREAMS = False
_UNBOUNDED = 100_000
_HEIGHT = 25
_BAR = 40
_SHORT = 12
"""Letters up to which a column is better not folded."""
_WORD = 24
"""Letters up to which a column of single words is better not folded."""
_ROOM = 12
"""Letters that a column which is folded needs."""
_BLOCKS = " ▏▎▍▌▋▊▉█"
_SHADES = " ░▒▓█"
_ASCII_SHADES = " .:+#"
_RULE = Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
_ASCII_RULE = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write title, views (or the records) and summary."""
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
    if report.views:
        _print_views(report, console, rule)
    elif report.records:
        columns = [name for name in report.columns if name != "query" or not report.title]
        console.print(_records(columns, report.records, rule, console.width))
    else:
        console.print(Text("no results", style="dim"))
    if report.show_summary and report.summary:
        if report.views:
            console.print()
        console.print(_listing(tuple(report.summary), report.summary, empty=True))


def _print_views(report: Report, console: Console, rule: Box) -> None:
    """Print the views below each other, a blank line between them."""
    drawn = [view for view in report.views if not isinstance(view, Curve)]
    for index, view in enumerate(drawn):
        if index:
            console.print()
        title = getattr(view, "title", "")
        if title:
            console.print(Text(visible(title), style="bold"))
        if isinstance(view, Lines):
            for row in report.records:
                console.print(Text(human(row[view.column])), soft_wrap=True)
        else:
            console.print(_drawn(view, console, rule))


def _drawn(view: View, console: Console, rule: Box) -> Table:
    if isinstance(view, Sheet):
        return _records(view.columns, view.records, rule, console.width)
    if isinstance(view, HeatMap):
        return _heat_map(view, rule)
    if isinstance(view, Matrix):
        return _matrix(view, rule)
    if isinstance(view, Listing):
        return _listing(view.columns, view.record)
    assert isinstance(view, Bars)
    return _bars(view, rule is _ASCII_RULE)


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
    short = {
        name
        for name, length in widths.items()
        if length <= _SHORT
        or (length <= _WORD and not any(" " in human(row.get(name)) for row in records))
    }
    taken = sum(widths[name] for name in short) + 3 * len(widths)
    return short if taken + _ROOM * (len(widths) - len(short)) <= width else set()


def _listing(columns: Sequence[str], row: Record, *, empty: bool = False) -> Table:
    """Return a record as aligned names and values; what is empty is left out unless `empty`."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", style="dim")
    table.add_column(overflow="fold")
    for name in columns:
        if empty or row.get(name) not in (None, ""):
            table.add_row(Text(_heading(name)), Text(human(row[name])))
    return table


def _matrix(matrix: Matrix, rule: Box) -> Table:
    table = _table(rule)
    table.add_column("", overflow="fold", style="bold")
    for name in matrix.columns:
        table.add_column(Text(visible(name)), justify="right", overflow="fold")
    for name, values in zip(matrix.rows, matrix.values, strict=True):
        table.add_row(Text(visible(name)), *(Text(human(float(value))) for value in values))
    return table


def _table(rule: Box) -> Table:
    return Table(box=rule, show_edge=False, pad_edge=False, padding=(0, 1), header_style="dim")


def _is_number(value: Scalar) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
