import json

import numpy as np
import pytest


@pytest.fixture
def rows(tmp_path):
    """Write an array of vectors to ask with."""

    def write(values, name="asked.npy"):
        np.save(tmp_path / name, np.array(values))
        return tmp_path / name

    return write


def test_the_table_of_one_word(latent, words):
    # cos(king, man) = 0.40 / sqrt(0.74 * 0.24), cos(king, queen) = 0.74 / sqrt(0.74 * 0.85)
    assert latent("neighbors", "king", "-v", words, "-k", "2") == (
        0,
        (
            "king\n"
            "rank   word     score\n"
            "─────────────────────\n"
            "   1   man     0.9492\n"
            "   2   queen   0.9331\n"
        ),
        "",
    )


def test_each_word_is_asked_on_its_own(latent, words):
    code, out, err = latent("neighbors", "king", "queen", "-v", words, "-k", "1", "-f", "tsv")
    assert (code, err) == (0, "")
    assert [line.split("\t")[:3] for line in out.splitlines()] == [
        ["query", "rank", "word"],
        ["king", "1", "man"],
        ["queen", "1", "woman"],
    ]


@pytest.mark.parametrize(
    ("metric", "word", "score"),
    [
        ("cosine", "man", 0.40 / np.sqrt(0.74 * 0.24)),
        ("dot", "queen", 0.74),
        ("euclidean", "queen", np.sqrt(0.01 + 0.09 + 0.01)),
    ],
)
def test_metrics_by_hand(results, words, metric, word, score):
    first = results("neighbors", "king", "-v", words, "--metric", metric)[0]
    assert first == {
        "query": "king",
        "rank": 1,
        "word": word,
        "score": pytest.approx(score, abs=1e-6),
    }


def test_csls_takes_off_how_crowded_both_are(results, words):
    # With six rows all five others are within the ten nearest of each.
    vectors = np.array([line.split()[1:] for line in words.read_text().splitlines()[1:]], float)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    around = (cosines.sum(axis=1) - 1) / 5
    scores = np.delete(2 * cosines[0] - around[0] - around, 0)
    records = results("neighbors", "king", "-v", words, "--metric", "csls")
    expected = sorted(scores, reverse=True)
    assert [record["score"] for record in records] == pytest.approx(expected, abs=2e-6)


def test_an_unknown_metric_is_told_with_the_likeliest(latent, words):
    code, out, err = latent("neighbors", "king", "-v", words, "--metric", "euclid")
    assert (code, out) == (2, "")
    assert err == (
        "latent: error: unknown metric 'euclid'. Did you mean euclidean? "
        "One of: cosine, dot, euclidean, csls.\n"
    )


def test_a_least_score_has_no_meaning_for_distances(latent, words):
    code, _, err = latent(
        "neighbors", "king", "-v", words, "--metric", "euclidean", "--min-score", "1"
    )
    assert code == 2
    assert "leave out --min-score" in err


def test_include_inputs_puts_the_word_itself_first(results, words):
    first = results("neighbors", "king", "-v", words, "--include-inputs")[0]
    assert (first["word"], first["score"]) == ("king", 1.0)


def test_a_row_number_is_the_word_of_an_array(results, codes):
    records = results("neighbors", "0", "-v", codes, "--metric", "euclidean", "-k", "4")
    # The grid's steps are 1; the four points at most sqrt 2 away from its first corner.
    assert [(record["word"], record["score"]) for record in records] == [
        ("1", 1.0),
        ("4", 1.0),
        ("5", pytest.approx(np.sqrt(2), abs=1e-6)),
        ("2", 2.0),
    ]


def test_a_vector_is_asked_as_the_file_holds_it(results, words, rows):
    first = results("neighbors", "--vector", rows([0.7, 0.6, 0.0]), "-v", words)[0]
    assert (first["word"], first["score"]) == ("queen", 1.0)


def test_each_row_of_a_file_is_asked(results, words, rows):
    path = rows([[0.8, 0.3, -0.1], [-0.1, 0.8, 0.4]])
    records = results("neighbors", "--vector", path, "-v", words, "-k", "1")
    assert [(record["query"], record["word"]) for record in records] == [
        (f"{path}[0]", "king"),
        (f"{path}[1]", "castle"),
    ]


def test_the_words_of_a_file_name_its_vectors(results, words, tmp_path):
    path = tmp_path / "asked.txt"
    path.write_text("royal 0.8 0.3 -0.1\nstone -0.1 0.8 0.4\n")
    records = results("neighbors", "--vector", path, "-v", words, "-k", "1")
    assert [(record["query"], record["word"]) for record in records] == [
        ("royal", "king"),
        ("stone", "castle"),
    ]


@pytest.mark.parametrize("vector", [[1.0, 2.0], [0.0, 0.0, 0.0], [1.0, np.nan, 0.0]])
def test_a_vector_that_cannot_be_asked_fails(latent, words, rows, vector):
    code, out, err = latent("neighbors", "--vector", rows(vector), "-v", words)
    assert (code, out) == (1, "")
    assert err.startswith("latent: error: ")
    assert err.count("\n") == 1


