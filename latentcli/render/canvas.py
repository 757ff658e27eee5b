"""A chart of lines as Braille patterns, with the ends of its axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


@dataclass
class Canvas:
    """Dots, two across and four down to a character, between the ends of both axes."""

    width: int
    height: int
    x: tuple[float, float]
    y: tuple[float, float]
    log: str
    margin: int
    cells: dict[tuple[int, int], int] = field(default_factory=dict)
    colors: dict[tuple[int, int], str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        values: Sequence[Sequence[float]],
        x: Sequence[float],
        *,
        width: int,
        height: int,
        log: str,
    ) -> Canvas:
        """Make a chart that has room for values over x."""
        every = [_scaled(v, "y" in log) for one in values for v in one]
        finite = [v for v in every if math.isfinite(v)] or [0.0, 1.0]
        across = [
            v for v in (_scaled(place, "x" in log) for place in x) if math.isfinite(v)
        ] or [0.0]
        low, high = min(finite), max(finite)
        if low == high:
            low, high = low - 0.5, high + 0.5
        margin = max(len(_end(low, "y" in log)), len(_end(high, "y" in log))) + 2
        return cls(
            max(8, width - margin), height, (min(across), max(across)), (low, high), log, margin
        )

    def line(
        self, x: Sequence[float], y: Sequence[float], color: str, *, sparse: bool = False
    ) -> None:
        """Draw a line through points, of every third dot if `sparse`."""
        places = [self._place(a, b) for a, b in zip(x, y, strict=True)]
        drawn = 0
        for number, place in enumerate(places):
            if place is None:
                continue
            before = places[number - 1] if number else None
            for column, row in _between(before or place, place):
                drawn += 1
                if sparse and drawn % 4 > 1:
                    continue
                cell = row // 4, column // 2
                self.cells[cell] = self.cells.get(cell, 0) | _DOTS[row % 4][column % 2]
                self.colors.setdefault(cell, color)

    def _place(self, x: float, y: float) -> tuple[int, int] | None:
        a, b = _scaled(x, "x" in self.log), _scaled(y, "y" in self.log)
        if not (math.isfinite(a) and math.isfinite(b)):
            return None
        across = (a - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (b - self.y[0]) / (self.y[1] - self.y[0])
        return round(across * (2 * self.width - 1)), round((1 - up) * (4 * self.height - 1))

    def lines(self, paint: Callable[[str, str], str], utf8: bool) -> list[str]:
        """Return the chart, with the ends of the upright axis."""
        found = []
        for row in range(self.height):
            end = {0: self.y[1], self.height - 1: self.y[0]}.get(row)
            label = "" if end is None else _end(end, "y" in self.log)
            text = "".join(
                paint(
                    chr(0x2800 + self.cells[row, column]) if utf8 else "*",
                    self.colors[row, column],
                )
                if (row, column) in self.cells
                else " "
                for column in range(self.width)
            )
            bar = "│" if utf8 else "|"
            found.append(f"{label:>{self.margin - 2}} {bar}{text}".rstrip())
        return found

    def below(self) -> str:
        """Return the line with the ends of the level axis."""
        left, right = (_end(end, "x" in self.log) for end in self.x)
        return " " * self.margin + left + right.rjust(max(1, self.width - len(left)))


def _scaled(value: float, log: bool) -> float:
    if not log:
        return value
    return math.log10(value) if value > 0 and math.isfinite(value) else math.nan


def _end(value: float, log: bool) -> str:
    return f"{10**value if log and value < 300 else value:.3g}"


def _between(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the dots of a straight line, its start not counted unless it is the end."""
    count = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    return [
        (
            round(start[0] + (end[0] - start[0]) * step / count),
            round(start[1] + (end[1] - start[1]) * step / count),
        )
        for step in range(1, count + 1)
    ]
