"""Every text of the tool in one file, to be read in one sitting: `make texts`.

A plugin of pytest: while the suite runs, it keeps each note, error and reading that differs from those
before by more than its numbers and names; help pages stand in front.
"""

import contextlib
import io
import json
import os
import re
from pathlib import Path

from latentcli import errors, results
from latentcli.cli import output
from latentcli.cli.app import main

FILE = Path(os.environ.get("LATENT_TEXTS", "build/texts.txt"))
KINDS = ("note", "error", "reading")
found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}


def form(text: str) -> str:
    """Return a text without what varies: numbers, names in quotes, files."""
    return re.sub(r"'[^']*'|\S*[./\\]\S+|[\d][\d,.e+-]*|\bz\d+\b", "*", text)


def keep(kind: str, text: str) -> None:
    """Keep a text, unless one of its form is there."""
    found[kind].setdefault(form(text), " ".join(text.split()))


def pytest_configure() -> None:
    """Listen where texts are made: what is said, errors that are raised, results."""
    say, raised = output.say, errors.LatentError.__init__
    report_of = results.Report.of.__func__

    def say_and_keep(kind: str, text: str, *rest: object, **options: object) -> None:
        keep(kind if kind in KINDS else "note", text)
        say(kind, text, *rest, **options)

    def raise_and_keep(self: Exception, *parts: object) -> None:
        raised(self, *parts)
        keep("error", str(self))

    def readings(result: results.Result) -> None:
        for text in result.notes:
            keep("note", text)
        for row in [*list(result.records)[:200], result.summary]:
            for key in ("reading", "verdict"):
                if isinstance(row.get(key), str):
                    keep("reading", row[key])

    def of_report(cls: type, command: str, result: results.Result, **options: object) -> object:
        readings(result)
        return report_of(cls, command, result, **options)

    results.Report.of = classmethod(of_report)
    output.say = say_and_keep
    errors.LatentError.__init__ = raise_and_keep


def helps() -> str:
    """Return the help of every command, whole."""
    from tests.test_twins import leaves

    pages = []
    for leaf in sorted(leaves()):
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            main([*leaf.split(), "--help-all"])
        pages.append(f"==== latent {leaf}\n{shown.getvalue()}")
    return "\n".join(pages)


def pytest_unconfigure() -> None:
    """Write the file; a worker of `-n` leaves its texts to the process that started it."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _part(worker).write_text(json.dumps(found), encoding="utf-8")
        return
    for part in sorted(FILE.parent.glob(_part("*").name)):
        for kind, texts in json.loads(part.read_text(encoding="utf-8")).items():
            found[kind] = texts | found[kind]
        part.unlink()
    lists = [
        f"==== {kind}s\n" + "\n".join(sorted(texts.values())) for kind, texts in found.items()
    ]
    FILE.write_text("\n\n".join([helps(), *lists]) + "\n", encoding="utf-8")


def _part(worker: str) -> Path:
    return FILE.with_name(f"{FILE.name}.{worker}.part")
