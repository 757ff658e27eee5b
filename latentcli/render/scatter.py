"""Points of a map as a picture for a paper, by Matplotlib's Figure: labels that do not collide."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from latentcli.render.labels import written
from latentcli.render.style import (
    COLORS,
    INK,
    METADATA,
    QUIET,
    as_drawn,
    house_style,
    noting_boxes,
    width_of,
)

_CAPTIONS = 60
"""Names that are written at most, to a picture as wide as a page."""

_INKED = 16_000
"""Square points that the points of a map cover, on one as wide as a page: they are smaller where they are more."""

_LETTERS = 18
"""Letters below the map to an inch."""

_TRIED = 2000
_NAME = 24
_LEGEND = 12


@dataclass(frozen=True)
class Scatter:
    """Points with names; `groups` are their labels; `arrows` pairs of points, `path` places of a line.

    Where names are row numbers, groups are named in their place: at the median of their points.

    `torn` (0 to 1 for each point) makes those paler whose neighborhood the map tears apart; `size` is that
    of `--plot-size`.
    """

    title: str
    x: Sequence[float]
    y: Sequence[float]
    names: Sequence[str]
    groups: Sequence[str] | None = None
    arrows: Sequence[tuple[int, int]] = ()
    path: Sequence[tuple[float, float]] = ()
    footer: Sequence[str] = ()
    torn: Sequence[float] | None = None
    size: str = "page"


def write(scatter: Scatter, path: Path, kind: str) -> list[str]:
    """Draw points into a file; `kind` is png, svg or pdf. Returns the letters that are boxes in it."""
    from matplotlib.figure import Figure

    width = width_of(scatter.size)
    missing: list[str] = []
    with house_style(), noting_boxes(missing):
        figure = Figure(figsize=(width, 0.88 * width), layout="constrained")
        axes = figure.add_subplot()
        draw(scatter, axes)
        _caption(scatter, axes)
        figure.savefig(path, format=kind, dpi=300, metadata=METADATA[kind])
    return missing


def draw(scatter: Scatter, axes: Any) -> None:
    """Draw points, arrows and path into Matplotlib axes."""
    from matplotlib.colors import to_rgba

    room = _INKED * (width_of(scatter.size) / width_of("page")) ** 2
    size = max(0.3, min(14.0, room / max(1, len(scatter.x))))
    groups: dict[str, list[int]] = {}
    for place, group in enumerate(scatter.groups or [""] * len(scatter.x)):
        groups.setdefault(group, []).append(place)
    for number, (group, mine) in enumerate(
        sorted(groups.items(), key=lambda one: natural(one[0]))
    ):
        color = COLORS[number % len(COLORS)]
        shades: list[str] = [color + "b3"] * len(mine)
        if scatter.torn is not None:
            shades = [
                f"{color}{round(255 * (0.85 - 0.65 * scatter.torn[i])):02x}" for i in mine
            ]
        axes.scatter(
            [scatter.x[i] for i in mine], [scatter.y[i] for i in mine], s=size, linewidths=0,
            color=shades, label=as_drawn(group, 40), rasterized=len(mine) > 5000,
        )  # fmt: skip
    for a, b in scatter.arrows:
        axes.annotate(
            "", (scatter.x[b], scatter.y[b]), (scatter.x[a], scatter.y[a]),
            arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.0},
        )  # fmt: skip
    if scatter.path:
        axes.plot(*zip(*scatter.path, strict=True), color=INK, lw=1.2, marker="o", ms=1.8)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.set_title(as_drawn(scatter.title, 90))
    letters = int(width_of(scatter.size) * _LETTERS)
    footer = [textwrap.fill(as_drawn(line), letters) for line in scatter.footer]
    axes.set_xlabel("\n".join(footer), fontsize=6.5, color=QUIET)
    if scatter.groups and len(groups) <= _LEGEND:
        legend = axes.legend(
            loc="center left", bbox_to_anchor=(1.0, 0.5), markerscale=max(1.0, (16 / size) ** 0.5)
        )  # fmt: skip
        for handle in legend.legend_handles:
            handle.set_facecolor(to_rgba(handle.get_facecolor()[0], 0.9))


def natural(text: str) -> tuple[int, float, str]:
    """Order numbers by size, before words."""
    try:
        return 0, float(text), ""
    except ValueError:
        return 1, 0.0, text


def _medians(scatter: Scatter) -> list[tuple[float, float, str]]:
    """Return the median place of each group, with its name."""
    groups: dict[str, list[int]] = {}
    for place, group in enumerate(scatter.groups or ()):
        groups.setdefault(group, []).append(place)
    return [
        (
            median(scatter.x[place] for place in places),
            median(scatter.y[place] for place in places),
            as_drawn(group, _NAME),
        )
        for group, places in groups.items()
        if group
    ]


def _caption(scatter: Scatter, axes: Any) -> None:
    """Write the names of arrows' ends, then of the first points, where nothing is written yet."""
    ends = list(dict.fromkeys(place for arrow in scatter.arrows for place in arrow))
    numbered = all(map(str.isdecimal, scatter.names)) and scatter.groups is not None
    order = list(dict.fromkeys([*ends, *range(0 if numbered else min(_TRIED, len(scatter.x)))]))
    points = [
        (scatter.x[place], scatter.y[place], as_drawn(scatter.names[place], _NAME)) for place in order
    ]  # fmt: skip
    points += _medians(scatter) if numbered else []
    most = round(_CAPTIONS * (width_of(scatter.size) / width_of("page")) ** 2) + len(ends)
    lines = [
        ((scatter.x[a], scatter.y[a]), (scatter.x[b], scatter.y[b])) for a, b in scatter.arrows
    ] + list(pairwise(scatter.path))
    for place, spot in written(axes, points, most=most, always=len(ends), lines=lines):
        axes.annotate(
            points[place][2], points[place][:2], spot.offset, textcoords="offset points",
            ha=spot.align, va="center", fontsize=6.5, color=INK,
            weight="bold" if numbered or place < len(ends) else "normal",
            bbox={"facecolor": "white", "alpha": 0.6, "pad": 0.2, "linewidth": 0},
        )  # fmt: skip
