"""What the pictures of a terminal share: the screen, and texts that fit beside bars and lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from latentcli.render.cells import visible
from latentcli.render.layout import cell_len
from latentcli.views import COLORS

_LABEL = 24
"""Letters of a label at most."""


class Screen(NamedTuple):
    """How wide the terminal is, whether it has color, and letters beyond ASCII."""

    width: int = 80
    color: bool = False
    utf8: bool = True

    def paint(self, text: str, color: str) -> str:
        """Return text in a color (#rrggbb), where there is color."""
        if not self.color or not text:
            return text
        red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
        return f"\x1b[38;2;{red};{green};{blue}m{text}\x1b[0m"


def cut(text: str, width: int) -> str:
    """Return text of a width at most, cut at its end."""
    while cell_len(text) > max(1, width):
        text = text[:-2] + "~" if len(text) > 1 else ""
    return text


def beside(labels: Sequence[str], width: int) -> tuple[list[str], int]:
    """Return labels of one width, a third of the screen at most."""
    short = [cut(visible(label), min(_LABEL, max(4, width // 3))) for label in labels]
    wide = max(map(cell_len, short), default=0)
    return [label + " " * (wide - cell_len(label)) for label in short], wide


def written(value: float | None) -> str:
    """Return a number as it stands behind a bar."""
    if value is None or not math.isfinite(value):
        return "-"
    if float(value).is_integer() and abs(value) < 1e6:
        return f"{int(value)}"
    return f"{value:.4g}"


def keys(names: Iterable[str], marks: Sequence[str], screen: Screen) -> list[str]:
    """Return which name has which mark and color, in lines within the screen; none of a single name."""
    shown = [visible(name) for name in names]
    if len(shown) < 2:
        return []
    lines, used = [""], 0
    for number, name in enumerate(shown):
        mark = marks[number % len(marks)]
        text = cut(name, screen.width - cell_len(mark) - 1)
        width = cell_len(mark) + 1 + cell_len(text)
        if used and used + 3 + width > screen.width:
            lines.append("")
            used = 0
        lines[-1] += (
            " " * 3 * bool(used) + f"{screen.paint(mark, COLORS[number % len(COLORS)])} {text}"
        )
        used += width + 3 * bool(used)
    return lines
