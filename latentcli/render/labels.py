"""Where names are written beside points so that none covers another: the first names go first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

_LETTER, _LINE, _GAP = 4.3, 8.0, 4.0
"""Of a letter of 7 points: width and height of its line; how far a name stands from its point, in points."""


class Spot(NamedTuple):
    """A place beside a point, in points: how far from it, and which side of the name is there."""

    offset: tuple[float, float]
    align: str


SPOTS = (
    Spot((_GAP, 4.0), "left"), Spot((-_GAP, 4.0), "right"), Spot((_GAP, -5.0), "left"),
    Spot((-_GAP, -5.0), "right"), Spot((0.0, 8.0), "center"), Spot((0.0, -9.0), "center"),
)  # fmt: skip
"""Tried in this order."""


def written(
    axes: Any,
    points: Sequence[tuple[float, float, str]],
    *,
    most: int | None = None,
    always: int = 0,
) -> Iterator[tuple[int, Spot]]:
    """Yield which points (x, y, name) are named, and where: `most` at most, the first `always` in any case.

    Names that find no free place within the axes are left out, so that what is written can be read.
    """
    figure = axes.figure
    figure.draw_without_rendering()
    scale = figure.dpi / 72
    inside = axes.get_window_extent()
    whole = figure.bbox
    taken: list[tuple[float, float, float, float]] = []
    count = 0
    for place, (x, y, name) in enumerate(points):
        if most is not None and count >= most:
            return
        at_x, at_y = axes.transData.transform((x, y))
        if not (inside.x0 <= at_x <= inside.x1 and inside.y0 <= at_y <= inside.y1):
            continue
        boxes = [_box(at_x, at_y, spot, name, scale) for spot in SPOTS]
        free = [
            number
            for number, box in enumerate(boxes)
            if box[0] >= whole.x0 and box[2] <= whole.x1
            and not any(collide(box, other) for other in taken)
        ]  # fmt: skip
        if not free and place >= always:
            continue
        chosen = free[0] if free else 0
        taken.append(boxes[chosen])
        count += 1
        yield place, SPOTS[chosen]


def _box(
    x: float, y: float, spot: Spot, name: str, scale: float
) -> tuple[float, float, float, float]:
    width, height = _LETTER * len(name) * scale, _LINE * scale
    left = (
        x
        + spot.offset[0] * scale
        - {"left": 0.0, "right": width, "center": width / 2}[spot.align]
    )
    middle = y + spot.offset[1] * scale
    return left, middle - height / 2, left + width, middle + height / 2


def collide(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Tell whether two boxes (left, low, right, high) share any room."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
