"""`latentcli.represent`: what the function takes and gives; its numbers are in tests/definitions."""

import numpy as np
import pytest

import latentcli
from latentcli import LatentError, ParameterError

TEXTS = ["king man", "king woman", "castle"]


@pytest.fixture
def space(samples):
    return latentcli.open(samples / "article-words.txt")


def test_a_file_of_vectors_and_one_of_counts_are_read(samples, space, tmp_path):
    (tmp_path / "counts.txt").write_text("king 5\nman 2\nwoman 1\ncastle 1\n")
    by_name = latentcli.represent(
        TEXTS, samples / "article-words.txt", counts=tmp_path / "counts.txt"
    )
    by_value = latentcli.represent(
        TEXTS, space, counts={"king": 5, "man": 2, "woman": 1, "castle": 1}
    )
    assert by_name.records == by_value.records
    assert by_name.settings["counts"] == 4


def test_the_vectors_are_those_of_the_texts(space):
    found = latentcli.represent(TEXTS, space)
    mean = (space["king"] + space["man"]) / 2
    np.testing.assert_allclose(found.vectors["mean of word vectors"][0], mean)
    assert [view.title for view in found.views] == [
        "representation types",
        "cosine of each pair of texts",
    ]
    assert found.dimensions == {
        "one-hot": 3, "bag of words": 6, "mean of word vectors": 3, "SIF": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"smoothing": 0.0}, "`smoothing` is 0; it must be a number above 0"),
        ({"smoothing": float("nan")}, "`smoothing` is nan"),
        ({"common": "word"}, "Did you mean words?"),
    ],
)
def test_what_has_no_meaning_is_a_usage_error(space, arguments, message):
    with pytest.raises(ParameterError) as error:
        latentcli.represent(TEXTS, space, **arguments)
    assert message in str(error.value)


def test_rows_without_words_are_refused(samples):
    with pytest.raises(LatentError, match="has no words"):
        latentcli.represent(TEXTS, samples / "codes.npy")


def test_a_text_of_any_length_is_named_in_a_line(space):
    with pytest.raises(LatentError) as error:
        latentcli.represent(["king", "." * 100_000], space)
    assert len(str(error.value)) < 150
