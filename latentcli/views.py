"""What an answer looks like, declared where its numbers are: tables, heat maps, bars, curves and more.

A view holds data only; `render` makes text, HTML or a figure of it. Only the standard library is imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Scalar = str | int | float | bool | None | list[float]
"""A value of a record; a list is a short vector, and no record holds anything deeper."""

Record = dict[str, Scalar]


COLORS = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#777777", "#e07b00",
    "#7e57c2", "#009988", "#b5651d", "#d81b60",
)  # fmt: skip
"""Of series and labels: distinct for the color-blind. Paul Tol's bright scheme (2021), and five more."""


@dataclass(frozen=True)
class Matrix:
    """A table of numbers: `values[i][j]` at row i, column j."""

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float]]
    title: str = ""


@dataclass(frozen=True)
class Sheet:
    """Some of the records, or a digest of them, as a table under a heading of its own.

    Columns named in `optional` are left out where a terminal has no room, the first of them first.
    """

    title: str
    columns: tuple[str, ...]
    records: Sequence[Record]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """One record from top to bottom, a line for each of its columns that holds something."""

    columns: tuple[str, ...]
    record: Record


@dataclass(frozen=True)
class Lines:
    """One column of the records, bare: one value on each line."""

    column: str


@dataclass(frozen=True)
class Drawing:
    """Lines of characters that are a picture already."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class HeatMap:
    """A matrix as shades: `values[i][j]` between `low` and `high` at row i, column j.

    Where `low` is below 0 and `high` above, shades diverge from 0. `label` says what is shaded.
    """

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float]]
    low: float = 0.0
    high: float = 1.0
    label: str = ""


@dataclass(frozen=True)
class Bars:
    """Numbers as horizontal bars from 0, the longest as wide as there is room; `label` is their axis's."""

    title: str
    labels: Sequence[str]
    values: Sequence[float]
    label: str = ""


@dataclass(frozen=True)
class Chart:
    """What is drawn only, and no table shows: the kinds are in `latentcli.charts`."""

    title: str


Picture = HeatMap | Bars | Chart
"""What can be drawn."""

View = Matrix | Sheet | Listing | Lines | Drawing | Picture
"""What can be shown in place of the plain list of records."""
