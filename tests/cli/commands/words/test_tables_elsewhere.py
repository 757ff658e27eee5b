"""Tables that are written are read by other libraries; other columns cost nothing where nobody wants them."""

import json
import subprocess
import sys

import numpy as np
import pytest

ROWS = [
    {"id": 1, "title": "Cats purr", "lang": "en", "tags": ["a", "b"], "embedding": [0.5, -1.25, 3.0]},
    {"id": 2, "title": "Hunde", "lang": None, "tags": None, "embedding": [1.0, 2.0, -0.5]},
    {"id": 3, "title": "猫 🙂", "lang": "ja", "tags": ["c"], "embedding": [0.0, 0.25, 1.0]},
]  # fmt: skip
VECTORS = [row["embedding"] for row in ROWS]


@pytest.fixture(params=["float32", "float16", "int8"])
def written(latent, tmp_path, request):
    """Convert JSON lines to Parquet; return its path, and the vectors that are to be there."""
    source = tmp_path / "docs.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    target = tmp_path / "docs.parquet"
    assert latent("convert", source, target, "--dtype", request.param, "-q")[0] == 0
    return target, request.param


def check(titles, langs, tags, vectors, scales=None):
    assert titles == [row["title"] for row in ROWS]
    assert langs == [row["lang"] for row in ROWS]
    assert [tag and [*tag] for tag in tags] == [row["tags"] for row in ROWS]
    found = np.array([[*row] for row in vectors], np.float64)
    if scales is not None:
        found *= np.array(scales)[:, None]
        assert np.abs(found - VECTORS).max() <= 0.51 * 3.0 / 127
    else:
        assert found.tolist() == VECTORS


def scales_of(dtype, column):
    return column() if dtype == "int8" else None


def test_pyarrow(written):
    pq = pytest.importorskip("pyarrow.parquet")
    path, dtype = written
    table = pq.read_table(path)
    columns = (table[name].to_pylist() for name in ("title", "lang", "tags", "vector"))
    check(*columns, scales_of(dtype, lambda: table["vector_scale"].to_pylist()))
    assert table.schema.names[:4] == ["id", "title", "lang", "tags"]


def test_pandas(written):
    pandas = pytest.importorskip("pandas")
    path, dtype = written
    frame = pandas.read_parquet(path)
    langs = [None if pandas.isna(lang) else lang for lang in frame["lang"]]
    tags = [None if tags is None else [*tags] for tags in frame["tags"]]
    scales = scales_of(dtype, lambda: frame["vector_scale"].tolist())
    check(frame["title"].tolist(), langs, tags, frame["vector"], scales)


def test_polars(written):
    polars = pytest.importorskip("polars")
    path, dtype = written
    frame = polars.read_parquet(path)
    columns = (frame[name].to_list() for name in ("title", "lang", "tags", "vector"))
    check(*columns, scales_of(dtype, lambda: frame["vector_scale"].to_list()))


def test_duckdb(written):
    duckdb = pytest.importorskip("duckdb")
    path, dtype = written
    scale = ", vector_scale" if dtype == "int8" else ""
    rows = duckdb.sql(f"SELECT title, lang, tags, vector{scale} FROM '{path}' ORDER BY id")
    check(*([*column] for column in zip(*rows.fetchall(), strict=True)))


def test_hugging_face_datasets(written, tmp_path):
    datasets = pytest.importorskip("datasets")
    path, dtype = written
    data = datasets.Dataset.from_parquet(str(path), cache_dir=str(tmp_path / "datasets"))
    columns = ([*data[name]] for name in ("title", "lang", "tags", "vector"))
    check(*columns, scales_of(dtype, lambda: [*data["vector_scale"]]))


RUN = """
import sys
from latentcli.cli.app import main
code = main(sys.argv[1:])
print("MODULES", code, *sorted(sys.modules))
"""


def modules(*words):
    """Return the modules that a command has imported."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *map(str, words)], capture_output=True, text=True
    )
    code, *found = done.stdout.partition("MODULES ")[2].split()
    assert code == "0", done.stderr
    return {*found}


def test_other_columns_cost_nothing_when_they_are_not_used(latent, tmp_path, own_cache):
    source = tmp_path / "docs.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    ask = ["neighbors", "Hunde", "-v", source]
    assert latent(*ask)[0] == 0
    assert not [*own_cache.rglob("columns.db")]
    libraries = {"sqlite3", "duckdb", "pyarrow", "pandas", "simdjson", "fsspec"}
    columns = {"latentcli.files.store.columns", "latentcli.files.vector_columns"}
    assert modules(*ask).isdisjoint(libraries | columns)
    assert modules(*ask, "--show", "lang", "--where", "id > 0") >= {"sqlite3"}
    assert [*own_cache.rglob("columns.db")]


@pytest.mark.parametrize("ending", [".parquet", ".feather", ".db"])
def test_no_library_of_tables_is_imported_to_ask_again(latent, tmp_path, ending):
    source = tmp_path / "docs.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    target = tmp_path / f"docs{ending}"
    if ending == ".db":
        import sqlite3

        base = sqlite3.connect(target)
        base.execute("CREATE TABLE docs (title TEXT, v BLOB)")
        cells = [(row["title"], np.array(row["embedding"], "<f4").tobytes()) for row in ROWS]
        base.executemany("INSERT INTO docs VALUES (?, ?)", cells)
        base.commit()
        base.close()
    else:
        assert latent("convert", source, target, "-q")[0] == 0
    ask = ["neighbors", "Hunde", "-v", target, "-q"]
    assert latent(*ask)[0] == 0
    assert modules(*ask).isdisjoint({"sqlite3", "pyarrow", "duckdb"})
