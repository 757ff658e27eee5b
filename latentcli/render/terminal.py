"""Pictures in the terminal: bars, lines, heat maps and points as characters, within its width.

Lines and points are Braille patterns, eight dots to a character; heat maps are half blocks, two rows to a
line, where there is color, and shades where there is none. plotext draws such charts, too: importing it
takes longer than drawing here, and its heat maps need color.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from textwrap import wrap
from typing import Any

from latentcli.charts import Curve, Dots, Histogram, Plane
from latentcli.render import braille
from latentcli.render.canvas import Canvas
from latentcli.render.cells import visible
from latentcli.render.screen import Screen, beside, cut, keys, written
from latentcli.render.shades import ramp
from latentcli.render.terminal_dots import dots
from latentcli.views import COLORS, Bars, HeatMap, Picture

_HEIGHT = 14
"""Lines of a curve."""


def draw(pictures: Sequence[Picture], screen: Screen) -> str:
    """Return pictures as lines of text, an empty line between them."""
    parts = []
    for picture in pictures:
        title = [cut(visible(picture.title), screen.width)] if picture.title else []
        lines = [*title, *_folded(_KINDS[type(picture)](picture, screen), screen.width)]
        parts.append("".join(f"{line}\n" for line in lines))
    return "\n".join(parts)


def _folded(lines: Sequence[str], width: int) -> list[str]:
    """Fold what is said below a picture, in brackets, where it is too long."""
    return [
        part
        for line in lines
        for part in (
            wrap(line, width) if line.startswith("(") and "\x1b" not in line else [line]
        )
    ]


def _bars(bars: Bars, screen: Screen) -> list[str]:
    labels, wide = beside(bars.labels, screen.width)
    numbers = [written(value) for value in bars.values]
    room = screen.width - wide - 2 - max(map(len, numbers), default=0) - 1
    largest = max((abs(v) for v in bars.values if math.isfinite(v)), default=0.0) or 1.0
    lines = []
    for label, value, number in zip(labels, bars.values, numbers, strict=True):
        share = abs(value) / largest if math.isfinite(value) else 0.0
        color = COLORS[0] if value >= 0 else COLORS[1]
        bar = screen.paint(_bar(share * max(1, room), screen.utf8), color)
        lines.append(f"{label}  {bar} {number}".rstrip())
    return [*lines, *_named(bars.label)]


def _bar(width: float, utf8: bool) -> str:
    """Return a bar of a width in letters, by eighths where there are such blocks."""
    if not utf8:
        return "#" * max(math.ceil(width), int(width > 0))
    eighths = max(round(width * 8), int(width > 0))
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def _named(label: str) -> list[str]:
    return [f"({visible(label)})"] if label else []


def _heat_map(heat: HeatMap, screen: Screen) -> list[str]:
    labels, wide = beside(heat.rows, screen.width)
    room = screen.width - wide - 2
    columns = len(heat.columns)
    each = max(1, min(6, room // max(1, columns)))
    shown = min(columns, room // each)
    if screen.color and screen.utf8:
        lines = _half_blocks(heat, labels, wide, each, shown)
    else:
        lines = [
            f"{label}  {''.join(_shade(heat, value, screen.utf8) * each for value in row[:shown])}".rstrip()
            for label, row in zip(labels, heat.values, strict=True)
        ]
    names = [
        cut(visible(name), each - 1 if each > 1 else 1).ljust(each)
        for name in heat.columns[:shown]
    ]
    head = [" " * (wide + 2) + "".join(names).rstrip()] if each > 2 else []
    what = f"{cut(visible(heat.label), screen.width - 26)}: " if heat.label else ""
    more = [f"({columns - shown} more columns)"] if shown < columns else []
    low, high = written(heat.low), written(heat.high)
    return [*head, *lines, f"({what}{low} {_scale(heat, screen)} {high})", *more]


def _scale(heat: HeatMap, screen: Screen) -> str:
    steps = [heat.low + (heat.high - heat.low) * step / 9 for step in range(10)]
    if screen.color:
        return "".join(f"\x1b[48;2;{_rgb(heat, value)}m \x1b[0m" for value in steps)
    return "".join(_shade(heat, value, screen.utf8) for value in steps)


def _rgb(heat: HeatMap, value: float) -> str:
    return ";".join(map(str, ramp(value, heat.low, heat.high)))


def _half_blocks(
    heat: HeatMap, labels: Sequence[str], wide: int, each: int, shown: int
) -> list[str]:
    """Return two rows to a line where there are many, named by the upper; else a row a line."""
    if len(heat.rows) <= _HEIGHT:
        return [
            f"{label}  "
            + "".join(f"\x1b[48;2;{_rgb(heat, v)}m{' ' * each}" for v in row[:shown])
            + "\x1b[0m"
            for label, row in zip(labels, heat.values, strict=True)
        ]
    lines = []
    for place in range(0, len(heat.rows), 2):
        upper = heat.values[place][:shown]
        lower: Sequence[float | None] = [None] * len(upper)
        if place + 1 < len(heat.rows):
            lower = heat.values[place + 1][:shown]
        cells = [
            f"\x1b[38;2;{_rgb(heat, one)}m"
            + ("\x1b[49m" if two is None else f"\x1b[48;2;{_rgb(heat, two)}m")
            + "▀" * each
            for one, two in zip(upper, lower, strict=True)
        ]
        lines.append(f"{labels[place]}  {''.join(cells)}\x1b[0m")
    return lines


def _shade(heat: HeatMap, value: float, utf8: bool) -> str:
    if not math.isfinite(value):
        return "?"
    marks = " ░▒▓█" if utf8 else " .:+#"
    share = (value - heat.low) / ((heat.high - heat.low) or 1.0)
    return marks[min(len(marks) - 1, max(0, int(share * len(marks))))]


def _curve(curve: Curve, screen: Screen) -> list[str]:
    chart = Canvas.of(
        [*curve.lines.values(), *(v for band in curve.bands for v in (band.low, band.high)),
         *([level] for level in curve.levels.values())],
        curve.x, width=screen.width, height=_HEIGHT, log=curve.log,
    )  # fmt: skip
    for band in curve.bands:
        chart.line(curve.x, band.low, COLORS[6], sparse=True)
        chart.line(curve.x, band.high, COLORS[6], sparse=True)
    for level in curve.levels.values():
        chart.line((curve.x[0], curve.x[-1]), (level, level), COLORS[6], sparse=True)
    for number, values in enumerate(curve.lines.values()):
        chart.line(curve.x, values, COLORS[number % len(COLORS)], sparse=number % 2 == 1)
    holes = ", ".join(f"{low:.3g} to {high:.3g}" for low, high in curve.spans)
    return [
        *keys(curve.lines, ("━━", "╍╍") if screen.utf8 else ("--", ".."), screen),
        *chart.lines(screen.paint, screen.utf8),
        chart.below(),
        f"({visible(curve.x_label)} against {visible(curve.y_label)})",
        *([f"({visible(curve.span_label)}: {holes})"] if holes else []),
    ]


def _histogram(histogram: Histogram, screen: Screen) -> list[str]:
    """Return a bar for each bin, neighbors put together until they fit on a screen."""
    together = max(1, math.ceil((len(histogram.edges) - 1) / 20))
    edges = histogram.edges[::together]
    if edges[-1] != histogram.edges[-1]:
        edges = [*edges, histogram.edges[-1]]
    labels = [f"{written(low)} to {written(high)}" for low, high in pairwise(edges)]
    lines = []
    for name, heights in histogram.heights.items():
        sums = [sum(heights[at : at + together]) for at in range(0, len(heights), together)]
        lines += [visible(name), *_bars(Bars("", labels, sums), screen)]
    places = [f"{name} {written(place)}" for name, place in histogram.places.items()]
    what = f"({visible(histogram.x_label)}, {visible(histogram.y_label)})"
    return [*lines, what, *([f"({visible(', '.join(places))})"] if places else [])]


def _plane(plane: Plane, screen: Screen) -> list[str]:
    lines = braille.scatter(
        plane.x, plane.y, plane.names, width=screen.width, height=_HEIGHT + 4,
        ascii_only=not screen.utf8, segments=[*plane.arrows, *plane.lines],
    )  # fmt: skip
    return [*lines, f"({visible(plane.x_label)}; up: {visible(plane.y_label)})"]


_KINDS: dict[type, Callable[[Any, Screen], list[str]]] = {
    HeatMap: _heat_map, Bars: _bars, Curve: _curve, Histogram: _histogram, Dots: dots, Plane: _plane,
}  # fmt: skip
"""Every kind of picture."""
