"""Forms of words: case with Turkish and composed letters, spellings, edits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.numerics.spelling import (
    case_forms,
    edit_distance,
    fold_case,
    one_edit_away,
    spellings,
)

WORDS = st.text(st.characters(codec="utf-8"), max_size=8)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("King", "kING"),
        ("STRASSE", "straße"),
        ("İzmir", "izmir"),
        ("İZMİR", "i̇zmi̇r"),
        ("ISPARTA", "ısparta"),
        ("ÇAĞRI", "c\u0327ag\u0306rı"),
        ("Σ", "ς"),
        ("CAFÉ", "cafe\u0301"),
    ],
)
def test_words_that_differ_in_case_have_one_form(one, other):
    assert fold_case(one) == fold_case(other)
    assert not case_forms(one).isdisjoint(case_forms(other))


@pytest.mark.parametrize(("one", "other"), [("king", "ring"), ("café", "cafe"), ("i", "j")])
def test_other_letters_are_other_words(one, other):
    assert fold_case(one) != fold_case(other)
    assert case_forms(one).isdisjoint(case_forms(other))


@given(WORDS)
def test_folding_twice_is_folding_once(word):
    assert fold_case(fold_case(word)) == fold_case(word)


@given(WORDS)
def test_a_word_is_not_another_spelling_of_itself(word):
    found = list(spellings(word))
    assert word not in found
    assert len(found) == len(set(found))


def test_each_other_spelling_is_tried():
    assert {"don’t", "donʼt"} == set(spellings("don't"))
    assert "côte_d'azur" in set(spellings("co\u0302te d’azur"))


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_the_distance_is_symmetric_and_1_for_each_edit(a, b):
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, b) >= abs(len(a) - len(b))
    if a != b:
        assert (edit_distance(a, b) == 1) == (
            b in one_edit_away(a) or (b == "" and len(a) == 1)
        )


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("kitten", "sitting", 3), ("ca", "abc", 3), ("teh", "the", 1), ("", "abc", 3)],
)
def test_distances_of_the_literature(a, b, expected):
    """Levenshtein's kitten; "ca" and "abc" are 3 apart by optimal string alignment, not 2."""
    assert edit_distance(a, b) == expected
