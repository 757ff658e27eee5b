"""The library: `latentcli.open(path)` and its questions."""

import pickle
import re

import numpy as np
import pytest

import latentcli
from latentcli import LatentError, ParameterError, WordError
from latentcli.words._choice import Choice, Hit

WORDS = {
    "king": [0.8, 0.3, -0.1],
    "man": [0.4, 0.2, -0.2],
    "woman": [0.3, 0.5, 0.1],
    "queen": [0.7, 0.6, 0.0],
    "prince": [0.6, 0.1, 0.3],
    "castle": [-0.1, 0.8, 0.4],
}


@pytest.fixture(scope="module")
def space():
    """The bundled sample, read once for all tests here."""
    return latentcli.open(cache=False)


@pytest.fixture
def article(samples):
    return latentcli.open(samples / "article-words.txt")


@pytest.fixture
def codes(samples):
    return latentcli.open(samples / "codes.npy")


@pytest.fixture
def write(tmp_path):
    """Make a file of words from rows of text, and open it."""

    def opened(*rows, **settings):
        path = tmp_path / "vectors.txt"
        path.write_text("".join(f"{row}\n" for row in rows), "utf-8")
        return latentcli.open(path, **settings)

    return opened


def ranked(hits, decimals=4):
    return [(hit.word, round(hit.score, decimals)) for hit in hits]


# ---- documented answers


def test_the_article_adds_vectors_as_they_are(article):
    hits = article.analogy("king", "man", "woman", raw=True)
    assert ranked(hits) == [("queen", 0.9773), ("prince", 0.844), ("castle", 0.5771)]


def test_unit_vectors_are_added_by_default(article):
    # By hand: unit each word, add, unit the sum.
    unit = {word: np.array(v) / np.linalg.norm(v) for word, v in WORDS.items()}
    total = unit["king"] - unit["man"] + unit["woman"]
    total /= np.linalg.norm(total)
    expected = {word: unit[word] @ total for word in ("queen", "prince", "castle")}
    for hit in article.analogy("king", "man", "woman"):
        assert hit.score == pytest.approx(expected[hit.word], abs=1e-7)


@pytest.mark.parametrize(
    ("abc", "answers"),
    [
        ("king man woman", [("queen", 0.595), ("monarch", 0.578), ("queens", 0.569)]),
        ("paris france japan", [("tokyo", 0.795)]),
        ("walking walked played", [("playing", 0.833)]),
        ("bigger big small", [("smaller", 0.829)]),
    ],
)
def test_the_sample_answers_as_its_note_says(space, abc, answers):
    assert ranked(space.analogy(*abc.split(), top=len(answers)), 3) == answers


def test_a_cat_is_nearer_to_a_dog_than_to_a_car(samples):
    objects = latentcli.open(samples / "article-objects.txt")
    distances = objects.distances(["cat", "dog", "car", "truck"])
    assert distances[0, 1] < distances[0, 2]
    assert distances[2, 3] < distances[0, 3]


def test_an_article_pair_by_hand(article):
    king, man = np.float32(WORDS["king"]).astype(float), np.float32(WORDS["man"]).astype(float)
    pair = article.similarity("king", "man")
    assert pair.dot == pytest.approx(king @ man)
    assert pair.cosine == pytest.approx(king @ man / np.linalg.norm(king) / np.linalg.norm(man))
    assert pair.euclidean == pytest.approx(np.linalg.norm(king - man))
    assert pair.angle_degrees == pytest.approx(np.degrees(np.arccos(pair.cosine)))


# ---- words


def test_a_vector_is_the_row_of_its_word_in_float64(article):
    vector = article.vector("prince")
    assert vector.dtype == np.float64
    np.testing.assert_array_equal(vector, np.float32(WORDS["prince"]))


