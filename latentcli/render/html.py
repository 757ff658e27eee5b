"""A result as HTML, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from latentcli.render.cells import human
from latentcli.results import Record, Result

_ROWS = 20


def as_html(result: Result) -> str:
    """Return title, first records, summary and notes; text from files is escaped."""
    parts = [f"<p><b>{_text(result.title or type(result).__name__)}</b></p>"]
    if result.records:
        parts.append(_table(result.columns, result.records[:_ROWS]))
    if len(result.records) > _ROWS:
        parts.append(f"<p>{len(result.records):,} records in <code>.records</code></p>")
    if result.summary:
        cells = "".join(
            f"<tr><td>{_text(name)}</td><td>{_text(human(value))}</td></tr>"
            for name, value in result.summary.items()
        )
        parts.append(f"<table>{cells}</table>")
    parts += [f"<p>note: {_text(note)}</p>" for note in result.notes]
    return f"<div>{''.join(parts)}</div>"


def _table(columns: Sequence[str], records: Sequence[Record]) -> str:
    head = "".join(f"<th>{_text(name.replace('_', ' '))}</th>" for name in columns)
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{_text(human(row.get(name)))}</td>" for name in columns)
        + "</tr>"
        for row in records
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _text(text: str) -> str:
    return escape(text, quote=True)
