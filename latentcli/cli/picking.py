"""Which words may be answers, and how many."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.options import MORE, Top
from latentcli.cli.output import Output

if TYPE_CHECKING:
    from latentcli.results import Record
    from latentcli.words._choice import Choice
    from latentcli.words._space import Space

_ANSWERS = 200_000
"""How many answers of a batch are in memory at a time."""


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
    where: Annotated[
        str | None,
        typer.Option(
            "--where",
            help="Only rows of a table for which this holds, in SQL: 'lang = \"en\"'.",
            metavar="CONDITION",
            rich_help_panel=MORE,
        ),
    ] = None
    show: Annotated[
        list[str] | None,
        typer.Option(
            "--show",
            help="Put this column of the table beside each answer; repeatable.",
            metavar="COLUMN",
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

    @property
    def columns(self) -> bool:
        """Whether the other columns of the table are requested."""
        return bool(self.show) or self.where is not None

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
            where=self.where,
            show=self.show or (),
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
        settings = dataclasses.asdict(self)
        shown = settings.pop("show")
        if self.where is None:
            settings.pop("where")
        return {**settings, **({"show": ", ".join(shown)} if shown else {})}
