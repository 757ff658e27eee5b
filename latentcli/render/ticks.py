"""What stands along the axes of a picture: names, numbers, and the places of logarithms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import Any

from latentcli.render.style import as_drawn

LONGEST = 28
"""Letters of a label beside its axis."""

NAMED = 60
"""Rows of bars, dots and heat maps up to which all are named; of more every so manyth."""


def ticks(
    put: Callable[..., Any], names: Sequence[str], lines: int = 1, **options: Any
) -> None:
    """Name the places of an axis, in `lines` at most: all, or every so manyth where there are too many."""
    step = math.ceil(len(names) / NAMED)
    places = range(0, len(names), step or 1)
    put(
        places,
        [_in_lines(as_drawn(names[place], lines * LONGEST), lines) for place in places],
        **options,
    )


def _in_lines(name: str, lines: int) -> str:
    """Break a long name between words, into halves."""
    if lines == 1 or len(name) <= LONGEST:
        return name
    broken = (wrap(name, width) for width in range(len(name) // lines, len(name)))
    return "\n".join(next(parts for parts in broken if len(parts) <= lines))


def logarithmic(axes: Any, side: str) -> None:
    """Make an axis logarithmic; less than two decades are written out, not as powers."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    axes.set(**{f"{side}scale": "log"})
    low, high = getattr(axes, f"get_{side}lim")()
    if high < 100 * low:
        axis = getattr(axes, f"{side}axis")
        axis.set_major_locator(
            LogLocator(subs=(1, 2, 5) if high > 10 * low else (1, 1.5, 2, 3, 5, 7))
        )
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def few_places(axes: Any) -> None:
    """Put numbers on the level axis that can be read side by side, each in full."""
    axes.ticklabel_format(axis="x", useOffset=False)
    axes.locator_params(axis="x", nbins=max(3, int(inches(axes) * 1.6)))


def inches(axes: Any) -> float:
    """Return how wide axes are, about: what stands beside them takes its part."""
    return float(axes.get_position().width * axes.figure.figure.get_size_inches()[0])
