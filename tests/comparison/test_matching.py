import numpy as np
import pytest

import latentcli
from latentcli.comparison._matching import match
from latentcli.errors import LatentError
from latentcli.numerics.named_rows import named_rows


@pytest.fixture
def words(tmp_path):
    """Write words, each with the vector given for it, and open the file."""

    def write(name, **vectors):
        path = tmp_path / name
        rows = (f"{word} {' '.join(map(str, vector))}\n" for word, vector in vectors.items())
        path.write_text("".join(rows))
        return named_rows(latentcli.open(path), "x")

    return write


@pytest.fixture
def array(tmp_path):
    def write(name, values):
        np.save(tmp_path / name, np.asarray(values, dtype=np.float32))
        return named_rows(latentcli.open(tmp_path / name), "x")

    return write


def test_words_are_matched_wherever_they_are(words):
    x = words("x.txt", a=(1, 2), b=(3, 4), c=(5, 6))
    y = words("y.txt", c=(1, 1, 1), d=(2, 2, 2), a=(3, 3, 3))
    found = match(x, y)
    assert (found.x.tolist(), found.y.tolist()) == ([0, 2], [2, 0])
    assert (found.by, found.unusable) == ("word", 0)


def test_rows_without_a_direction_are_left_out_with_their_partners(array):
    x = array("x.npy", [[1, 2], [0, 0], [np.nan, 1], [3, 4]])
    y = array("y.npy", [[np.inf, 1], [1, 1], [1, 2], [5, 6]])
    found = match(x, y, directions=True)
    assert (found.x.tolist(), found.y.tolist()) == ([3], [3])
    assert (found.by, found.unusable) == ("row", 3)


def test_a_row_of_zeros_is_a_code_where_directions_do_not_count(array):
    x = array("x.npy", [[1, 2], [0, 0], [np.nan, 1], [3, 4]])
    found = match(x, array("y.npy", np.ones((4, 2))))
    assert (found.x.tolist(), found.unusable) == ([0, 1, 3], 1)


def test_words_and_an_array_are_matched_by_row(words, array):
    found = match(words("x.txt", a=(1, 2), b=(3, 4)), array("y.npy", [[1, 2], [3, 4]]))
    assert (found.x.tolist(), found.by) == ([0, 1], "row")


def test_different_numbers_of_rows_are_both_told(array):
    with pytest.raises(LatentError, match="`x` has 2 rows and `y` 3"):
        match(array("x.npy", np.ones((2, 2))), array("y.npy", np.ones((3, 2))))


def test_nothing_in_common_is_told(words):
    with pytest.raises(LatentError, match="no word in common"):
        match(words("x.txt", a=(1, 2), b=(1, 2)), words("y.txt", c=(1, 2), d=(1, 2)))


@pytest.fixture
def labeled(tmp_path):
    """Write an array with a label for each row, and open it."""

    def write(name, labels):
        rows = np.random.default_rng(len(labels)).standard_normal((len(labels), 3))
        np.savez(tmp_path / name, w=rows, names=np.array(labels))
        return named_rows(latentcli.open(tmp_path / name), "x")

    return write


def test_repeated_labels_in_the_same_order_are_matched_row_by_row(labeled):
    x, y = labeled("x.npz", ["a", "b"] * 3), labeled("y.npz", ["a", "b"] * 3)
    found = match(x, y)
    assert found.x.tolist() == found.y.tolist() == [0, 1, 2, 3, 4, 5]
    assert found.repeated == 0


def test_else_the_first_row_of_a_repeated_label_counts(labeled):
    found = match(
        labeled("x.npz", ["a", "b", "a", "a"]), labeled("y.npz", ["c", "b", "a", "b"])
    )
    assert (found.x.tolist(), found.y.tolist()) == ([0, 1], [2, 1])
    assert found.repeated == 2


def test_pairs_of_a_lexicon_are_matched_each_row_once(words):
    x = words("x.txt", cat=(1, 2), dog=(3, 4), cow=(5, 6))
    y = words("y.txt", hund=(1, 1), katze=(2, 2), kater=(3, 3))
    pairs = [("cat", "katze"), ("cat", "kater"), ("dog", "hund"), ("cow", "kuh")]
    found = match(x, y, pairs)
    assert (found.x.tolist(), found.y.tolist()) == ([0, 1], [1, 0])
    assert (found.by, found.repeated, found.missing) == ("lexicon", 1, 1)
    with pytest.raises(LatentError, match="none of its pairs"):
        match(x, y, [("bird", "vogel")])
