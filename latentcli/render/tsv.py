r"""TSV: a header line, then the records; tabs and line breaks in words become \t, \n and \r."""

from __future__ import annotations

from typing import TextIO

from latentcli.render.cells import plain
from latentcli.report import Report

STREAMS = True
_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write the records; the header before the first of them only."""
    if first:
        out.write("\t".join(report.columns) + "\n")
    for row in report.records:
        cells = (plain(row.get(name)).translate(_ESCAPES) for name in report.columns)
        out.write("\t".join(cells) + "\n")
