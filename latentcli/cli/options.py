"""The options that commands share, in groups; and how a group becomes options.

A group is a frozen dataclass whose fields are annotated with `typer.Option`. A command that
has a parameter of the group's type gets all its options: `expand` writes them into the
signature that Typer reads and puts the group together when the command is called.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from latentcli.cli.wording import in_options
from latentcli.errors import LatentError, UsageError, check_choice

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


def expand(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of its groups, for Typer to read."""
    signature = inspect.signature(command)
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {
        name: hint for name, hint in hints.items() if dataclasses.is_dataclass(hint)
    }
    parameters = []
    for name, parameter in signature.parameters.items():
        if name not in groups:
            parameters.append(parameter.replace(annotation=hints[name]))
            continue
        group_hints = get_type_hints(groups[name], include_extras=True)
        parameters += [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=group_hints[field.name],
            )
            for field in dataclasses.fields(groups[name])
        ]

    @functools.wraps(command)
    def run(**values: Any) -> Any:
        for name, group in groups.items():
            fields = {field.name: values.pop(field.name) for field in dataclasses.fields(group)}
            values[name] = group(**fields)
        return command(**values)

    run.__doc__ = _reflowed(command.__doc__ or "")
    ordered = sorted(parameters, key=lambda parameter: parameter.kind)
    run.__signature__ = signature.replace(parameters=ordered)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in ordered}
    del run.__wrapped__
    return run


def _reflowed(text: str) -> str:
    """Join the lines of each paragraph, so that help is wrapped to the terminal's width."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split("\n")) for paragraph in paragraphs)


@dataclass(frozen=True)
class Output:
    """How the answer is written, and what else is said."""

    format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            envvar="LATENT_FORMAT",
            help="table, json, ndjson, csv, tsv or markdown.",
            metavar="FORMAT",
            rich_help_panel="Output",
        ),
    ] = "table"
    as_json: Annotated[
        bool, typer.Option("--json", help="Short for -f json.", rich_help_panel="Output")
    ] = False
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="No notes, no progress.", rich_help_panel="Output"),
    ] = False
    debug: Annotated[
        bool,
        typer.Option(
            "--debug", help="Show a traceback if something fails.", rich_help_panel="Output"
        ),
    ] = False

    def __post_init__(self) -> None:
        from latentcli.render import RENDERERS

        check_choice("format", self.format, RENDERERS)

    def note(self, text: str) -> None:
        """Say something worth knowing, on stderr."""
        if not self.quiet:
            say("note", text)

    def printer(self) -> Any:
        """Return a printer of the chosen format on stdout."""
        from latentcli.render import Printer

        return Printer("json" if self.as_json else self.format, sys.stdout)

    def show(self, report: Report) -> None:
        """Print one report, and its notes on stderr, in the words of the command line."""
        report = in_options(report)
        printer = self.printer()
        for text in report.notes:
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

        bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        task = bar.add_task(what, total=None)
        started = False
        begun = time.monotonic()

        def advance(done: int, total: int) -> None:
            nonlocal started
            late = time.monotonic() - begun > _PATIENCE
            if not started and late and total >= least:
                bar.start()
                started = True
            bar.update(task, completed=done, total=total)

        try:
            yield advance
        finally:
            bar.stop()


Labels = Annotated[
    str | None,
    typer.Option(
        "--labels",
        help="Words for an array's rows: a file with one on each line, or FILE::KEY.",
        metavar="FILE",
        rich_help_panel="Input",
    ),
]
NoCache = Annotated[
    bool,
    typer.Option(
        "--no-cache", help="Read the file afresh, keep nothing.", rich_help_panel="Input"
    ),
]


@dataclass(frozen=True)
class Source:
    """The vectors that are asked."""

    vectors: Annotated[
        str | None,
        typer.Option(
            "--vectors",
            "-v",
            envvar="LATENT_VECTORS",
            help="File of vectors, FILE or FILE::KEY. Default: the bundled sample vectors.",
            metavar="FILE",
            rich_help_panel="Input",
        ),
    ] = None
    labels: Labels = None
    ignore_case: Annotated[
        bool,
        typer.Option(
            "--ignore-case",
            help="Take a word in another case if it is not there.",
            rich_help_panel="Input",
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
                cache=not self.no_cache,
                ignore_case=self.ignore_case,
                progress=progress,
            )
        if not self.vectors:
            output.note(
                f"no vectors named (-v FILE): asking the bundled {space.name}, "
                f"{len(space):,} words x {space.dimensions}"
            )
        for text in space.entry.notes if tell else ():
            output.note(text)
        return space


@dataclass(frozen=True)
class Picking:
    """Which answers are wanted."""

    top: Annotated[
        int, typer.Option("--top", "-k", help="How many answers.", rich_help_panel="Answers")
    ] = 10
    restrict: Annotated[
        int | None,
        typer.Option(
            "--restrict",
            help="Only the first N rows (the most frequent words).",
            metavar="N",
            rich_help_panel="Answers",
        ),
    ] = None
    match: Annotated[
        str | None,
        typer.Option(
            "--match",
            help="Only words in which this regular expression is found.",
            metavar="REGEX",
            rich_help_panel="Answers",
        ),
    ] = None
    among: Annotated[
        str | None,
        typer.Option(
            "--among",
            help="Only the words of this file, one on each line.",
            metavar="FILE",
            rich_help_panel="Answers",
        ),
    ] = None
    min_score: Annotated[
        float | None,
        typer.Option(
            "--min-score",
            help="Only answers that score at least this.",
            metavar="X",
            rich_help_panel="Answers",
        ),
    ] = None
    include_inputs: Annotated[
        bool,
        typer.Option(
            "--include-inputs",
            help="Also answer with the words asked with.",
            rich_help_panel="Answers",
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

    with suppress(OSError):  # nobody can be told that nobody can be told
        sys.stderr.write(f"latent: {kind}: {visible(text)}\n")
        sys.stderr.flush()


def check_named(space: Space) -> None:
    """Refuse vectors without words, where words are asked for."""
    if not space.words.named:
        raise LatentError(f"{space.name} has no words; name word vectors with -v, or --labels")


def about(space: Space) -> Record:
    """Return the settings that say which vectors were asked."""
    return {
        "vectors": space.address,
        "words": len(space),
        "dimensions": space.dimensions,
        "ignore_case": space.ignore_case,
    }
