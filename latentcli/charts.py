"""Charts as data: curves with bands, histograms, dots with intervals, points of a plane.

They are apart from the other views, and imported when one is made or drawn, for most answers have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from latentcli.views import Chart


@dataclass(frozen=True)
class Band:
    """A range of y along a curve's axis: the values between `low` and `high` at each x."""

    label: str
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class Curve(Chart):
    """Lines over a common axis: `lines` has for each name its values at the places `x`.

    `bands` are shaded behind them, and so are the `spans` of x, which are named by `span_label`;
    `levels` are horizontal lines, `places` vertical ones; `log` names the logarithmic axes: "x", "y" or "xy".
    """

    x_label: str
    y_label: str
    x: Sequence[float]
    lines: Mapping[str, Sequence[float]]
    bands: Sequence[Band] = ()
    spans: Sequence[tuple[float, float]] = ()
    span_label: str = ""
    levels: Mapping[str, float] = field(default_factory=dict)
    places: Mapping[str, float] = field(default_factory=dict)
    log: str = ""


@dataclass(frozen=True)
class Histogram(Chart):
    """How many values lie between consecutive `edges`: `heights` of each name, one fewer than edges.

    `curve` (places, heights) is a distribution beside them, named `curve_label`.
    """

    x_label: str
    y_label: str
    edges: Sequence[float]
    heights: Mapping[str, Sequence[float]]
    curve: tuple[Sequence[float], Sequence[float]] | None = None
    curve_label: str = ""
    places: Mapping[str, float] = field(default_factory=dict)


class Dot(NamedTuple):
    """A number with the ends of its interval; None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


def dot_of(record: Mapping[str, object], *keys: str) -> Dot:
    """Return a record's numbers under these keys (value, low, high) as a dot; None for what is no number.

    >>> dot_of({"auc": 0.5, "low": None, "high": "-"}, "auc", "low", "high")
    Dot(value=0.5, low=None, high=None)
    """
    found = (record.get(key) for key in keys)
    return Dot(*(float(one) if isinstance(one, (int, float)) else None for one in found))


@dataclass(frozen=True)
class Dots(Chart):
    """Numbers with their intervals: for each name of `series` a dot at each of the labels.

    `points` are the single values at each label that one series is of, drawn pale behind it.
    """

    label: str
    labels: Sequence[str]
    series: Mapping[str, Sequence[Dot]]
    points: Sequence[Sequence[float]] = ()


@dataclass(frozen=True)
class Plane(Chart):
    """Points (x, y) by name, both axes to one scale; `arrows` and `lines` are pairs of points by number.

    `faint` are numbers of points that matter less.
    """

    x_label: str
    y_label: str
    names: Sequence[str]
    x: Sequence[float]
    y: Sequence[float]
    arrows: Sequence[tuple[int, int]] = ()
    lines: Sequence[tuple[int, int]] = ()
    faint: Sequence[int] = ()
    equal: bool = True
