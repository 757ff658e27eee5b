"""On a terminal everything is escaped, in every format; what is piped is faithful."""

import csv
import io
import json
import os
import pty
import subprocess
import sys

import pytest

from latentcli.render.cells import visible

HOSTILE = {
    "escape": "a\x1b]0;owned\x07",
    "bell": "b\x07",
    "c1": "c\x9b31m",
    "bidi": "d\u202eevil",
    "mark": "e\u200f",
    "zero": "f\u200bg",
    "joiner": "h\u200d",
    "tag": "i\U000e0041",
    "filler": "j\u3164",
}


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "hostile.txt"
    rows = "".join(f"{word} 1 0.{n}\n" for n, word in enumerate(HOSTILE.values()))
    path.write_text(f"king 1 0\n{rows}", "utf-8")
    return path


def command(vectors, form):
    return [
        sys.executable,
        "-m",
        "latentcli",
        "neighbors",
        "king",
        "-v",
        str(vectors),
        "-q",
        "-f",
        form,
    ]


def on_a_terminal(arguments, error=False):
    ours, theirs = pty.openpty()
    streams = {"stderr": theirs} if error else {"stdout": theirs}
    env = {**os.environ, "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "80"}
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, env=env, **streams)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(ours)
    process.wait()
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("form", ["table", "json", "ndjson", "csv", "tsv", "markdown"])
def test_nothing_hostile_reaches_a_terminal(vectors, form):
    shown = on_a_terminal(command(vectors, form))
    for ours in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[1;2m"):
        shown = shown.replace(ours, "")
    for name, word in HOSTILE.items():
        for letter in word:
            if visible(letter) != letter:
                assert letter not in shown, name
    assert "owned" in shown
    if form == "json":
        found = {record["word"] for record in json.loads(shown)["results"]}
        assert found == set(HOSTILE.values())


@pytest.mark.parametrize("form", ["json", "ndjson", "csv"])
def test_what_is_piped_is_faithful(vectors, form):
    out = subprocess.run(
        command(vectors, form), capture_output=True, check=True
    ).stdout.decode()
    if form == "csv":
        records = csv.DictReader(io.StringIO(out, newline=""))
    elif form == "json":
        records = json.loads(out)["results"]
    else:
        records = [json.loads(line) for line in out.split("\n") if line]
    assert {record["word"] for record in records} == set(HOSTILE.values())


@pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE)
def test_every_mark_is_visible_in_a_table(word):
    assert visible(word).isprintable()
    assert "\\" in visible(word)


@pytest.mark.parametrize("word", ["naïve", "東京", "🙂", "\u00a0x", "é", "ภาษา"])
def test_what_can_be_seen_stays(word):
    assert visible(word) == word


def test_the_progress_bar_prints_names_escaped(tmp_path):
    path = tmp_path / "a\x1b]0;owned\x07b.txt"
    path.write_text("w 1 2\n" * 3)
    code = (
        "import sys; from latentcli.cli import output\n"
        "output._PATIENCE = -1\n"
        "with output.Output().progress('reading ' + sys.argv[1]) as advance:\n"
        "    advance(1, 10); advance(2, 10)\n"
    )
    shown = on_a_terminal([sys.executable, "-c", code, str(path)], error=True)
    assert "reading" in shown
    assert "\x1b]0" not in shown
    assert "\x07" not in shown


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_spreadsheet_runs_nothing(latent, tmp_path, form):
    path = tmp_path / "cells.txt"
    path.write_text("king 1 0\n=1+1 1 0.1\n+x 1 0.2\n-x 1 0.3\n@x 1 0.4\nplain -1 0.5\n")
    options = ("neighbors", "king", "-v", path, "-q", "-f", form)
    plain, safe = latent(*options)[1], latent(*options, "--spreadsheet-safe")[1]
    for word in ("=1+1", "+x", "-x", "@x"):
        assert f"'{word}" not in plain
        assert f"'{word}" in safe
    assert "-0." in safe
    assert "'-0." not in safe
    assert "'plain" not in safe
