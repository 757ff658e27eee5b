"""Files made by a grammar are read as they were written, or refused: never as another table.

The normal run takes a few hundred; `LATENT_GRAMMAR=20000` as many as it says, with
`LATENT_TEST_SEED=N` others than those of 0 (`make fuzz SEED=N`).
"""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from latentcli.errors import LatentError
from latentcli.files.store.cache import open_entry

sys.path.insert(0, str(Path(__file__).parent))
from grammar import made

COUNT = int(os.environ.get("LATENT_GRAMMAR", "400"))
FIRST = 1_000_000 * int(os.environ.get("LATENT_TEST_SEED", "0"))
PARTS = 20


def read(path):
    """Read a file as words (None: none) and rows; None if it is refused."""
    try:
        entry = open_entry(str(path), cache=False)
    except LatentError:
        return None
    words = entry.vocabulary.words(range(len(entry.matrix))) if entry.vocabulary.named else None
    return words, entry.matrix


def difference(found, table):
    """Say in what a table that was read differs from the one that was written; "" for nothing."""
    if found is None:
        return ""
    words, matrix = found
    expected = np.array(table.rows).astype(np.float32)
    if matrix.shape != expected.shape:
        return f"{matrix.shape} for {expected.shape}"
    if matrix.tobytes() != expected.tobytes() and not np.array_equal(matrix, expected):
        return "other numbers"
    written = table.words
    if written is not None and table.how["encoding"] == "latin-1":
        written = [w.encode("latin-1").decode("utf-8", "backslashreplace") for w in written]
    return "" if words == written else f"words {words} for {written}"


@pytest.mark.parametrize(
    "seed",
    [
        26001725,
        26004133,
        26004877,
        26013684,
        26017675,
        26017806,
        26018798,
        27003803,
        27004730,
        27009836,
        27010909,
        27014382,
        28001336,
        28007010,
        28008393,
        28010476,
        28011822,
        28011642,
        28018718,
        43001085,
        44005817,
        44006568,
        44013552,
        44019065,
        45012113,
        46001414,
        53004589,
        53018655,
        54016591,
        55013756,
        56019671,
        57004595,
        58014155,
        58007877,
        59016839,
        58012637,
        62014592,
        51012514,
        47007433,
        49012718,
    ],
)
def test_what_a_campaign_found_is_read_or_refused(tmp_path, seed):
    """Decimal commas with a comma at the end, numbers in quotes in brackets, words that are numbers, tabs in cells."""
    path = tmp_path / "vectors.txt"
    table = made(seed)
    path.write_bytes(table.content)
    assert difference(read(path), table) == ""


@pytest.mark.parametrize("part", range(PARTS))
def test_a_table_is_read_as_it_was_written_or_refused(tmp_path, part):
    path = tmp_path / "vectors.txt"
    wrong = {}
    for seed in range(FIRST + part, FIRST + COUNT, PARTS):
        table = made(seed)
        path.write_bytes(table.content)
        if found := difference(read(path), table):
            wrong[seed] = f"{found}; {table.how}; {table.content[:400]!r}"
    assert wrong == {}


def test_ordinary_ways_to_write_are_read(tmp_path):
    """Most of what people write is read, and not only refused."""
    path = tmp_path / "vectors.txt"
    plain = odd = 0
    for seed in range(400):
        table = made(seed)
        how = table.how
        usual = (
            how["quote"] == "" and how["tail"] != "separator" and how["encoding"] != "utf-16"
        )
        if usual and how["separator"] != "|" and how["rows"] > 2 and how["dimensions"] > 2:
            path.write_bytes(table.content)
            plain += read(path) is not None
            odd += 1
    assert plain > 0.6 * odd