def test_a_space_tells_its_size_and_words(article):
    assert len(article) == 6
    assert article.dimensions == 3
    assert "king" in article
    assert "King" not in article
    assert 0 not in article
    assert article.row("castle") == 5
    assert repr(article) == "<Space article-words.txt: 6 x 3>"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("quen", "'quen' is not in article-words.txt (6 words). Did you mean queen?"),
        ("mann", "'mann' is not in article-words.txt (6 words). Did you mean man?"),
        ("xyzzy", "'xyzzy' is not in article-words.txt (6 words)."),
        (
            "KING",
            "'KING' is not in article-words.txt (6 words), but 'king' is; `ignore_case` takes it",
        ),
    ],
)
def test_a_missing_word_is_told_with_what_is_close(article, word, message):
    with pytest.raises(WordError, match=f"^{re.escape(message)}$"):
        article.neighbors(word)


def test_at_most_three_close_words_are_told(space):
    with pytest.raises(WordError) as error:
        space.vector("caf")
    assert len(error.value.args[0].partition("Did you mean ")[2].split(", ")) == 3


def test_close_words_are_one_edit_away_and_frequent_first(write):
    space = write("cut 1 0", "zebra 0 1", "cat 1 1", "ct 1 2", "cats 2 1", "at 2 2")
    assert space.words.close("cxt") == ["cut", "cat", "ct"]


def test_ignore_case_takes_the_first_other_case(write):
    space = write("Apple 1 0", "APPLE 0 1", "pear 1 1", ignore_case=True)
    assert space.row("apple") == 0
    assert space.row("APPLE") == 1  # its own case comes first
    assert space.row("PEAR") == 2
    assert "aPpLe" in space


def test_ignore_case_folds_as_unicode_does(write):
    space = write("Straße 1 0", "Ærø 0 1", ignore_case=True)
    assert space.row("STRASSE") == 0
    assert space.row("ærø") == 1


def test_ignore_case_folds_words_in_lower_case_too(write):
    assert write("straße 1 0", ignore_case=True).row("STRASSE") == 0


def test_a_word_whose_row_is_zero_cannot_be_asked_and_is_never_answered(write):
    space = write("good 1 2", "none 0 0", "fine 2 1")
    with pytest.raises(WordError, match=r"'none' has no direction in vectors\.txt"):
        space.neighbors("none")
    assert [hit.word for hit in space.neighbors("good")] == ["fine"]


# ---- arrays


def test_rows_of_an_array_are_asked_by_number(codes):
    nearest = codes.neighbors("0", metric="euclidean", top=2)
    # The grid: neighbours at (-1, -0.5) and (0, -1.5), both at distance 1.
    assert nearest == [Hit("1", 1.0, 1), Hit("4", 1.0, 4)]


def test_a_negative_number_counts_from_the_end(codes):
    assert codes.row("-1") == 11


@pytest.mark.parametrize("word", ["12", "-13", "king", "1.0", ""])
def test_what_is_no_row_of_an_array_is_told(codes, word):
    with pytest.raises(WordError, match=r"is not a row of codes\.npy \(rows 0 to 11\)"):
        codes.row(word)


# ---- which answers


def test_top_gives_no_more_than_there_are(article):
    assert len(article.neighbors("king", top=100)) == 5


def test_inputs_are_answered_only_when_wanted(article):
    plain = {hit.word for hit in article.analogy("king", "man", "woman")}
    assert plain == {"queen", "prince", "castle"}
    everything = {
        hit.word for hit in article.analogy("king", "man", "woman", include_inputs=True)
    }
    assert everything == set(WORDS)


def test_restrict_takes_the_first_rows(article):
    assert {hit.word for hit in article.neighbors("castle", restrict=3)} == {
        "king",
        "man",
        "woman",
    }


def test_match_finds_the_expression_anywhere_in_the_word(article):
    assert {hit.word for hit in article.neighbors("king", match="ee|^pr")} == {
        "queen",
        "prince",
    }


def test_among_takes_words_that_are_there_and_drops_the_others(article):
    hits = article.neighbors("king", among=["castle", "nowhere", "queen", "king"])
    assert [hit.word for hit in hits] == ["queen", "castle"]


