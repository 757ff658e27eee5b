import random
import re
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.files.store.row_numbers import RowNumbers
from latentcli.files.store.vocabulary import Builder, Words

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
COLLIDING = ("plumless", "buckeroo")


def built(words, folder=None, distinct=True, blocks=1):
    builder = Builder(folder)
    size = max(1, len(words) // blocks)
    for start in range(0, len(words), size):
        builder.add(words[start : start + size])
    vocabulary, repeated = builder.finish(distinct=distinct)
    if folder is None:
        return vocabulary, repeated
    builder.close()
    return Words.open(folder), repeated


@pytest.fixture(params=["memory", "folder"])
def place(request, tmp_path):
    return None if request.param == "memory" else tmp_path


@given(words=st.lists(ANY, min_size=1, max_size=30), blocks=st.integers(1, 4))
def test_it_answers_as_a_dict_would(words, blocks):
    vocabulary, repeated = built(words, blocks=blocks)
    first = {}
    for row, word in enumerate(words):
        first.setdefault(word, row)
    assert repeated.tolist() == [row for row, word in enumerate(words) if first[word] != row]
    assert len(vocabulary) == len(first)
    assert list(vocabulary.items()) == [(row, word) for word, row in first.items()]
    assert vocabulary.words(range(len(words))) == words
    for word in words:
        assert vocabulary.row(word) == first[word]
        assert vocabulary.variants(word) == [
            other for other in first if other != word and other.casefold() == word.casefold()
        ]


def test_memory_and_folder_answer_the_same(tmp_path):
    words = ["the", "The", "naïve", "a\nb", "", " ", "the"]
    one, two = built(words)[0], built(words, tmp_path)[0]
    assert list(one.items()) == list(two.items())
    assert [one.row(word) for word in words] == [two.row(word) for word in words]


@pytest.mark.parametrize("word", ["absent", "th", "thee", "THE", "", "\ud800", "a\nb"])
def test_a_word_that_is_not_there_has_no_row(place, word):
    assert built(["the", "a", "b"], place)[0].row(word) is None


def test_words_of_one_hash_are_told_apart(place):
    one, two = COLLIDING
    assert crc32(one.encode()) == crc32(two.encode())
    vocabulary, repeated = built([one, two, one, "x", two], place)
    assert repeated.tolist() == [2, 4]
    assert (vocabulary.row(one), vocabulary.row(two)) == (0, 1)
    assert built([one], place and place / "..")[0].row(two) is None


def test_repeated_words_may_stay(place):
    vocabulary, repeated = built(["a", "b", "a"], place, distinct=False)
    assert repeated.tolist() == [2]
    assert len(vocabulary) == 3
    assert list(vocabulary.items()) == [(0, "a"), (1, "b"), (2, "a")]
    assert vocabulary.row("a") == 0


@pytest.mark.parametrize(
    ("words", "asked", "found"),
    [
        (["us", "US", "Us"], "us", ["US", "Us"]),
        (["us", "US", "Us"], "uS", ["us", "US", "Us"]),
        (["strasse", "straße"], "STRASSE", ["strasse", "straße"]),
        (["οδος", "ΟΔΟΣ"], "ΟΔΟΣ", ["οδος"]),
        (["İ", "i"], "I", ["i"]),
        (["a"], "b", []),
    ],
)
def test_variants_differ_in_case_only(place, words, asked, found):
    assert built(words, place)[0].variants(asked) == found


@pytest.mark.parametrize(
    ("words", "asked", "found"),
    [
        (["queen", "king"], "quen", ["queen"]),
        (["queen"], "queeen", ["queen"]),
        (["queen"], "qeuen", ["queen"]),
        (["queen"], "queem", ["queen"]),
        (["queen"], "Quen", ["queen"]),
        (["queen"], "queen", []),
        (["naïve"], "naïv", ["naïve"]),
        (["internal", "international"], "internatoinale", ["international", "internal"]),
    ],
)
def test_close_words_are_spelled_alike(place, words, asked, found):
    assert built(words, place)[0].close(asked) == found


def test_close_words_come_in_file_order_and_each_once():
    vocabulary, _ = built(["bat", "cat", "hat", "cat", "rat"])
    assert vocabulary.close("aat") == ["bat", "cat", "hat"]
    vocabulary, _ = built(["internationally"] * 3 + ["international"], distinct=True)
    assert vocabulary.close("internationallike") == ["internationally", "international"]


def test_words_with_a_pattern_are_found(place):
    vocabulary, _ = built(["cat", "Cat", "dog", "concat", "cat"], place)
    assert vocabulary.matching(re.compile("^cat")).tolist() == [0]
    assert vocabulary.matching(re.compile("cat", re.IGNORECASE)).tolist() == [0, 1, 3]


def test_many_words_are_all_found(tmp_path):
    words = [f"w{number}" for number in range(20_000)]
    random.Random(0).shuffle(words)
    vocabulary, repeated = built(words, tmp_path, blocks=7)
    assert repeated.tolist() == []
    assert [vocabulary.row(word) for word in words] == list(range(20_000))


@pytest.mark.parametrize(
    ("word", "row"),
    [
        ("0", 0),
        ("4", 4),
        ("-1", 4),
        ("-5", 0),
        ("5", None),
        ("-6", None),
        ("x", None),
        ("", None),
        ("9" * 5000, None),
    ],
)
def test_row_numbers_are_words(word, row):
    assert RowNumbers(5).row(word) == row


def test_row_numbers_have_no_spelling():
    numbers = RowNumbers(12)
    assert (numbers.variants("1"), numbers.close("1")) == ([], [])
    assert numbers.words([3, 11]) == ["3", "11"]
    assert np.array_equal(numbers.matching(re.compile("1")), [1, 10, 11])
    assert list(numbers.items())[:2] == [(0, "0"), (1, "1")]
    assert not numbers.named
