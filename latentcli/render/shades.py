"""Colors of shades without Matplotlib: viridis from nothing on, red and blue on both sides of 0."""

from __future__ import annotations

import math

_VIRIDIS = (
    (68, 1, 84), (71, 45, 123), (59, 82, 139), (44, 114, 142), (33, 145, 140), (40, 174, 128),
    (94, 201, 98), (173, 220, 48), (253, 231, 37),
)  # fmt: skip
"""Matplotlib's viridis at nine places (van der Walt and Smith, 2015)."""

_RED_BLUE = (
    (5, 48, 97), (67, 147, 195), (209, 229, 240), (247, 247, 247), (253, 219, 199), (214, 96, 77),
    (103, 0, 31),
)  # fmt: skip
"""ColorBrewer's RdBu, blue below 0 (Harrower and Brewer, 2003)."""


def ramp(value: float, low: float, high: float) -> tuple[int, int, int]:
    """Return the color (red, green, blue) of a value between two ends; gray for NaN.

    >>> ramp(0.0, 0.0, 1.0), ramp(0.0, -1.0, 1.0)
    ((68, 1, 84), (247, 247, 247))
    """
    if not math.isfinite(value):
        return 128, 128, 128
    colors = _RED_BLUE if low < 0 < high else _VIRIDIS
    share = min(1.0, max(0.0, (value - low) / ((high - low) or 1.0))) * (len(colors) - 1)
    at = min(int(share), len(colors) - 2)
    one, two = colors[at], colors[at + 1]
    red, green, blue = (
        round(a + (b - a) * (share - at)) for a, b in zip(one, two, strict=True)
    )
    return red, green, blue
