"""Tables of labels in JSON lines, JSON as Pandas writes it, and Arrow."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest

import latentcli
from latentcli.errors import FormatError
from latentcli.files import factors, labels

TEMPO, KEY, LIVE, TAKEN = [90, 120, 61], ["A", "C", None], [True, False, True], [0.5, None, 2]
RECORDS = [
    {"tempo": tempo, "key": key, "live": live, "taken": taken}
    for tempo, key, live, taken in zip(TEMPO, KEY, LIVE, TAKEN, strict=True)
]
COLUMNS = {"tempo": TEMPO, "key": KEY, "live": LIVE, "taken": TAKEN}
FORMS = {
    "records": RECORDS,
    "answer": {"model": "m", "results": RECORDS},
    "columns": COLUMNS,
    "pandas": {name: dict(zip("012", cells, strict=True)) for name, cells in COLUMNS.items()},
    "index": dict(zip("012", RECORDS, strict=True)),
    "split": {
        "columns": [*COLUMNS],
        "index": [0, 1, 2],
        "data": [[*one.values()] for one in RECORDS],
    },
    "table": {
        "schema": {"primaryKey": ["index"]},
        "data": [{"index": row, **one} for row, one in enumerate(RECORDS)],
    },
}


@pytest.fixture
def put(tmp_path):
    def write(content, name="pieces.json"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    return write


def lines_of(records):
    return "".join(json.dumps(record) + "\n" for record in records)


def check(found):
    assert list(found) == list(COLUMNS)
    assert found["tempo"].dtype == np.int64
    assert found["tempo"].tolist() == TEMPO
    assert found["key"].tolist() == KEY
    assert found["live"].dtype == bool
    assert found["live"].tolist() == LIVE
    assert np.array_equal(found["taken"], [0.5, np.nan, 2], equal_nan=True)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_same_columns(put, form):
    check(factors.read(put(FORMS[form])))


@pytest.mark.parametrize("name", ["pieces.jsonl", "pieces.ndjson", "pieces", "pieces.json"])
def test_each_line_is_a_record(put, name):
    check(factors.read(put(lines_of(RECORDS), name)))


def test_one_line_is_one_record(put):
    assert factors.read(put('{"a": 1}\n', "one.jsonl"))["a"].tolist() == [1]


def test_what_a_record_lacks_is_missing(put):
    found = factors.read(put(lines_of([{"a": 1}, {"a": 2, "b": "x"}]), "p.jsonl"))
    assert found["b"].tolist() == [None, "x"]


@pytest.mark.parametrize("by_column", [True, False])
def test_keys_that_are_not_numbers_are_ids(put, by_column):
    rows = {f"song{row}": {"tempo": tempo} for row, tempo in enumerate(TEMPO)}
    columns = {"tempo": {f"song{row}": tempo for row, tempo in enumerate(TEMPO)}}
    found = factors.read(put(columns if by_column else rows))
    assert {name: cells.tolist() for name, cells in found.items()} == {
        "id": ["song0", "song1", "song2"],
        "tempo": TEMPO,
    }


def test_vectors_beside_the_labels_are_left_out(put, tmp_path):
    records = [{"vector": [1.0, 2.0], "label": label} for label in "xyz"]
    assert list(factors.read(put(lines_of(records), "p.jsonl"))) == ["label"]
    table = pa.table({"vector": [[1.0, 2.0]] * 3, "label": list("xyz")})
    parquet.write_table(table, tmp_path / "p.parquet")
    feather.write_feather(table, str(tmp_path / "p.feather"))
    for name in ("p.parquet", "p.feather"):
        found = factors.read(str(tmp_path / name))
        assert list(found) == ["label"]
        assert found["label"].tolist() == ["x", "y", "z"]


def test_categories_of_a_feather_file_are_texts(tmp_path):
    table = pa.table({"mode": pa.array(["major", "minor"] * 2).dictionary_encode()})
    feather.write_feather(table, str(tmp_path / "p.feather"))
    assert labels.read_classes(str(tmp_path / "p.feather"), 4) == ["major", "minor"] * 2


def test_classes_are_a_column_or_the_only_one(put):
    path = put(lines_of(RECORDS), "p.jsonl")
    assert labels.read_classes(f"{path}::key", 3) == KEY
    assert labels.read_classes(put(["x", "y"], "list.json"), 2) == ["x", "y"]
    with pytest.raises(FormatError, match="several columns"):
        labels.read_classes(path, 3)


def test_the_words_of_an_array_are_the_texts_of_records(put, tmp_path):
    np.save(tmp_path / "codes.npy", np.eye(3))
    named = [{"n": row, "title": title} for row, title in enumerate(["a", "b", "c"])]
    space = latentcli.open(tmp_path / "codes.npy", labels=put(lines_of(named), "p.jsonl"))
    assert np.array_equal(space["b"], [0, 1, 0])


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ('{"a": 1', "p.json", r"^p\.json: not JSON"),
        ('{"a": 1}\n{"a":\n', "p.jsonl", r"^p\.jsonl: line 2 is not JSON"),
        ('{"a": 1}', "p.json", "no table of labels"),
        ({"a": [1, 2], "b": [1]}, "p.json", "no table of labels"),
        ({"columns": ["a", "a"], "data": [[1, 2]]}, "p.json", "no table of labels"),
        ([[1, 2], [3]], "p.json", "no table of labels"),
        ([1, {"a": 2}], "p.json", "no table of labels"),
        ([{"vector": [1, 2]}, {"vector": [3, 4]}], "p.json", "no table of labels"),
        ("[" * 100_000, "p.json", "not JSON"),
    ],
)
def test_other_json_is_refused_in_one_line(put, content, name, message):
    with pytest.raises(FormatError, match=message):
        factors.read(put(content, name))


def test_numbers_too_large_for_floats_are_texts(put):
    large = 10**400
    assert factors.read(put(f'[{{"a": {large}}}, {{"a": 1}}]'))["a"].tolist() == [
        str(large),
        "1",
    ]


def test_columns_of_lists_alone_are_no_labels(tmp_path):
    parquet.write_table(pa.table({"vector": [[1.0, 2.0]]}), tmp_path / "p.parquet")
    with pytest.raises(FormatError, match="no column of labels"):
        factors.read(str(tmp_path / "p.parquet"))
