"""The options that commands share: declared once, so that they mean the same everywhere.

Single options are annotations (`seed: Seed = 0`). A group is a frozen dataclass whose fields are
annotated with `typer.Option`: a command that has a parameter of the group's type gets all its
options. What most people need stands among the command's own options in its help, the rest under
`MORE`.
"""

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

from latentcli.cli.wording import in_options, with_options
from latentcli.errors import LatentError, ParameterError, UsageError, check_choice

if TYPE_CHECKING:
    from latentcli.numerics.types import Progress
    from latentcli.results import Record, Report
    from latentcli.words._choice import Choice
    from latentcli.words._space import Space

_PATIENCE = 0.5
"""Seconds after which a progress bar is drawn."""

_LARGE = 50 << 20
"""Bytes of a file from which reading it draws a progress bar."""

_ANSWERS = 200_000
"""How many answers of a batch are in memory at a time."""


MORE = "More options"
"""The panel of a help for what few people need."""


def _level(value: float) -> float | None:
    """Return a confidence level; None for 0, which is no intervals."""
    if not 0 <= value < 1:
        raise ParameterError("ci", value, "below 1, such as 0.95, or 0 for no intervals")
    return value or None


Ci = Annotated[
    float | None,
    typer.Option(
        "--ci",
        metavar="LEVEL",
        help="Confidence level of the intervals; 0: none.",
        callback=_level,
        rich_help_panel=MORE,
    ),
]
"""`ci: Ci = 0.95`; the command gets None for 0."""

Seed = Annotated[
    int,
    typer.Option("--seed", metavar="N", min=0, help="Random seed.", rich_help_panel=MORE),
]
"""`seed: Seed = 0`."""

SampleSize = Annotated[
    int | None,
    typer.Option(
        "--sample",
        metavar="N",
        min=0,
        help="Use at most N rows, drawn at random; 0: all.",
        callback=lambda value: value or None,
        rich_help_panel=MORE,
    ),
]
"""`sample: SampleSize = 5000`; the command gets None for 0."""

Force = Annotated[
    bool,
    typer.Option(
        "--force",
        help="Overwrite read-only and foreign files.",
        rich_help_panel=MORE,
    ),
]
"""`force: Force = False`: for every file that is written, as `files.outputs` has the rule."""

Top = Annotated[int, typer.Option("--top", "-k", metavar="K", help="Number of answers.")]
"""`top: Top = 10`: how many of the nearest are answers."""

NeighborCount = Annotated[
    int,
    typer.Option(
        "--neighbors",
        metavar="K",
        min=1,
        help="Number of nearest neighbors in each estimate.",
        rich_help_panel=MORE,
    ),
]
"""`neighbors: NeighborCount = 10`: the k of an estimate, which `-k` never is."""


@dataclass(frozen=True)
class Output:
    """How the answer is written, and what else is said."""

    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False
    format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            envvar="LATENT_FORMAT",
            help="table, json, ndjson, csv, tsv, markdown, latex.",
            metavar="FORMAT",
            show_default=False,
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

    def note(self, text: str) -> None:
        """Say something worth knowing, on stderr."""
        if not self.quiet:
            say("note", with_options(text))

    def carry(self, notes: Iterable[str]) -> None:
        """Put notes on a file into the answer; they are said where the file is read, not again."""
        self._of_files.update(dict.fromkeys(notes))

    def worth_saying(self, notes: Iterable[str]) -> list[str]:
        """Return the notes that are not on files."""
        return [text for text in notes if text not in self._of_files]

    def with_file_notes(self, report: Report) -> Report:
        """Return a report, in the words of the command line, with the notes on its files."""
        notes = tuple(dict.fromkeys((*self._of_files, *report.notes)))
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
    def progress(self, what: str, *, least: int = 0) -> Iterator[Progress | None]:
        """Give a progress callback that draws a bar, when someone is looking.

        Totals below `least` draw nothing.
        """
        if self.quiet or not sys.stderr.isatty():
            yield None
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        from latentcli.files.pending import holding
        from latentcli.render.cells import visible

        bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        task = bar.add_task(visible(what), total=None)
        started = False
        begun = time.monotonic()

        def advance(done: int, total: int) -> None:
            nonlocal started
            late = time.monotonic() - begun > _PATIENCE
            if not started and late and total >= least:
                bar.start()
                started = True
            bar.update(task, completed=done, total=total)

        with holding():  # a bar hides the cursor
            try:
                yield advance
            finally:
                bar.stop()


Labels = Annotated[
    str | None,
    typer.Option(
        "--labels",
        help="Words for an array's rows: a line each, or FILE::KEY.",
        metavar="FILE",
        rich_help_panel=MORE,
    ),
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", help="Neither read nor write the cache.", rich_help_panel=MORE),
]


