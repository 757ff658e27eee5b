"""Reports to text: one file per format, and the plain table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from latentcli.errors import check_choice
from latentcli.views import Sheet

if TYPE_CHECKING:
    from latentcli.results import Report


RENDERERS: dict[str, str] = {
    "table": "latentcli.render.table",
    "json": "latentcli.render.json_object",
    "ndjson": "latentcli.render.ndjson",
    "csv": "latentcli.render.csv_rows",
    "tsv": "latentcli.render.tsv",
    "markdown": "latentcli.render.markdown",
    "latex": "latentcli.render.latex",
}
"""Every output format. A renderer has `write(report, out, first)`, and `STREAMS`, True when the
parts of a long run can be written one after the other (`first` is False from the second on)."""


ON_SCREEN = ("table", "markdown", "latex")
"""The formats that show the tables of the screen; the others write the records."""


class Printer:
    """Writes the parts of a run in one format, at once if the format streams, else at the end.

    `columns`, if there are any, are those of the records that are written, in their order, or of the
    tables of the screen that have them; with `wide`, a table has all its columns at any width.
    """

    def __init__(
        self,
        name: str,
        out: TextIO,
        *,
        columns: Sequence[str] = (),
        wide: bool = False,
        spreadsheet_safe: bool = False,
    ) -> None:
        check_choice("format", name, RENDERERS)
        self._renderer = import_module(RENDERERS[name])
        self._out = out
        self._columns = tuple(columns)
        self._on_screen = name in ON_SCREEN
        self._wide = wide
        self._guarded = spreadsheet_safe and name in ("csv", "tsv")
        self._first = True
        self._whole: Report | None = None

    def add(self, report: Report) -> None:
        """Write a report, or join it to those that came before."""
        if self._columns:
            of_tables = only_of_tables(report, self._columns) if self._on_screen else None
            report = of_tables or only(report, self._columns)
        if self._wide:
            report = replace(report, wide=True)
        if self._guarded:
            report = guarded(report)
        if self._renderer.STREAMS:
            self._renderer.write(report, self._out, self._first)
            self._out.flush()
            self._first = False
        else:
            self._whole = report if self._whole is None else self._whole.joined(report)

    def close(self) -> None:
        """Write what was joined."""
        if self._whole is not None:
            self._renderer.write(self._whole, self._out, True)
            self._whole = None
        self._out.flush()


_RUN = ("=", "+", "-", "@", "\t", "\r")
"""What begins a cell that a spreadsheet runs."""


def guarded(report: Report) -> Report:
    """Return a report whose text cells and headings no spreadsheet runs: they begin with an apostrophe."""
    return replace(
        report,
        columns=tuple(map(_guarded, report.columns)),
        records=[
            {
                _guarded(name): _guarded(value) if isinstance(value, str) else value
                for name, value in row.items()
            }
            for row in report.records
        ],
    )


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_RUN) else text


def only(report: Report, columns: Sequence[str]) -> Report:
    """Return a report whose records have only these columns, in this order, and no other views.

    Records that have none of them are left out.
    """
    for name in columns:
        check_choice("column", name, report.columns)
    records = [
        {name: row[name] for name in columns if name in row}
        for row in report.records
        if any(name in row for name in columns)
    ]
    return replace(
        report, columns=tuple(columns), records=records, views=(), show_summary=False
    )


def only_of_tables(report: Report, columns: Sequence[str]) -> Report | None:
    """Return a report of those of its tables that have all these columns, in this order; None for none.

    Only of records of several levels (models, factors, dimensions), which make no table together.
    """
    if "level" not in report.columns:
        return None
    tables = [
        replace(view, columns=tuple(columns), optional=())
        for view in report.views
        if isinstance(view, Sheet) and {*columns} <= {*view.columns}
    ]
    return replace(report, views=tuple(tables), show_summary=False) if tables else None
