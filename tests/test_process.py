"""The tool as a process of its own: start-up, pipes, signals, encodings, terminals."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from latentcli import __version__

LATENT = [sys.executable, "-m", "latentcli"]
SECONDS = 300
"""A bound for what hangs; nothing here is measured by it."""


@pytest.fixture(autouse=True)
def warm(shared_cache, monkeypatch):
    """All processes here share one cache, so that the sample is read once."""
    monkeypatch.setenv("LATENT_CACHE_DIR", str(shared_cache))
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    monkeypatch.setenv("PYTHONUTF8", "1")


def run(*arguments, stdin=subprocess.DEVNULL, text=None, **environment):
    """Run `latent` to its end."""
    given = {"stdin": stdin} if text is None else {"input": text}
    return subprocess.run(
        [*LATENT, *arguments],
        **given,
        capture_output=True,
        env={**os.environ, **environment},
        encoding="utf-8",
        timeout=SECONDS,
    )


def start(*arguments, **streams):
    """Start `latent` and return while it runs."""
    return subprocess.Popen(
        [*LATENT, *map(str, arguments)],
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
    )


def ended(process):
    """Wait for the end; return exit code, what is left of stdout, and stderr."""
    out, err = process.communicate(timeout=SECONDS)
    return process.returncode, out, err.decode()


def imported(*arguments):
    """Return the exit code and the top-level modules that a run of `latent` imports."""
    code = (
        "import sys; from latentcli.cli.app import main; code = main(sys.argv[1:]); "
        "print(code, *sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    return int(code), set(modules)


# ---- start-up


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], [], ["analogy", "--help"]])
def test_help_and_version_import_nothing_that_computes(arguments):
    code, modules = imported(*arguments)
    assert code == (0 if arguments else 2)
    assert not modules & {"numpy", "scipy", "gensim", "pyarrow", "simdjson", "hypothesis"}


@pytest.mark.parametrize("form", ["json", "table"])
def test_a_cached_question_imports_no_more_than_it_needs(form):
    run("cache", "build", "minilm-10k.64d.txt")
    code, modules = imported("analogy", "king", "man", "woman", "-f", form, "-q")
    assert code == 0
    assert "numpy" in modules
    assert not modules & {"rich", "pyarrow", "gensim", "simdjson", "scipy", "zipfile", "csv"}


def test_nothing_that_decodes_or_draws_is_imported_without_its_option():
    """Of a path between codes that could be decoded, and of an analogy that could be plotted."""
    drawing = {"onnxruntime", "onnx", "PIL", "matplotlib", "sklearn", "umap", "rich"}
    for arguments in (
        ["interp", "digits::codes[0]", "digits::codes[1]", "--json"],
        ["analogy", "king", "man", "woman", "--json", "-q"],
    ):
        code, modules = imported(*arguments)
        assert code == 0
        assert not modules & drawing, arguments


@pytest.mark.parametrize(
    ("arguments", "one"),
    [
        ("analogy king man woman --json", True),
        ("neighbors king", True),
        ("analogy -", False),
        ("neighbors king --metric csls", False),
        ("mig codes.npy factors.csv", False),
        ("", False),
    ],
)
def test_one_question_is_told_from_work_for_many_threads(arguments, one):
    from latentcli.cli.app import is_one_question

    assert is_one_question(arguments.split()) == one


def test_threads_that_the_user_has_set_stay():
    code = (
        "import os; from latentcli.cli import process; process.be_brief(); "
        "print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    for given, kept in (({"OPENBLAS_NUM_THREADS": "3"}, "3"), ({}, "1")):
        environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment | given,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert done.stdout.strip() == kept


def test_python_m_is_latent():
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"latent {__version__}\n", "")


# ---- pipes


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_reader_that_stops_early_is_no_error(form):
    process = start("neighbors", "king", "-k", "4000", "-f", form, "-q")
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(SECONDS) in (0, 1)
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize("arguments", [["--help"], ["neighbors", "king", "-q"]])
def test_a_reader_that_never_reads_is_no_error(arguments):
    process = start(*arguments)
    process.stdout.close()
    process.wait(SECONDS)
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_query_through_a_pipe():
    done = run("analogy", "-", "-k", "1", "-f", "tsv", "-q", text="king man woman\n")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1].split("\t")[:3] == ["king man woman", "1", "queen"]


@pytest.mark.parametrize("form", ["ndjson", "csv", "tsv", "markdown"])
def test_a_slow_pipe_is_answered_line_by_line(form):
    process = start("neighbors", "-", "-k", "1", "-f", form, "-q", stdin=subprocess.PIPE)
    watch = signal.signal(signal.SIGALRM, lambda *_: process.kill())
    signal.alarm(SECONDS)
    try:
        for word in (b"king", b"woman", b"paris"):
            process.stdin.write(word + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
            while word not in line and line:
                line = process.stdout.readline()  # the header
            assert word in line
        assert ended(process)[0] == 0
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, watch)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "arguments", [["neighbors", "king", "-q"], ["neighbors", "king", "--json"]]
)
def test_a_full_disk_is_told_in_one_line(arguments):
    with Path("/dev/full").open("wb") as full:
        process = start(*arguments, "-q", stdout=full)
        code, _, err = ended(process)
    assert code == 1
    assert err.startswith("latent: error: cannot write the answer: No space left")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("closed", "code"), [("- <&-", 0), ("king man woman >&-", 1), ("king man woman 2>&-", 0)]
)
def test_closed_streams_leave_no_traceback(closed, code):
    done = subprocess.run(
        ["sh", "-c", f"{' '.join(LATENT)} analogy {closed}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "should not happen" not in done.stderr


# ---- signals


def interrupt(process):
    process.send_signal(signal.SIGINT)
    return ended(process)


def test_ctrl_c_while_waiting_for_queries():
    process = start("neighbors", "-", "-f", "ndjson", "-q", "-k", "1", stdin=subprocess.PIPE)
    process.stdin.write(b"king\n")
    process.stdin.flush()
    assert process.stdout.readline()
    assert interrupt(process) == (130, b"", "")


def test_ctrl_c_during_the_first_read_leaves_nothing_behind(tmp_path, monkeypatch):
    """It reads a first block, says so, and waits for the signal."""
    cache = tmp_path / "first"
    monkeypatch.setenv("LATENT_CACHE_DIR", str(cache))
    path = tmp_path / "v.txt"
    path.write_text("king 1 2\nqueen 2 1\n")
    code = (
        "import signal, sys; from latentcli.cli.app import run; from latentcli.files.store import build\n"
        "add = build.Sink._add_rows\n"
        "def add_and_wait(*arguments):\n"
        "    add(*arguments); print('reading', flush=True); signal.pause()\n"
        "build.Sink._add_rows = add_and_wait; run()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "neighbors", "king", "-v", path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == b"reading\n"
    assert [child.name[:9] for child in cache.iterdir()] == [".building"]
    assert interrupt(process) == (130, b"", "")
    assert list(cache.iterdir()) == []


# ---- what the shell may hand over


@pytest.mark.parametrize(
    "word", ["[/b]", ":smile:", "[red]king[/red]", "\N{PILE OF POO}", "''"]
)
def test_a_hostile_word_comes_back_as_it_is(word):
    done = run("neighbors", word)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"latent: error: '{word}' is not in minilm-10k.64d.txt" in done.stderr


def test_an_escape_sequence_comes_back_visibly():
    done = run("neighbors", "\x1b[31mking", "-q")
    assert "'\\x1b[31mking' is not in" in done.stderr
    assert "\x1b" not in done.stderr


def test_bytes_that_are_not_utf8_come_back_visibly():
    done = run("neighbors", os.fsdecode(b"k\xffng"), "-q")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("latent: error: 'k\\xffng' is not in")
    assert done.stderr.count("\n") == 1


@pytest.fixture
def foreign(tmp_path):
    path = tmp_path / "foreign.txt"
    path.write_text("日本 1 0\nnaïve 1 1\n😀 0 1\n", "utf-8")
    return path


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_stdout_holds_json(foreign, encoding):
    done = run("neighbors", "naïve", "-v", foreign, "--json", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert {record["word"] for record in json.loads(done.stdout)["results"]} == {"日本", "😀"}


def test_a_table_in_ascii_escapes_words_and_draws_with_ascii(foreign):
    done = run("neighbors", "日本", "-v", foreign, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "\\u65e5\\u672c",
        *("rank   word     score", "---------------------"),
        *("   1   na\\xefve   0.7071", "   2   \\U0001f600      0.0000"),
    ]


# ---- terminals


def on_a_terminal(*arguments, **environment):
    """Run with stdout on a terminal; return what it shows."""
    ours, theirs = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    env |= {"TERM": "xterm-256color", **environment}
    process = start(*arguments, stdout=theirs, stdin=subprocess.DEVNULL, env=env)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, b"")
    return shown.decode().replace("\r\n", "\n")


def test_a_terminal_has_styles_and_no_color_has_no_colour():
    assert "\x1b[" in on_a_terminal("neighbors", "king", "-q", "-k", "2")
    plain = on_a_terminal("neighbors", "king", "-q", "-k", "2", NO_COLOR="1")
    codes = {
        code for part in plain.split("\x1b[")[1:] for code in part.split("m")[0].split(";")
    }
    assert codes <= {"0", "1", "2"}  # bold and dim at most


@pytest.mark.parametrize("terminal", ["dumb", "xterm"])
def test_a_narrow_terminal_folds_and_cuts_nothing(tmp_path, terminal):
    path = tmp_path / "long.txt"
    path.write_text(f"{'x' * 90} 1 0\nb 1 1\n")
    shown = on_a_terminal(
        "neighbors", "b", "-q", "-v", path, NO_COLOR="1", TERM=terminal, COLUMNS="40"
    )
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(map(len, plain.splitlines())) <= 40
    assert "…" not in shown
    assert shown.count("x") == 90


def test_help_keeps_to_the_width_of_a_terminal():
    assert max(map(len, run("--help", COLUMNS="60").stdout.splitlines())) <= 60


def test_a_file_name_that_is_not_utf8_is_opened(tmp_path):
    path = os.fsencode(tmp_path) + b"/bad\xff.txt"
    with open(path, "wb") as file:  # noqa: PTH123 - pathlib has no bytes
        file.write(b"king 1 2\nqueen 1 2.1\nman 3 -1\n")
    command = [*LATENT, "neighbors", "king", "-k", "1", "-q", "-f", "tsv", "-v", path]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"queen" in done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["interp", "--help-all"]])
def test_help_imports_nothing_to_draw_or_compute_with(arguments):
    code = (
        "import sys; from latentcli.cli.app import main; main(sys.argv[1:]); "
        "print({'rich', 'numpy'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "set()"
