"""Every renderer on the same reports: written-out text, or read back as data."""

import csv
import io
import json

import pytest

from latentcli.errors import ParameterError
from latentcli.render import RENDERERS, Printer
from latentcli.results import Lines, Listing, Matrix, Report

PLAIN = Report(
    command="neighbors",
    columns=("query", "rank", "word", "score"),
    records=[
        {"query": "king", "rank": 1, "word": "prince", "score": 0.6510956883430481},
        {"query": "king", "rank": 2, "word": "queen", "score": 0.6},
        {"query": "cat", "rank": 1, "word": "dog", "score": 1234.5},
    ],
    settings={"metric": "cosine", "top": 2, "min_score": None, "raw": False},
    summary={"mean": 2.0 / 3.0},
    notes=("a note",),
)

HOSTILE = Report(
    command="odd",
    columns=("word", "value"),
    records=[
        {"word": "[/b]", "value": float("nan")},
        {"word": "[red]", "value": float("inf")},
        {"word": ":smile:", "value": float("-inf")},
        {"word": "a\x1b[31mb", "value": None},
        {"word": "tab\there", "value": True},
        {"word": "two\nlines", "value": False},
        {"word": "car\rriage", "value": 1e-8},
        {"word": "\u202egnp.exe", "value": 1234567},
        {"word": "a|b", "value": -0.0},
        {"word": 'say "hi", you', "value": 1e38},
        {"word": "日本", "value": 5e-324},
        {"word": "😀", "value": -0.00123456789},
        {"word": "&lt;b&gt;", "value": 2},
        {"word": "", "value": 2.0},
    ],
    settings={"file": "a\x1b]0;b"},
    summary={"odd": "[/b]\x07", "mean": float("nan")},
)

GRID = Report(
    command="distances",
    columns=("a", "b", "distance"),
    records=[{"a": "cat", "b": "[dog]", "distance": 0.25}],
    title="cosine distances",
    views=(Matrix(("cat", "[dog]"), ("cat", "[dog]"), ((0.0, 0.25), (0.25, 0.0))),),
)

EMPTY = Report(command="neighbors", columns=("query", "rank", "word", "score"), records=[])

INFO = {"file": "a.txt", "first_words": "a b", "rows": 4000, "note": None, "cached": True}

UPRIGHT = Report(
    command="info",
    columns=tuple(INFO),
    records=[INFO],
    views=(Listing(tuple(INFO), INFO),),
)

LINES = Report(
    command="cache dir",
    columns=("folder",),
    records=[{"folder": "/x y/\x1bz"}],
    views=(Lines("folder"),),
)

REPORTS = {
    "plain": PLAIN,
    "hostile": HOSTILE,
    "grid": GRID,
    "empty": EMPTY,
    "upright": UPRIGHT,
    "lines": LINES,
}


HOSTILE_DATA = [
    {"word": "[/b]", "value": None},
    {"word": "[red]", "value": None},
    {"word": ":smile:", "value": None},
    {"word": "a\x1b[31mb", "value": None},
    {"word": "tab\there", "value": True},
    {"word": "two\nlines", "value": False},
    {"word": "car\rriage", "value": 1e-8},
    {"word": "\u202egnp.exe", "value": 1234567},
    {"word": "a|b", "value": 0.0},
    {"word": 'say "hi", you', "value": 1e38},
    {"word": "日本", "value": 5e-324},
    {"word": "😀", "value": -0.001235},
    {"word": "&lt;b&gt;", "value": 2},
    {"word": "", "value": 2.0},
]
PLAIN_DATA = [
    {"query": "king", "rank": 1, "word": "prince", "score": 0.651096},
    {"query": "king", "rank": 2, "word": "queen", "score": 0.6},
    {"query": "cat", "rank": 1, "word": "dog", "score": 1234.5},
]
DATA = {
    "plain": PLAIN_DATA,
    "hostile": HOSTILE_DATA,
    "grid": [{"a": "cat", "b": "[dog]", "distance": 0.25}],
    "empty": [],
    "upright": [
        {"file": "a.txt", "first_words": "a b", "rows": 4000, "note": None, "cached": True}
    ],
    "lines": [{"folder": "/x y/\x1bz"}],
}

