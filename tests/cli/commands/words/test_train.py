import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import latentcli

pytest.importorskip("gensim")


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    random = np.random.default_rng(0)
    words = [f"word{n}" for n in range(30)]
    # Letters only: digits would be cut off.
    names = ["".join(chr(97 + int(d)) for d in word[4:]) + "x" for word in words]
    path.write_text("\n".join(" ".join(random.choice(names, 12)) for _ in range(300)) + "\n")
    return path


@pytest.mark.parametrize("model", ["skipgram", "cbow", "fasttext"])
def test_it_is_gensims_own_call(latent, text, tmp_path, model):
    from gensim import models

    out = tmp_path / "vectors.bin"
    code, _, _ = latent(
        "train", text, "-o", out, "--model", model, "--dim", "8", "--epochs", "2", "-q"
    )
    assert code == 0
    sentences = [line.split() for line in text.read_text().splitlines()]
    kind = models.FastText if model == "fasttext" else models.Word2Vec
    peer = kind(
        sentences, vector_size=8, window=5, min_count=5, sg=int(model != "cbow"), negative=5, epochs=2,
        workers=1, seed=0,
    )  # fmt: skip
    space = latentcli.open(out, cache=False)
    assert space.words.words(range(len(space))) == peer.wv.index_to_key
    assert np.array_equal(np.asarray(space.matrix), peer.wv.vectors)


def test_the_same_seed_gives_the_same_bytes(latent, text, tmp_path):
    for name in ("one.txt", "two.txt"):
        latent("train", text, "-o", tmp_path / name, "--dim", "5", "--seed", "3", "-q")
    assert (tmp_path / "one.txt").read_bytes() == (tmp_path / "two.txt").read_bytes()


def test_what_they_are_worth(latent, tmp_path):
    out = tmp_path / "kjv.vec"
    code, printed, _ = latent(
        "train", "kjv.txt.xz", "-o", out, "--dim", "30", "--epochs", "1", "--json", "-q"
    )
    whole = json.loads(printed)
    assert code == 0
    assert whole["summary"]["corpus_words"] > 250_000
    assert whole["summary"]["covered"] > 0.9
    assert len(whole["results"]) == 5


def test_text_in_every_shape(latent, tmp_path, stdin):
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.txt").write_text("one two two\n" * 30)
    (folder / "b.txt").write_text("two three\r\n" * 30)
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"id": 1, "text": "One two TWO"}\n\n' * 30)
    for number, (given, options) in enumerate(
        [
            ((folder,), ()),
            ((lines,), ("--text-column", "text")),
            ((folder / "a.txt", lines), ("--tokens", "blanks")),
        ]
    ):
        out = tmp_path / f"{number}.vec"
        code, _, err = latent("train", *given, "-o", out, "--dim", "3", *options, "-q")
        assert (code, err) == (0, "")
    stdin("one two\n" * 30)
    assert latent("train", "-", "-o", tmp_path / "stdin.vec", "--dim", "3", "-q")[0] == 0


def test_frequent_pairs_become_one_word(latent, tmp_path):
    text = tmp_path / "text.txt"
    random = np.random.default_rng(1)
    others = ["".join(random.choice(list("abcdefg"), 4)) for _ in range(900)]
    lines = [
        " ".join([*random.choice(others, 9), *(["new", "york"] if n % 10 == 0 else [])])
        for n in range(400)
    ]
    text.write_text("\n".join(lines))
    out = tmp_path / "out.vec"
    latent("train", text, "-o", out, "--dim", "3", "--phrases", "-q")
    assert "new_york" in latentcli.open(out, cache=False)


@pytest.mark.parametrize(
    ("content", "options", "reported"),
    [
        (b"", (), "the corpus has no words"),
        (b"1 2\n", (), "the corpus has no words"),
        (b"one two\n", (), "no word occurs 5 times or more in 2"),
        (b"\x00\x01" * 40, (), "not a text file"),
        (b"one\n" * 9, ("--model", "glove"), "unknown model 'glove'"),
        (b"one\n" * 9, ("--dim", "0"), "--dim is 0; it must be at least 1"),
        (b"one\n" * 9, ("--tokens", "bpe"), "--tokens is bpe"),
        (b"one\n" * 9, ("--text-column", "text"), "line 1 is not JSON"),
        (b'{"a": 1}\n', ("--text-column", "text"), "line 1 has no 'text'"),
        (b'{"text": 1}\n', ("--text-column", "text"), "'text' is not text"),
    ],
)
def test_what_means_nothing_is_one_line(latent, tmp_path, content, options, reported):
    text, out = tmp_path / "text.txt", tmp_path / "out.vec"
    text.write_bytes(content)
    code, _, err = latent("train", text, "-o", out, *options)
    (line,) = [line for line in err.splitlines() if "error" in line]
    assert reported in line
    assert (code in (1, 2), out.exists()) == (True, False)


def test_no_output_and_a_missing_file(latent, tmp_path):
    assert "name a file for the vectors" in latent("train", "x.txt")[2]
    assert "cannot read" in latent("train", "x.txt", "-o", tmp_path / "out.vec")[2]


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_kill_leaves_no_output(text, tmp_path):
    """It comes when they are trained, before they are written."""
    out = tmp_path / "out.vec"
    code = (
        "import signal, sys; from latentcli.cli.app import run; from latentcli.files import contents\n"
        "def halt(*_):\n    print('trained', flush=True); signal.pause()\n"
        "contents.named_rows = halt; run()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "train", text, "-o", out, "--dim", "5", "--epochs", "1"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout.readline() == b"trained\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert [child.name for child in tmp_path.iterdir()] == ["text.txt"]
