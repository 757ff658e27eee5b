"""Every command is listed, helpful, and its examples do what they say."""

import gzip
import hashlib
import importlib
import inspect
import io
import json
import re
import shlex
import shutil
from importlib.util import find_spec

import numpy as np
import pytest
import typer

from latentcli.cli.app import COMMANDS, main
from latentcli.disentanglement import METRICS


def functions():
    """Every command by what is typed for it: its function."""
    found = {}
    for name, command in COMMANDS.items():
        module = importlib.import_module(f"latentcli.cli.commands.{command.module}")
        value = module.command_of(name) if name in METRICS else module.command
        if isinstance(value, typer.Typer):
            found |= {f"{name} {one.name}": one.callback for one in value.registered_commands}
        else:
            found[name] = value
    return found


FUNCTIONS = functions()
LONGER = {"interp": 28}
"""Lines of a help that does not fit a screen of 24."""
LINE = re.compile(r"(?:echo (?P<said>.*) \| )?(?P<command>latent .*?)(?: \| jq .*)?")


def examples(function):
    _, _, text = inspect.cleandoc(function.__doc__).partition("Example")
    lines = map(str.strip, text.splitlines())
    return [line for line in lines if line.startswith(("latent ", "echo "))]


def test_the_parts_of_a_command_are_found():
    assert {"analogy", "cache list", "cache dir", "cache build", "cache clear"} <= set(
        FUNCTIONS
    )


EXAMPLES = [
    pytest.param(line, id=line)
    for function in FUNCTIONS.values()
    for line in examples(function)
]


@pytest.fixture
def folder(samples, tmp_path, monkeypatch):
    """A folder with every sample, and small files by the names that the examples use."""
    monkeypatch.chdir(tmp_path)
    for sample in samples.iterdir():
        shutil.copy(sample, tmp_path)
    words = samples / "article-words.txt"
    for name in ("glove.6B.50d.txt", "glove.6B.50d.txt.gz", "vectors.bin"):
        assert main(["convert", str(words), name]) == 0
    np.savez("projected_w.npz", w=np.ones((1, 18, 4)))
    packed = gzip.compress(words.read_bytes(), mtime=0)
    (tmp_path / "glove-wiki-gigaword-50").mkdir()
    (tmp_path / "glove-wiki-gigaword-50" / "vectors.gz").write_bytes(packed)
    listed = {
        "file_size": len(packed),
        "checksum": hashlib.md5(packed).hexdigest(),
        "file_name": "vectors.gz",
    }
    (tmp_path / "list.json").write_text(
        json.dumps({"models": {"glove-wiki-gigaword-50": listed}})
    )
    monkeypatch.setenv("LATENT_CATALOG", (tmp_path / "list.json").as_uri())
    monkeypatch.setenv("LATENT_DATA_DIR", "downloaded")
    np.ones((3, 50), np.float32).tofile("raw.f32")
    (tmp_path / "pairs.txt").write_text("king king\nqueen queen\nman man\nwoman woman\n")
    for name in ("happy.npy", "sad.npy"):  # activations of 20 pairs in 3 layers of 8 dimensions
        np.save(tmp_path / name, np.random.default_rng(len(name)).normal(size=(20, 3, 8)))
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "day.txt").write_text("the king and the queen met a man\n" * 200)
    lists = {"x": ["flower", "garden"], "y": ["war", "attack"], "a": ["love"], "b": ["pain"]}
    (tmp_path / "lists.json").write_text(json.dumps(lists))
    docs = [{"text": f"text {row}", "embedding": [row, 1.0, 2.0]} for row in range(9)]
    (tmp_path / "docs.jsonl").write_text("".join(json.dumps(doc) + "\n" for doc in docs))
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_the_summary_fits_a_line_of_the_help(name):
    summary = COMMANDS[name].summary
    assert len(summary) <= 50
    assert name in METRICS or summary.endswith((".", "?"))  # a metric is its full name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_all_lists_it(latent, name):
    code, out, _ = latent("--help")
    assert code == 0
    assert re.search(rf"^  {name} +{re.escape(COMMANDS[name].summary)}$", out, re.MULTILINE)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help_begins_with_a_sentence_and_shows_the_shared_options(latent, name):
    code, out, err = latent(*name.split(), "--help")
    assert (code, err) == (0, "")
    assert inspect.cleandoc(FUNCTIONS[name].__doc__).splitlines()[0] in " ".join(out.split())
    for option in ("--format", "--json", "--quiet"):
        assert option in out
    assert latent(*name.split(), "-h")[1] == out


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_help_fits_a_screen_and_all_of_it_describes_every_option(latent, name):
    lines = latent(*name.split(), "--help")[1].splitlines()
    assert len(lines) <= LONGER.get(name, 24)
    assert max(map(len, lines)) <= 80
    whole = "".join(latent(*name.split(), "--help-all")[1].split())
    text = inspect.cleandoc(FUNCTIONS[name].__doc__).split("Examples:")[0]
    for paragraph in text.split("\n\n"):
        assert "".join(paragraph.split()) in whole
    for option in re.findall(r"--[a-z][\w-]*", " ".join(lines)):
        assert option in whole or option == "--help-all"
    assert "LATENT_FORMAT" in whole


