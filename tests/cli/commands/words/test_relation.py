import math

import pytest


@pytest.fixture
def plane(tmp_path):
    path = tmp_path / "plane.txt"
    path.write_text("o 0.1 0\nright 3.1 0\nup 0.1 2\nfar 1.1 1\n")
    return path


def test_offsets_by_hand(answer, plane):
    whole = answer("relation", "o:right", "o:up", "--raw", "-v", plane)
    nothing = pytest.approx(0.0, abs=1e-6)  # each against the other: a right angle
    assert whole["results"] == [
        {
            "pair": "o:right",
            "cosine_to_mean": nothing,
            "norm": pytest.approx(3.0, abs=1e-6),
            "cosines": [pytest.approx(1.0), nothing],
        },
        {
            "pair": "o:up",
            "cosine_to_mean": nothing,
            "norm": pytest.approx(2.0, abs=1e-6),
            "cosines": [nothing, pytest.approx(1.0)],
        },
    ]
    assert whole["summary"] == {
        "verdict": "too few pairs",
        "reading_code": "too_few_pairs",
        "mean_pairwise": nothing,
        "chance": nothing,
        "p_value": 1.0,
        "permutations": 2,
        "least_pairwise": nothing,
        "least_pair": "o:right o:up",
    }
    assert whole["settings"]["raw"] is True


def test_the_cosine_to_the_mean_leaves_the_pair_out(results, plane):
    """Offsets (3, 0), (0, 2), (1, 1): the means of the others are (.5, 1.5), (2, .5), (1.5, 1)."""
    found = results("relation", "o:right", "o:up", "o:far", "--raw", "-v", plane)
    expected = [0.5 / math.sqrt(2.5), 0.5 / math.sqrt(4.25), 2.5 / math.sqrt(2 * 3.25)]
    assert [one["cosine_to_mean"] for one in found] == pytest.approx(expected, abs=1e-6)


def test_units_are_subtracted_by_default(results, tmp_path):
    path = tmp_path / "axes.txt"
    path.write_text("a 7 0\nb 0 2\n")
    assert results("relation", "a:b", "-v", path)[0]["norm"] == pytest.approx(
        math.sqrt(2), abs=1e-6
    )


def test_many_pairs_have_the_least_cosine_in_the_summary(answer, plane):
    pairs = ["o:right", "o:up", "o:far", "right:o"] * 3
    summary = answer("relation", *pairs, "--raw", "-v", plane)["summary"]
    assert set(summary) == {
        "verdict", "mean_pairwise", "chance", "p_value", "permutations", "least_pairwise",
        "least_pair", "reading_code",
    }  # fmt: skip
    assert summary["least_pairwise"] == -1.0
    assert set(summary["least_pair"].split()) == {"o:right", "right:o"}


def test_the_sample_knows_a_relation_from_none(answer):
    pairs = ("king:queen", "man:woman", "uncle:aunt", "father:mother", "son:daughter")
    same = answer("relation", *pairs)["summary"]
    assert same["verdict"] == "loosely related"
    assert same["p_value"] == pytest.approx(1 / 120, abs=1e-6)
    pairs = ("king:queen", "paris:lunch", "walking:seven", "red:table", "old:france")
    assert answer("relation", *pairs)["summary"]["verdict"] == "no common direction"


def test_topics_are_no_relation(answer):
    """Animals and countries differ all in one way; which goes with which does not matter."""
    pairs = ("cat:france", "dog:japan", "horse:spain", "cow:italy", "lion:germany")
    summary = answer("relation", *pairs)["summary"]
    assert summary["mean_pairwise"] > 0.3
    assert summary["p_value"] > 0.5
    assert summary["verdict"] == "no common direction"


@pytest.mark.parametrize("token", ["king", "king:", ":queen", ":", ""])
def test_what_is_no_pair_is_told(latent, words, token):
    code, out, err = latent("relation", token, "-v", words)
    assert (code, out) == (2, "")
    assert err == f"latent: error: '{token}' is not a pair; write it as king:queen\n"


def test_a_pair_of_one_word_fails(latent, words):
    code, out, err = latent("relation", "king:queen", "man:man", "-v", words)
    assert (code, out) == (1, "")
    assert "man:man is not a pair" in err


def test_a_batch_carries_its_verdicts(latent, words, stdin):
    stdin("king:queen man:woman\nking:queen\n")
    code, out, _ = latent("relation", "-", "-v", words, "-f", "csv", "-q")
    assert code == 0
    rows = [line.split(",") for line in out.splitlines()]
    assert rows[0] == [
        "query", "pair", "cosine_to_mean", "norm", "verdict", "mean_pairwise", "chance", "p_value",
    ]  # fmt: skip
    assert [(row[0], row[1], row[4]) for row in rows[1:]] == [
        ("king:queen man:woman", "king:queen", "too few pairs"),
        ("king:queen man:woman", "man:woman", "too few pairs"),
        ("king:queen", "king:queen", "a single pair"),
    ]
