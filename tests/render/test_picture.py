import pytest

from latentcli.errors import LatentError
from latentcli.render import picture
from latentcli.results import Bars, HeatMap, Report, Sheet

HEAT = HeatMap("I(z; v) / H(v)", ["z0", "z1"], ["shape", "colour"], [[1.0, 0.0], [0.25, 0.5]])
BARS = Bars("eigenvalues", ["first", "second"], [2.0, 1.0])
MAGIC = {"png": b"\x89PNG\r\n", "svg": b"<?xml", "pdf": b"%PDF-"}


def report(*parts, title="a title"):
    return Report("mig", ("a",), [], title=title, views=parts)


@pytest.fixture
def drawn(tmp_path):
    """Draw a report; return the bytes of the picture."""

    def draw(made, kind="svg"):
        path = tmp_path / "picture.part"
        picture.write(made, path, kind)
        return path.read_bytes()

    return draw


def size(png):
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


@pytest.mark.parametrize("kind", MAGIC)
@pytest.mark.parametrize("parts", [(HEAT,), (BARS,), (HEAT, Sheet("", ("a",), []), BARS)])
def test_the_kind_that_was_asked_for_whatever_the_name(drawn, kind, parts):
    assert drawn(report(*parts), kind).startswith(MAGIC[kind])


@pytest.mark.parametrize("kind", MAGIC)
def test_the_same_report_makes_the_same_picture(drawn, kind):
    assert drawn(report(HEAT, BARS), kind) == drawn(report(HEAT, BARS), kind)


HOSTILE = ["$x$", "a_{b", "\\frac", "[/b]", "\x1b[31m", "<&>", "東京", "x" * 80, ""]


@pytest.mark.parametrize("kind", MAGIC)
def test_hostile_names_are_text_and_not_formulas(drawn, kind):
    many = [[0.5] * len(HOSTILE)] * len(HOSTILE)
    heat = HeatMap("$ \\sum", HOSTILE, HOSTILE, many)
    bars = Bars("$", HOSTILE, [1.0] * len(HOSTILE))
    assert drawn(report(heat, bars, title="$\\alpha \x07"), kind).startswith(MAGIC[kind])


def test_more_models_make_a_higher_picture(drawn):
    _, one = size(drawn(report(HEAT, HEAT), "png"))  # side by side
    _, two = size(drawn(report(HEAT, HEAT, HEAT), "png"))
    assert two > 1.4 * one


def test_large_heat_maps_are_drawn_without_numbers_and_stay_within_bounds(drawn):
    rows = [f"z{j}" for j in range(250)]
    heat = HeatMap("many", rows, ["a", "b"], [[0.5, 0.25]] * 250)
    width, height = size(drawn(report(heat), "png"))
    assert width == 7 * 300
    assert height <= 10 * 300


@pytest.mark.parametrize(("name", "inches"), [("column", 3.3), ("page", 7.0)])
def test_a_picture_is_as_wide_as_a_column_or_a_page(tmp_path, name, inches):
    picture.write(report(HEAT, BARS), tmp_path / "one.png", "png", name)
    assert size((tmp_path / "one.png").read_bytes())[0] == round(inches * 300)


def test_an_unknown_size_is_refused(tmp_path):
    with pytest.raises(LatentError, match="poster"):
        picture.write(report(HEAT), tmp_path / "one.png", "png", "poster")


def test_text_stays_text_in_vector_files(drawn):
    assert "<text" in drawn(report(HEAT), "svg").decode()
    assert ">colour</text>" in drawn(report(HEAT), "svg").decode()
    assert b"/Type /Font" in drawn(report(HEAT), "pdf")


def test_the_users_style_changes_nothing(drawn):
    from matplotlib import rc_context

    plain = drawn(report(HEAT, BARS))
    with rc_context(
        {"font.size": 30, "axes.grid": True, "lines.linewidth": 9, "axes.facecolor": "red"}
    ):
        assert drawn(report(HEAT, BARS)) == plain


def test_a_long_title_is_folded(drawn):
    width, height = size(drawn(report(HEAT, title="word " * 100), "png"))
    plain = size(drawn(report(HEAT), "png"))
    assert width == plain[0]
    assert height > plain[1]


def test_nothing_to_draw_is_said():
    with pytest.raises(LatentError, match="latent mig: there is nothing to draw"):
        picture.write(report(Sheet("", ("a",), [])), None, "png")


def test_letters_that_no_font_has_are_returned(tmp_path):
    """The last codepoint of a private plane is in no font, and each letter is named once."""
    bars = Bars("title", ["a", "\U0010fffd", "b\U0010fffd"], [1.0, 2.0, 3.0])
    assert picture.write(report(bars), tmp_path / "a.png", "png") == ["\U0010fffd"]
    plain = Bars("title", ["é", "я", "ω"], [1.0, 2.0, 3.0])
    assert picture.write(report(plain), tmp_path / "b.png", "png") == []
