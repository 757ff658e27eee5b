"""The other columns of a table: shown beside answers, and asked by conditions."""

import datetime
import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import latentcli
from latentcli.errors import ParameterError
from latentcli.files.store.cache import open_entry
from latentcli.files.store.columns import ColumnsBuilder

ROWS = [
    {"text": "a", "vector": [1.0, 0.0], "lang": "en", "year": 1999, "ok": True, "meta": {"tags": ["x"]}},
    {"text": "b", "vector": [0.0, 1.0], "lang": "de", "year": 2001, "ok": False},
    {"text": "c", "vector": None, "lang": "fr", "year": 1},
    {"text": "d", "vector": [1.0, 1.0], "lang": None, "year": 2010.5, "late": "é\nz"},
]  # fmt: skip


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "t.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return file


@pytest.mark.parametrize("cache", [True, False])
def test_cells_stay_with_their_rows(path, cache):
    columns = open_entry(str(path), columns=True, cache=cache).columns
    assert columns.names == ("text", "lang", "year", "ok", "meta", "late")
    assert columns.values(["text", "ok", "year"], [2, 0, 1]) == {
        0: ["a", True, 1999], 1: ["b", False, 2001], 2: ["d", None, 2010.5],
    }  # fmt: skip
    assert columns.values(["meta", "late"], [0, 2]) == {
        0: ['{"tags": ["x"]}', None],
        2: [None, "é\nz"],
    }


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ('lang = "en"', [0]), ("lang = 'en'", [0]), ('lang == "en"', [0]), ('"lang" = "de"', [1]),
        ("lang IN ('en', 'de') AND year > 2000", [1]), ("lang IS NULL", [2]), ("not ok", [1]),
        ("ok = true", [0]), ("text LIKE 'D'", [2]), ("year BETWEEN 1990 AND 2000 OR lang = 'de'", [0, 1]),
        ("json_extract(meta, '$.tags[0]') = 'x'", [0]), ("1", [0, 1, 2]), ("year > 9999 -- none", []),
        ("LANG = 'en'", [0]), ("lang != 'e''n'", [0, 1]),
    ],
)  # fmt: skip
def test_conditions(path, where, rows):
    assert open_entry(str(path), columns=True).columns.matching(where).tolist() == rows


@pytest.mark.parametrize(
    "where",
    ["nothing = 1", "lang =", "1) UNION SELECT 1; --", "load_extension('x')", "lang = 'a", "1; DROP TABLE rows",
     "(SELECT count(*) FROM pragma_database_list)", "lang MATCH 'x'"],
)  # fmt: skip
def test_conditions_that_mean_nothing(path, where):
    with pytest.raises(ParameterError, match=r"`where`: .* The columns are: text, lang"):
        open_entry(str(path), columns=True).columns.matching(where)


def test_the_columns_are_read_when_they_are_asked_for(path, own_cache):
    space = latentcli.open(path)
    assert not list(own_cache.rglob("columns.db"))
    assert [hit.word for hit in space.neighbors("a", where="year > 2000")] == ["d", "b"]
    (kept,) = own_cache.rglob("columns.db")
    assert kept.parent.parent == own_cache  # with the vectors, which are not kept twice
    assert len(list(own_cache.iterdir())) == 1
    assert open_entry(str(path)).columns.names  # any later opening finds them
    kept.write_bytes(b"x")
    assert not open_entry(str(path)).cached


def test_answers_with_columns_of_the_names_that_answers_have(tmp_path):
    pq.write_table(
        pa.table({"word": ["a", "b"], "vector": [[1.0, 0.0], [1.0, 1.0]], "score": [7, 8]}),
        tmp_path / "t.parquet",
    )
    found = latentcli.open(tmp_path / "t.parquet").neighbors(
        "a", show=["score", "word", "score"]
    )
    assert found.columns == ("query", "rank", "word", "score", "table_score", "table_word")
    assert found.records[0]["table_score"] == 8
    assert found.records[0]["score"] == pytest.approx(math.sqrt(0.5))


def test_columns_that_are_not_there(path, samples):
    space = latentcli.open(path)
    with pytest.raises(ParameterError, match="`show`: no column 'x'; there are: text, lang"):
        space.neighbors("a", show=["x"])
    with pytest.raises(ParameterError, match="takes a list"):
        space.neighbors("a", show="lang")
    with pytest.raises(ParameterError, match="has no other columns"):
        latentcli.open(samples / "article-words.txt").neighbors("king", show=["x"])


def test_values_of_every_type_of_arrow(tmp_path):
    day = datetime.date(2020, 1, 2)
    table = pa.table(
        {
            "vector": [[1.0, 0.0], [0.0, 1.0]],
            "day": [day, None],
            "big": pa.array([2**63, 1], pa.uint64()),
            "raw": [b"\xff\x00a", None],
            "list": [["x", "é"], None],
            "nan": [float("nan"), 1.5],
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "a\"b'c": [1, 2],
            "Day": ["other", "case"],
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    columns = open_entry(str(tmp_path / "t.parquet"), columns=True).columns
    found = columns.values([*columns.names], [0, 1])
    assert dict(zip(columns.names, found[0], strict=True)) == {
        "day": "2020-01-02", "big": str(2**63), "raw": "\\xff\x00a", "list": '["x", "é"]', "nan": None,
        "kind": "a", "a\"b'c": 1, "Day": "other",
    }  # fmt: skip
    assert columns.matching("day > '2020-01-01'").tolist() == [0]
    assert columns.matching("Day_2 = 'case'").tolist() == [1]


cells = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
names = st.text(min_size=1, max_size=8)


@given(rows=st.lists(st.dictionaries(names, cells, max_size=4), min_size=1, max_size=5))
def test_any_names_and_cells(rows):
    builder = ColumnsBuilder(None)
    for row in rows:
        builder.add({name: [cell] for name, cell in row.items()}, 1)
    columns = builder.finish()
    for name in columns.names:
        for number, row in enumerate(rows):
            (found,) = columns.values([name], [number])[number]
            cell = row.get(name)
            if isinstance(cell, str):
                assert found == cell.encode("utf-8", "backslashreplace").decode()
            elif isinstance(cell, int) and not -(2**63) <= cell < 2**63:
                assert found == str(cell)
            else:
                assert found == cell


def test_many_columns_are_kept_as_far_as_there_is_room():
    builder = ColumnsBuilder(None)
    builder.add({f"c{n}": [n] for n in range(2500)}, 1)
    assert len(builder.finish().names) == 1900


def test_the_numbers_of_a_table_are_no_other_columns(tmp_path):
    (tmp_path / "t.csv").write_text("word,x,y,lang\na,1,2,en\nb,2,1,de\n")
    entry = open_entry(str(tmp_path / "t.csv"), columns=True)
    assert entry.columns.names == ("word", "lang")
    assert entry.columns.matching("lang = 'de'").tolist() == [1]
    assert np.asarray(entry.matrix).tolist() == [[1, 2], [2, 1]]