TABLES = {
    "plain": """\
query   rank   word          score
──────────────────────────────────
king       1   prince       0.6511
king       2   queen        0.6000

cat        1   dog      1,234.5000
mean  0.6667
""",
    "hostile": r"""
word                 value
──────────────────────────
[/b]                   nan
[red]                  inf
:smile:               -inf
a\x1b[31mb               -
tab\there              yes
two\nlines              no
car\rriage           1e-08
\u202egnp.exe    1,234,567
a|b                 0.0000
say "hi", you   1.0000e+38
日本              4.9e-324
😀                 -0.0012
&lt;b&gt;                2
                    2.0000
odd   [/b]\x07
mean  nan
"""[1:],
    "grid": """\
cosine distances
           cat    [dog]
───────────────────────
cat     0.0000   0.2500
[dog]   0.2500   0.0000
""",
    "empty": "no results\n",
    "upright": """\
file         a.txt
first words  a b
rows         4,000
cached       yes
""",
    "lines": "/x y/\\x1bz\n",
}

MARKDOWN = {
    "plain": """\
| query | rank | word | score |
| --- | ---: | --- | ---: |
| king | 1 | prince | 0.6511 |
| king | 2 | queen | 0.6000 |
| cat | 1 | dog | 1,234.5000 |

| name | value |
| --- | --- |
| mean | 0.6667 |
""",
    "hostile": r"""
| word | value |
| --- | ---: |
| \[/b\] | nan |
| \[red\] | inf |
| \:smile\: | -inf |
| a\\x1b\[31mb | - |
| tab\\there | yes |
| two\\nlines | no |
| car\\rriage | 1e-08 |
| \\u202egnp.exe | 1,234,567 |
| a\|b | 0.0000 |
| say "hi", you | 1.0000e+38 |
| 日本 | 4.9e-324 |
| 😀 | -0.0012 |
| \&lt;b\&gt; | 2 |
|  | 2.0000 |

| name | value |
| --- | --- |
| odd | \[/b\]\\x07 |
| mean | nan |
"""[1:],
    "grid": """\
**cosine distances**

|  | cat | \\[dog\\] |
| --- | ---: | ---: |
| cat | 0.0000 | 0.2500 |
| \\[dog\\] | 0.2500 | 0.0000 |
""",
    "empty": """\
| query | rank | word | score |
| --- | --- | --- | --- |
""",
    "upright": """\
| name | value |
| --- | --- |
| file | a.txt |
| first words | a b |
| rows | 4,000 |
| cached | yes |
""",
    "lines": """\
| folder |
| --- |
| /x y/\\\\x1bz |
""",
}

LATEX = {
    "plain": r"""
\begin{tabular}{lrlr}
\toprule
query & {rank} & word & {score} \\
\midrule
king & 1 & prince & 0.6511 \\
king & 2 & queen & 0.6000 \\
\addlinespace
cat & 1 & dog & 1234.5000 \\
\bottomrule
\end{tabular}

\begin{tabular}{ll}
\toprule
mean & 0.6667 \\
\bottomrule
\end{tabular}
"""[1:],
    "hostile": r"""
\begin{tabular}{lr}
\toprule
word & {value} \\
\midrule
{[}/b{]} & {nan} \\
{[}red{]} & {inf} \\
:smile: & {-inf} \\
a\textbackslash{}x1b{[}31mb & {-} \\
tab\textbackslash{}there & {yes} \\
two\textbackslash{}nlines & {no} \\
car\textbackslash{}rriage & 1e-08 \\
\textbackslash{}u202egnp.exe & 1234567 \\
a\textbar{}b & 0.0000 \\
say \textquotedbl{}hi\textquotedbl{}, you & 1.0000e+38 \\
日本 & 4.9e-324 \\
😀 & -0.0012 \\
\&lt;b\&gt; & 2 \\
 & 2.0000 \\
\bottomrule
\end{tabular}

\begin{tabular}{ll}
\toprule
odd & {[}/b{]}\textbackslash{}x07 \\
mean & nan \\
\bottomrule
\end{tabular}
"""[1:],
    "grid": r"""
% cosine distances
\begin{tabular}{lrr}
\toprule
 & {cat} & {{[}dog{]}} \\
\midrule
cat & 0.0000 & 0.2500 \\
{[}dog{]} & 0.2500 & 0.0000 \\
\bottomrule
\end{tabular}
"""[1:],
    "empty": r"""
\begin{tabular}{llll}
\toprule
query & rank & word & score \\
\midrule
\bottomrule
\end{tabular}
"""[1:],
    "upright": r"""
\begin{tabular}{ll}
\toprule
file & a.txt \\
first words & a b \\
rows & 4000 \\
cached & yes \\
\bottomrule
\end{tabular}
"""[1:],
    "lines": r"""
\begin{tabular}{l}
\toprule
/x y/\textbackslash{}x1bz \\
\bottomrule
\end{tabular}
"""[1:],
}


