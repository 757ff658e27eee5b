"""The table on a terminal: styles, widths, and nothing cut."""

import io
import re

import pytest

from latentcli.render.table import write
from latentcli.results import Bars, HeatMap, Lines, Listing, Matrix, Report, Sheet

STYLE = re.compile(r"\x1b\[([0-9;]*)m")
LONG = "x" * 130


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture
def shown(monkeypatch):
    def show(report, columns=40, **environment):
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        out = Terminal()
        write(report, out, True)
        return out.getvalue()

    return show


def records(word, **more):
    columns = ("query", "rank", "word", "score", *more)
    return Report("neighbors", columns, [dict(query="q", rank=1, word=word, score=0.5, **more)])


REPORTS = {
    "records": records(LONG),
    "title": Report("neighbors", ("word",), [{"word": "w"}], title=LONG),
    "grid": Report("d", ("a",), [], views=(Matrix([LONG, "b"], ["c", "d"], [[0.0, 1.0]] * 2),)),
    "upright": Report(
        "info",
        ("a_name", "b"),
        [{"a_name": LONG, "b": 1}],
        views=(Listing(("a_name", "b"), {"a_name": LONG, "b": 1}),),
    ),
    "summary": Report("odd", ("word",), [{"word": "w"}], summary={"odd": LONG}),
    "lines": Report("cache dir", ("folder",), [{"folder": LONG}], views=(Lines("folder"),)),
}


@pytest.mark.parametrize("columns", [20, 40, 80])
@pytest.mark.parametrize("name", REPORTS)
def test_long_values_are_folded_and_never_cut(shown, name, columns):
    text = STYLE.sub("", shown(REPORTS[name], columns))
    assert text.count("x") in (130, 260)  # a table that is split has its first column twice
    assert "…" not in text
    if name != "lines":  # bare, to be copied
        assert max(map(len, text.splitlines())) <= columns


def test_names_of_many_columns_are_not_cut(shown):
    more = {f"column_{number}": number for number in range(3)}
    text = STYLE.sub("", shown(records("w", **more), 40))
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 40


def test_the_names_of_upright_values_are_not_cut(shown):
    report = Report(
        "info",
        ("abcdefghijklmnop",),
        [],
        views=(Listing(("abcdefghijklmnop",), {"abcdefghijklmnop": LONG}),),
    )
    text = STYLE.sub("", shown(report, 20))
    assert "…" not in text
    assert "p" in text


def test_wide_characters_count_twice(shown):
    lines = STYLE.sub("", shown(records("日本" * 40), 40)).splitlines()
    assert sum(line.count("日") for line in lines) == 40
    for line in lines:
        assert len(line) + sum(character in "日本" for character in line) <= 40


def test_no_color_has_bold_and_dim_at_most(shown):
    codes = {
        code
        for part in STYLE.findall(shown(records("w"), NO_COLOR="1"))
        for code in part.split(";")
    }
    assert codes <= {"0", "1", "2"}
    assert codes


def test_a_dumb_terminal_has_no_codes_and_its_width(shown):
    text = shown(records(LONG), 40, TERM="dumb")
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 40


def test_away_from_a_terminal_nothing_is_folded(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = io.StringIO()
    write(records(LONG), out, True)
    assert LONG in out.getvalue()
    assert "\x1b" not in out.getvalue()


@pytest.mark.parametrize(
    "word", ["[/b]", "[red]x[/red]", ":smile:", "\x1b[31mx", "https://a.b", "'x' 1 None"]
)
def test_words_have_no_say_in_styles(shown, word):
    text = shown(records(word), 80)
    plain = shown(records("w"), 80)
    assert STYLE.findall(text) == STYLE.findall(plain)
    assert word.replace("\x1b", "\\x1b") in text


PARTS = (
    Sheet("Factors", ("factor", "mig"), [{"factor": "[/b]", "mig": 0.5}]),
    HeatMap("Information", ["z0", "\x1b"], ["shape"], [[1.0], [float("nan")]]),
    Bars("Patterns", ["one-hot", "binary", "none"], [5, 40, 0]),
)


def test_parts_stand_in_place_of_the_records():
    out = io.StringIO()
    write(Report("x", ("a",), [{"a": "unseen"}], views=PARTS, summary={"n": 3}), out, True)
    text = out.getvalue()
    assert "unseen" not in text
    assert [
        line for line in text.splitlines() if line in ("Factors", "Information", "Patterns")
    ]
    assert "[/b]     0.5000" in text
    assert "██ 1.00" in text
    assert "\\x1b" in text
    assert text.rstrip().endswith("n  3")


def test_bars_are_as_long_as_their_numbers():
    out = io.StringIO()
    write(Report("x", (), [], views=PARTS[2:]), out, True)
    five, forty, none = out.getvalue().splitlines()[1:4]
    assert (five.count("█"), forty.count("█"), none.count("█")) == (5, 40, 0)
    assert five.split()[-1] == "5"


def test_a_heat_map_is_coloured_on_a_terminal_only(shown):
    assert STYLE.search(shown(Report("x", (), [], views=PARTS[1:2])))


def test_parts_without_unicode_are_ascii():
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    write(Report("x", (), [], views=PARTS), out, True)
    out.flush()
    text = out.buffer.getvalue().decode("ascii")
    assert "## 1.00" in text
    assert "#" * 40 in text
