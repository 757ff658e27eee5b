"""Tables of any column names, orders, missing cells, letters, nesting and quotes, in every kind: read as they were made."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from latentcli.files.store.cache import open_entry

sys.path.insert(0, str(Path(__file__).parent))
from good_tables import KINDS

LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"])
MARKS = st.sampled_from(list("\"',;|[]{}()\\#:=\u00a0\u202e\u0301🙂東"))
TEXTS = st.text(st.one_of(LETTERS, MARKS), max_size=8) | st.sampled_from(
    [
        "I paid 5",
        "2 apples",
        "see [1",
        "a\nb",
        'a\n\n"b" c',
        "x, y; z\tw",
        '12" vinyl',
        "0,5",
        "NA",
        "[1, 2",
        "e5 5e",
    ]
)
WORDS = st.builds("{}{}".format, st.sampled_from("aé東x"), TEXTS.map(str.rstrip))
"""Texts that begin with a letter: CSV does not tell a text of digits from a number."""

NAMES = st.builds(
    "{}{}".format,
    st.sampled_from("bßя"),
    st.text(st.one_of(LETTERS, MARKS), max_size=5).map(str.rstrip),
)
NUMBERS = st.floats(-1e3, 1e3, width=32).filter(lambda number: abs(number) > 1e-3)
CELLS = st.sampled_from([
    st.integers(-999, 999), st.booleans(), WORDS, st.lists(WORDS, min_size=1, max_size=2),
    st.fixed_dictionaries({"a": st.integers(0, 9), "b": WORDS}), NUMBERS,
])  # fmt: skip
WHOLE = [name for name in KINDS if not name.startswith(("words.", "dataset"))]
"""Kinds that hold any column."""

SHOWN = [name for name in WHOLE if not name.startswith("answer")]
"""Kinds whose records have the columns that were made, and no other."""


@st.composite
def tables(draw):
    """Draw records: texts that tell them apart, vectors, other columns in any order, with nothing in some cells."""
    rows, size = draw(st.integers(2, 6)), draw(st.integers(2, 5))
    taken = {"text", "embedding", "embedding_scale"}
    others = draw(st.dictionaries(NAMES, CELLS, max_size=4))
    seen = set()
    others = {
        name: cells
        for name, cells in others.items()
        if name.casefold() not in taken | seen and not seen.add(name.casefold())
    }
    texts = draw(st.lists(WORDS, min_size=rows, max_size=rows, unique=True))
    vectors = draw(
        st.lists(st.lists(NUMBERS, min_size=size, max_size=size), min_size=rows, max_size=rows)
    )
    order = draw(st.permutations(["text", "embedding", *others]))
    made = []
    for text, vector in zip(texts, vectors, strict=True):
        cells = {"text": text, "embedding": vector}
        cells |= {name: draw(st.none() | cell) for name, cell in others.items()}
        made.append({name: cells[name] for name in order})
    return made


def read(place, kind, records, key=""):
    """Write records, open them, and take them away."""
    content = KINDS[kind](records)
    path = place / kind
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.mkdir()
        for name, data in content.items():
            (path / name).write_bytes(data)
    try:
        return open_entry(f"{path}{key}", columns=kind in WHOLE, cache=False)
    finally:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "words.magnitude"])
@settings(max_examples=25)
@given(records=tables())
def test_texts_and_vectors_are_found(place, kind, records):
    # Named lists, one of them as arrays are called, are several arrays, not words.
    assume(kind != "words.json" or "x" not in {row["text"] for row in records})
    entry = read(place, kind, records, "" if kind.startswith("words.") else "::embedding@text")
    assert entry.matrix == pytest.approx(
        np.float32([row["embedding"] for row in records]), rel=1e-6
    )
    assert entry.vocabulary.words(range(len(records))) == [row["text"] for row in records]


@pytest.mark.parametrize("kind", WHOLE)
@settings(max_examples=15)
@given(records=tables())
def test_the_column_of_vectors_is_found_by_itself(place, kind, records):
    plain = [
        {
            name: cell
            for name, cell in row.items()
            if not isinstance(cell, list | dict) or name == "embedding"
        }
        for row in records
    ]
    if len({tuple(row) for row in plain}) > 1:
        return
    entry = read(place, kind, plain)
    assert entry.matrix.tolist() == np.float32([row["embedding"] for row in records]).tolist()
    assert entry.vocabulary.words(range(len(records))) == [row["text"] for row in records]


@pytest.mark.parametrize("kind", SHOWN)
@settings(max_examples=15)
@given(records=tables())
def test_other_columns_are_carried(place, kind, records):
    entry = read(place, kind, records, "::embedding@text")
    rows = range(len(records))
    found = entry.columns.cells(rows)
    assert [*found] == [name for name in records[0] if name != "embedding"]
    for name, cells in found.items():
        made = [row[name] for row in records]
        for cell, given_ in zip(cells, made, strict=True):
            if given_ is None or isinstance(given_, str):
                assert cell == given_
            elif isinstance(given_, int | float) and isinstance(cell, int | float):
                assert float(cell) == pytest.approx(float(given_))
