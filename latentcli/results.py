"""What every function of the library answers with: numbers by name, records, and ways to see them.

A `Result` is frozen. Each verb has a subclass that adds fields of its own; what all have in common
is here, so that every result can be printed, tabulated, plotted and put into a data frame alike.
Only the standard library is imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

Scalar = str | int | float | bool | None | list[float]
"""A value of a record; a list is a short vector, and no record holds anything deeper."""

Record = dict[str, Scalar]


class Interval(NamedTuple):
    """A confidence interval: its two ends."""

    low: float
    high: float


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


@dataclass(frozen=True)
class Curve:
    """Lines over a common axis: `lines` has for each name its values at the places `x`."""

    title: str
    x_label: str
    y_label: str
    x: Sequence[float]
    lines: Mapping[str, Sequence[float]]


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


View = Matrix | Sheet | HeatMap | Bars | Curve | Listing | Lines | Drawing
"""What a table can show in place of the plain list of records."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Result:
    """The answer of one function of the library.

    Attributes
    ----------
    title
        What was computed, of what: one line.
    columns
        The keys of the records, in their order.
    records
        Flat records, the same in every output format.
    summary
        Named numbers about the whole.
    settings
        All parameters that shaped the numbers.
    notes
        What a careful reader should know: one sentence each. Parameters are in backquotes.
    views
        What a table or a picture shows in place of the plain records.
    """

    title: str = ""
    columns: tuple[str, ...] = ()
    records: Sequence[Record] = ()
    summary: Record = field(default_factory=dict)
    settings: Record = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    views: tuple[View, ...] = ()

    def __repr__(self) -> str:
        """Return title, first records, summary and notes as text that fits a terminal."""
        from latentcli.render.text import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        """Return the same as HTML, for notebooks."""
        from latentcli.render.html import as_html

        return as_html(self)

    def to_pandas(self) -> DataFrame:
        """Return the records as a pandas DataFrame; the summary is in its `attrs`.

        Raises ImportError if pandas is not installed.
        """
        import pandas

        frame = pandas.DataFrame(list(self.records), columns=list(self.columns) or None)
        frame.attrs.update(self.summary)
        return frame

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the result's picture into Matplotlib axes, new ones if None; return the axes.

        Raises ValueError for a result that has no picture.
        """
        from latentcli.render.picture import draw

        return draw(self, ax)


@dataclass(frozen=True)
class Report:
    """The answer of one command: a result, with the command's name, for the renderers.

    `records` are flat and hold the same values in every output format; `settings` holds all
    that shaped them; `summary` holds named scalars about the whole; `notes` what a careful
    person would want to know. The rest is for people only: `title`, a heading; `views`, what is
    shown in place of the records; `show_summary`, False where the views show it already; `wide`,
    True where tables have all their columns at any width.
    """

    command: str
    columns: tuple[str, ...]
    records: Sequence[Record]
    settings: Record = field(default_factory=dict)
    summary: dict[str, Scalar] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    title: str = ""
    views: tuple[View, ...] = ()
    show_summary: bool = True
    wide: bool = False

    @classmethod
    def of(
        cls,
        command: str,
        result: Result,
        *,
        title: str = "",
        settings: Mapping[str, Scalar] | None = None,
        show_summary: bool = True,
    ) -> Report:
        """Make the report of a result; `settings` (files, say) stand before the result's own."""
        return cls(
            command,
            result.columns,
            result.records,
            settings={**(settings or {}), **result.settings},
            summary=dict(result.summary),
            notes=result.notes,
            title=title or result.title,
            views=result.views,
            show_summary=show_summary,
        )

    def joined(self, other: Report) -> Report:
        """Return this report with the records and notes of a later part of the same run."""
        return replace(
            self,
            records=[*self.records, *other.records],
            notes=(*self.notes, *other.notes),
            views=(),
        )
