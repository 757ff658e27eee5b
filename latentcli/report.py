"""The one thing that commands return and renderers show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

Scalar = str | int | float | bool | None | list[float]
"""A value of a record; a list is a short vector, and no record holds anything deeper."""

Record = dict[str, Scalar]


@dataclass(frozen=True)
class Grid:
    """A square or oblong table of numbers, for people: `values[i][j]` at row i, column j."""

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float]]


@dataclass(frozen=True)
class Sheet:
    """Some of the records, or their digest, as a table under a heading of its own."""

    title: str
    columns: tuple[str, ...]
    records: Sequence[Record]


@dataclass(frozen=True)
class HeatMap:
    """A matrix as shades: `values[i][j]` between `low` and `high` at row i, column j."""

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float]]
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Bars:
    """Numbers from 0 up as horizontal bars, the longest as wide as there is room."""

    title: str
    labels: Sequence[str]
    values: Sequence[float]


Part = Sheet | HeatMap | Bars
"""What a table can show in place of the plain list of records."""


@dataclass(frozen=True)
class Report:
    """The answer of one command.

    `records` are flat and hold the same values in every output format; `settings` holds all
    that shaped them; `summary` holds named scalars about the whole; `notes` what a careful
    person would want to be told. The rest is for the table only: `title`, a heading; `grid`, a
    matrix shown in place of the records; `parts`, sheets, heat maps and bars shown in their
    place; `upright`, a lone record shown top to bottom; `lines`, a column that is shown bare, one
    value on each line; `brief`, no summary below, as the parts show it.
    """

    command: str
    columns: tuple[str, ...]
    records: Sequence[Record]
    settings: Record = field(default_factory=dict)
    summary: dict[str, Scalar] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    title: str = ""
    grid: Grid | None = None
    parts: tuple[Part, ...] = ()
    upright: bool = False
    lines: str = ""
    brief: bool = False

    def joined(self, other: Report) -> Report:
        """Return this report with the records and notes of a later part of the same run."""
        return replace(
            self,
            records=[*self.records, *other.records],
            notes=(*self.notes, *other.notes),
            grid=None,
            parts=(),
        )
