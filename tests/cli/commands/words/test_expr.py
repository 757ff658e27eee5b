import pytest


def found(records):
    return [(record["rank"], record["word"], record["score"]) for record in records]


@pytest.mark.parametrize(
    "tokens",
    [
        ["king - man + woman"],
        ["king", "-", "man", "+", "woman"],
        ["king", "+woman", "-", "man"],
        ["1*king - 'man' + woman"],
    ],
)
@pytest.mark.parametrize("raw", [[], ["--raw"]])
def test_three_words_are_an_analogy(results, words, tokens, raw):
    analogy = results("analogy", "king", "man", "woman", "-v", words, *raw)
    assert found(results("expr", *tokens, "-v", words, *raw)) == found(analogy)


def test_weights_by_hand(results, tmp_path):
    path = tmp_path / "plane.txt"
    path.write_text("east 1 0\nnorth 0 1\nsteep 1 2\nflat 2 1\n")
    first = results("expr", "0.5*east + north", "-v", path)[0]
    assert first == {"query": "0.5*east + north", "rank": 1, "word": "steep", "score": 1.0}


def test_quotes_hold_a_word_with_blanks(results, tmp_path):
    path = tmp_path / "places.tsv"
    path.write_text("new york\t1\t0\nusa\t0\t1\nboth\t1\t1\n")
    expected = [("both", 1.0)]
    for tokens in (["'new york' + usa"], ["new york", "+", "usa"]):
        records = results("expr", *tokens, "-v", path)
        assert [(record["word"], record["score"]) for record in records] == expected


def test_the_words_of_the_expression_are_not_answered_unless_wanted(results, words):
    def given(*options):
        return {
            record["word"] for record in results("expr", "king + man", "-v", words, *options)
        }

    assert not given() & {"king", "man"}
    assert {"king", "man"} <= given("--include-inputs")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("king man", 2, "'+' or '-' is missing between 'king' and 'man'"),
        ("king -", 2, "a word is expected after 'king'"),
        ("king - king", 1, "the vectors cancel out"),
        ("king - kong", 1, "'kong' is not in article-words.txt (6 words)."),
    ],
)
def test_what_cannot_be_answered_is_told_in_one_line(latent, words, text, code, message):
    given, out, err = latent("expr", text, "-v", words)
    assert (given, out) == (code, "")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("weight", ["1e999", "1e200", "1e60 * 1e60"])
def test_a_weight_too_large_to_compute_with_is_refused(latent, words, weight):
    code, out, err = latent("expr", f"man - {weight} * queen", "-v", words)
    assert (code, out) == (2, "")
    assert "too large" in err
    assert err.count("\n") == 1


def test_a_sign_at_a_word_is_told_how_to_be_asked(latent, words):
    code, _, err = latent("expr", "king", "-man", "-v", words)
    assert code == 2
    assert "goes after '--'" in err
    assert latent("expr", "-v", words, "--", "king", "-man")[0] == 0


def test_lines_of_a_batch_are_expressions(latent, words, stdin):
    stdin("king - man + woman\n2*queen\n")
    code, out, err = latent("expr", "-", "-v", words, "-k", "1", "-f", "csv")
    assert (code, err) == (0, "")
    assert [line.split(",")[:3] for line in out.splitlines()[1:]] == [
        ["king - man + woman", "1", "queen"],
        ["2*queen", "1", "woman"],
    ]