@dataclass(frozen=True)
class Source:
    """The vectors that a query goes to."""

    vectors: Annotated[
        str | None,
        typer.Option(
            "--vectors",
            "-v",
            envvar="LATENT_VECTORS",
            help="File (or FILE::KEY); default: a bundled sample.",
            metavar="FILE",
        ),
    ] = None
    labels: Labels = None
    vector_column: Annotated[
        str | None,
        typer.Option(
            "--vector-column",
            metavar="COLUMN",
            help="The column of vectors of a table (TABLE.COLUMN in a database).",
            rich_help_panel=MORE,
        ),
    ] = None
    text_column: Annotated[
        str | None,
        typer.Option(
            "--text-column",
            metavar="COLUMN",
            help="The column of a table that holds the words.",
            rich_help_panel=MORE,
        ),
    ] = None
    ignore_case: Annotated[
        bool,
        typer.Option(
            "--ignore-case",
            help="Find a missing word in another case.",
            rich_help_panel=MORE,
        ),
    ] = False
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help="Find words only as they are written.",
            rich_help_panel=MORE,
        ),
    ] = False
    no_cache: NoCache = False

    def open(self, output: Output, *, tell: bool = True) -> Space:
        """Open the vectors, with a progress bar for large files, and tell what was noticed."""
        import latentcli
        from latentcli.files import samples

        if self.vectors == "":
            raise UsageError("-v has an empty name; leave it out for the sample vectors")
        address = self.vectors or samples.DEFAULT
        with output.progress(f"reading {address}", least=_LARGE) as progress:
            space = latentcli.open(
                address,
                labels=self.labels,
                vector_column=self.vector_column,
                text_column=self.text_column,
                cache=not self.no_cache,
                ignore_case=self.ignore_case,
                exact=self.exact,
                progress=progress,
            )
        if not self.vectors:
            output.note(
                f"no vectors named (-v FILE); using the bundled {space.name}, "
                f"{len(space):,} words x {space.dimensions}"
            )
        for text in space.entry.notes if tell else ():
            output.note(text)
        output.carry(space.notes if tell else ())
        return space


@dataclass(frozen=True)
class Picking:
    """Which words may be answers, and how many."""

    top: Top = 10
    restrict: Annotated[
        int | None,
        typer.Option(
            "--restrict",
            help="Only the first N rows (the most frequent words).",
            metavar="N",
            rich_help_panel=MORE,
        ),
    ] = None
    match: Annotated[
        str | None,
        typer.Option(
            "--match",
            help="Only words that match this regular expression.",
            metavar="REGEX",
            rich_help_panel=MORE,
        ),
    ] = None
    among: Annotated[
        str | None,
        typer.Option(
            "--among",
            help="Only the words of this file, a line each.",
            metavar="FILE",
            rich_help_panel=MORE,
        ),
    ] = None
    min_score: Annotated[
        float | None,
        typer.Option(
            "--min-score",
            help="Only answers with at least this score.",
            metavar="X",
            rich_help_panel=MORE,
        ),
    ] = None
    include_inputs: Annotated[
        bool,
        typer.Option(
            "--include-inputs",
            help="Input words may be answers too.",
            rich_help_panel=MORE,
        ),
    ] = False

    @property
    def at_once(self) -> int:
        """How many queries are answered together, so that their answers fit in memory."""
        return max(1, _ANSWERS // max(1, self.top))

    def choice(self) -> Choice:
        """Return the choice that the options make; read the file of --among."""
        from pathlib import Path

        from latentcli.files import labels
        from latentcli.words._choice import Choice

        return Choice(
            top=self.top,
            restrict=self.restrict,
            match=self.match,
            among=None if self.among is None else labels.read(self.among, Path(self.among)),
            min_score=self.min_score,
            include_inputs=self.include_inputs,
        )

    def note_absent(self, choice: Choice, space: Space, output: Output) -> None:
        """Say how many words of --among are not in the space."""
        if choice.among is not None:
            words = list(choice.among)
            absent = sum(word not in space for word in words)
            if absent:
                output.note(f"{absent:,} of {len(words):,} words of {self.among} are not there")

    def settings(self) -> Record:
        """Return what goes into the report's settings."""
        return dataclasses.asdict(self)


def say(kind: str, text: str) -> None:
    """Write one line to stderr: `latent: note: ...`; what is hostile in it is made visible."""
    from latentcli.render.cells import visible

    with suppress(OSError):  # with stderr gone, there is nowhere left to write
        sys.stderr.write(f"latent: {kind}: {visible(text)}\n")
        sys.stderr.flush()


def check_named(space: Space) -> None:
    """Refuse vectors without words, where words are needed."""
    if not space.words.named:
        raise LatentError(f"{space.name} has no words; name word vectors with -v, or --labels")


def about(space: Space) -> Record:
    """Return the settings that say which vectors were used."""
    return {
        "vectors": space.address,
        "words": len(space),
        "dimensions": space.dimensions,
        "ignore_case": space.ignore_case,
        **({"exact": True} if space.exact else {}),
    }
