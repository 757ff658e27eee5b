"""DuckDB: its tables of vectors, and nothing else of it."""

import sys

import numpy as np
import pytest

from latentcli.errors import FormatError
from latentcli.files.store.cache import open_entry

WORDS = ["king", "new york", "café", "don't"]
VALUES = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
HEAD = bytes(8) + b"DUCK" + bytes(4096)


@pytest.mark.parametrize("checksum", [bytes(8), b"\xff\xfe" + bytes(6), b"\xfe\xff" + bytes(6)])
def test_without_duckdb_it_says_what_to_install(put, monkeypatch, checksum):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(FormatError, match=r"needs duckdb; install it with: pip install 'lat"):
        open_entry(str(put(checksum + HEAD[8:], "v.duckdb")))


@pytest.fixture
def made(tmp_path):
    """Make a database of some statements; VECTORS stands for the table `docs` of the words."""
    duckdb = pytest.importorskip("duckdb")

    def make(*statements, kind="FLOAT[3]"):
        path = tmp_path / "v.duckdb"
        with duckdb.connect(str(path)) as base:
            for statement in statements:
                if statement != "VECTORS":
                    base.execute(statement)
                    continue
                base.execute(f"CREATE TABLE docs (id INT, title TEXT, topic TEXT, emb {kind})")
                base.executemany(
                    "INSERT INTO docs VALUES (?, ?, 'royal', ?)",
                    [
                        (n, w, v.tolist())
                        for n, (w, v) in enumerate(zip(WORDS, VALUES, strict=True))
                    ],
                )
        return path

    return make


@pytest.mark.parametrize("kind", ["FLOAT[3]", "FLOAT[]", "DOUBLE[]"])
def test_vectors_words_and_columns(made, table, kind):
    path = made("VECTORS", "CREATE TABLE other (a TEXT)", kind=kind)
    before = sorted(path.parent.iterdir())
    for address in (path, f"{path}::docs", f"{path}::docs.emb", f"{path}::emb@title"):
        assert table(open_entry(str(address), cache=False)) == dict(
            zip(WORDS, VALUES.tolist(), strict=True)
        )
    entry = open_entry(str(path), columns=True, cache=False)
    assert entry.columns.values(["topic", "id"], [2]) == {2: ["royal", 2]}
    assert sorted(path.parent.iterdir()) == before


def test_rows_without_a_vector_are_dropped_and_counted(made):
    path = made(
        "VECTORS",
        "INSERT INTO docs VALUES (9, 'x', '', NULL), (10, 'y', '', [1])",
        kind="FLOAT[]",
    )
    assert open_entry(str(path)).meta["findings"] == {"missing": 1, "length": 1}


def test_several_tables_are_named(made):
    path = made("VECTORS", 'CREATE TABLE "a ""b" AS SELECT * FROM docs')
    with pytest.raises(FormatError, match="several tables of vectors"):
        open_entry(str(path))
    assert open_entry(f'{path}::a "b').vocabulary.words([0]) == ["king"]


def test_views_are_not_read(made, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("word,emb\nking,1\n")
    path = made("VECTORS", f"CREATE VIEW spy AS SELECT * FROM read_csv('{secret}')")
    assert open_entry(str(path)).vocabulary.words(range(4)) == WORDS
    with pytest.raises(FormatError, match="no column of vectors 'spy'"):
        open_entry(f"{path}::spy")


@pytest.mark.parametrize("damage", ["cut", "zeros", "head"])
def test_a_damaged_one_is_one_line(made, damage):
    path = made("VECTORS")
    raw = path.read_bytes()
    path.write_bytes(
        {"cut": raw[:5000], "zeros": raw[:4096] + bytes(len(raw)), "head": HEAD}[damage]
    )
    with pytest.raises(FormatError) as error:
        open_entry(str(path))
    assert str(error.value).isprintable()
