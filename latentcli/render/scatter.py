"""Points of a map as a picture for a paper, by Matplotlib's Figure: labels that do not collide."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latentcli.render.picture import METADATA, as_drawn

COLORS = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#777777", "#e07b00",
    "#7e57c2", "#009988", "#b5651d", "#d81b60",
)  # fmt: skip
"""Distinct for the color-blind: Paul Tol's bright scheme (2021), and five more."""

_CAPTIONS = 60
_TRIED = 2000
_LEGEND = 12


@dataclass(frozen=True)
class Scatter:
    """Points with names; `groups` are their labels; `arrows` pairs of points, `path` places of a line."""

    title: str
    x: Sequence[float]
    y: Sequence[float]
    names: Sequence[str]
    groups: Sequence[str] | None = None
    arrows: Sequence[tuple[int, int]] = ()
    path: Sequence[tuple[float, float]] = ()
    footer: str = ""
    inches: tuple[float, float] = (7.0, 6.0)


def write(scatter: Scatter, path: Path, kind: str) -> None:
    """Draw points into a file; `kind` is png, svg or pdf."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    figure = Figure(figsize=scatter.inches, layout="constrained")
    axes = figure.add_subplot()
    draw(scatter, axes)
    with (
        rc_context({"svg.hashsalt": "latent", "pdf.fonttype": 42}),
        warnings.catch_warnings(action="ignore"),
    ):
        _caption(scatter, axes, figure)
        figure.savefig(path, format=kind, dpi=200, metadata=METADATA[kind])


def draw(scatter: Scatter, axes: Any) -> None:
    """Draw points, arrows and path into Matplotlib axes."""
    size = max(0.6, min(14.0, 6000 / max(1, len(scatter.x))))
    groups: dict[str, list[int]] = {}
    for place, group in enumerate(scatter.groups or [""] * len(scatter.x)):
        groups.setdefault(group, []).append(place)
    for number, (group, mine) in enumerate(groups.items()):
        axes.scatter(
            [scatter.x[i] for i in mine], [scatter.y[i] for i in mine], s=size, linewidths=0,
            alpha=0.7, color=COLORS[number % len(COLORS)], label=as_drawn(group), rasterized=len(mine) > 5000,
        )  # fmt: skip
    for a, b in scatter.arrows:
        axes.annotate(
            "", (scatter.x[b], scatter.y[b]), (scatter.x[a], scatter.y[a]),
            arrowprops={"arrowstyle": "->", "color": "#333333", "lw": 1.0},
        )  # fmt: skip
    if scatter.path:
        axes.plot(*zip(*scatter.path, strict=True), color="#333333", lw=1.2)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.set_title(as_drawn(scatter.title), fontsize=9)
    axes.set_xlabel(as_drawn(scatter.footer), fontsize=7, color="#555555")
    if scatter.groups and len(groups) <= _LEGEND:
        axes.legend(
            fontsize=7, frameon=False, markerscale=max(1.0, 3 / size), loc="upper right"
        )


def _caption(scatter: Scatter, axes: Any, figure: Any) -> None:
    """Write the names of arrows' ends, then of the first points, where nothing is written yet."""
    figure.draw_without_rendering()
    ends = [place for arrow in scatter.arrows for place in arrow]
    order = dict.fromkeys([*ends, *range(min(_TRIED, len(scatter.x)))])
    taken: list[tuple[float, float, float, float]] = []
    written = 0
    for place in order:
        if written >= _CAPTIONS + len(ends):
            return
        name = as_drawn(scatter.names[place])
        name = name if len(name) <= 24 else f"{name[:23]}…"
        left, low = axes.transData.transform((scatter.x[place], scatter.y[place]))
        scale = figure.dpi / 72
        box = (left + 3 * scale, low, left + (5 + 4.2 * len(name)) * scale, low + 8 * scale)
        if place not in ends and any(_collide(box, other) for other in taken):
            continue
        taken.append(box)
        written += 1
        axes.annotate(
            name, (scatter.x[place], scatter.y[place]), (3, 1), textcoords="offset points",
            fontsize=6.5, color="#222222", weight="bold" if place in ends else "normal",
            annotation_clip=True,
        )  # fmt: skip


def _collide(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
