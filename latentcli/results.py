"""What every function of the library answers with: numbers by name, records, and ways to see them.

A `Result` is frozen. Each verb has a subclass that adds fields of its own; what all have in common
is here, so that every result can be printed, tabulated, plotted and put into a data frame alike.
Only the standard library is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from latentcli.views import (
    COLORS,
    Bars,
    Chart,
    Drawing,
    HeatMap,
    Lines,
    Listing,
    Matrix,
    Picture,
    Record,
    Scalar,
    Sheet,
    View,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

    from latentcli.charts import Band, Curve, Dot, Dots, Histogram, Plane

__all__ = [
    "COLORS", "Band", "Bars", "Chart", "Curve", "Dot", "Dots", "Drawing", "HeatMap", "Histogram", "Interval", "Lines",
    "Listing", "Matrix", "Picture", "Plane", "Record", "Report", "Result", "Scalar", "Sheet", "View", "number_or_none",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import the kinds of charts when the first is needed."""
    if name in ("Band", "Curve", "Dot", "Dots", "Histogram", "Plane"):
        from latentcli import charts

        return getattr(charts, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def number_or_none(value: float) -> float | None:
    """Return a number for a record, where what is not defined is None, not NaN.

    >>> number_or_none(0.5), number_or_none(float("nan"))
    (0.5, None)
    """
    return None if isnan(value) else float(value)


class Interval(NamedTuple):
    """A confidence interval: its two ends."""

    low: float
    high: float


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
        What a table shows in place of the plain records.
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

    if not TYPE_CHECKING:  # type checkers know which fields there are

        def __getattr__(self, name: str) -> Any:
            """Say where a number is that was taken for a field."""
            from latentcli._guesses import of_result

            said = "" if name.startswith("_") else of_result(name, self.summary)
            raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}'{said}")

    def to_pandas(self) -> DataFrame:
        """Return the records as a pandas DataFrame; the summary is in its `attrs`.

        Raises ImportError if pandas is not installed.
        """
        import pandas

        frame = pandas.DataFrame(list(self.records), columns=list(self.columns) or None)
        frame.attrs.update(self.summary)
        return frame

    def pictures(self) -> tuple[Picture, ...]:
        """Return what `plot` draws; nothing of it is computed before."""
        return tuple(view for view in self.views if isinstance(view, Picture))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the result into Matplotlib axes; return the axes.

        With `ax` its first picture is drawn there. Without, all are drawn into a new figure, in the
        style of `--plot`; `plot().figure.savefig(...)` keeps it.

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
    shown in place of the records; `pictures`, which returns what is drawn, by default those of the views;
    `show_summary`, False where the views show it already; `wide`, True where tables have all their columns
    at any width.
    """

    command: str
    columns: tuple[str, ...]
    records: Sequence[Record]
    settings: Record = field(default_factory=dict)
    summary: dict[str, Scalar] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    title: str = ""
    views: tuple[View, ...] = ()
    pictures: Callable[[], Sequence[Picture]] | None = None
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
            pictures=result.pictures,
            show_summary=show_summary,
        )

    def drawn(self) -> tuple[Picture, ...]:
        """Return what is drawn."""
        if self.pictures is not None:
            return tuple(self.pictures())
        return tuple(view for view in self.views if isinstance(view, Picture))

    def joined(self, other: Report) -> Report:
        """Return this report with the records and notes of a later part of the same run."""
        return replace(
            self,
            records=[*self.records, *other.records],
            notes=(*self.notes, *other.notes),
            views=(),
            pictures=None,
        )
