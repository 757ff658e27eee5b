"""Numbers with their intervals in the terminal: a line for each, its interval as a stroke, the value as a mark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from latentcli.charts import Dot, Dots
from latentcli.render.cells import visible
from latentcli.render.screen import Screen, beside, keys, written
from latentcli.views import COLORS

_LEAST = 16
"""Letters that the line has where series are named beside it; with less room each has its own mark."""

_MARKS, _PLAIN = "●◆■▲○◇□△", "ox+*#%=@"
"""Of series, with and without letters beyond ASCII."""


class _Row(NamedTuple):
    label: str
    series: int
    dot: Dot
    behind: Sequence[float]


def dots(picture: Dots, screen: Screen) -> list[str]:
    """Return a line for each number."""
    names = list(picture.series)
    rows = [
        _Row(label if number == 0 else "", number, found[place], points)
        for place, (label, points) in enumerate(
            zip(picture.labels, picture.points or [()] * len(picture.labels), strict=True)
        )
        for number, found in enumerate(picture.series.values())
    ]
    labels, wide = beside([row.label for row in rows], screen.width)
    numbers = [written(row.dot.value) for row in rows]
    room = screen.width - wide - 4 - max(map(len, numbers), default=1)
    several = len(names) > 1
    series, more = beside([names[row.series] for row in rows], screen.width)
    named = several and room - more - 2 >= _LEAST
    marks = _MARKS if screen.utf8 else _PLAIN
    if named:
        room, marks = room - more - 2, marks[0]
    known = [v for row in rows for v in row.dot if v is not None and math.isfinite(v)]
    known += [value for values in picture.points for value in values]
    low, high = min([*known, 0.0]), max([*known, 0.0])
    lines = []
    for row, label, name, number in zip(rows, labels, series, numbers, strict=True):
        mark = marks[row.series % len(marks)]
        drawn = screen.paint(
            _line(row, low, high, max(4, room), mark, screen.utf8),
            COLORS[row.series % len(COLORS)],
        )
        lines.append(f"{label}  {f'{name}  ' if named else ''}{drawn}  {number}".rstrip())
    said = f"({visible(picture.label)}: {written(low)} to {written(high)})"
    return [*(keys(names, marks, screen) if several and not named else []), *lines, said]


def _line(row: _Row, low: float, high: float, room: int, mark: str, utf8: bool) -> str:
    """Return a number on a line that runs from `low` to `high`."""
    scale = (room - 1) / ((high - low) or 1.0)
    cells = [" "] * room
    value, first, last = row.dot
    if value is not None:
        if first is not None and last is not None:
            start, end = (int((one - low) * scale) for one in (first, last))
            cells[start : end + 1] = ("─" if utf8 else "-") * (end - start + 1)
        for point in row.behind:
            cells[int((point - low) * scale)] = "·" if utf8 else "."
        cells[int((value - low) * scale)] = mark
    return "".join(cells)
