import json
import math
import string

import pytest

TEXTS = ("the cat sat", "a dog sat", "stock prices fell")


@pytest.fixture
def found(answer):
    """Return the similarities by representation and pair."""

    def run(*arguments):
        records = answer("represent", *arguments)["results"]
        return {(one["representation"], one["a"], one["b"]): one for one in records}

    return run


def test_the_four_representations_of_three_texts(answer):
    whole = answer("represent", *TEXTS)
    assert len(whole["results"]) == 4 * 3
    assert set(whole["results"][0]) == {
        "representation", "dimensions", "similarity_built_in", "a", "b", "similarity",
    }  # fmt: skip
    about = {
        one["representation"]: (one["dimensions"], one["similarity_built_in"])
        for one in whole["results"]
    }
    assert about == {
        "one-hot": (3, "no"),
        "bag of words": (10_000, "shared words only"),
        "mean of word vectors": (64, "yes"),
        "SIF": (64, "yes, rare words count more"),
    }
    assert whole["settings"]["common"] == "words"


def test_only_means_know_that_a_cat_is_like_a_dog(found):
    """No word in common, and yet alike."""
    pairs = found("my cat", "a dog", "stock prices")
    for name, knows in [("one-hot", False), ("bag of words", False),
                        ("mean of word vectors", True), ("SIF", True)]:  # fmt: skip
        alike = pairs[name, "my cat", "a dog"]["similarity"]
        unlike = pairs[name, "my cat", "stock prices"]["similarity"]
        assert (alike > unlike + 0.1) == knows
        if not knows:
            assert alike == 0


def test_similarities_by_hand(found, words):
    """king (.8, .3, -.1), man (.4, .2, -.2), woman (.3, .5, .1); the means of two each."""
    pairs = found("King man", "king WOMAN", "-v", words)
    first, second = (0.6, 0.25, -0.15), (0.55, 0.4, 0.0)
    dot = sum(a * b for a, b in zip(first, second, strict=True))
    expected = dot / math.hypot(*first) / math.hypot(*second)
    key = ("King man", "king WOMAN")
    assert pairs["mean of word vectors", *key]["similarity"] == pytest.approx(
        expected, abs=1e-6
    )
    assert pairs["bag of words", *key]["similarity"] == 0.5
    assert pairs["one-hot", *key]["similarity"] == 0


def test_a_text_is_like_itself(found):
    pairs = found("the cat sat", "the cat sat", "a dog")
    for name in ("one-hot", "bag of words", "mean of word vectors", "SIF"):
        assert pairs[name, "the cat sat", "the cat sat"]["similarity"] == pytest.approx(1)


def test_the_table_shows_types_and_pairs(latent):
    code, out, _ = latent("represent", *TEXTS, "-q")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "representation types"
    assert lines[3].split() == ["one-hot", "3", "no"]
    assert "cosine of each pair of texts" in lines


def test_unknown_words_are_told_and_left_out(latent, words):
    code, out, err = latent("represent", "king qqq", "king zzz", "zzz", "-v", words, "--json")
    assert code == 0
    assert "not in the vectors, and left out of the means: qqq, zzz" in err
    assert "no word of text 3 has a vector" in err
    found = {
        (one["representation"], one["a"], one["b"]): one for one in json.loads(out)["results"]
    }
    assert found["mean of word vectors", "king qqq", "king zzz"]["similarity"] == 1
    assert found["mean of word vectors", "king qqq", "zzz"]["similarity"] is None
    assert found["bag of words", "king zzz", "zzz"]["similarity"] == pytest.approx(
        0.5**0.5, abs=1e-6
    )
    assert found["bag of words", "king zzz", "zzz"]["dimensions"] == 6 + 2
    assert "NaN" not in out


def test_texts_from_standard_input(answer, stdin):
    stdin("the cat sat\n\na dog sat\r\n")
    records = answer("represent", "-")["results"]
    assert {(one["a"], one["b"]) for one in records} == {("the cat sat", "a dog sat")}


def test_many_texts_have_a_common_component_of_their_own(answer, stdin):
    stdin("".join(f"the cat {letter}\n" for letter in string.ascii_lowercase[:20]))
    whole = answer("represent", "-")
    assert whole["settings"]["common"] == "texts"
    assert len(whole["results"]) == 4 * 190


