import math

import pytest


def test_a_pair_by_hand(answer, tmp_path):
    path = tmp_path / "plane.txt"
    path.write_text("east 2 0\nnorth 0 3\nwest -1 0\nnortheast 1 1\n")
    whole = answer(
        "similarity", "east", "north", "east", "west", "east", "northeast", "-v", path
    )
    assert whole["results"] == [
        {
            "a": "east",
            "b": "north",
            "cosine": 0.0,
            "dot": 0.0,
            "euclidean": pytest.approx(math.sqrt(13), abs=1e-6),
            "angle_degrees": 90.0,
        },
        {
            "a": "east",
            "b": "west",
            "cosine": -1.0,
            "dot": -2.0,
            "euclidean": 3.0,
            "angle_degrees": 180.0,
        },
        {
            "a": "east",
            "b": "northeast",
            "cosine": pytest.approx(math.sqrt(0.5), abs=1e-6),
            "dot": 2.0,
            "euclidean": pytest.approx(math.sqrt(2), abs=1e-6),
            "angle_degrees": 45.0,
        },
    ]
    assert whole["settings"] == {
        "vectors": str(path),
        "words": 4,
        "dimensions": 2,
        "ignore_case": False,
    }


def test_a_word_is_like_itself(results, words):
    (record,) = results("similarity", "king", "king", "-v", words)
    assert (record["cosine"], record["euclidean"], record["angle_degrees"]) == (1.0, 0.0, 0.0)


def test_the_table_of_two_pairs(latent, objects):
    # cat.dog = 0.80, |cat|^2 = 0.94, |dog|^2 = 0.70; cat.car = -0.41, |car|^2 = 1.27
    assert latent("similarity", "cat", "dog", "cat", "car", "-v", objects) == (
        0,
        (
            "a     b      cosine       dot   euclidean   angle degrees\n"
            "─────────────────────────────────────────────────────────\n"
            "cat   dog    0.9862    0.8000      0.2000          9.5202\n"
            "cat   car   -0.3752   -0.4100      1.7407        112.0396\n"
        ),
        "",
    )


@pytest.mark.parametrize("count", [1, 3])
def test_an_odd_number_of_words_is_refused(latent, words, count):
    code, out, err = latent("similarity", *["king"] * count, "-v", words)
    assert (code, out) == (2, "")
    assert err == f"latent: error: similarity takes pairs of words, not {count}\n"


def test_a_batch_puts_the_query_first(latent, objects, stdin):
    stdin("cat dog\ncar truck cat car\n")
    _, out, _ = latent("similarity", "-", "-v", objects, "-f", "csv")
    assert [line.split(",")[:3] for line in out.splitlines()] == [
        ["query", "a", "b"],
        ["cat dog", "cat", "dog"],
        ["car truck cat car", "car", "truck"],
        ["car truck cat car", "cat", "car"],
    ]
