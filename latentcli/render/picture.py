"""The pictures of an answer as one figure, by Matplotlib's Figure: no window, no state."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from latentcli.errors import LatentError
from latentcli.render.panels import kind_of
from latentcli.render.style import (
    METADATA,
    SIZES,
    as_drawn,
    house_style,
    noting_boxes,
    width_of,
)
from latentcli.views import HeatMap, Picture

if TYPE_CHECKING:
    from latentcli.results import Report, Result

_LETTERS = 16
"""Letters of the title to an inch."""

_STRETCHED = 0.75
"""Of a picture beside a higher one: the share of its height from which it is made as high."""

_OUTSIDE, _INSIDE = 0.55, 0.7
"""Inches of a picture's height, below and above its axes; the share of its width that they take."""

_HALF = 12
"""Columns of a heat map that half a page has room for."""


def draw(result: Result, ax: Any = None) -> Any:
    """Draw a result into Matplotlib axes, new ones if None; return the (first) axes."""
    pictures = result.pictures()
    if not pictures:
        raise ValueError(f"{type(result).__name__} has no picture")
    if ax is None:
        with house_style():
            return figure_of(result.title, pictures, "page").axes[0]
    _draw(pictures[0], ax)
    _name(pictures[0], ax)
    return ax


def write(report: Report, path: Path, kind: str, size: str = "page") -> list[str]:
    """Draw the pictures of a report into a file; `kind` is png, svg or pdf, `size` column or page.

    Returns the letters that are boxes in it, as no font has them.
    """
    missing: list[str] = []
    pictures = report.drawn()
    if not pictures:
        raise LatentError(f"latent {report.command}: there is nothing to draw")
    with house_style(), noting_boxes(missing):
        figure = figure_of(report.title, pictures, size)
        figure.savefig(path, format=kind, dpi=300, metadata=METADATA[kind])
    return missing


def figure_of(title: str, pictures: Sequence[Picture], size: str) -> Any:
    """Return a figure of pictures: below each other in a column, up to two side by side on a page."""
    from matplotlib.figure import Figure

    from latentcli.render import fitting

    width = width_of(size)
    rows = _rows(pictures, paired=width == SIZES["page"])
    heights = [
        [kind_of(one).height(one, width / len(row)) + _titled(one) for one in row]
        for row in rows
    ]
    heading = textwrap.fill(as_drawn(title), int(width * _LETTERS)) if title else ""
    height = sum(map(max, heights)) + (0.25 + 0.14 * heading.count("\n") if heading else 0.0)
    figure = Figure(figsize=(width, height), layout="constrained")
    if heading:
        figure.suptitle(heading, x=0.01, ha="left")
    grid = figure.add_gridspec(len(rows), 1, height_ratios=list(map(max, heights)))
    drawn = []
    for number, row in enumerate(rows):  # each with margins of its own
        side = grid[number].subgridspec(1, len(row))
        for column, picture in enumerate(row):
            axes = figure.add_subplot(side[column])
            drawn.append((picture, axes))
            _draw(picture, axes)
            if heights[number][column] < _STRETCHED * max(heights[number]):
                _flat(axes, heights[number][column], width / len(row))
    fitting.fit(figure, [axes for _, axes in drawn])
    for picture, axes in drawn:
        _name(picture, axes)
    return figure


def _flat(axes: Any, height: float, width: float) -> None:
    """Keep axes as flat as their picture is, on top of the place: few dots are not drawn apart beside what is high."""
    axes.set_box_aspect((height - _OUTSIDE) / (_INSIDE * width))
    axes.set_anchor("N")


def _draw(picture: Picture, axes: Any) -> None:
    kind_of(picture).draw(picture, axes)
    if picture.title:
        axes.set_title(as_drawn(picture.title, 90), wrap=True)


def _name(picture: Picture, axes: Any) -> None:
    """Write the names that stand where there is room, when the axes have their size."""
    name = kind_of(picture).name
    if name is not None:
        name(picture, axes)


def _titled(picture: Picture) -> float:
    return 0.18 if picture.title else 0.0


def _rows(pictures: Sequence[Picture], *, paired: bool) -> list[list[Picture]]:
    """Return which pictures stand side by side: those that half a page has room for."""
    rows: list[list[Picture]] = []
    for picture in pictures:
        small = paired and len(pictures) > 1 and _is_small(picture)
        if small and rows and len(rows[-1]) == 1 and _is_small(rows[-1][0]):
            rows[-1].append(picture)
        else:
            rows.append([picture])
    return rows


def _is_small(picture: Picture) -> bool:
    return not isinstance(picture, HeatMap) or len(picture.columns) <= _HALF
