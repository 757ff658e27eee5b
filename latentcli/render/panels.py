"""Each picture drawn into Matplotlib axes, and how high it is at a width: one function of each per kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from latentcli.charts import Curve, Dots, Histogram, Plane
from latentcli.render.style import (
    COLORS,
    DIVERGING,
    FAINT,
    INK,
    QUIET,
    SEQUENTIAL,
    as_drawn,
)
from latentcli.render.ticks import (
    LONGEST,
    NAMED,
    few_places,
    inches,
    logarithmic,
    ticks,
)
from latentcli.views import Bars, HeatMap, Picture

_LETTER = 0.062
"""Inches of a letter."""

_NUMBERED = 400
"""Cells of a heat map up to which each has its number."""

_TALLEST = 9.0
"""Inches of the highest panel, which a page has."""


class Kind(NamedTuple):
    """How a picture is drawn, and its height in inches at a width."""

    draw: Callable[[Any, Any], None]
    height: Callable[[Any, float], float]
    name: Callable[[Any, Any], None] | None = None
    """Writes names where there is room, once it is known how large the axes are."""


def kind_of(picture: Picture) -> Kind:
    """Return how a picture is drawn."""
    return _KINDS[type(picture)]


def color_of(number: int) -> str:
    """Return the color of a series by its number."""
    return COLORS[number % len(COLORS)]


def _heat_map(heat: HeatMap, axes: Any) -> None:
    diverging = heat.low < 0 < heat.high
    image = axes.imshow(
        heat.values, vmin=heat.low, vmax=heat.high, aspect="auto",
        cmap=DIVERGING if diverging else SEQUENTIAL, interpolation="nearest",
    )  # fmt: skip
    longest = max(map(len, heat.columns), default=1)
    size = inches(axes) / max(1, len(heat.columns))
    upright = min(longest, LONGEST) * _LETTER > 0.7 * size
    ticks(axes.set_xticks, heat.columns, rotation=90 if upright else 0)
    ticks(axes.set_yticks, heat.rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if len(heat.rows) * len(heat.columns) <= _NUMBERED and size > 0.35:
        for i, row in enumerate(heat.values):
            for j, value in enumerate(row):
                if math.isfinite(value):
                    axes.text(
                        j, i, f"{value:.2f}", ha="center", va="center", fontsize=6.0,
                        color=_readable(image.to_rgba(value)),
                    )  # fmt: skip
    bar = axes.figure.colorbar(image, ax=axes, pad=0.02, aspect=30)
    bar.outline.set_visible(False)
    bar.set_label(as_drawn(heat.label))


def _readable(color: Sequence[float]) -> str:
    """Return black or white, whichever is read on a color (by its luminance)."""
    return "black" if 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] > 0.5 else "white"


def _heat_map_height(heat: HeatMap, width: float) -> float:
    longest = min(max(map(len, heat.columns), default=1), LONGEST) * _LETTER
    beside = min(max(map(len, heat.rows), default=1), LONGEST) * _LETTER
    cell = max(0.06, (width - beside - 0.7) / max(1, len(heat.columns)))
    upright = longest > 0.49 * width / max(1, len(heat.columns))  # rather a little too high
    each = min(max(0.17, min(cell, 0.3)), 10.0 / max(1, len(heat.rows)))
    return min(_TALLEST, each * len(heat.rows) + 0.6 + longest * upright)


def _bars(bars: Bars, axes: Any) -> None:
    places = range(len(bars.labels))
    drawn = axes.barh(places, bars.values, color=COLORS[0], height=0.72)
    if len(bars.labels) <= NAMED:
        numbers = [_number(value) for value in bars.values]
        axes.bar_label(drawn, numbers, padding=2, fontsize=6.5, color=QUIET)
    ticks(axes.set_yticks, bars.labels)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(as_drawn(bars.label))
    if min(bars.values, default=0) < 0:
        axes.axvline(0, color=QUIET, lw=0.6)
    axes.margins(x=0.16)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return "none"
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:.3f}" if 1e-3 <= abs(value) < 1e4 else f"{value:.3g}"


def _rows_height(count: int) -> float:
    return min(_TALLEST, 0.17 * min(count, NAMED) + 0.75)


def _curve(curve: Curve, axes: Any) -> None:
    for number, (low, high) in enumerate(curve.spans):
        name = as_drawn(curve.span_label) if number == 0 else None
        axes.axvspan(low, high, color=COLORS[1], alpha=0.18, lw=0, label=name)
    for band in curve.bands:
        axes.fill_between(
            curve.x, band.low, band.high, color=COLORS[6], alpha=0.2, lw=0, label=as_drawn(band.label)
        )  # fmt: skip
    few = len(curve.x) <= 30
    for number, (name, values) in enumerate(curve.lines.items()):
        axes.plot(
            curve.x, values, label=as_drawn(name, 40), color=color_of(number),
            marker="o" if few else None, ms=2.6, ls="--" if number == 1 else "-",
        )  # fmt: skip
    for name, level in curve.levels.items():
        axes.axhline(level, color=QUIET, lw=0.8, ls=":", label=as_drawn(name))
    _places(curve.places, axes)
    for side in curve.log:
        logarithmic(axes, side)
    if "x" not in curve.log and all(float(x).is_integer() for x in curve.x):
        axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel(as_drawn(curve.x_label))
    axes.set_ylabel(as_drawn(curve.y_label))
    parts = len(curve.lines) + len(curve.bands) + len(curve.levels) + bool(curve.spans)
    if parts > 1 or curve.places:
        axes.legend(loc="best")


def _places(places: Mapping[str, float], axes: Any) -> None:
    for name, place in places.items():
        axes.axvline(place, color=QUIET, lw=0.8, ls=":", label=as_drawn(name))


def _histogram(histogram: Histogram, axes: Any) -> None:
    for number, (name, heights) in enumerate(histogram.heights.items()):
        filled = number == 0
        axes.stairs(
            heights, histogram.edges, fill=filled, color=color_of(number),
            alpha=0.75 if filled else 1.0, lw=1.1, label=as_drawn(name, 40),
        )  # fmt: skip
    if histogram.curve is not None:
        axes.plot(*histogram.curve, color=COLORS[1], label=as_drawn(histogram.curve_label))
    _places(histogram.places, axes)
    axes.set_xlabel(as_drawn(histogram.x_label))
    axes.set_ylabel(as_drawn(histogram.y_label))
    axes.set_ylim(bottom=0)
    few_places(axes)
    if len(histogram.heights) > 1 or histogram.curve or histogram.places:
        axes.legend(loc="best")


def _dots(dots: Dots, axes: Any) -> None:
    count = len(dots.series)
    for place, values in enumerate(dots.points):
        axes.plot(values, [place] * len(values), "o", color=FAINT, ms=3.4, mew=0, zorder=1)
    for number, (name, found) in enumerate(dots.series.items()):
        shift = (number - (count - 1) / 2) * min(0.16, 0.7 / count)
        there = [(place, dot) for place, dot in enumerate(found) if dot.value is not None]
        axes.plot(
            [dot.value for _, dot in there], [place + shift for place, _ in there], "o",
            color=color_of(number), label=as_drawn(name, 40), ms=3.4,
        )  # fmt: skip
        for place, dot in there:
            if dot.low is not None and dot.high is not None:
                axes.plot(
                    (dot.low, dot.high), (place + shift,) * 2, color=color_of(number), lw=1.0
                )
    ticks(axes.set_yticks, dots.labels, lines=2)
    axes.set_ylim(len(dots.labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#eeeeee", lw=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(as_drawn(dots.label))
    few_places(axes)
    if count > 1:
        axes.legend(loc="best")


def _dots_height(dots: Dots, width: float) -> float:
    more = 0.12 * math.ceil(len(dots.series) / 2) if len(dots.series) > 4 else 0.0
    each = max(1.0, 0.55 * len(dots.series), 1.4 * any(len(x) > LONGEST for x in dots.labels))
    return min(_TALLEST, 0.19 * min(len(dots.labels), NAMED) * each + 0.8 + more)


def _plane(plane: Plane, axes: Any) -> None:
    faint = set(plane.faint)
    clear = [number for number in range(len(plane.names)) if number not in faint]
    for numbers, color in ((sorted(faint), FAINT), (clear, COLORS[0])):
        axes.plot(
            [plane.x[i] for i in numbers], [plane.y[i] for i in numbers], "o", color=color,
            ms=3.2 if len(plane.names) < 200 else 1.6, mew=0,
        )  # fmt: skip
    for a, b in plane.lines:
        axes.plot(
            (plane.x[a], plane.x[b]), (plane.y[a], plane.y[b]), ls=":", color=QUIET, lw=0.9
        )
    for number, (a, b) in enumerate(plane.arrows):
        axes.annotate(
            "", (plane.x[b], plane.y[b]), (plane.x[a], plane.y[a]),
            arrowprops={
                "arrowstyle": "-|>", "color": color_of(number), "lw": 1.2, "shrinkA": 2, "shrinkB": 2
            },
        )  # fmt: skip
    axes.set_xlabel(as_drawn(plane.x_label))
    axes.set_ylabel(as_drawn(plane.y_label))
    axes.margins(0.18 if plane.equal else 0.05)
    if plane.equal:
        axes.set_aspect("equal", adjustable="datalim")


def _captions(plane: Plane, axes: Any) -> None:
    """Write the names of points, the clear ones first, each where it meets no other."""
    from latentcli.render.labels import written

    faint = set(plane.faint)
    clear = [number for number in range(len(plane.names)) if number not in faint]
    named = [number for number in (*clear, *sorted(faint)) if plane.names[number]]
    points = [(plane.x[i], plane.y[i], as_drawn(plane.names[i], LONGEST)) for i in named]
    lines = [
        ((plane.x[a], plane.y[a]), (plane.x[b], plane.y[b]))
        for a, b in (*plane.arrows, *plane.lines)
    ]
    always = len(clear) if plane.arrows else 0
    for place, spot in written(axes, points, always=always, lines=lines):
        axes.annotate(
            points[place][2], points[place][:2], spot.offset, textcoords="offset points",
            ha=spot.align, va="center", fontsize=7.0,
            color=QUIET if named[place] in faint else INK,
        )  # fmt: skip


_KINDS: dict[type, Kind] = {
    HeatMap: Kind(_heat_map, _heat_map_height),
    Bars: Kind(_bars, lambda bars, width: _rows_height(len(bars.labels))),
    Curve: Kind(_curve, lambda curve, width: _wide_height(width) + _below(curve)),
    Histogram: Kind(_histogram, lambda histogram, width: _wide_height(width)),
    Dots: Kind(_dots, _dots_height),
    Plane: Kind(_plane, lambda plane, width: min(5.0, 0.8 * width), _captions),
}
"""Every kind of picture."""


def _wide_height(width: float) -> float:
    return min(3.0, 0.66 * width)


def _below(curve: Curve) -> float:
    parts = len(curve.lines) + len(curve.bands) + len(curve.levels) + len(curve.places)
    return 0.13 * math.ceil(parts / 2) + 0.1 if parts > 4 else 0.0
