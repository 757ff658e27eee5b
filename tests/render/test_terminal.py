"""Pictures as characters: within the width, with and without color, and what they show."""

import re

import pytest

from latentcli.render.layout import cell_len
from latentcli.render.screen import Screen
from latentcli.render.shades import ramp
from latentcli.render.terminal import draw
from latentcli.results import Band, Bars, Curve, Dot, Dots, HeatMap, Histogram, Plane

HOSTILE = ["\x1b[31m", "東京" * 20, "x" * 300, "", "a\nb"]
WAVE = Curve(
    "norm", "t", "norm", [0.0, 0.5, 1.0], {"lerp": [3.0, 1.0, 3.0], "slerp": [3.0, 3.1, 3.0]},
    [Band("prior", [2.0] * 3, [4.0] * 3)], [(0.25, 0.75)], "hole",
)  # fmt: skip
PICTURES = [
    HeatMap("heat", HOSTILE, HOSTILE, [[0.5, float("nan"), 1.0, 0.0, -3.0]] * 5, label="cosine"),
    HeatMap("wide", ["a"], [f"c{n}" for n in range(300)], [[0.5] * 300]),
    HeatMap("high", [f"r{n}" for n in range(41)], ["a", "b"], [[0.0, 1.0]] * 41),
    Bars("bars", HOSTILE, [1.0, -2.0, 0.0, float("nan"), 0.001], "cosine"),
    WAVE,
    Curve("log", "n", "2^n", [1.0, 2.0, 300.0], {"a": [2.0, 4.0, 2.0**300], "b": [0.0, 1.0, 2.0]}, log="xy"),
    Histogram("norms", "norm", "density", [0.0, 1.0, 2.0], {"a": [0.25, 0.75]}, places={"mean": 1.5}),
    Dots("scores", "score", HOSTILE[:2], {"one": [Dot(0.5, 0.25, 0.75), Dot(None)], "two": [Dot(1.0), Dot(0.1)]}),
    Dots(
        "many", "score", ["completeness of all factors", "b"],
        {name: [Dot(-0.0001856, -0.1, 0.5), Dot(1.779)] for name in ("these rows", "shuffled rows", "x" * 60)},
    ),
    Plane("plane", "x", "y", ["a", "b", "c"], [0.0, 1.0, 1.0], [0.0, 0.0, 0.0], ((0, 1),)),
]  # fmt: skip
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("picture", PICTURES, ids=lambda one: one.title)
@pytest.mark.parametrize("width", [30, 80, 160])
@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("utf8", [False, True])
def test_it_stays_within_the_width(picture, width, color, utf8):
    text = draw([picture], Screen(width, color, utf8))
    if not color:
        assert "\x1b" not in text
    for line in ESCAPE.sub("", text).splitlines():
        assert cell_len(line) <= width, line
    if not utf8:
        drawn = ESCAPE.sub("", text)
        assert not any("\u2500" <= letter <= "\u28ff" for letter in drawn)


def test_bars_are_as_long_as_their_numbers():
    lines = draw([Bars("", ["a", "b"], [2.0, 1.0])], Screen(40)).splitlines()
    one, two = (line.count("█") for line in lines)
    assert abs(one - 2 * two) <= 1
    assert one > 20


def test_half_blocks_hold_two_rows():
    text = draw(
        [HeatMap("", [str(n) for n in range(40)], ["a"], [[n / 39] for n in range(40)])],
        Screen(60, color=True),
    )
    assert text.count("▀") == 20 * 6
    first = text.splitlines()[1] if "▀" not in text.splitlines()[0] else text.splitlines()[0]
    red, green, blue = ramp(0.0, 0.0, 1.0)
    assert f"\x1b[38;2;{red};{green};{blue}m" in first


def test_without_color_shades_are_letters():
    text = draw([HeatMap("", ["a", "b"], ["x", "y"], [[0.0, 0.3], [0.6, 1.0]])], Screen(40))
    assert "██████" in text
    assert "░░░░░░" in text


def test_a_curve_dips_where_it_is_low():
    chart = [line for line in draw([WAVE], Screen(60)).splitlines() if "│" in line]
    assert len(chart) == 14
    middle = [line.partition("│")[2][20:35].strip() for line in chart]
    assert middle[-1]  # the lerp at t = 0.5 is the lowest of all
    assert "hole: 0.25 to 0.75" in draw([WAVE], Screen(60))


def test_series_without_room_have_marks_of_their_own():
    series = {"these rows": [Dot(0.2, 0.1, 0.3)], "shuffled rows": [Dot(1.0)]}
    named = draw([Dots("", "score", ["completeness"], series)], Screen(80))
    assert "these rows" in named.splitlines()[0]
    assert named.count("●") == 2
    narrow = draw([Dots("", "score", ["completeness"], series)], Screen(36)).splitlines()
    assert narrow[:2] == ["● these rows   ◆ shuffled rows", narrow[1]]
    assert (narrow[1].count("●"), narrow[2].count("◆")) == (1, 1)
    assert narrow[1].index("●") < narrow[2].index("◆")


def test_a_point_at_the_right_edge_is_named_left_of_it():
    plane = Plane("", "x", "y", ["left", "queen"], [0.0, 1.0], [0.0, 1.0])
    first = draw([plane], Screen(40)).splitlines()[0]
    assert "queen" in first
    assert len(first) <= 40


def test_an_interval_is_a_line_with_a_dot():
    text = draw([Dots("", "score", ["a"], {"": [Dot(0.5, 0.25, 1.0)]})], Screen(50))
    (line,) = [one for one in text.splitlines() if "●" in one]
    assert line.count("─") > 0
    assert line.index("─") < line.index("●") < line.rindex("─")
