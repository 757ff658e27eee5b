"""A result as HTML, for notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from latentcli.render.cells import visible
from latentcli.render.grids import Grid, grids, of_summary

if TYPE_CHECKING:
    from latentcli.results import Result


_ROWS = 20


def as_html(result: Result) -> str:
    """Return title, tables, summary and notes; text from files is escaped."""
    parts = [f"<p><b>{_text(result.title or type(result).__name__)}</b></p>"]
    for grid in grids(result):
        parts += _table(grid)
    if result.summary:
        parts += _table(of_summary(result.summary))
    parts += [f"<p>note: {_text(note)}</p>" for note in result.notes]
    return f"<div>{''.join(parts)}</div>"


def _table(grid: Grid) -> Iterator[str]:
    """Yield a table of a grid's first rows, and how many there are."""
    yield "<table>"
    if grid.title:
        yield f"<caption>{_text(grid.title)}</caption>"
    if grid.headed:
        heads = "".join(f"<th>{_text(column.heading)}</th>" for column in grid.columns)
        yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    count = len(grid.columns[0].cells) if grid.columns else 0
    for row in range(min(count, _ROWS)):
        cells = (
            f'<td style="text-align: right">{_text(column.cells[row])}</td>'
            if column.numeric
            else f'<td style="text-align: left">{_text(column.cells[row])}</td>'
            for column in grid.columns
        )
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table>"
    if count > _ROWS:
        yield f"<p>{_ROWS} of {count:,} rows; all are in <code>.records</code></p>"


def _text(text: str) -> str:
    return escape(visible(text), quote=True)
