"""What can be set only when it is known how large axes are: long labels are broken, legends hide nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

_INSIDE = 4
"""Entries of a legend at most that stand inside the axes."""

_WIDER = 1.2
"""How much wider than its axes what stands below them may be."""


_ROUNDS = 4
"""How often the axes are laid out anew at most."""

_FEWEST = 12
"""Letters of a line that are not broken further."""


def fit(figure: Any, panels: Sequence[Any]) -> None:
    """Break labels that are longer than their axes, and move legends that hide something below them."""
    _break_labels(figure, panels)
    for axes in panels:
        legend = axes.get_legend()
        if legend and (
            len(legend.get_texts()) > _INSIDE or _has_dots(axes) or _hides(axes, legend)
        ):
            _below(axes)
    _break_labels(figure, panels)  # of axes that are lower now


def _break_labels(figure: Any, panels: Sequence[Any]) -> None:
    """Break labels until all fit: each that is broken moves the axes a little."""
    whole, broken = figure.bbox, True
    for _ in range(_ROUNDS):
        figure.draw_without_rendering()
        if not broken:
            return
        broken = False
        for axes in panels:
            inside = axes.get_window_extent()
            wide, high = axes.xaxis.label, axes.yaxis.label
            place = wide.get_window_extent()
            middle = (place.x0 + place.x1) / 2
            room = min(_WIDER * inside.width, 1.96 * middle, 1.96 * (whole.width - middle))
            broken |= _break(wide, "width", room)
            broken |= _break(high, "height", inside.height)


def _break(label: Any, side: str, room: float) -> bool:
    """Break a label into lines that fit into `room`, on the side that it runs along; tell whether it was too long."""
    text = label.get_text().replace("\n", " ")
    for letters in range(len(text), _FEWEST, -2):
        if getattr(label.get_window_extent(), side) <= room:
            return letters < len(text)
        label.set_text(textwrap.fill(text, letters))
    return False


def _has_dots(axes: Any) -> bool:
    """Tell whether keys of the legend are dots, which inside the axes pass for results."""
    lines, _ = axes.get_legend_handles_labels()
    return any(
        getattr(line, "get_linestyle", str)() == "None" and line.get_marker() != "None"
        for line in lines
    )


def _hides(axes: Any, legend: Any) -> bool:
    """Tell whether a legend covers a line, a dot or a bar; guides and bands may pass behind it."""
    box = legend.get_window_extent()
    for line in axes.get_lines():
        path = line.get_transform().transform_path(line.get_path())
        joined, marked = line.get_linestyle() in ("-", "--"), line.get_marker() != "None"
        if joined and path.intersects_bbox(box, filled=False):
            return True
        if marked and any(box.contains(x, y) for x, y in path.vertices):
            return True
    return any(
        patch.get_transform().transform_path(patch.get_path()).intersects_bbox(box)
        for patch in axes.patches
        if (patch.get_alpha() or 1.0) > 0.5
    )


def _below(axes: Any) -> None:
    """Move the legend below the axes and what is written there, in as many columns as there is room for."""
    from matplotlib.transforms import ScaledTranslation

    figure = axes.figure
    axis = axes.get_window_extent()
    lowest = min(axes.xaxis.get_tightbbox().y0, axis.y0) - figure.dpi / 18
    down = ScaledTranslation(0, (lowest - axis.y0) / figure.dpi, figure.dpi_scale_trans)
    for columns in (4, 3, 2, 1):
        legend = axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, 0.0), bbox_transform=axes.transAxes + down,
            ncols=columns, borderaxespad=0.0, columnspacing=1.2,
        )  # fmt: skip
        if legend.get_window_extent().width <= _WIDER * axis.width:
            return