@pytest.mark.parametrize("name", ["analogy", "neighbors", "similarity", "distances", "expr",
                                  "odd", "relation", "info", "capacity", "represent"])  # fmt: skip
def test_what_asks_vectors_shows_how_they_are_named(latent, name):
    _, out, _ = latent(name, "--help")
    for option in ("--vectors", "LATENT_VECTORS", "--labels", "--ignore-case", "--no-cache"):
        assert option in out


@pytest.mark.parametrize("name", ["analogy", "neighbors", "expr"])
def test_what_ranks_words_shows_how_they_are_chosen(latent, name):
    _, out, _ = latent(name, "--help")
    for option in (
        "--top", "--restrict", "--match", "--among", "--min-score", "--include-inputs",
    ):  # fmt: skip
        assert option in out


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_command_has_an_example_of_itself(name):
    assert any(f"latent {name}" in line for line in examples(FUNCTIONS[name]))


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_run(line, folder, monkeypatch, capsys):
    match = LINE.fullmatch(line)
    if re.search("evaluate (analogies|similarity)", line) and find_spec("gensim") is None:
        pytest.skip("the sets that are asked come with gensim")
    if match["said"] is not None:
        said = " ".join(shlex.split(match["said"])) + "\n"
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
    capsys.readouterr()
    code = main(shlex.split(match["command"])[1:])
    captured = capsys.readouterr()
    assert (code, "error" in captured.err) == (0, False), captured.err
    assert captured.out
    if not {"--json", "json", "ndjson", "csv", "tsv", "dir"} & {*shlex.split(match["command"])}:
        assert max(map(len, captured.out.splitlines())) <= 80


def test_nothing_asked_shows_the_help_and_is_a_usage_error(latent):
    code, out, err = latent()
    assert (code, err) == (2, "")
    assert out == latent("--help")[1]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("edit a.npy", "missing argument 'DIR'; usage: latent edit [OPTIONS] Z DIR"),
        ("analogi a b c", "no such command 'analogi'. Did you mean 'analogy'?"),
        ("mig a b --bins x", "invalid value for '--bins': 'x' is not a valid int"),
        ("odd a b c --jsn", "no such option: --jsn (Possible options: --json)"),
        ("evaluate nothing", "no such command 'nothing'"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_a_usage_error(latent, line, text):
    assert latent(*line.split()) == (2, "", f"latent: error: {text}\n")


def test_the_version(latent):
    from latentcli import __version__

    assert latent("--version") == (0, f"latent {__version__}\n", "")
    assert latent("-V") == latent("--version")


@pytest.mark.parametrize(
    ("given", "meant"),
    [("nebors", "neighbors"), ("analgy", "analogy"), ("simlarity", "similarity")],
)
def test_an_unknown_command_is_told_with_the_likeliest(latent, given, meant):
    code, out, err = latent(given, "king")
    assert (code, out) == (2, "")
    assert meant in err