def rendered(form, *reports, encoding="utf-8"):
    out = io.TextIOWrapper(
        io.BytesIO(), encoding=encoding, errors="backslashreplace", newline=""
    )
    printer = Printer(form, out)
    for report in reports:
        printer.add(report)
    printer.close()
    return out.buffer.getvalue().decode(encoding)


def refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


def as_text(record):
    """What CSV holds: nothing for nothing, true and false, numbers that read back."""
    shown = {None: "", True: "true", False: "false"}
    return {
        key: shown[value] if value is None or isinstance(value, bool) else str(value)
        for key, value in record.items()
    }


def check_table(name, text):
    assert text == TABLES[name]


def check_markdown(name, text):
    assert text == MARKDOWN[name]


def check_latex(name, text):
    assert text == LATEX[name]


def check_json(name, text):
    whole = json.loads(text, parse_constant=refuse)
    assert list(whole) == ["schema", "command", "settings", "results", "summary", "notes"]
    assert whole["schema"] == 1
    assert whole["command"] == REPORTS[name].command
    assert whole["results"] == DATA[name]
    assert whole["notes"] == list(REPORTS[name].notes)
    assert text.endswith("}\n")


def check_ndjson(name, text):
    lines = text.split("\n")
    assert lines.pop() == ""
    assert [json.loads(line, parse_constant=refuse) for line in lines] == DATA[name]


def check_csv(name, text):
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == list(REPORTS[name].columns)
    expected = [as_text(record) for record in DATA[name]]
    assert [dict(zip(header, row, strict=True)) for row in rows] == expected


def check_tsv(name, text):
    lines = text.split("\n")
    assert lines.pop() == ""
    header, *rows = [line.split("\t") for line in lines]
    assert header == list(REPORTS[name].columns)
    marks = str.maketrans(
        {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\x1b": "\\x1b", "\u202e": "\\u202e"}
    )
    expected = [
        [value.translate(marks) for value in as_text(record).values()] for record in DATA[name]
    ]
    assert rows == expected


CHECKS = {
    "table": check_table,
    "json": check_json,
    "ndjson": check_ndjson,
    "csv": check_csv,
    "tsv": check_tsv,
    "markdown": check_markdown,
    "latex": check_latex,
}


def test_every_renderer_has_expectations():
    assert set(CHECKS) == set(RENDERERS)
    assert set(TABLES) == set(MARKDOWN) == set(LATEX) == set(DATA) == set(REPORTS)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("form", CHECKS)
def test_a_report(form, name):
    CHECKS[form](name, rendered(form, REPORTS[name]))


@pytest.mark.parametrize("form", RENDERERS)
def test_a_run_in_parts_is_written_like_one(form):
    whole = Report("neighbors", PLAIN.columns, [*PLAIN.records, *PLAIN.records])
    part = Report("neighbors", PLAIN.columns, PLAIN.records)
    assert rendered(form, part, part) == rendered(form, whole)


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("name", REPORTS)
def test_ascii_holds_everything(form, name):
    text = rendered(form, REPORTS[name], encoding="ascii")
    assert text.isascii()
    if form in {"json", "ndjson"}:
        CHECKS[form](name, text)
    if form == "table":
        assert "\\u2500" not in text


def test_settings_and_summary_are_data_too():
    whole = json.loads(rendered("json", PLAIN))
    assert whole["settings"] == {"metric": "cosine", "top": 2, "min_score": None, "raw": False}
    assert whole["summary"] == {"mean": 0.666667}
    assert json.loads(rendered("json", HOSTILE))["summary"] == {"odd": "[/b]\x07", "mean": None}


def test_json_keeps_utf8_as_it_is():
    assert "日本" in rendered("json", HOSTILE)
    assert "日本" in rendered("ndjson", HOSTILE)


@pytest.mark.parametrize("form", ["table", "markdown", "latex"])
@pytest.mark.parametrize("name", REPORTS)
def test_what_people_read_has_no_control_characters(form, name):
    shown = set(rendered(form, REPORTS[name])) - {"\n"}
    assert not [
        character for character in shown if ord(character) < 32 or character == "\u202e"
    ]


@pytest.mark.parametrize(
    "form", [form for form in RENDERERS if form not in {"table", "json", "latex"}]
)
def test_parts_are_written_when_they_are_there(form):
    out = io.StringIO()
    printer = Printer(form, out)
    printer.add(PLAIN)
    assert "prince" in out.getvalue()


@pytest.mark.parametrize(
    ("given", "meant"), [("jsn", "json"), ("TABLE", "table"), ("markdwon", "markdown")]
)
def test_an_unknown_format_is_told_with_the_likeliest(given, meant):
    with pytest.raises(ParameterError, match=f"unknown format '{given}'. Did you mean {meant}"):
        Printer(given, io.StringIO())
