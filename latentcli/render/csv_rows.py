"""CSV (RFC 4180, but for plain line ends): a header line, then the records. On a terminal, escaped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from latentcli.render.cells import plain, visible

if TYPE_CHECKING:
    from latentcli.results import Report


STREAMS = True


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write the records; the header before the first of them only."""
    shown = visible if out.isatty() else str
    if first:
        out.write(_line(map(shown, report.columns)))
    for row in report.records:
        out.write(_line(shown(plain(row.get(name))) for name in report.columns))


def _line(cells: Iterable[str]) -> str:
    # Before Python 3.13 the csv module leaves a lone "\r" unquoted, and reads it as a line end.
    return ",".join(map(_quoted, cells)) + "\n"


def _quoted(cell: str) -> str:
    if not any(mark in cell for mark in ',"\r\n'):
        return cell
    return '"' + cell.replace('"', '""') + '"'