def test_all_choices_hold_together(article):
    hits = article.neighbors(
        "king", match="n", among=["queen", "man", "castle", "prince"], restrict=4, min_score=0.9
    )
    assert [hit.word for hit in hits] == ["man", "queen"]  # 0.9173 and 0.9329 by hand
    assert all(hit.score >= 0.9 for hit in hits)


def test_an_impossible_choice_has_no_answers(article):
    assert article.neighbors("king", match="^$") == []
    assert article.neighbors("king", among=[]) == []
    assert article.neighbors("king", min_score=1.1) == []


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"top": 0}, "`top` is 0; it must be at least 1"),
        ({"top": -3}, "`top` is -3; it must be at least 1"),
        ({"restrict": 0}, "`restrict` is 0; it must be at least 1"),
    ],
)
def test_a_choice_of_nothing_is_refused(choice, message):
    with pytest.raises(ParameterError, match=message):
        Choice(**choice)


def test_a_broken_regular_expression_is_told(article):
    with pytest.raises(ParameterError, match=r"'\(' is not a regular expression"):
        article.neighbors("king", match="(")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda space: space.analogy("king", "man", "woman", method="3cosad"), "3cosadd?"),
        (lambda space: space.neighbors("king", metric="euclid"), "euclidean?"),
        (lambda space: space.distances(["king", "man"], metric="cosin"), "cosine?"),
        (lambda space: space.odd(["king", "man"]), "three words or more"),
        (lambda space: space.neighbors("king", metric="euclidean", min_score=1), "`min_score`"),
        (
            lambda space: space.analogy("king", "man", "man", method="3cosmul", raw=True),
            "`raw`",
        ),
        (lambda space: space.expression(""), "a word is expected"),
    ],
)
def test_what_has_no_meaning_is_a_usage_error(article, ask, message):
    with pytest.raises(ParameterError, match=re.escape(message)):
        ask(article)


# ---- vectors and expressions


@pytest.mark.parametrize("metric", ["cosine", "dot", "euclidean"])
def test_a_vector_is_asked_like_its_word(space, metric):
    of_word = space.neighbors("king", metric=metric, include_inputs=True)
    of_vector = space.neighbors(space.vector("king"), metric=metric)
    assert of_vector == of_word


@pytest.mark.parametrize("metric", ["cosine", "dot", "euclidean", "csls"])
def test_including_the_inputs_changes_no_score(space, metric):
    without = {hit.word: hit.score for hit in space.neighbors("king", metric=metric)}
    within = space.neighbors("king", metric=metric, top=11, include_inputs=True)
    assert {hit.word: hit.score for hit in within if hit.word != "king"} == without


def test_a_word_is_at_no_distance_from_itself(space):
    nearest = space.neighbors("king", metric="euclidean", include_inputs=True, top=1)
    assert nearest == [Hit("king", 0.0, space.row("king"))]


@pytest.mark.parametrize(
    "vector", [[1, 2], [[1, 2, 3]], [0, 0, 0], [1, np.nan, 2], [1, np.inf, 2]]
)
def test_a_vector_that_cannot_be_asked_is_refused(article, vector):
    with pytest.raises(LatentError, match="the vector"):
        article.neighbors(np.array(vector, dtype=float))


def test_an_expression_of_three_words_is_the_analogy(space):
    assert space.expression("king - man + woman") == space.analogy("king", "man", "woman")
    assert space.expression("king - man + woman", raw=True) == space.analogy(
        "king", "man", "woman", raw=True
    )


def test_weights_count_as_so_many_words(space):
    assert ranked(space.expression("2*king - man"), 9) == ranked(
        space.expression("king + king - man"), 9
    )


@pytest.mark.parametrize("text", ["king - king", "0*king", "0*king - 0*man"])
def test_a_sum_without_a_direction_is_refused(space, text):
    with pytest.raises(LatentError):
        space.expression(text)


def test_words_that_cancel_in_an_analogy_are_refused(article):
    with pytest.raises(LatentError, match="cancel out"):
        article.analogy("king", "king", "man", method="pairdirection")


