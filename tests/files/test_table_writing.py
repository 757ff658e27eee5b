"""Tables that are written are read back: words, vectors, and the other columns, of any names and kinds."""

import json
import math
import shutil
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latentcli.errors import FormatError, ParameterError
from latentcli.files import contents, scales, writing
from latentcli.files.store.cache import open_entry

ENDINGS = [".jsonl", ".parquet", ".feather"]
LETTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.one_of(
    st.sampled_from(["", '"', "a,b\n", "é", "\u0000", "[1, 2]", "🙂"]),
    st.text(LETTERS, max_size=5),
)
CELLS = {
    "int": st.integers(-(1 << 63), (1 << 63) - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "text": TEXTS,
    "tags": st.lists(TEXTS, min_size=1, max_size=3),
    "nested": st.fixed_dictionaries(
        {"a": st.integers(0, 9), "b": st.lists(st.floats(0, 1), min_size=1)}
    ),
}
NAMES = st.text(LETTERS, max_size=5).filter(
    lambda name: (
        name.lower() not in ("vector", "embedding", "word", "emb", "n") and "\0" not in name
    )
)


@st.composite
def tables(draw):
    """Records with a text that tells them apart, a vector, and other fields in any order."""
    rows = draw(st.integers(1, 6))
    kinds = draw(st.dictionaries(NAMES, st.sampled_from([*CELLS]), max_size=4))
    order = draw(
        st.permutations(["text", "vector", *(name for name in kinds if name != "text")])
    )
    numbers = st.floats(-10, 10, width=32).filter(
        lambda number: number == 0 or abs(number) > 1e-6
    )
    made = []
    for row in range(rows):
        record = {}
        for name in order:
            if name == "text":
                record[name] = f"{row} {draw(TEXTS)}"
            elif name == "vector":
                record[name] = [1.0, *draw(st.lists(numbers, min_size=2, max_size=2))]
            else:
                record[name] = draw(st.none() | CELLS[kinds[name]])
        made.append(record)
    return made


def entry_of(path):
    return open_entry(f"{path}::vector@text", columns=True, cache=False)


def as_json(columns):
    """Columns whose cells are all missing are not told from those of another kind."""
    return {name: json.loads(json.dumps(cells)) for name, cells in columns.items()}


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=25)
@given(records=tables())
def test_a_table_is_read_back_with_all_its_columns(tmp_path_factory, ending, records):
    folder = tmp_path_factory.mktemp("tables")
    source = folder / "in.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    first = entry_of(source)
    target = folder / f"out{ending}"
    writing.write(contents.words_of(first), target)
    again = entry_of(target)
    rows = range(len(records))
    assert again.matrix.tobytes() == first.matrix.tobytes()
    assert again.vocabulary.words(rows) == [record["text"] for record in records]
    assert as_json(again.columns.cells(rows)) == {
        name: [record[name] for record in records] for name in records[0] if name != "vector"
    }
    for file in folder.iterdir():
        file.unlink()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_column_whose_name_has_nul_in_it_is_written_or_refused(tmp_path, ending):
    source, target = tmp_path / "in.jsonl", tmp_path / f"out{ending}"
    rows = [{"text": word, "\0": 1, "": None, "vector": [1.0, 2.0]} for word in "ab"]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    content = contents.words_of(entry_of(source))
    if ending != ".jsonl":
        with pytest.raises(FormatError, match="NUL in it"):
            writing.write(content, target)
        assert not target.exists()
    else:
        writing.write(content, target)
        assert {"\0", ""} <= {*json.loads(target.read_text().splitlines()[0])}


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=8)
@given(records=tables())
def test_int8_is_scaled_and_read_back(tmp_path_factory, ending, records):
    folder = tmp_path_factory.mktemp("tables")
    source = folder / "in.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    first = entry_of(source)
    writing.write(contents.words_of(first), folder / f"out{ending}", dtype="int8")
    again = entry_of(folder / f"out{ending}")
    step = np.abs(first.matrix).max(axis=1) / 127
    assert (np.abs(again.matrix - first.matrix) <= 0.5001 * step[:, None]).all()
    assert "vector_scale" not in again.columns.names
    # What was rounded once is not rounded again.
    writing.write(contents.words_of(again), folder / f"more{ending}", dtype="int8")
    assert np.allclose(entry_of(folder / f"more{ending}").matrix, again.matrix, rtol=1e-6)
    for file in folder.iterdir():
        file.unlink()


HALVES = [
    ending
    for one in writing.WRITERS.values()
    if "float16" in one.dtypes
    for ending in one.endings
]


