"""Tables fit their width: columns are left out or moved, and words stay whole."""

import io

import pytest

from latentcli.render import Printer, only
from latentcli.render.grids import of_records
from latentcli.render.layout import lay_out
from latentcli.render.text import lines_of
from latentcli.results import HeatMap, Matrix, Report, Result, Sheet

NAMES = tuple(f"measure_number_{number}" for number in range(9))
MODELS = [f"a_model_whose_name_has_forty_letters_{i:04}" for i in range(9)]
RECORDS = [{"model": model, **dict.fromkeys(NAMES, 0.123456)} for model in MODELS]


def widest(lines):
    return max(map(len, lines))


def placed(grid, width):
    layout = lay_out(grid, width)
    return [[one.column.heading for one in table] for table in layout.tables], layout.left_out


@pytest.mark.parametrize("width", [80, 100, 120])
def test_what_is_too_wide_is_split_with_the_first_column_in_each(width):
    grid = of_records(("model", *NAMES), RECORDS)
    tables, left_out = placed(grid, width)
    assert not left_out
    assert len(tables) > 1
    assert all(table[0] == "model" for table in tables)
    shown = [name for table in tables for name in table[1:]]
    assert shown == [name.replace("_", " ") for name in NAMES]
    lines = list(lines_of(grid, width))
    assert widest(lines) <= width
    for model in MODELS:
        assert any(line.startswith(model) for line in lines)


def test_optional_columns_are_left_out_first_in_their_order():
    names = ("model", "value", "low", "high")
    records = [{"model": "m" * 20, "value": 0.5, "low": 0.4, "high": 0.6}]
    grid = of_records(names, records, optional=("high", "low"))
    assert placed(grid, 80) == ([list(names)], [])
    assert placed(grid, 40) == ([["model", "value", "low"]], ["high"])
    assert placed(grid, 36) == ([["model", "value"]], ["high", "low"])
    assert " ".join(list(lines_of(grid, 36))[-2:]) == "not shown: high, low (--wide shows all)"
    assert placed(grid, None) == ([list(names)], [])


def test_a_text_is_folded_between_words():
    records = [{"name": "one", "reading": "several words that go on for quite a while"}]
    lines = list(lines_of(of_records(("name", "reading"), records), 30))
    assert widest(lines) <= 30
    words = " ".join(" ".join(lines).split())
    assert "several words that go on" in words


@pytest.mark.parametrize("view", [
    Matrix(MODELS, MODELS, [[0.5] * 9] * 9), HeatMap("", MODELS, MODELS, [[0.5] * 9] * 9),
])  # fmt: skip
@pytest.mark.parametrize("wide", [False, True])
def test_matrices_are_split_too(view, wide, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    out = io.StringIO()
    printer = Printer("table", out, wide=wide)
    printer.add(Report("distances", (), [], views=(view,)))
    printer.close()
    lines = out.getvalue().splitlines()
    assert (widest(lines) <= 80) != wide


def test_columns_are_chosen_and_ordered():
    report = Report(
        "mig",
        ("level", "name", "mig", "sup"),
        [{"level": "factor", "name": "shape", "mig": 1.0}, {"level": "dimension", "sup": 0.5}],
        summary={"mig": 1.0},
        views=(Sheet("", ("name",), []),),
    )
    chosen = only(report, ("mig", "name"))
    assert chosen.columns == ("mig", "name")
    assert chosen.records == [{"mig": 1.0, "name": "shape"}]
    assert not chosen.views


def test_a_result_is_shown_on_one_screen():
    result = Result(
        title="t" * 100,
        columns=("model", *NAMES),
        records=RECORDS * 100,
        summary={f"number_{i}": i for i in range(30)},
        notes=("a note\nof two lines",) * 9,
    )
    lines = repr(result).splitlines()
    assert len(lines) <= 24
    assert widest(lines) <= 79


def test_a_result_is_html_too():
    result = Result(
        title="<b>",
        columns=("word", "score"),
        records=[{"word": "<script>", "score": 0.5}] * 30,
        summary={"mean": 0.5},
        notes=("a & b",),
    )
    html = result._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "20 of 30 rows" in html
    assert "a &amp; b" in html
