"""What the evaluations share: several files of vectors beside each other, and their report."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.options import Labels, NoCache, Output, Source, check_named
from latentcli.errors import LatentError, UsageError, check_choice, shown
from latentcli.results import Record, Report, Sheet

if TYPE_CHECKING:
    from latentcli.words._space import Space
    from latentcli.words.evaluation._protocol import Protocol

_LISTED = 3

Seed = Annotated[int, typer.Option("--seed", help="Seed of what is drawn.", min=0)]
ProtocolName = Annotated[
    str,
    typer.Option(
        "--protocol", help="Whose rules: latent, gensim, word2vec, glove.", metavar="NAME"
    ),
]
Restrict = Annotated[
    int | None,
    typer.Option(
        "--restrict", help="Only the first N rows (the most frequent words).", metavar="N"
    ),
]


@dataclass(frozen=True)
class Sources:
    """The files of vectors that are evaluated."""

    vectors: Annotated[
        list[str] | None,
        typer.Option(
            "--vectors",
            "-v",
            help="File of vectors, FILE or FILE::KEY; several are shown side by side. Default: "
            "$LATENT_VECTORS, or the bundled sample vectors.",
            metavar="FILE",
            rich_help_panel="Input",
        ),
    ] = None
    labels: Labels = None
    ignore_case: Annotated[
        bool,
        typer.Option(
            "--ignore-case",
            help="Words in another case are the same, as written first.",
            rich_help_panel="Input",
        ),
    ] = False
    no_cache: NoCache = False

    def names(self) -> list[str]:
        """Return a short name for each file, its address where two would be the same."""
        addresses = self._addresses()
        names = told_apart(
            [Path(address or "").name for address in addresses],
            [address or "" for address in addresses],
        )
        if len(set(names)) < len(names):
            raise UsageError("the same file of vectors is named twice")
        return names

    def open_each(self, output: Output) -> Iterator[Space]:
        """Open one file after the other, so that one is in memory at a time."""
        self.names()
        for address in self._addresses():
            source = Source(vectors=address, labels=self.labels, no_cache=self.no_cache)
            space = source.open(output)
            check_named(space)
            yield space

    def each(self, output: Output, evaluate: Callable[[Space], Evaluated]) -> list[Evaluated]:
        """Evaluate each file; of several, one that fails is noted and the others are shown."""
        found: list[Evaluated] = []
        failed: list[LatentError] = []
        for space in self.open_each(output):
            try:
                found.append(evaluate(space))
            except LatentError as error:
                failed.append(error)
                found.append(Evaluated.of(space, [], {}, [str(error)]))
        if len(failed) == len(found):
            raise failed[0]
        return found

    def protocol(self, name: str = "latent", restrict: int | None = None) -> Protocol:
        """Return the protocol of a name, as the options change it."""
        from latentcli.words.evaluation._protocol import PROTOCOLS, check_restrict

        check_choice("protocol", name, PROTOCOLS)
        check_restrict(restrict)
        chosen = PROTOCOLS[name]
        return replace(
            chosen,
            alike=chosen.alike or self.ignore_case,
            restrict=chosen.restrict if restrict is None else restrict,
        )

    def _addresses(self) -> list[str | None]:
        # Read here: of a list, Typer would part the variable at blanks, which paths may have.
        return [*self.vectors] if self.vectors else [os.environ.get("LATENT_VECTORS") or None]


@dataclass(frozen=True)
class Evaluated:
    """The records of one file of vectors, its summary and what is to be noted about it."""

    space: str
    words: int
    dimensions: int
    records: list[Record]
    summary: Record
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, space: Space, records: list[Record], summary: Record, notes: Sequence[str] = ()
    ) -> Evaluated:
        """Keep what is shown of a space that need not stay open."""
        address = space.address
        return cls(address, len(space), space.dimensions, records, summary, tuple(notes))


@dataclass(frozen=True)
class Shape:
    """How a report is laid out: its columns, which names a record, which stands for it.

    `shown` are the columns of the table; without them, all.
    """

    command: str
    title: str
    columns: tuple[str, ...]
    key: str
    value: str
    settings: Record = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


def reported(shape: Shape, found: Sequence[Evaluated], names: Sequence[str]) -> Report:
    """Return the report of one file, or of several with a column for each."""
    if len(found) == 1:
        only = found[0]
        return Report(
            shape.command,
            shape.columns,
            only.records,
            settings=_about(only) | shape.settings,
            summary=only.summary,
            notes=(*shape.notes, *only.notes),
            title=shape.title,
            views=(Sheet("", shape.shown, only.records),) if shape.shown else (),
        )
    records: list[Record] = [
        {"vectors": name, **record}
        for name, one in zip(names, found, strict=True)
        for record in one.records
    ]
    together: Record = {"vectors": " ".join(one.space for one in found)}
    sheet = Sheet("", (shape.key, *names), _side_by_side(shape, found, names))
    return Report(
        shape.command,
        ("vectors", *shape.columns),
        records,
        settings=together | shape.settings,
        summary={
            f"{name} {key}": value
            for name, one in zip(names, found, strict=True)
            for key, value in one.summary.items()
        },
        notes=(
            *shape.notes,
            *(f"{name}: {text}" for name, one in zip(names, found, strict=True)
              for text in one.notes),
        ),
        title=f"{shape.title}: {shape.value.replace('_', ' ')}",
        views=(sheet,),
    )  # fmt: skip


def told_apart(names: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """Return the short names, or the addresses where two names are the same."""
    return list(names if len(set(names)) == len(names) else addresses)


def told_absent(words: Sequence[str], in_another_case: int = 0) -> tuple[str, ...]:
    """Say which words are not there: how many, and a few of them."""
    if not words:
        return ()
    few = ", ".join(shown(word, 40) for word in words[:_LISTED])
    more = ", ..." if len(words) > _LISTED else ""
    hint = f"; {in_another_case:,} are in another case (--ignore-case)"
    count = f"{len(words):,} word{'s are' if len(words) != 1 else ' is'}"
    return (f"{count} not there: {few}{more}{hint if in_another_case else ''}",)


def _about(one: Evaluated) -> Record:
    return {"vectors": one.space, "words": one.words, "dimensions": one.dimensions}


def _side_by_side(
    shape: Shape, found: Sequence[Evaluated], names: Sequence[str]
) -> list[Record]:
    """Make a record of each key: its value in each file.

    Keys may come again (a section that is called "total"): the nth of one file goes with the
    nth of the others.
    """
    rows: dict[tuple[str, int], Record] = {}
    for name, one in zip(names, found, strict=True):
        seen: Counter[str] = Counter()
        for record in one.records:
            key = str(record[shape.key])
            seen[key] += 1
            rows.setdefault((key, seen[key]), {shape.key: key})[name] = record[shape.value]
    return list(rows.values())
