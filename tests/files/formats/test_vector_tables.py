"""Tables in which one column holds vectors: the same table in every format, and what is odd in one."""

import gzip
import io
import json
import sqlite3

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.errors import FormatError
from latentcli.files.store.cache import open_entry

WORDS = ["king", "new york", "café", "don't"]
VALUES = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
ROWS = [
    {"id": n, "text": word, "embedding": values.tolist()}
    for n, (word, values) in enumerate(zip(WORDS, VALUES, strict=True))
]


def database(rows, name="docs", blob=True):
    base = sqlite3.connect(":memory:")
    base.execute(f'CREATE TABLE "{name}" (id INTEGER, embedding BLOB, text TEXT)')
    for row in rows:
        vector = row["embedding"]
        cell = np.array(vector, "<f4").tobytes() if blob and vector else json.dumps(vector)
        base.execute(f'INSERT INTO "{name}" VALUES (?, ?, ?)', (row["id"], cell, row["text"]))
    base.commit()
    return base.serialize()


def ipc(rows, *, stream):
    table = pa.Table.from_pylist(rows)
    out = io.BytesIO()
    if not stream:
        feather.write_feather(table, out)
        return out.getvalue()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table, max_chunksize=3)
    return out.getvalue()


def parquet(rows):
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def delimited(rows, separator=",", cell=json.dumps):
    cells = [(str(row["id"]), row["text"], cell(row["embedding"])) for row in rows]
    quoted = [(number, f'"{text}"', f'"{vector}"') for number, text, vector in cells]
    lines = map(separator.join, [("id", "text", "embedding"), *quoted])
    return "\n".join(lines) + "\n"


def printed(vector):
    return "[" + " ".join(map(repr, vector)) + "]"


