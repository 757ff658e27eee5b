"""How far a share that was counted may be from the true one."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: intervals hold the truth 95 times in 100."""


def wilson(hits: float, count: int, z: float = Z95) -> tuple[float, float] | None:
    """Return the score interval of a share (Wilson, 1927); None for no counts.

    It reaches as far as `z` standard errors: by default 95 %.

    >>> low, high = wilson(8, 10) or (0, 0)
    >>> round(low, 4), round(high, 4)
    (0.4902, 0.9433)
    """
    if not count:
        return None
    share, square = hits / count, z**2
    center = share + square / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    scale = 1 + square / count
    # At the ends the bound is the share itself, which rounding would only come near to.
    low = (center - reach) / scale if hits else 0.0
    high = (center + reach) / scale if hits < count else 1.0
    return low, high
