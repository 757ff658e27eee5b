"""`.magnitude`: made here as the converter of pymagnitude makes it."""

import sqlite3

import numpy as np
import pytest

from latentcli.errors import FormatError

WORDS = ["king", "new york", "café", 'x"; --']
VALUES = np.random.default_rng(0).normal(size=(4, 5))


def magnitude(words=WORDS, values=VALUES, digits=7, dimensions=None):
    base = sqlite3.connect(":memory:")
    count = values.shape[1]
    columns = ", ".join(f"dim_{number} INTEGER" for number in range(count))
    base.execute(
        f"CREATE TABLE `magnitude` (key TEXT COLLATE NOCASE, {columns}, magnitude REAL)"
    )
    base.execute("CREATE TABLE `magnitude_format` (key TEXT COLLATE NOCASE, value INTEGER)")
    base.execute("CREATE TABLE `magnitude_approx` (trees INTEGER, index_file BLOB)")
    base.execute("INSERT INTO magnitude_approx VALUES (1, zeroblob(100))")
    marks = ", ".join("?" * (count + 2))
    for word, row in zip(words, values, strict=True):
        norm = np.linalg.norm(row)
        whole = [round(float(number) * 10**digits) for number in row / norm]
        base.execute(f"INSERT INTO magnitude VALUES ({marks})", (word, *whole, float(norm)))
    settings = {
        "version": 2,
        "size": len(words),
        "dim": dimensions or count,
        "precision": digits,
    }
    base.executemany("INSERT INTO magnitude_format VALUES (?, ?)", settings.items())
    base.commit()
    return base


def test_vectors_are_as_they_were_before_they_were_divided_by_their_norms(opened):
    entry = opened(magnitude().serialize(), "v.magnitude")
    assert entry.vocabulary.words(range(4)) == WORDS
    assert np.allclose(entry.matrix, VALUES, atol=1e-6)
    assert entry.meta["format"] == "Magnitude"
    assert "rounded to 7 digits" in entry.notes[0]


def test_of_a_word_that_is_there_twice_the_first_counts(opened):
    entry = opened(magnitude(["king", "king", "King", "x"]).serialize())
    assert (entry.norms > 0).tolist() == [True, False, True, True]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE magnitude_format SET value = 'many' WHERE key = 'precision'",
        "UPDATE magnitude_format SET value = -1 WHERE key = 'precision'",
        "DELETE FROM magnitude_format",
        "ALTER TABLE magnitude RENAME COLUMN dim_3 TO dim_9",
        "UPDATE magnitude SET dim_2 = 'text'",
    ],
)
def test_a_damaged_one_is_refused(opened, change):
    base = magnitude()
    base.execute(change)
    base.commit()
    with pytest.raises(FormatError, match="damaged"):
        opened(base.serialize())


def test_a_number_that_is_missing_is_nan_and_its_row_no_answer(opened):
    base = magnitude()
    base.execute("UPDATE magnitude SET dim_2 = NULL WHERE key = 'king'")
    base.commit()
    entry = opened(base.serialize())
    assert entry.norms[0] == 0
    assert entry.meta["findings"] == {"nan": 1}
