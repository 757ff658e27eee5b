"""A first guess that fails says what to type."""

import numpy as np
import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.txt").write_bytes(words.read_bytes())
    np.save("codes.npy", np.eye(4))
    (tmp_path / "titles.txt").write_text("one\ntwo\nthree\nfour\n")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("similarity king queen own.txt", "latent similarity king queen -v own.txt"),
        ("similarity own.txt king queen", "latent similarity king queen -v own.txt"),
        ("neighbors codes.npy 2", "latent neighbors 2 -v codes.npy"),
        ("direction he she", "latent project he:she"),
        ("direction he she -v own.txt", "latent project he:she -v own.txt"),
        ("neighbors 2 -v codes.npy --labels titles.txt", "row 2 is '#2'"),
        ("analogy a b c --topk 3", "here it is -k"),
        ("mig a.npy b.csv --latex", "here it is -f latex"),
        ("edit codes.npy codes.npy --strength 1", "here it is --by"),
    ],
)
def test_a_wrong_guess_is_told_the_right_one(latent, folder, line, hint):
    code, _, err = latent(*line.split())
    assert (code in (1, 2), hint in err) == (True, True), err


@pytest.mark.parametrize("line", ["similarity king queen", "neighbors qwxz", "similarity king"])
def test_what_no_file_explains_has_no_hint(latent, folder, line):
    assert "are named with" not in latent(*line.split())[2]


def test_what_was_typed_again_works(latent, folder):
    assert latent("neighbors", "2", "-v", "codes.npy")[0] == 0
    assert latent("neighbors", "#2", "-v", "codes.npy", "--labels", "titles.txt")[0] == 0
