"""What is shown of an answer, as grids of text: the same for tables, Markdown, LaTeX and HTML."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from latentcli.render.cells import human, visible
from latentcli.views import (
    Bars,
    Chart,
    Drawing,
    HeatMap,
    Lines,
    Listing,
    Matrix,
    Record,
    Scalar,
    Sheet,
    View,
)

if TYPE_CHECKING:
    from latentcli.results import Report, Result


class Marks(NamedTuple):
    """How quantities are drawn by letters: shades from nothing to all, bars by eighths, the longest of `bar` letters."""

    shades: str
    blocks: str
    bar: int = 40


UNICODE = Marks(" ░▒▓█", " ▏▎▍▌▋▊▉█")
ASCII = Marks(" .:+#", "#")


@dataclass(frozen=True)
class Column:
    """A column of cells that are ready to be shown.

    `numeric` cells stand to the right; they and those of a `whole` column are never folded. `styles`
    has a style for each cell, `style` one for all, in Rich's words.
    """

    heading: str
    cells: Sequence[str]
    numeric: bool = False
    whole: bool = False
    style: str = ""
    styles: Sequence[str] = ()


@dataclass(frozen=True)
class Grid:
    """Columns beside each other under a title.

    `optional` are the headings of columns that may be left out where there is no room, the first
    of them first; a blank line stands after each row in `breaks`; `gap` letters part two columns. The
    headings of a `crossed` grid are names, which may be long, as those of its rows.
    """

    columns: Sequence[Column]
    title: str = ""
    headed: bool = True
    gap: int = 3
    optional: Sequence[str] = ()
    breaks: frozenset[int] = frozenset()
    crossed: bool = False


Write = Callable[[Scalar], str]


def grids(
    shown: Report | Result, marks: Marks | None = None, write: Write = human
) -> list[Grid]:
    """Return the views of an answer as grids, or its records; shades and bars only with `marks`."""
    drawn = [
        view for view in tabular(shown) if marks is not None or not isinstance(view, Drawing)
    ]
    if drawn:
        return [_of_view(view, shown, marks, write) for view in drawn]
    names = [name for name in shown.columns if name != "query" or not shown.title]
    return [of_records(names, shown.records, write=write)] if shown.records else []


def tabular(shown: Report | Result) -> list[View]:
    """Return the views that a table shows; charts are for pictures only."""
    return [view for view in shown.views if not isinstance(view, Chart)]


def of_summary(summary: Record, write: Write = human) -> Grid:
    """Return a summary as names and values."""
    return _listing(tuple(summary), summary, write, empty=True)


def of_records(
    names: Sequence[str],
    records: Sequence[Record],
    *,
    title: str = "",
    optional: Sequence[str] = (),
    write: Write = human,
) -> Grid:
    """Return records as a grid, a blank line where the query changes."""
    columns = [
        Column(
            heading(name),
            [write(_called(name, row.get(name))) for row in records],
            numeric=any(is_number(row.get(name)) for row in records),
            style="bold" if name == "word" else "",
        )
        for name in names
    ]
    queries = [row.get("query") for row in records]
    breaks = frozenset(
        row for row, (one, following) in enumerate(pairwise(queries)) if one != following
    )
    return Grid(
        columns, visible(title), optional=[heading(name) for name in optional], breaks=breaks
    )


_NUMBERS = {"row", "column", "dim", "component", "layer", "seed", "nearest"}
"""Keys of numbers that are names: what is typed to have the row again."""


def _called(name: str, value: Scalar) -> Scalar:
    """Return a value, or the digits of one that is a name: row 1234, where 1,234 would be so many."""
    return str(value) if name in _NUMBERS and is_number(value) else value


def heading(name: str) -> str:
    """Return a key as words; what is no key, such as the name of a file, as it is."""
    return name.replace("_", " ") if name.isidentifier() else visible(name)


def is_number(value: Scalar) -> bool:
    """Return whether a value is a number, which a truth value is not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _of_view(view: View, shown: Report | Result, marks: Marks | None, write: Write) -> Grid:
    if isinstance(view, Sheet):
        return of_records(
            view.columns, view.records, title=view.title, optional=view.optional, write=write
        )
    if isinstance(view, Listing):
        return _listing(view.columns, view.record, write)
    if isinstance(view, Lines):
        cells = [write(row[view.column]) for row in shown.records]
        return Grid([Column(heading(view.column), cells, whole=True)], headed=False)
    if isinstance(view, Drawing):
        return Grid([Column("", list(view.lines), whole=True)], headed=False)
    if isinstance(view, Matrix):
        return _matrix(view, write)
    if isinstance(view, HeatMap):
        return _heat_map(view, marks)
    assert isinstance(view, Bars)
    return _bars(view, marks, write)


