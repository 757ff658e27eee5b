"""The file of wrong answers that `latent evaluate analogies --errors FILE` writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from latentcli.cli.output import Output
from latentcli.errors import check_choice, counted
from latentcli.results import Record, Report

ENDINGS = {
    ".tsv": "tsv",
    ".csv": "csv",
    ".json": "json",
    ".ndjson": "ndjson",
    ".md": "markdown",
}
"""What the file is written as, by its ending."""


_MARKS = (b"predicted_rank",)
"""A column that no table but this one has."""


def check(path: str, *, force: bool = False) -> None:
    """Refuse before the work what could not be written after it."""
    from latentcli.files import outputs

    check_choice("ending of --errors", Path(path).suffix.lower(), ENDINGS)
    outputs.check(Path(path), force=force, marks=_MARKS)


def write(
    path: str,
    wrong: Sequence[tuple[str, Sequence[Record]]],
    output: Output,
    *,
    force: bool = False,
) -> None:
    """Write the records of each file of vectors by its name, which begins them if there are several."""
    from latentcli.files import outputs
    from latentcli.render import Printer
    from latentcli.words.evaluation._analogies import WRONG

    several = len(wrong) > 1
    columns = ("vectors", *WRONG) if several else WRONG
    rows = [
        {"vectors": name, **record} if several else record
        for name, mine in wrong
        for record in mine
    ]
    check(path, force=force)
    with (
        outputs.written_beside(Path(path)) as part,
        part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out,
    ):
        printer = Printer(ENDINGS[Path(path).suffix.lower()], out)
        printer.add(Report("evaluate analogies", columns, rows))
        printer.close()
    output.note(f"wrote {path}: {counted(len(rows), 'wrong answer')}")
