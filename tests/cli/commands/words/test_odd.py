import math

import pytest


def test_the_odd_one_by_hand(answer, tmp_path):
    path = tmp_path / "plane.txt"
    path.write_text("one 1 0\ntwo 5 0\nodd 0 2\n")
    whole = answer("odd", "one", "two", "odd", "-v", path)
    # The mean of the unit vectors points along (2, 1).
    assert whole["results"] == [
        {"rank": 1, "word": "odd", "score": pytest.approx(1 / math.sqrt(5), abs=1e-6)},
        {"rank": 2, "word": "one", "score": pytest.approx(2 / math.sqrt(5), abs=1e-6)},
        {"rank": 3, "word": "two", "score": pytest.approx(2 / math.sqrt(5), abs=1e-6)},
    ]
    assert whole["summary"] == {"odd": "odd"}


def test_the_sample_knows_a_car_is_no_meal(latent):
    code, out, _ = latent("odd", "breakfast", "lunch", "dinner", "car", "-q")
    assert code == 0
    assert out.splitlines()[-1] == "odd  car"


def test_two_words_have_no_odd_one(latent, words):
    assert latent("odd", "king", "man", "-v", words) == (
        2, "", "latent: error: to find the odd one out takes three words or more\n",
    )  # fmt: skip


def test_a_batch_ranks_each_line(latent, words, stdin):
    stdin("king queen castle\nking man prince castle\n")
    code, out, err = latent("odd", "-", "-v", words, "-f", "csv")
    assert (code, err) == (0, "")
    rows = [line.split(",") for line in out.splitlines()]
    assert rows[0] == ["query", "rank", "word", "score"]
    assert [row[1:3] for row in rows if row[1] == "1"] == [["1", "castle"], ["1", "castle"]]
    assert len(rows) == 1 + 3 + 4