def test_two_texts_less_their_own_component_are_opposite(latent):
    """What is left of two vectors without their first singular vector lies on one line."""
    code, out, err = latent("represent", *TEXTS[:2], "--common", "texts", "--json")
    assert code == 0
    assert json.loads(out)["results"][-1]["similarity"] == pytest.approx(-1)
    assert "mostly the texts themselves" in err


def test_counts_replace_the_order_of_the_words(answer, words, tmp_path):
    (tmp_path / "counts.txt").write_text("king 1\nman 1\nwoman 1\nqueen 97\n")
    texts = ("king queen", "man queen", "-v", words)
    plain, counted = (
        answer("represent", *texts, *more)["results"][-1]["similarity"]
        for more in ([], ["--counts", tmp_path / "counts.txt"])
    )
    assert plain != counted
    high = answer("represent", *texts, "--smoothing", "1e9")["results"][-1]["similarity"]
    assert high != plain


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["one text"], 2, "compares 2 to 500 texts, not 1"),
        (["a cat", "..."], 1, "text 2 has no words: '...'"),
        (["a cat", ""], 1, "text 2 has no words: ''"),
        (["a", "b", "--common", "word"], 2, "Did you mean words?"),
        (["a", "b", "--smoothing", "0"], 2, "must be a number above 0"),
        (["a", "b", "--smoothing", "nan"], 2, "must be a number above 0"),
        (["a", "b", "--counts", "absent.txt"], 1, "no such file: absent.txt"),
        (["a", "b", "--counts", ""], 1, "error"),
        (["a", "b", "-v", "codes.npy"], 1, "codes.npy has no words"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_line(latent, arguments, code, said):
    found, out, err = latent("represent", *arguments, "-q")
    assert (found, out) == (code, "")
    assert said in err
    assert err.count("\n") == 1


def test_hostile_texts_are_shown_as_they_are(latent, words):
    code, out, _ = latent("represent", "king [/b] \x1b[31m", "queen :smile:", "-v", words)
    assert code == 0
    assert "king [/b] \\x1b[31m" in out
    assert "queen :smile:" in out
    assert "\x1b" not in out


def test_too_many_texts(latent, stdin):
    stdin("cat\n" * 501)
    code, _, err = latent("represent", "-")
    assert code == 2
    assert "not 501" in err


def test_words_made_of_ngrams_count(answer, tmp_path):
    from gensim.models import FastText
    from gensim.models.fasttext import save_facebook_model

    settings = {"vector_size": 6, "min_count": 1, "bucket": 100, "epochs": 1, "workers": 1}
    model = FastText([["king", "queen", "castle"] * 4] * 5, **settings)
    save_facebook_model(model, str(tmp_path / "model.bin"))
    records = answer("represent", "kings", "queens", "-v", tmp_path / "model.bin")["results"]
    mean = next(one for one in records if one["representation"] == "mean of word vectors")
    assert mean["similarity"] == pytest.approx(model.wv.similarity("kings", "queens"), abs=1e-5)
    assert mean["dimensions"] == 6


def test_counts_of_other_words_are_refused(latent, words, tmp_path):
    (tmp_path / "counts.txt").write_text("King 3\nzebra 4\n")
    code, out, err = latent(
        "represent", "king", "queen", "-v", words, "--counts", tmp_path / "counts.txt", "-q"
    )
    assert (code, out) == (1, "")
    assert "counts.txt: no word of article-words.txt is in the counts" in err


def test_words_without_a_count_are_told(answer, words, tmp_path):
    (tmp_path / "counts.txt").write_text("king 3\n")
    whole = answer(
        "represent", "king queen", "queen man", "-v", words,
        "--counts", tmp_path / "counts.txt",
    )  # fmt: skip
    assert "not in the counts, and taken as the rarest: queen, man" in whole["notes"]


def test_what_is_nothing_but_the_common_component_is_told(answer):
    whole = answer("represent", "the cat", "the cat", "--common", "texts")
    assert whole["results"][-1]["similarity"] is None
    assert "nothing is left of the SIF of text 1, 2: no similarity" in whole["notes"]
