"""Notes and errors: a line each where they are piped, wrapped between words at a terminal."""

import io
import sys

import pytest

from latentcli.cli.output import Output, on_terminal, say


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


TEXT = " ".join(["several words of a note that is longer than a line"] * 4)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_terminal_gets_lines_that_fit(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys, "stderr", Terminal())
    say("note", TEXT)
    shown = sys.stderr.getvalue()
    assert max(map(len, shown.splitlines())) <= columns
    assert shown.split() == f"latent: note: {TEXT}".split()


def test_a_pipe_gets_one_line(capsys):
    say("note", TEXT)
    assert capsys.readouterr().err == f"latent: note: {TEXT}\n"


def test_a_log_gets_a_line_of_progress_now_and_then(capsys, monkeypatch):
    now = 0.0
    monkeypatch.setattr("latentcli.cli.output.time.monotonic", lambda: now)
    with Output().progress("scoring") as progress:
        for second in range(151):
            now = float(second)
            progress(second, 150)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        f"latent: progress: scoring: {second} of 150 after {second} s"
        for second in (30, 60, 120)
    ]
    with Output(quiet=True).progress("scoring") as progress:
        assert progress is None


def test_a_line_to_type_stays_whole(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    typed = "latent similarity king queen -v /a/folder/of/a/long/name/vectors.txt"
    assert on_terminal(f"latent: note: vectors are named with -v: {typed}").splitlines() == [
        "latent: note: vectors are named with -v:",
        f"  {typed}",
    ]