# ---- sets of words


def test_the_odd_one_comes_first(space):
    ranked_words = space.odd(["breakfast", "lunch", "dinner", "car"])
    assert ranked_words[0][0] == "car"
    scores = [score for _, score in ranked_words]
    assert scores == sorted(scores)


def test_a_set_of_words_may_be_asked_with_a_word_twice(space):
    distances = space.distances(["king", "king", "queen"])
    assert distances[0, 1] == 0.0
    assert distances[0, 2] == distances[1, 2] > 0


def test_one_direction_is_told_from_none(write):
    rows = np.random.default_rng(0).normal(size=(6, 20))
    step = np.random.default_rng(1).normal(size=20)
    space = write(
        *(f"a{n} {' '.join(map(str, row))}" for n, row in enumerate(rows)),
        *(f"b{n} {' '.join(map(str, row + step))}" for n, row in enumerate(rows)),
    )
    same = space.relation([(f"a{n}", f"b{n}") for n in range(6)], raw=True)
    assert same.verdict == "one direction"
    assert same.mean_pairwise == pytest.approx(1.0)
    assert (same.p_value, same.permutations, same.exact) == (1 / 720, 720, True)
    mixed = space.relation([(f"a{n}", f"b{(n + 1 + n % 2) % 6}") for n in range(6)], raw=True)
    assert mixed.verdict == "no common direction"


def test_fewer_than_four_pairs_have_no_verdict(write):
    space = write("a 1 0 0", "b 1 1 0", "c 0 0 1", "d 0 1 1")
    found = space.relation([("a", "b"), ("c", "d")], raw=True)
    assert found.verdict == "too few pairs"
    assert found.mean_pairwise == pytest.approx(1.0)
    assert "give four pairs or more" in found.notes[-1]


def test_shared_words_are_named_and_are_no_relation(write):
    rows = np.random.default_rng(0).normal(size=(9, 30))
    space = write(*(f"w{n} {' '.join(map(str, row))}" for n, row in enumerate(rows)))
    found = space.relation([("w0", f"w{n}") for n in range(1, 9)])
    assert found.mean_pairwise > 0.3
    assert found.verdict == "no common direction"
    assert (found.shared_words, found.p_value) == (("w0",), 1.0)
    assert "share a word (w0)" in found.notes[-1]


def test_a_pair_that_is_given_twice_counts_once(write):
    rows = np.random.default_rng(3).normal(size=(8, 30))
    space = write(*(f"w{n} {' '.join(map(str, row))}" for n, row in enumerate(rows)))
    pairs = [(f"w{n}", f"w{n + 4}") for n in range(4)]
    once, twice = space.relation(pairs), space.relation(pairs * 2)
    assert (twice.mean_pairwise, twice.p_value) == (once.mean_pairwise, once.p_value)
    assert "4 of 8 pairs repeat another pair" in twice.notes[-1]


def test_relation_takes_unit_vectors_unless_raw(write):
    space = write("a 2 0", "b 0 5")
    assert space.relation([("a", "b")]).norms[0] == pytest.approx(np.sqrt(2))
    assert space.relation([("a", "b")], raw=True).norms[0] == pytest.approx(np.sqrt(29))


def test_a_pair_of_one_word_is_refused(article):
    with pytest.raises(LatentError, match="king:king is not a pair"):
        article.relation([("king", "man"), ("king", "king")])


def test_a_pair_of_one_vector_is_refused(write):
    space = write("a 1 2", "b 2 4", "c 3 1")
    with pytest.raises(LatentError, match="a:b has no direction"):
        space.relation([("a", "c"), ("a", "b")])


def test_a_mapped_file_that_has_changed_is_not_asked_again(tmp_path):
    path = tmp_path / "codes.npy"
    np.save(path, np.eye(4, dtype=np.float32))
    space = latentcli.open(path)
    assert space.neighbors("0", top=1, metric="euclidean")
    np.save(path, np.eye(2, dtype=np.float32))
    with pytest.raises(latentcli.FileError, match="has changed since it was opened"):
        space.neighbors("0")


