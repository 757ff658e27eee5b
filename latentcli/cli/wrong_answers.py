"""The file of wrong answers that `latent evaluate analogies --errors FILE` writes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from latentcli.cli.options import Output
from latentcli.errors import FileError, UsageError, check_choice
from latentcli.results import Record, Report

ENDINGS = {
    ".tsv": "tsv",
    ".csv": "csv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".md": "markdown",
}
"""What the file is written as, by its ending."""


def check(path: str) -> None:
    """Refuse before the work what could not be written after it."""
    from latentcli.files.stream import written_to

    check_choice("ending of --errors", Path(path).suffix.lower(), ENDINGS)
    folder = written_to(Path(path)).parent
    if not folder.is_dir():
        raise UsageError(f"cannot write {path}: there is no such folder")
    if not os.access(folder, os.W_OK):
        raise FileError(f"cannot write {path}: nothing may be written to its folder")


def write(path: str, wrong: Sequence[tuple[str, Sequence[Record]]], output: Output) -> None:
    """Write the records of each file of vectors by its name, which begins them if there are several."""
    from latentcli.files.stream import written_beside
    from latentcli.render import Printer
    from latentcli.words.evaluation._analogies import WRONG

    several = len(wrong) > 1
    columns = ("vectors", *WRONG) if several else WRONG
    rows = [
        {"vectors": name, **record} if several else record
        for name, mine in wrong
        for record in mine
    ]
    with (
        written_beside(Path(path)) as part,
        part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out,
    ):
        printer = Printer(ENDINGS[Path(path).suffix.lower()], out)
        printer.add(Report("evaluate analogies", columns, rows))
        printer.close()
    output.note(f"wrote {path}: {len(rows):,} wrong answers")