def _listing(columns: Sequence[str], row: Record, write: Write, *, empty: bool = False) -> Grid:
    """Return a record as names and values; what is empty is left out unless `empty`."""
    names = [name for name in columns if empty or row.get(name) not in (None, "")]
    return Grid(
        [
            Column("name", [heading(name) for name in names], style="dim"),
            Column("value", [write(row[name]) for name in names]),
        ],
        headed=False,
        gap=2,
    )


def _matrix(matrix: Matrix, write: Write) -> Grid:
    names = Column("", [visible(name) for name in matrix.rows], style="bold")
    columns = [
        Column(visible(name), [write(float(row[j])) for row in matrix.values], numeric=True)
        for j, name in enumerate(matrix.columns)
    ]
    return Grid([names, *columns], visible(matrix.title), crossed=True)


_SHADED = ("dim", "", "yellow", "bold yellow", "bold green")


def _heat_map(heat: HeatMap, marks: Marks | None) -> Grid:
    """Shade each number: by a letter, which paper keeps, and by color on a terminal."""
    columns = [Column("", [visible(name) for name in heat.rows], style="bold")]
    for j, name in enumerate(heat.columns):
        values = [float(row[j]) for row in heat.values]
        columns.append(
            Column(
                visible(name),
                [_shaded(value, heat, marks) for value in values],
                numeric=True,
                styles=[_SHADED[min(4, int(_share(value, heat) * 5))] for value in values],
            )
        )
    return Grid(columns, visible(heat.title), crossed=True)


def _share(value: float, heat: HeatMap) -> float:
    if not math.isfinite(value):
        return 0.0
    return min(1.0, max(0.0, (value - heat.low) / ((heat.high - heat.low) or 1.0)))


def _shaded(value: float, heat: HeatMap, marks: Marks | None) -> str:
    if not math.isfinite(value):
        return "-"
    if marks is None:
        return f"{value:.2f}"
    shades = marks.shades
    shade = shades[min(len(shades) - 1, int(_share(value, heat) * len(shades)))]
    return f"{shade * 2} {value:.2f}"


def _bars(bars: Bars, marks: Marks | None, write: Write) -> Grid:
    longest = max((value for value in bars.values if math.isfinite(value)), default=0.0)
    numbers = [int(v) if float(v).is_integer() else float(v) for v in bars.values]
    columns = [
        Column("name", [visible(label) for label in bars.labels]),
        Column("value", [write(number) for number in numbers], numeric=True),
    ]
    if marks is not None:
        widths = [
            marks.bar * value / longest if longest > 0 and math.isfinite(value) else 0.0
            for value in bars.values
        ]
        drawn = [_bar(width, marks.blocks) for width in widths]
        columns.insert(1, Column("", drawn, whole=True, style="cyan"))
    return Grid(columns, visible(bars.title), headed=False, gap=2)


def _bar(width: float, blocks: str) -> str:
    """Draw a bar of a width in letters, to the finest of `blocks`; what is not nothing is seen."""
    parts = max(1, len(blocks) - 1)
    filled = max(math.ceil(width) if parts == 1 else round(width * parts), int(width > 0))
    rest = blocks[filled % parts] if parts > 1 else ""
    return (blocks[-1] * (filled // parts) + rest).rstrip()
