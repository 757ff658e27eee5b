"""Heat maps, bars and curves of a report as a picture, by Matplotlib's Figure: no window, no state."""

from __future__ import annotations

import textwrap
import warnings
from pathlib import Path
from typing import Any

from latentcli.errors import LatentError
from latentcli.render.cells import visible
from latentcli.results import Bars, Curve, HeatMap, Report, Result

_CELL = 0.42
"""Inches of a heat map's cell."""

_LETTERS = 12
"""Letters of the title to an inch."""

_NUMBERED = 400
"""Cells up to which each has its number."""


Panel = HeatMap | Bars | Curve
"""The views that can be drawn."""


def draw(result: Result, ax: Any = None) -> Any:
    """Draw the first picture of a result into Matplotlib axes, new ones if None; return the axes."""
    panel = next((view for view in result.views if isinstance(view, Panel)), None)
    if panel is None:
        raise ValueError(f"{type(result).__name__} has no picture")
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=_size(panel), layout="constrained").add_subplot()
    _draw(panel, ax)
    return ax


def write(report: Report, path: Path, kind: str) -> None:
    """Draw the heat maps and bars of a report below each other; `kind` is png, svg or pdf."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    panels = [view for view in report.views if isinstance(view, Panel)]
    if not panels:
        raise LatentError(f"latent {report.command}: there is nothing to draw")
    sizes = [_size(panel) for panel in panels]
    width = max(width for width, _ in sizes)
    title = textwrap.fill(as_drawn(report.title), int(width * _LETTERS))
    height = sum(height for _, height in sizes) + 0.3 + 0.2 * title.count("\n")
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(title, fontsize=10)
    rooms = figure.subplots(
        len(panels), 1, squeeze=False, height_ratios=[height for _, height in sizes]
    )
    for panel, axes in zip(panels, rooms[:, 0], strict=True):
        _draw(panel, axes)
    # Letters that the font does not have are drawn as boxes, which is seen without a warning.
    with rc_context({"svg.hashsalt": "latent"}), warnings.catch_warnings(action="ignore"):
        figure.savefig(path, format=kind, dpi=200, metadata=METADATA[kind])


METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": "latent"},
    "svg": {"Creator": "latent", "Date": None},
    "pdf": {"Creator": "latent", "CreationDate": None},
}
"""No dates, and no random names in SVG: the same answer makes the same picture."""


def _draw(panel: Panel, axes: Any) -> None:
    if isinstance(panel, HeatMap):
        _draw_heat_map(panel, axes)
    elif isinstance(panel, Bars):
        _draw_bars(panel, axes)
    else:
        _draw_curve(panel, axes)


def _size(panel: Panel) -> tuple[float, float]:
    if isinstance(panel, Curve):
        return 6.0, 3.6
    if isinstance(panel, Bars):
        return 6.0, 0.3 * len(panel.labels) + 1.0
    labels = max(map(len, panel.columns), default=1)
    upright = labels * 0.075 > _CELL
    longest = max(map(len, panel.rows), default=1)
    width = max(4.5, _CELL * len(panel.columns) * 1.3 + 0.08 * longest + 1.8)
    return min(width, 40.0), min(_CELL * len(panel.rows) + 1.0 + 0.07 * labels * upright, 120.0)


def _draw_heat_map(heat: HeatMap, axes: Any) -> None:
    image = axes.imshow(
        heat.values, vmin=heat.low, vmax=heat.high, cmap="viridis", aspect="auto"
    )
    longest = max(map(len, heat.columns), default=1)
    upright = longest * 0.075 > _CELL * 1.3
    axes.set_xticks(
        range(len(heat.columns)), [as_drawn(name) for name in heat.columns],
        rotation=90 if upright else 0,
    )  # fmt: skip
    axes.set_yticks(range(len(heat.rows)), [as_drawn(name) for name in heat.rows])
    axes.tick_params(length=0, labelsize=8)
    axes.set_title(as_drawn(heat.title), fontsize=9)
    if len(heat.rows) * len(heat.columns) <= _NUMBERED:
        middle = (heat.low + heat.high) / 2
        for i, row in enumerate(heat.values):
            for j, value in enumerate(row):
                colour = "black" if value > middle else "white"
                axes.text(
                    j, i, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=7
                )
    axes.figure.colorbar(image, ax=axes, pad=0.02).ax.tick_params(labelsize=7)


def _draw_bars(bars: Bars, axes: Any) -> None:
    places = range(len(bars.labels))
    drawn = axes.barh(places, bars.values, color="#4c72b0")
    axes.bar_label(drawn, fontsize=8, padding=3)
    axes.set_yticks(places, [as_drawn(label) for label in bars.labels])
    axes.invert_yaxis()
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(as_drawn(bars.title), fontsize=9)
    axes.margins(x=0.12)


def _draw_curve(curve: Curve, axes: Any) -> None:
    for name, values in curve.lines.items():
        axes.plot(curve.x, values, label=as_drawn(name))
    axes.set_xlabel(as_drawn(curve.x_label), fontsize=8)
    axes.set_ylabel(as_drawn(curve.y_label), fontsize=8)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(as_drawn(curve.title), fontsize=9)
    if len(curve.lines) > 1:
        axes.legend(fontsize=8, frameon=False)


def as_drawn(text: str) -> str:
    """Return text as it is drawn: no control characters, and $ is no formula."""
    return visible(text).replace("$", r"\$")
