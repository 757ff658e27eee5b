"""Figures as they are laid out: nothing is cut off, a legend or a name hides nothing."""

import numpy as np
import pytest

from latentcli.charts import Curve, Dot, Dots, Histogram, Plane
from latentcli.render import fitting, picture
from latentcli.render.labels import SPOTS, crosses, written
from latentcli.render.style import house_style
from latentcli.results import Bars, HeatMap

LONG = "how many of the rows are among the ten nearest of so many other rows of the whole set"
CURVE = Curve(
    "spectrum", LONG, LONG, [1, 2, 3, 4], {"these rows": [0.18, 0.16, 0.1, 0.08]}, log="y"
)
FULL = Curve(  # lines wherever a legend could stand
    "", "t", "norm", list(range(40)),
    {name: [n % 2 + shift for n in range(40)] for name, shift in (("one", 0.0), ("other", 0.1))},
)  # fmt: skip
BELL = np.exp(-(np.linspace(-3, 3, 61) ** 2)).tolist()
WIDE = Histogram("", "norm", "density", list(range(61)), {"a": [1.0] * 60, "b": BELL[:60]})
DOTS = Dots("", "value", [LONG[:50], "cka"], {"ours": [Dot(1.0), Dot(2.0)], "noise": [Dot(0.0), Dot(0.1)]})  # fmt: skip
WORDS = Plane(
    "", "along", "across", ["king", "man", "queen", "woman"], [0, 1, 0.1, 1.1], [0, 0.02, 1, 1.02],
    arrows=[(0, 1), (2, 3)], lines=[(0, 2), (1, 3)],
)  # fmt: skip


@pytest.fixture
def laid_out():
    """Return a figure of pictures as it is written, with its panels."""

    def lay_out(*pictures, size="page"):
        with house_style():
            figure = picture.figure_of("a title", pictures, size)
            figure.draw_without_rendering()
        return figure, [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]

    return lay_out


@pytest.mark.parametrize("size", ["column", "page"])
@pytest.mark.parametrize(
    "one", [CURVE, FULL, WIDE, DOTS, WORDS, Bars(LONG, ["a"], [1.0], LONG)]
)
def test_nothing_is_cut_off(laid_out, size, one):
    figure, _ = laid_out(one, size=size)
    drawn = figure.get_tightbbox()  # in inches
    wide, high = figure.get_size_inches()
    assert -0.02 <= drawn.x0 <= drawn.x1 <= wide + 0.02
    assert -0.02 <= drawn.y0 <= drawn.y1 <= high + 0.02


@pytest.mark.parametrize("one", [FULL, WIDE, DOTS])  # keys that are dots would pass for results
def test_a_legend_that_would_hide_something_stands_below(laid_out, one):
    figure, (axes,) = laid_out(one, size="column")
    legend = axes.get_legend().get_window_extent()
    assert legend.y1 <= axes.xaxis.label.get_window_extent().y0
    assert legend.y0 >= figure.bbox.y0 - 1


def test_a_legend_stays_where_there_is_room(laid_out):
    falling = Curve("", "t", "norm", [0, 1], {"a": [1.0, 0.0], "b": [1.0, 0.1]})
    _, (axes,) = laid_out(falling)
    inside = axes.get_window_extent()
    assert inside.contains(*axes.get_legend().get_window_extent().get_points().mean(axis=0))
    assert not fitting._hides(axes, axes.get_legend())


def test_each_row_of_pictures_has_margins_of_its_own(laid_out):
    _, (alone, *_) = laid_out(CURVE, size="column")
    _, (curve, dots) = laid_out(CURVE, DOTS, size="column")
    assert curve.get_window_extent().width == pytest.approx(
        alone.get_window_extent().width, rel=0.02
    )
    assert dots.get_window_extent().width < curve.get_window_extent().width


def test_few_dots_are_not_drawn_apart_beside_a_high_matrix(laid_out):
    rows = [f"z{n}" for n in range(20)]
    _, (heat, dots) = laid_out(HeatMap("", rows, ["a", "b"], [[0.1, 0.2]] * 20), DOTS)
    assert dots.get_window_extent().height < 0.5 * heat.get_window_extent().height
    assert dots.get_window_extent().y1 == pytest.approx(heat.get_window_extent().y1, abs=25)


@pytest.mark.parametrize("size", ["column", "page"])
@pytest.mark.parametrize("letters", [4, 14, 21, 28])
@pytest.mark.parametrize("count", [2, 3, 5, 12])
def test_matrices_keep_the_height_of_their_rows_whatever_their_names(
    laid_out, size, letters, count
):
    names = ["n" * letters] * count
    figure, (axes,) = laid_out(HeatMap("", names, names, [[0.5] * count] * count), size=size)
    inches = axes.get_window_extent().height / figure.dpi
    assert inches / count > 0.12


@pytest.mark.parametrize("size", ["column", "page"])
def test_names_cover_no_arrow(laid_out, size):
    _, (axes,) = laid_out(WORDS, size=size)
    drawn = {
        text.get_text(): text.get_window_extent() for text in axes.texts if text.get_text()
    }
    assert {*drawn} == {"king", "man", "queen", "woman"}
    xy = axes.transData.transform(np.column_stack([WORDS.x, WORDS.y])).tolist()
    for box in drawn.values():
        for a, b in (*WORDS.arrows, *WORDS.lines):
            assert not crosses((xy[a], xy[b]), box.extents)


def test_a_name_that_finds_no_place_is_left_out_unless_it_must_be_written():
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    axes.plot([-1, 1], [-1, 1], lw=0)
    across = [((-1.0, y), (1.0, y)) for y in np.linspace(-0.15, 0.15, 60)]
    point = [(0.0, 0.0, "name")]
    assert not list(written(axes, point, lines=across))
    ((_, spot),) = written(axes, point, lines=across, always=1)
    assert spot not in SPOTS  # farther away, where fewer lines are


def test_a_logarithmic_axis_of_a_decade_has_several_numbers_written_out(laid_out):
    _, (axes,) = laid_out(CURVE)
    low, high = axes.get_ylim()
    shown = [
        tick.get_text()
        for tick in axes.get_yticklabels()
        if low <= tick.get_position()[1] <= high
    ]
    assert len(shown) >= 2
    assert all(float(text) for text in shown)
