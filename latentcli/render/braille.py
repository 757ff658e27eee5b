"""Points in the terminal: eight to a character, in Braille patterns, with the names that fit."""

from __future__ import annotations

from collections.abc import Sequence

from latentcli.render.cells import visible

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of the dot at row, column of a Braille pattern."""

_MOST = 14
"""Letters of a name, at most."""


def scatter(
    x: Sequence[float],
    y: Sequence[float],
    names: Sequence[str],
    *,
    width: int = 80,
    height: int = 22,
    captions: int = 14,
    ascii_only: bool = False,
    segments: Sequence[tuple[int, int]] = (),
) -> list[str]:
    """Return points as lines of characters, the first few names beside their points.

    `segments` are pairs of points, by number, that are joined by dotted lines.
    """
    if not x:
        return []
    low_x, low_y = min(x), min(y)
    across, up = (max(x) - low_x) or 1.0, (max(y) - low_y) or 1.0
    places = [
        (
            int((a - low_x) / across * (2 * width - 1)),
            int((1 - (b - low_y) / up) * (4 * height - 1)),
        )
        for a, b in zip(x, y, strict=True)
    ]
    cells = [[0] * width for _ in range(height)]
    joined = [spot for a, b in segments for spot in _segment(places[a], places[b])]
    for column, row in [*places, *joined]:
        cells[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
    mark = (lambda bits: "." if bits else " ") if ascii_only else _pattern
    lines = [[mark(bits) for bits in row] for row in cells]
    taken = [[False] * width for _ in range(height)]
    written = 0
    for (column, row), name in zip(places, names, strict=True):
        if written == captions:
            break
        text = visible(name)
        text = text if len(text) <= _MOST else f"{text[: _MOST - 1]}~"
        if not text.isascii():  # letters may be wide, and would move what follows
            continue
        line = row // 4
        beside = column // 2 + 1, column // 2 - len(text)  # right of the point, or left of it
        starts = [
            start for start in beside
            if 0 <= start <= width - len(text)
            and not any(taken[line][max(0, start - 1) : start + len(text) + 1])
        ]  # fmt: skip
        if not starts:
            continue
        start = starts[0]
        for place, letter in enumerate(f" {text} ", start - 1):
            if 0 <= place < width:
                taken[line][place] = True
                if place != column // 2:  # the point itself stays
                    lines[line][place] = letter
        written += 1
    return ["".join(line).rstrip() for line in lines]


def _segment(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """Return every second dot between two."""
    count = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    return [
        (start[0] + (end[0] - start[0]) * step // count, start[1] + (end[1] - start[1]) * step // count)
        for step in range(0, count, 2)
    ]  # fmt: skip


def _pattern(bits: int) -> str:
    return chr(0x2800 + bits) if bits else " "
