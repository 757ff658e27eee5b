"""Grids as plain text, without styles: away from a terminal, and as the `repr` of a result."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING

from latentcli.render.cells import visible
from latentcli.render.grids import UNICODE, Column, Grid, grids, of_summary
from latentcli.render.layout import Placed, broken, cell_len, heading_lines, lay_out

if TYPE_CHECKING:
    from latentcli.results import Result


RULE, ASCII_RULE = "─", "-"

_SCREEN = 24
_WIDTH = 79
_ROWS = 10
_NOTES = 3


def lines_of(grid: Grid, width: int | None, rule: str = RULE) -> Iterator[str]:
    """Yield the lines of a grid, in tables that fit a width; texts are folded, words never."""
    tables, left_out, legend = lay_out(grid, width)
    for number, table in enumerate(tables):
        if number:
            yield ""
        yield from _table_lines(table, grid, rule)
    yield from folded(legend, width)
    if left_out:
        yield from folded(footnote(left_out), width)


def footnote(left_out: Sequence[str]) -> str:
    """Say which columns a table leaves out."""
    return f"not shown: {', '.join(left_out)} (--wide shows all)"


def _table_lines(table: Sequence[Placed], grid: Grid, rule: str) -> Iterator[str]:
    columns = [column for column, _ in table]
    bodies = [[fold_cell(cell, *place) for cell in place.column.cells] for place in table]
    heads = [
        heading_lines(place.column.heading, place.width) if grid.headed else []
        for place in table
    ]
    widths = [
        max(map(cell_len, chain(head, *body)), default=1)
        for head, body in zip(heads, bodies, strict=True)
    ]
    if grid.headed:
        yield from _lines(heads, columns, widths, grid.gap)
        yield rule * (sum(widths) + grid.gap * (len(widths) - 1))
    for row, cells in enumerate(zip(*bodies, strict=True)):
        yield from _lines(cells, columns, widths, grid.gap)
        if row in grid.breaks:
            yield ""


def fold_cell(cell: str, column: Column, width: int) -> list[str]:
    """Return the lines of a cell in a column of a width."""
    if column.numeric or column.whole or cell_len(cell) <= width:
        return [cell]
    return folded(cell, width)


def folded(text: str, width: int | None) -> list[str]:
    """Return the lines of a text, broken between words, within one that is too long; none of an empty one."""
    if not text or width is None or cell_len(text) <= width:
        return [text] * bool(text)
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [text]
    return [
        part
        for line in lines
        for part in (
            broken(line, width) if cell_len(line) > width and " " not in line else [line]
        )
    ]


def _lines(
    cells: Sequence[list[str]], columns: Sequence[Column], widths: Sequence[int], gap: int
) -> Iterator[str]:
    """Yield the lines of one row, whose cells have one or several."""
    for parts in zip_longest(*cells, fillvalue=""):
        placed = []
        for part, column, width in zip(parts, columns, widths, strict=True):
            blank = " " * (width - cell_len(part))
            placed.append(blank + part if column.numeric else part + blank)
        yield (" " * gap).join(placed).rstrip()


def as_text(result: Result) -> str:
    """Return a result as plain text, at most a screen of 24 lines of 79 letters."""
    lines = [visible(result.title or type(result).__name__)]
    notes = [f"note: {visible(note)}" for note in result.notes[:_NOTES]]
    room = _SCREEN - 1 - len(lines) - len(notes)
    summary = list(lines_of(_cut(of_summary(dict(islice(result.summary.items(), room)))), None))
    shown = grids(result, UNICODE)
    if shown and (left := room - len(summary)) > 4:
        count = len(shown[0].columns[0].cells) if shown[0].columns else 0
        rows = min(count, _ROWS, left - 3)
        table = list(lines_of(_cut(shown[0], rows), _WIDTH))[: left - 1]
        lines += table
        if rows < count or len(shown) > 1:
            lines.append(f"... {len(result.records):,} records in `.records`")
    return "\n".join(map(_shortened, [*lines, *summary, *notes]))


def _cut(grid: Grid, rows: int | None = None) -> Grid:
    """Return a grid's first rows, its long texts cut."""
    columns = [
        replace(
            column,
            cells=[
                cell
                if column.whole or len(cell) <= _WIDTH // 2
                else f"{cell[: _WIDTH // 2 - 3]}..."
                for cell in islice(column.cells, rows)
            ],
        )
        for column in grid.columns
    ]
    return replace(grid, columns=columns, breaks=frozenset())


def _shortened(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 3]}..."
