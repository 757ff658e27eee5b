"""CSV (RFC 4180): a header line, then the records."""

from __future__ import annotations

import csv
from typing import TextIO

from latentcli.render.cells import plain
from latentcli.report import Report

STREAMS = True


def write(report: Report, out: TextIO, first: bool) -> None:
    """Write the records; the header before the first of them only."""
    writer = csv.writer(out, lineterminator="\n")
    if first:
        writer.writerow(report.columns)
    writer.writerows(
        [plain(row.get(name)) for name in report.columns] for row in report.records
    )