def test_words_and_vector_exclude_each_other(latent, words, rows):
    path = rows([1.0, 2.0, 3.0])
    assert latent("neighbors", "king", "--vector", path, "-v", words)[0] == 2
    assert latent("neighbors", "-v", words)[0] == 2


def test_a_line_of_a_batch_is_one_word(latent, stdin, tmp_path):
    path = tmp_path / "places.tsv"
    path.write_text("new york\t1\t0\nnew\t0\t1\nyork\t1\t1\n")
    stdin('new york\n"new york"\n york \n')
    code, out, err = latent("neighbors", "-", "-v", path, "-k", "1", "-f", "ndjson", "-q")
    assert (code, err) == (0, "")
    queries = [json.loads(line)["query"] for line in out.splitlines()]
    assert queries == ["new york", "new york", "york"]


def test_a_row_of_zeros_is_named_and_the_others_are_answered(latent, words, rows):
    path = rows([[0.8, 0.3, -0.1], [0, 0, 0], [-0.1, 0.8, 0.4]])
    code, out, err = latent(
        "neighbors", "--vector", path, "-v", words, "-k", "1", "--json", "-q"
    )
    assert code == 1
    assert err == (
        f"latent: error: {path}[1]: the vector is zero, or holds NaN or infinity: no direction\n"
    )
    first, second, third = json.loads(out)["results"]
    assert (first["word"], third["word"]) == ("king", "castle")
    assert second == {
        "query": f"{path}[1]",
        "error": err[len(f"latent: error: {path}[1]: ") : -1],
    }


def test_a_row_is_named_by_its_number(results, words):
    by_number = results("neighbors", "#3", "-v", words)
    by_word = results("neighbors", "queen", "-v", words)
    assert [one["word"] for one in by_number] == [one["word"] for one in by_word]


def test_a_word_that_looks_like_a_row_number_is_the_word(results, tmp_path):
    path = tmp_path / "tags.txt"
    path.write_text("one 1 0\n#0 0 1\nup 0.1 1\n")
    assert results("neighbors", "#0", "-v", path, "-k", "1")[0]["word"] == "up"
    assert results("neighbors", "#2", "-v", path, "-k", "1")[0]["word"] == "#0"


def test_more_answers_than_there_are_rows(latent, words):
    code, out, _ = latent("neighbors", "king", "-v", words, "-k", "9" * 20, "-f", "tsv")
    assert (code, out.count("\n")) == (0, 6)


def test_an_empty_name_is_not_the_sample(latent):
    code, out, err = latent("neighbors", "king", "-v", "")
    assert (code, out) == (2, "")
    assert "empty name" in err


def test_a_folder_is_told(latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = latent("neighbors", "king", "-v", ".")
    assert (code, err) == (
        1,
        "latent: error: . is a folder, not a file, and has no files of vectors\n",
    )


def test_a_row_of_an_array_asks(latent, samples):
    code, out, _ = latent(
        "neighbors", "-v", samples / "codes.npy", "--vector", f"{samples}/codes.npy[3]",
        "-k", "1", "-q", "-f", "tsv",
    )  # fmt: skip
    assert code == 0
    assert out.split("\n")[1].split("\t")[2] == "3"


def test_an_array_of_several_axes_is_not_asked_silently(latent, rows):
    path = rows(np.random.default_rng(0).standard_normal((4, 16, 16)))
    code, out, err = latent("neighbors", "0", "-v", path)
    assert (code, out) == (1, "")
    assert "can be read in two ways: --axes CHW, 1 code" in err
    code, out, err = latent("neighbors", "0", "-v", path, "--axes", "NLD", "--json")
    found = json.loads(out)
    assert (code, found["settings"]["axes"], found["settings"]["axes_guessed"]) == (
        0,
        "NLD",
        False,
    )
    assert found["notes"] == [
        "asked.npy: read as 4 codes of 16 layers of 16 numbers (axes NLD)"
    ]


def test_queries_by_array_have_the_axes_of_the_codes(results, rows):
    codes = np.random.default_rng(0).standard_normal((4, 2, 3, 5))
    found = results(
        "neighbors", "--vector", rows(codes[2], "one.npy"), "-v", rows(codes), "-k", "1"
    )
    assert [(hit["word"], hit["score"]) for hit in found] == [("2", pytest.approx(1, abs=1e-6))]


def test_all_is_the_nearest_of_every_row(latent, put, results):
    vectors = np.random.default_rng(0).normal(size=(30, 4))
    path = put("codes.npy", vectors)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T - 2 * np.eye(30)
    rows = results("neighbors", "--all", "-v", path, "-k", "1")
    assert [(row["query"], row["word"]) for row in rows] == [
        (str(k), str(best)) for k, best in enumerate(cosines.argmax(axis=1))
    ]
    labels = put("names.txt", "".join(f"{'same' if k < 2 else k}\n" for k in range(30)))
    rows = results("neighbors", "--all", "-v", path, "--labels", labels, "-k", "1")
    assert [row["query"] for row in rows[:3]] == ["same", "#1", "2"]
    assert latent("neighbors", "--all", "3", "-v", path)[0] == 2
