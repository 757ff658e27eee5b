import numpy as np
import pytest

KING = ("analogy", "king", "man", "woman")


def found(records):
    return [(record["word"], record["score"]) for record in records]


def test_the_table_of_the_article(latent, words):
    assert latent(*KING, "--raw", "-v", words) == (
        0,
        (
            "king - man + woman\n"
            "rank   word      score\n"
            "──────────────────────\n"
            "   1   queen    0.9773\n"
            "   2   prince   0.8440\n"
            "   3   castle   0.5771\n"
        ),
        "",
    )


def test_records_hold_query_rank_word_and_score(results, words):
    first = results(*KING, "--raw", "-v", words)[0]
    assert first == {
        "query": "king man woman",
        "rank": 1,
        "word": "queen",
        "score": pytest.approx(0.9773, abs=5e-5),
    }


def test_settings_hold_all_that_shaped_the_answer(answer, words):
    settings = answer(*KING, "-v", words, "-k", "2", "--method", "3cosmul")["settings"]
    assert settings == {
        "vectors": str(words),
        "words": 6,
        "dimensions": 3,
        "ignore_case": False,
        "method": "3cosmul",
        "raw": False,
        "top": 2,
        "restrict": None,
        "match": None,
        "among": None,
        "min_score": None,
        "include_inputs": False,
    }


def test_3cosmul_by_hand(results, words):
    vectors = {
        line.split()[0]: np.array(line.split()[1:], dtype=float)
        for line in words.read_text().splitlines()[1:]
    }
    unit = {word: vector / np.linalg.norm(vector) for word, vector in vectors.items()}

    def score(word):
        king, man, woman = ((1 + unit[word] @ unit[w]) / 2 for w in ("king", "man", "woman"))
        return king * woman / (man + 1e-6)

    records = results(*KING, "-v", words, "--method", "3cosmul")
    assert found(records) == [
        (word, pytest.approx(score(word), abs=2e-6))
        for word in sorted(["queen", "prince", "castle"], key=score, reverse=True)
    ]


def test_pairdirection_by_hand(results, tmp_path):
    path = tmp_path / "square.txt"
    path.write_text("a 1 0\nb 0 1\nc -1 0\nd 0 -1\nup 1 1\n")
    # a - b points to (1, -1); from c, d lies exactly there.
    first = results("analogy", "a", "b", "c", "-v", path, "--method", "pairdirection")[0]
    assert (first["word"], first["score"]) == ("d", 1.0)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("-k", "1"), ["queen"]),
        (("--top", "2"), ["queen", "prince"]),
        (("--restrict", "4"), ["queen"]),
        (("--match", "^[pc]"), ["prince", "castle"]),
        (("--min-score", "0.7882"), ["queen"]),
        (("--min-score", "0.7881"), ["queen", "prince"]),
        (("--min-score", "2"), []),
    ],
)
def test_which_answers_are_given(results, words, options, expected):
    assert [record["word"] for record in results(*KING, "-v", words, *options)] == expected


def test_ranks_count_the_answers_that_are_given(results, words):
    records = results(*KING, "-v", words, "--match", "^[pc]")
    assert [record["rank"] for record in records] == [1, 2]


def test_include_inputs_answers_with_them_too(results, words):
    assert len(results(*KING, "-v", words, "--include-inputs")) == 6


def test_among_takes_the_words_of_a_file_and_tells_which_are_absent(latent, words, tmp_path):
    listed = tmp_path / "listed.txt"
    listed.write_text("castle\nprince\nnowhere\nking\n")
    code, out, err = latent(*KING, "-v", words, "--among", listed, "-f", "csv")
    assert code == 0
    assert [line.split(",")[2] for line in out.splitlines()[1:]] == ["prince", "castle"]
    assert err == f"latent: note: 1 of 4 words of {listed} are not there\n"


def test_no_answer_is_an_answer(latent, words):
    code, out, err = latent(*KING, "-v", words, "--match", "^$")
    assert (code, out, err) == (0, "king - man + woman\nno results\n", "")


def test_batch_records_carry_their_query(latent, words, stdin):
    stdin('king man woman\n"queen" woman man\n')
    code, out, err = latent("analogy", "-", "-v", words, "-k", "1", "-f", "csv")
    assert (code, err) == (0, "")
    assert [line.split(",")[:3] for line in out.splitlines()[1:]] == [
        ["king man woman", "1", "queen"],
        ["queen woman man", "1", "king"],
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_other_than_three_words_are_refused(latent, words, count):
    code, out, err = latent("analogy", *["king"] * count, "-v", words)
    assert (code, out) == (2, "")
    if count:
        assert err == f"latent: error: an analogy takes three words (A B C), not {count}\n"


@pytest.mark.parametrize(
    ("given", "meant"),
    [("3cosad", "3cosadd"), ("3CosMul", "3cosmul"), ("pairdir", "pairdirection")],
)
def test_an_unknown_method_is_told_with_the_likeliest(latent, words, given, meant):
    code, out, err = latent(*KING, "-v", words, "--method", given)
    assert (code, out) == (2, "")
    assert err.startswith(f"latent: error: unknown method '{given}'. Did you mean {meant}?")


def test_raw_has_no_meaning_with_3cosmul(latent, words):
    code, out, err = latent(*KING, "-v", words, "--raw", "--method", "3cosmul")
    assert (code, out) == (2, "")
    assert "leave out --raw" in err


def test_words_that_cancel_out_fail(latent, words):
    code, out, err = latent(
        "analogy", "king", "king", "man", "-v", words, "--method", "pairdirection"
    )
    assert (code, out) == (1, "")
    assert "cancel out" in err