FORMATS = {
    "JSON lines": lambda rows: "".join(json.dumps(row) + "\n" for row in rows),
    "JSON lines, UTF-8": lambda rows: "\n".join(
        json.dumps(r, ensure_ascii=False) for r in rows
    ),
    "JSON records": json.dumps,
    "JSON records, printed": lambda rows: json.dumps(rows, indent=1),
    "an answer": lambda rows: json.dumps({"object": "list", "data": rows, "model": "m"}),
    "answers, one a line": lambda rows: "".join(
        json.dumps({"custom_id": row["text"], "response": {"body": {"data": [row]}}}) + "\n"
        for row in rows
    ),
    "CSV": delimited,
    "TSV": lambda rows: delimited(rows, "\t"),
    "CSV, semicolons": lambda rows: delimited(rows, ";"),
    "CSV, NumPy's print": lambda rows: delimited(rows, cell=printed),
    "CSV, PostgreSQL": lambda rows: delimited(
        rows, cell=lambda v: "{" + ",".join(map(repr, v)) + "}"
    ),
    "SQLite": database,
    "SQLite, JSON": lambda rows: database(rows, blob=False),
    "Parquet": parquet,
    "Feather": lambda rows: ipc(rows, stream=False),
    "Arrow stream": lambda rows: ipc(rows, stream=True),
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_table_in_every_format(opened, table, name):
    entry = opened(FORMATS[name](ROWS))
    assert table(entry) == dict(zip(WORDS, VALUES.tolist(), strict=True))
    (note,) = entry.notes
    assert "'text'" in note


def test_an_object_of_vectors_is_words(opened, table):
    made = dict(zip(WORDS, VALUES.tolist(), strict=True))
    assert table(opened(json.dumps(made))) == made


WRAPPED = {
    "Gemini": lambda: [{**row, "embedding": {"values": row["embedding"]}} for row in ROWS],
    "columns": lambda: {name: [row[name] for row in ROWS] for name in ROWS[0]} | {"model": "m", "n": 5},
    "Cohere": lambda: {"texts": WORDS, "embeddings": {"float": VALUES.tolist()}, "meta": {"v": 2}},
    "Chroma": lambda: {"ids": ["a", "b", "c", "d"], "embeddings": VALUES.tolist(), "documents": WORDS},
    "Pinecone": lambda: {"vectors": [{"id": w, "values": v} for w, v in zip(WORDS, VALUES.tolist(), strict=True)]},
    "Qdrant": lambda: {"result": {"points": [{"id": n, "name": row["text"], "vector": row["embedding"]}
                                             for n, row in enumerate(ROWS)]}},
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPPED)
def test_what_apis_wrap_vectors_in(opened, table, name):
    expected = dict(zip(WORDS, VALUES.tolist(), strict=True))
    assert table(opened(json.dumps(WRAPPED[name]()))) == expected


def test_wrapped_vectors_of_json_lines(opened, table):
    lines = "".join(json.dumps(row) + "\n" for row in WRAPPED["Gemini"]())
    assert table(opened(lines)) == dict(zip(WORDS, VALUES.tolist(), strict=True))


def test_columns_of_a_long_object_are_rows(opened):
    words = [f"w{n}" for n in range(2000)]
    values = np.random.default_rng(0).normal(size=(2000, 20)).round(3)
    entry = opened(json.dumps({"text": words, "n": [*range(2000)], "v": values.tolist()}))
    assert entry.matrix == pytest.approx(values.astype(np.float32))
    assert entry.vocabulary.words([0, 1999]) == ["w0", "w1999"]


@pytest.mark.parametrize("name", FORMATS)
def test_texts_that_occur_again_keep_their_rows(opened, name):
    rows = [{**row, "text": "same"} for row in ROWS]
    entry = opened(FORMATS[name](rows))
    assert entry.vocabulary.words(range(4)) == ["same"] * 4
    assert (entry.norms > 0).all()
    assert any("share their label" in note for note in entry.notes)


DAMAGED = [
    {"id": 4, "text": "null", "embedding": None},
    {"id": 5, "text": "short", "embedding": [1.0, 2.0]},
    {"id": 6, "text": "long", "embedding": [1.0, 2.0, 3.0, 4.0]},
]


@pytest.mark.parametrize("name", [name for name in FORMATS if "CSV" not in name])
def test_rows_without_a_vector_are_dropped_counted_and_named(opened, name):
    entry = opened(FORMATS[name](ROWS + DAMAGED))
    assert entry.vocabulary.words(range(4)) == WORDS
    assert entry.matrix.shape == (4, 3)
    assert entry.meta["findings"]["length"] == 2
    assert sum(entry.meta["findings"].values()) == 3
    assert "rows of other lengths dropped (first: row 5)" in entry.notes[0]


@pytest.mark.parametrize("name", ["JSON lines", "JSON records", "Parquet", "SQLite"])
def test_a_table_that_is_mostly_without_vectors_is_refused(opened, name):
    short = [{"id": 9, "text": "short", "embedding": [1.0]}]
    with pytest.raises(FormatError, match=r"\(first: row 80\)"):
        opened(FORMATS[name](ROWS * 20 + short * 100))


COLUMNS = ["JSON lines", "JSON records", "CSV", "Parquet", "SQLite", "Feather"]


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_chosen_by_name(put, table, name):
    rows = [
        {"id": row["id"], "text": f"t{row['id']}", "embedding": row["embedding"]}
        for row in ROWS
    ]
    path = put(FORMATS[name](rows))
    expected = dict(zip(["t0", "t1", "t2", "t3"], VALUES.tolist(), strict=True))
    assert table(open_entry(f"{path}::embedding@text")) == expected
    assert table(open_entry(f"{path}::@text")) == expected
    with pytest.raises(FormatError, match="nothing"):
        open_entry(f"{path}::nothing")


def test_tables_of_a_database_are_named(put):
    base = sqlite3.connect(":memory:")
    for name, scale in (("a", 1), ("b", 2)):
        base.execute(f"CREATE TABLE {name} (word TEXT, v BLOB)")
        base.executemany(
            f"INSERT INTO {name} VALUES (?, ?)",
            [(w, (v * scale).tobytes()) for w, v in zip(WORDS, VALUES, strict=True)],
        )
    base.commit()
    path = put(base.serialize(), "two.db")
    with pytest.raises(FormatError, match=r"several tables of vectors \(a, b\)\. Pick one"):
        open_entry(str(path))
    for key in ("b", "b.v", "b.v@word", "b@word"):
        entry = open_entry(f"{path}::{key}")
        assert entry.matrix.tolist() == (VALUES * 2).tolist()
        assert entry.vocabulary.words([0]) == ["king"]


def test_a_hostile_database_runs_nothing(put, tmp_path):
    base = sqlite3.connect(":memory:")
    base.execute('CREATE TABLE "x""; DROP TABLE y; --" (word TEXT, v BLOB)')
    base.executemany(
        'INSERT INTO "x""; DROP TABLE y; --" VALUES (?, ?)',
        [(w, v.tobytes()) for w, v in zip(WORDS, VALUES, strict=True)],
    )
    base.execute(
        "CREATE VIEW bomb AS SELECT load_extension('/nowhere') AS word, randomblob(9) AS v"
    )
    base.commit()
    path = put(base.serialize(), "hostile.db")
    before = sorted(tmp_path.iterdir())
    entry = open_entry(str(path), cache=False)
    assert entry.vocabulary.words(range(4)) == WORDS
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["SQLite", "Feather", "Arrow stream", "JSON lines"])
def test_a_truncated_table_is_refused_or_read_in_one_line(opened, name):
    content = FORMATS[name](ROWS * 50)
    content = content.encode() if isinstance(content, str) else content
    with pytest.raises(FormatError) as error:
        opened(content[: len(content) * 2 // 3])
    assert str(error.value).isprintable()


def test_a_message_that_promises_more_than_there_is_takes_no_memory(opened):
    content = bytearray(ipc(ROWS, stream=False))
    content[12:16] = (1 << 30).to_bytes(4, "little")
    before = pa.default_memory_pool().max_memory()
    with pytest.raises(FormatError, match="a damaged Arrow file"):
        opened(bytes(content))
    assert pa.default_memory_pool().max_memory() - before < 1 << 29


@pytest.mark.parametrize("stream", [False, True])
def test_packed_arrow_is_looked_through_too(opened, table, stream):
    packed = gzip.compress(ipc(ROWS, stream=stream))
    assert table(opened(packed, "t.gz")) == dict(zip(WORDS, VALUES.tolist(), strict=True))


def test_keys_that_occur_again_are_told(opened):
    entry = opened('{"king": [9, 9], "queen": [1, 2], "king": [3, 4]}')
    assert entry.matrix.tolist() == [[3, 4], [1, 2]]
    assert "1 of its keys occur more than once (first: king, 2 times)" in entry.notes[0]


NAMES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=8)
NUMBERS = st.floats(-1e6, 1e6, width=32).filter(lambda number: abs(number) > 1e-6)


@st.composite
def tables(draw):
    count, dimensions = draw(st.integers(3, 8)), draw(st.integers(2, 5))
    vector, text, other = draw(st.lists(NAMES, min_size=3, max_size=3, unique_by=str.lower))
    words = draw(st.lists(NAMES, min_size=count, max_size=count, unique=True))
    values = [
        draw(st.lists(NUMBERS, min_size=dimensions, max_size=dimensions)) for _ in range(count)
    ]
    order = draw(st.permutations([vector, text, other]))
    rows = [
        {name: {vector: v, text: w, other: n}[name] for name in order}
        for n, (v, w) in enumerate(zip(values, words, strict=True))
    ]
    return rows, words, np.array(values, dtype=np.float32)


@pytest.mark.parametrize("name", ["JSON lines", "JSON records", "Parquet", "Feather"])
@given(made=tables())
def test_the_vector_and_the_text_are_found_whatever_their_names(tmp_path_factory, name, made):
    rows, words, values = made
    content = FORMATS[name](rows)
    path = tmp_path_factory.mktemp("table") / "t"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    entry = open_entry(str(path), cache=False)
    assert entry.matrix.tolist() == values.tolist()
    assert entry.vocabulary.words(range(len(words))) == words
