r"""TSV: a header line, then the records; control characters in words are escaped, a tab as \t."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from latentcli.render.cells import plain, visible

if TYPE_CHECKING:
    from latentcli.results import Report


STREAMS = True


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write the records; the header before the first of them only."""
    if first:
        out.write("\t".join(map(visible, report.columns)) + "\n")
    for row in report.records:
        cells = (visible(plain(row.get(name))) for name in report.columns)
        out.write("\t".join(cells) + "\n")
