"""How answers and notes leave a command: the options of its output, and lines on stderr."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli.options import MORE
from latentcli.cli.wording import in_options, merged, with_options
from latentcli.errors import check_choice

if TYPE_CHECKING:
    from latentcli.numerics.types import Progress
    from latentcli.results import Report

_PATIENCE = 0.5
"""Seconds after which a progress bar is drawn."""

_FIRST_LINE = 30.0
"""Seconds after which a log gets its first line of progress."""


@dataclass(frozen=True)
class Output:
    """How the answer is written, and what else is said."""

    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON; other formats by --format.")
    ] = False
    format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            envvar="LATENT_FORMAT",
            help="table, json, ndjson, csv, tsv, markdown, latex.",
            metavar="FORMAT",
            show_default=False,
            rich_help_panel=MORE,
        ),
    ] = "table"
    only_columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="NAME,...",
            help="Only these columns, in this order.",
            rich_help_panel=MORE,
        ),
    ] = None
    wide: Annotated[
        bool,
        typer.Option("--wide", help="All columns, at any width.", rich_help_panel=MORE),
    ] = False
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="No notes, no progress.", rich_help_panel=MORE),
    ] = False
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Show the traceback of an error.", rich_help_panel=MORE),
    ] = False
    spreadsheet_safe: Annotated[
        bool,
        typer.Option(
            "--spreadsheet-safe",
            help="CSV, TSV: guard cells like =SUM(A1).",
            rich_help_panel=MORE,
        ),
    ] = False
    max_memory: Annotated[
        str | None,
        typer.Option(
            "--max-memory",
            metavar="SIZE",
            help="Limit of memory, such as 2G.",
            rich_help_panel=MORE,
        ),
    ] = None

    def __post_init__(self) -> None:
        from latentcli.cli import process
        from latentcli.render import RENDERERS

        check_choice("format", self.format, RENDERERS)
        process.guard(self.max_memory)

    @cached_property
    def _of_files(self) -> dict[str, None]:
        """What was dropped or repaired in the files that were opened: in the notes of the answer."""
        return {}

    @cached_property
    def _said(self) -> set[str]:
        """The notes that were said: none is said twice."""
        return set()

    def note(self, text: str) -> None:
        """Say something worth knowing, on stderr, once."""
        if not self.quiet and text not in self._said:
            self._said.add(text)
            say("note", with_options(text))

    def carry(self, notes: Iterable[str]) -> None:
        """Put notes on a file into the answer; they are said where the file is read, not again."""
        self._of_files.update(dict.fromkeys(notes))

    def worth_saying(self, notes: Iterable[str]) -> list[str]:
        """Return the notes that are not on files."""
        return [text for text in notes if text not in self._of_files]

    def with_file_notes(self, report: Report) -> Report:
        """Return a report, in the words of the command line, with the notes on its files."""
        notes = (*self._of_files, *merged(report.notes))
        notes = tuple(dict.fromkeys(notes))
        return in_options(dataclasses.replace(report, notes=notes))

    def printer(self) -> Any:
        """Return a printer of the chosen format on stdout."""
        from latentcli.render import Printer

        names = [name.strip() for name in (self.only_columns or "").split(",") if name.strip()]
        return Printer(
            "json" if self.as_json else self.format,
            sys.stdout,
            columns=names,
            wide=self.wide,
            spreadsheet_safe=self.spreadsheet_safe,
        )

    def show(self, report: Report) -> None:
        """Print one report, and its notes on stderr, in the words of the command line."""
        report = self.with_file_notes(report)
        printer = self.printer()
        for text in self.worth_saying(report.notes):
            self.note(text)
        printer.add(report)
        printer.close()

    @contextmanager
    def progress(
        self, what: str, *, least: int = 0, rate: str = ""
    ) -> Iterator[Progress | None]:
        """Give a progress callback that draws a bar, when someone is looking; a log gets a line now and then.

        Totals below `least` draw nothing. With `rate`, how many of these there are in a second stands behind it.
        """
        if self.quiet:
            yield None
            return
        if not sys.stderr.isatty():
            yield _logged(what, least)
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        from latentcli.files.pending import holding
        from latentcli.render.cells import visible

        bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            *([TextColumn(f"{{task.fields[rate]:,}} {rate}/s")] if rate else ()),
            console=Console(stderr=True),
            transient=True,
        )
        task = bar.add_task(visible(what), total=None, rate=0)
        started = False
        begun = time.monotonic()

        def advance(done: int, total: int) -> None:
            nonlocal started
            late = time.monotonic() - begun > _PATIENCE
            if not started and late and total >= least:
                bar.start()
                started = True
            seconds = max(time.monotonic() - begun, 1e-9)
            bar.update(task, completed=done, total=total, rate=round(done / seconds))

        with holding():  # a bar hides the cursor
            try:
                yield advance
            finally:
                bar.stop()


def _logged(what: str, least: int) -> Progress:
    """Return a progress callback for a log: a line after some seconds, then after twice as many."""
    begun = time.monotonic()
    due = _FIRST_LINE

    def advance(done: int, total: int) -> None:
        nonlocal due
        spent = time.monotonic() - begun
        if spent >= due and least <= total and done < total:
            due = 2 * spent
            say("progress", f"{what}: {done:,} of {total:,} after {spent:.0f} s")

    return advance


def say(kind: str, text: str) -> None:
    """Write `latent: note: ...` to stderr, in one line; what is hostile in it is made visible.

    On a terminal it is wrapped between words; a line to type stands by itself, whole, to be copied.
    """
    from latentcli.render.cells import visible

    line = f"latent: {kind}: {visible(text)}"
    with suppress(OSError):  # with stderr gone, there is nowhere left to write
        sys.stderr.write(f"{on_terminal(line) if sys.stderr.isatty() else line}\n")
        sys.stderr.flush()


def on_terminal(line: str) -> str:
    """Return a message as a terminal shows it.

    >>> print(on_terminal("latent: note: vectors are named with -v: latent odd a b -v x.txt"))
    latent: note: vectors are named with -v:
      latent odd a b -v x.txt
    """
    import shutil
    import textwrap

    prose, mark, typed = line.partition(": latent ")
    width = max(20, shutil.get_terminal_size((80, 24)).columns)
    lines = textwrap.wrap(
        f"{prose}:" if mark else prose, width, subsequent_indent="  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return "\n".join([*lines, f"  latent {typed}"] if mark else lines)
