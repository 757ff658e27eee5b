"""What an answer looks like, declared where its numbers are: tables, heat maps, bars, curves and more.

A view holds data only; `render` makes text, HTML or a figure of it. Only the standard library is imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

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
class Band:
    """A range of y along a curve's axis: the values between `low` and `high` at each x."""

    label: str
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class Curve:
    """Lines over a common axis: `lines` has for each name its values at the places `x`.

    `bands` are shaded behind them, and so are the `spans` of x, which are named by `span_label`;
    `levels` are horizontal lines, `places` vertical ones; `log` names the logarithmic axes: "x", "y" or "xy".
    """

    title: str
    x_label: str
    y_label: str
    x: Sequence[float]
    lines: Mapping[str, Sequence[float]]
    bands: Sequence[Band] = ()
    spans: Sequence[tuple[float, float]] = ()
    span_label: str = ""
    levels: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, float] = field(default_factory=dict)
    log: str = ""


@dataclass(frozen=True)
class Histogram:
    """How many values lie between consecutive `edges`: `heights` of each name, one fewer than edges.

    `curve` (places, heights) is a distribution beside them, named `curve_label`.
    """

    title: str
    x_label: str
    y_label: str
    edges: Sequence[float]
    heights: Mapping[str, Sequence[float]]
    curve: tuple[Sequence[float], Sequence[float]] | None = None
    curve_label: str = ""
    places: Mapping[str, float] = field(default_factory=dict)


class Dot(NamedTuple):
    """A number with the ends of its interval; None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Dots:
    """Numbers with their intervals: for each name of `series` a dot at each of the labels."""

    title: str
    label: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[Dot]]


@dataclass(frozen=True)
class Plane:
    """Points (x, y) by name, both axes to one scale; `arrows` and `lines` are pairs of points by number.

    `faint` are numbers of points that matter less.
    """

    title: str
    x_label: str
    y_label: str
    names: Sequence[str]
    x: Sequence[float]
    y: Sequence[float]
    arrows: Sequence[tuple[int, int]] = ()
    lines: Sequence[tuple[int, int]] = ()
    faint: Sequence[int] = ()
    equal: bool = True


Picture = HeatMap | Bars | Curve | Histogram | Dots | Plane
"""What can be drawn."""

PICTURES_ONLY = (Curve, Histogram, Dots, Plane)
"""Pictures that no table shows."""

View = Matrix | Sheet | Listing | Lines | Drawing | Picture
"""What can be shown in place of the plain list of records."""
