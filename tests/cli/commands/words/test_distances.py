import math

import pytest

COSINE = {  # 1 - cos by hand: products 0.80, -0.41; squared norms 0.94, 0.70, 1.27
    ("cat", "dog"): 1 - 0.80 / math.sqrt(0.94 * 0.70),
    ("cat", "car"): 1 + 0.41 / math.sqrt(0.94 * 1.27),
}


def test_pairs_are_records(results, objects):
    records = results("distances", "cat", "dog", "car", "truck", "-v", objects)
    assert [(record["a"], record["b"]) for record in records] == [
        ("cat", "dog"), ("cat", "car"), ("cat", "truck"),
        ("dog", "car"), ("dog", "truck"), ("car", "truck"),
    ]  # fmt: skip
    assert set(records[0]) == {"a", "b", "distance"}
    found = {(record["a"], record["b"]): record["distance"] for record in records}
    for pair, distance in COSINE.items():
        assert found[pair] == pytest.approx(distance, abs=1e-6)
    assert found["cat", "dog"] < found["cat", "car"]


@pytest.mark.parametrize(
    ("metric", "distance"),
    [
        ("euclidean", 0.2),
        ("angle", math.degrees(math.acos(0.80 / math.sqrt(0.94 * 0.70)))),
    ],
)
def test_other_metrics_by_hand(answer, objects, metric, distance):
    whole = answer("distances", "cat", "dog", "-v", objects, "--metric", metric)
    assert whole["results"] == [
        {"a": "cat", "b": "dog", "distance": pytest.approx(distance, abs=1e-4)}
    ]
    assert whole["settings"]["metric"] == metric


def test_the_table_is_a_matrix(latent, objects):
    assert latent("distances", "cat", "dog", "car", "-v", objects) == (
        0,
        (
            "cosine distances\n"
            "         cat      dog      car\n"
            "──────────────────────────────\n"
            "cat   0.0000   0.0138   1.3752\n"
            "dog   0.0138   0.0000   1.2333\n"
            "car   1.3752   1.2333   0.0000\n"
        ),
        "",
    )


def test_a_word_is_at_no_distance_from_itself(results, words):
    assert results("distances", "king", "king", "-v", words)[0]["distance"] == 0


def test_one_word_has_no_distances(latent, words):
    assert latent("distances", "king", "-v", words) == (
        2, "", "latent: error: distances takes two words or more\n",
    )  # fmt: skip


def test_an_unknown_metric_is_told_with_the_likeliest(latent, words):
    code, _, err = latent("distances", "king", "man", "-v", words, "--metric", "euclidian")
    assert code == 2
    assert "Did you mean euclidean?" in err


def test_a_batch_shows_records_also_as_a_table(latent, objects, stdin):
    stdin("cat dog\n")
    code, out, _ = latent("distances", "-", "-v", objects)
    assert code == 0
    assert out.splitlines()[0].split() == ["query", "a", "b", "distance"]
    assert out.splitlines()[2].split() == ["cat", "dog", "cat", "dog", "0.0138"]


def test_one_hot_words_are_all_sqrt_2_apart(results, objects):
    records = results("distances", "cat", "dog", "car", "truck", "--one-hot", "-v", objects)
    assert [record["one_hot"] for record in records] == [1.414214] * 6
    assert set(records[0]) == {"a", "b", "distance", "one_hot"}
    real = {(record["a"], record["b"]): record["distance"] for record in records}
    assert real["cat", "dog"] == pytest.approx(0.2, abs=1e-6)
    assert real["cat", "car"] > 1


@pytest.mark.parametrize(("metric", "apart"), [("cosine", 1), ("angle", 90)])
def test_one_hot_words_by_other_metrics(results, objects, metric, apart):
    (record,) = results(
        "distances", "cat", "dog", "--one-hot", "--metric", metric, "-v", objects
    )
    assert record["one_hot"] == apart


def test_a_word_is_its_own_one_hot_vector(results, objects):
    (record,) = results("distances", "cat", "cat", "--one-hot", "-v", objects)
    assert (record["distance"], record["one_hot"]) == (0, 0)


def test_one_hot_is_a_list_of_pairs_in_the_table(latent, objects, stdin):
    _, out, _ = latent("distances", "cat", "dog", "--one-hot", "-v", objects)
    assert out.splitlines()[0] == "euclidean distances"
    assert out.splitlines()[3].split() == ["cat", "dog", "0.2000", "1.4142"]
    stdin("cat dog\n")
    _, out, _ = latent("distances", "-", "--one-hot", "-v", objects)
    assert out.splitlines()[0].split() == ["query", "a", "b", "distance", "one", "hot"]