@pytest.mark.parametrize("ending", HALVES)
@settings(max_examples=8)
@given(records=tables())
def test_float16_is_read_back_to_the_bit(tmp_path_factory, ending, records):
    folder = tmp_path_factory.mktemp("tables")
    source, target = folder / "in.jsonl", folder / f"out{ending}"
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    first = entry_of(source)
    writing.write(contents.words_of(first), target, dtype="float16")
    table = writing.WRITERS[writing.choose(target, "")].columns
    again = entry_of(target) if table else open_entry(str(target), cache=False)
    assert again.matrix.tolist() == first.matrix.astype(np.float16).tolist()
    shutil.rmtree(folder)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "docs.jsonl"
    rows = [
        {"title": "Cats", "n": 1, "vector": [0.1, 0.2, 3e-7]},
        {"title": "Dogs", "n": None, "vector": [1.0, -1.0, None]},
        {"title": "Cats", "n": 2.5, "vector": [0.0, 0.0, 0.0]},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def written(source, target, **options):
    entry = open_entry(str(source), columns=True, cache=False)
    writing.write(contents.words_of(entry), target, **options)
    return target


def test_what_is_not_finite_is_null_in_json(source, tmp_path):
    target = written(source, tmp_path / "out.jsonl")
    records = [json.loads(line) for line in target.read_text().splitlines()]
    assert records[0] == {"title": "Cats", "n": 1, "vector": [0.1, 0.2, 3e-7]}
    assert records[1]["vector"] == [1.0, -1.0, None]
    narrow = written(source, tmp_path / "int8.jsonl", dtype="int8")
    scaled = [json.loads(line) for line in narrow.read_text().splitlines()]
    assert scaled[1]["vector"] == [0, 0, 0]
    assert scaled[1]["vector_scale"] is None
    assert open_entry(str(narrow), cache=False).meta["findings"] == {"nan": 1, "zero": 1}


@pytest.mark.parametrize("ending", [".parquet", ".feather"])
def test_arrow_keeps_the_kinds_of_columns(tmp_path, ending):
    columns = {
        "word": ["a", "b"],
        "day": [date(2024, 1, 2), None],
        "time": pa.array([datetime(2024, 1, 2, 3, tzinfo=UTC), None]),
        "flag": [True, False],
        "tags": [["x"], None],
        "odd": [None, None],
        "vector": [[1.0, 2.0], [3.0, 4.0]],
    }
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    target = written(tmp_path / "in.parquet", tmp_path / f"out{ending}", dtype="float16")
    table = pq.read_table(target) if ending == ".parquet" else feather.read_table(target)
    assert table.schema.names == [*columns]
    assert str(table.schema.field("day").type) == "date32[day]"
    assert str(table.schema.field("flag").type) == "bool"
    assert str(table.schema.field("tags").type.value_type) == "string"
    assert str(table.schema.field("vector").type.value_type) == "halffloat"
    assert pa.types.is_timestamp(table.schema.field("time").type)
    assert table["time"].to_pylist()[0] == datetime(2024, 1, 2, 3, tzinfo=UTC)
    assert table["vector"].to_pylist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("ending", [".parquet", ".feather"])
@pytest.mark.parametrize(
    "cells",
    [
        [[1.0], ["a"]], [[True], ["a"]], [[1], [True]], [[True, 1], [1]], [[1, 0.5], [(1 << 53) + 1]],
        [{"a": 1}, {"a": [1]}], [{"a": True}, {"a": 1}], [[1 << 64], [1]], [[{}], [1]],
    ],
    ids=str,
)  # fmt: skip
def test_cells_that_have_no_type_together_become_text(tmp_path, ending, cells):
    rows = [{"word": "a", "x": cells[0], "vector": [1.0, 2.0]}] * 3
    rows += [{"word": "b", "x": cells[1], "vector": [2.0, 2.0]}]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    target = written(path, tmp_path / f"out{ending}")
    table = pq.read_table(target) if ending == ".parquet" else feather.read_table(target)
    assert table.schema.field("x").type == pa.string()
    assert [json.loads(cell) for cell in table["x"].to_pylist()] == [row["x"] for row in rows]


def test_words_that_no_column_has_get_a_column(source, tmp_path):
    labels = tmp_path / "labels.txt"
    labels.write_text("x\ny\nz\n")
    entry = open_entry(str(source), labels=str(labels), columns=True, cache=False)
    writing.write(contents.words_of(entry), tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["word"].to_pylist() == ["x", "y", "z"]
    assert table["title"].to_pylist() == ["Cats", "Dogs", "Cats"]


def test_numbers_beyond_float16_are_refused_and_nothing_is_left(tmp_path):
    (tmp_path / "in.jsonl").write_text('{"word": "a", "vector": [1e5, 1.0]}\n')
    with pytest.raises(ParameterError, match=r"float16, which holds numbers to 6\.55e\+04"):
        written(tmp_path / "in.jsonl", tmp_path / "out.parquet", dtype="float16")
    assert [child.name for child in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize("ending", [".txt", ".bin", ".fifu", ".tsv"])
def test_a_dtype_that_a_format_does_not_keep_is_refused(source, tmp_path, ending):
    with pytest.raises(ParameterError, match=r"`dtype` int8 is not kept in .*write \.jsonl"):
        written(source, tmp_path / f"out{ending}", dtype="int8")


def test_the_largest_number_of_a_row_becomes_127():
    values = np.array([[2.54, -1.27], [0.0, 0.0], [np.inf, 1.0]], np.float32)
    whole, found = scales.quantized(values)
    assert whole.tolist() == [[127, -64], [0, 0], [0, 0]]
    assert found[0] == np.float32(0.02)
    assert math.isnan(found[2])
