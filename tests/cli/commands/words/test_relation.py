import math

import numpy as np
import pytest


@pytest.fixture
def plane(tmp_path):
    path = tmp_path / "plane.txt"
    path.write_text("o 0.1 0\nright 3.1 0\nup 0.1 2\nfar 1.1 1\n")
    return path


def test_offsets_by_hand(answer, plane):
    whole = answer("relation", "o:right", "o:up", "--raw", "-v", plane)
    half = pytest.approx(math.sqrt(0.5), abs=1e-6)
    assert whole["results"] == [
        {"pair": "o:right", "cosine_to_mean": half, "norm": pytest.approx(3.0, abs=1e-6)},
        {"pair": "o:up", "cosine_to_mean": half, "norm": pytest.approx(2.0, abs=1e-6)},
    ]
    assert whole["summary"] == {
        "verdict": "no common direction",
        "mean_pairwise": pytest.approx(0.0, abs=1e-6),
        "cosine o:right o:up": pytest.approx(0.0, abs=1e-6),
    }
    assert whole["settings"]["raw"] is True


def test_units_are_subtracted_by_default(results, tmp_path):
    path = tmp_path / "axes.txt"
    path.write_text("a 7 0\nb 0 2\n")
    assert results("relation", "a:b", "-v", path)[0]["norm"] == pytest.approx(
        math.sqrt(2), abs=1e-6
    )


def test_many_pairs_have_the_least_cosine_in_the_summary(answer, plane):
    pairs = ["o:right", "o:up", "o:far", "right:o"] * 3
    summary = answer("relation", *pairs, "--raw", "-v", plane)["summary"]
    assert set(summary) == {"verdict", "mean_pairwise", "least_pairwise", "least_pair"}
    assert summary["least_pairwise"] == -1.0
    assert set(summary["least_pair"].split()) == {"o:right", "right:o"}


def test_the_sample_knows_a_relation_from_none(answer):
    same = answer("relation", "king:queen", "man:woman", "uncle:aunt")["summary"]
    assert same["verdict"] in {"one direction", "loosely related"}
    other = answer("relation", "king:queen", "paris:lunch", "walking:seven")["summary"]
    assert other["verdict"] == "no common direction"


def test_a_note_says_what_chance_does(answer, tmp_path):
    path = tmp_path / "many.txt"
    rows = np.random.default_rng(0).normal(size=(4, 100))
    path.write_text(
        "".join(f"{w} {' '.join(map(str, r))}\n" for w, r in zip("abcd", rows, strict=True))
    )
    (note,) = answer("relation", "a:b", "c:d", "-v", path)["notes"]
    assert note.endswith("cosines up to 0.20")  # twice 1 / sqrt(100)


def test_a_note_names_no_cosine_above_one(answer, words):
    for note in answer("relation", "king:queen", "man:woman", "-v", words)["notes"]:
        assert float(note.split()[-1]) <= 1.0


@pytest.mark.parametrize("token", ["king", "king:", ":queen", ":", ""])
def test_what_is_no_pair_is_told(latent, words, token):
    code, out, err = latent("relation", token, "-v", words)
    assert (code, out) == (2, "")
    assert err == f"latent: error: '{token}' is not a pair; write it as king:queen\n"


def test_a_pair_of_one_word_fails(latent, words):
    code, out, err = latent("relation", "king:queen", "man:man", "-v", words)
    assert (code, out) == (1, "")
    assert "man:man is no pair" in err


def test_a_batch_carries_its_verdicts(latent, words, stdin):
    stdin("king:queen man:woman\nking:queen\n")
    code, out, _ = latent("relation", "-", "-v", words, "-f", "csv", "-q")
    assert code == 0
    rows = [line.split(",") for line in out.splitlines()]
    assert rows[0] == ["query", "pair", "cosine_to_mean", "norm", "verdict"]
    assert [(row[0], row[1], row[4]) for row in rows[1:]] == [
        ("king:queen man:woman", "king:queen", "one direction"),
        ("king:queen man:woman", "man:woman", "one direction"),
        ("king:queen", "king:queen", "a single pair"),
    ]