def test_a_space_is_pickled_as_its_file(samples):
    space = latentcli.open(samples / "article-words.txt", ignore_case=True)
    again = pickle.loads(pickle.dumps(space))
    found = again.similarity("KING", "queen")
    assert found.cosine == space.similarity("king", "queen").cosine


def test_one_word_is_no_list_of_words(samples):
    with pytest.raises(latentcli.ParameterError, match="a list of words"):
        latentcli.open(samples / "article-words.txt").neighbors("king", among="queen")


def test_a_word_of_any_length_is_told_in_a_line():
    with pytest.raises(latentcli.WordError) as caught:
        latentcli.open().vector("a" * 1_000_000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("kept", "given"),
    [
        ("caf\u00e9", "cafe\u0301"),
        ("cafe\u0301", "caf\u00e9"),
        ("don't", "don\u2019t"),
        ("don\u2019t", "don't"),
        ("new_york", "new york"),
        ("new york", "new_york"),
        ("cote_d'azur", "cote d\u2019azur"),
    ],
)
def test_another_spelling_of_a_word_is_taken_with_a_note(tmp_path, kept, given):
    path = tmp_path / "words.tsv"
    path.write_text(f"{kept}\t1\t2\ntea\t3\t4\n", "utf-8")
    found = latentcli.open(path).neighbors(given)
    assert [hit.word for hit in found] == ["tea"]
    assert found.notes == (f"'{given}' is taken as '{kept}'; `exact` forbids it",)
    with pytest.raises(
        latentcli.WordError, match=f"is not in .*, but '{kept}' is, spelled otherwise; without"
    ):
        latentcli.open(path, exact=True).vector(given)


def test_a_spelling_that_may_mean_two_words_is_not_taken(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text("new_york\t1\t2\nnew york\t3\t4\nit's\t1\t1\nit\u2019s\t2\t1\n", "utf-8")
    space = latentcli.open(path)
    assert space.neighbors("new york", top=1).notes == ()
    with pytest.raises(latentcli.WordError, match=r"but 'it's' and 'it\u2019s' are; type one"):
        space.vector("it\u02bcs")


def test_turkish_title_case_is_found_in_lower_case(write):
    words = ("istanbul", "ısparta", "ığdır", "izmir")
    space = write(*(f"{word} {n} 1" for n, word in enumerate(words)), ignore_case=True)
    given = ("İstanbul", "Isparta", "IĞDIR", "İZMİR")
    assert [space.row(word) for word in given] == [0, 1, 2, 3]


def test_rows_have_numbers(article, codes):
    assert article.row("#3") == article.row("queen")
    assert codes.row("#7") == 7
    with pytest.raises(WordError, match="its rows are #0 to #5"):
        article.row("#6")


def test_words_that_a_file_has_twice_are_in_the_notes_of_every_answer(write):
    for _ in range(2):  # read, and from the cache
        space = write("a 1 0", "b 0 1", "a 2 2", "c 1 1")
        answers = [
            space.neighbors("a"), space.similarity("a", "b"), space.odd(["a", "b", "c"]),
            space.distances(["a", "b"]), space.relation([("a", "b")]),
        ]  # fmt: skip
        for answer in answers:
            assert answer.notes[0] == "vectors.txt: 1 duplicate word dropped (first: a)"


def test_an_answer_is_a_result(space):
    found = space.analogy("king", "man", "woman", top=2)
    assert isinstance(found, latentcli.Result)
    assert (found[0].word, len(found), [hit.row for hit in found]) == (
        "queen", 2, [found[0].row, found[1].row],
    )  # fmt: skip
    assert found.records[0] == {
        "query": "king man woman", "rank": 1, "word": "queen", "score": found[0].score,
    }  # fmt: skip
    assert found.settings["method"] == "3cosadd"
    assert "queen" in repr(found)


def test_samples_are_opened_by_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "king" in latentcli.open("article-words.txt")
