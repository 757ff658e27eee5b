"""Where names are written beside points so that none covers another, or an arrow: the first names go first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from latentcli.render.layout import cell_len

_LETTER, _LINE, _GAP, _FAR = 4.3, 8.0, 4.0, 10.0
"""Of a letter of 7 points: width and height of its line; how far a name stands from its point, in points."""

_OVER = 4
"""How many crossed lines are as bad as one name that is covered."""

Box = tuple[float, float, float, float]
"""Left, low, right and high."""

Line = tuple[tuple[float, float], tuple[float, float]]
"""Both ends (x, y)."""


class Spot(NamedTuple):
    """A place beside a point, in points: how far from it, and which side of the name is there."""

    offset: tuple[float, float]
    align: str


SPOTS = (
    Spot((_GAP, 5.0), "left"), Spot((-_GAP, 5.0), "right"), Spot((_GAP, -6.0), "left"),
    Spot((-_GAP, -6.0), "right"), Spot((0.0, 8.0), "center"), Spot((0.0, -9.0), "center"),
)  # fmt: skip
"""Tried in this order."""

_FARTHER = (
    Spot((_FAR, 0.0), "left"), Spot((-_FAR, 0.0), "right"), Spot((0.0, 1.6 * _FAR), "center"),
    Spot((0.0, -1.7 * _FAR), "center"), Spot((_FAR, _FAR), "left"), Spot((-_FAR, _FAR), "right"),
    Spot((_FAR, -_FAR), "left"), Spot((-_FAR, -_FAR), "right"),
)  # fmt: skip
"""Tried too for a name that has to be written."""


def written(
    axes: Any,
    points: Sequence[tuple[float, float, str]],
    *,
    most: int | None = None,
    always: int = 0,
    lines: Sequence[Line] = (),
) -> Iterator[tuple[int, Spot]]:
    """Yield which points (x, y, name) are named, and where: `most` at most, the first `always` in any case.

    Names that find no free place within the axes, off the `lines`, are left out, so that what is written can be
    read; those that have to be written stand where they cover least.
    """
    figure = axes.figure.figure  # the whole one, of which axes may have a part
    figure.draw_without_rendering()
    scale = figure.dpi / 72
    inside, whole = axes.get_window_extent(), figure.bbox
    drawn = [axes.transData.transform(line).tolist() for line in lines]
    taken: list[Box] = []
    for place, (x, y, name) in enumerate(points):
        if most is not None and len(taken) >= most:
            return
        at_x, at_y = axes.transData.transform((x, y))
        if not (inside.x0 <= at_x <= inside.x1 and inside.y0 <= at_y <= inside.y1):
            continue
        spots = SPOTS if place >= always else (*SPOTS, *_FARTHER)
        boxes = [_box(at_x, at_y, spot, name, scale) for spot in spots]
        badness = [_covered(box, taken, drawn, whole) for box in boxes]
        least = min(badness)
        if least and place >= always:
            continue
        chosen = badness.index(least)
        taken.append(boxes[chosen])
        yield place, spots[chosen]


def _covered(box: Box, taken: Sequence[Box], lines: Sequence[Line], whole: Any) -> int:
    """Return how much a name would cover, or stand outside; 0: nothing."""
    outside = box[0] < whole.x0 or box[2] > whole.x1 or box[1] < whole.y0 or box[3] > whole.y1
    names = sum(collide(box, other) for other in taken)
    return _OVER * (names + outside) + sum(crosses(line, box) for line in lines)


def _box(x: float, y: float, spot: Spot, name: str, scale: float) -> Box:
    width, height = _LETTER * cell_len(name) * scale, _LINE * scale
    left = (
        x
        + spot.offset[0] * scale
        - {"left": 0.0, "right": width, "center": width / 2}[spot.align]
    )
    middle = y + spot.offset[1] * scale
    return left, middle - height / 2, left + width, middle + height / 2


def collide(a: Box, b: Box) -> bool:
    """Tell whether two boxes share any room."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def crosses(line: Line, box: Box) -> bool:
    """Tell whether a line has a part inside a box (Liang and Barsky, 1984).

    >>> crosses(((0, 0), (4, 4)), (1, 1, 2, 2)), crosses(((0, 0), (4, 4)), (3, 0, 4, 1))
    (True, False)
    """
    first, last = 0.0, 1.0
    for start, end, low, high in zip(*line, box[:2], box[2:], strict=True):
        step = end - start
        if step == 0:
            if not low < start < high:
                return False
            continue
        near, far = sorted(((low - start) / step, (high - start) / step))
        first, last = max(first, near), min(last, far)
    return first < last
