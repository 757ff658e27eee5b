"""The bundled words as records in every format: the same answers, with a column of the table beside them."""

import csv
import functools
import http.server
import io
import json
import sqlite3
import subprocess
import sys
import threading

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

import latentcli

SHARDS = 4


def jsonl(folder, table):
    lines = (json.dumps(row) + "\n" for row in table.to_pylist())
    (folder / "w.jsonl").write_text("".join(lines))


def table_csv(folder, table):
    rows = [{**row, "embedding": json.dumps(row["embedding"])} for row in table.to_pylist()]
    with (folder / "w.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, table.column_names)
        writer.writeheader()
        writer.writerows(rows)


def database(folder, table):
    with sqlite3.connect(folder / "w.db") as base:
        base.execute("CREATE TABLE docs (id INTEGER, word TEXT, topic TEXT, embedding BLOB)")
        base.executemany(
            "INSERT INTO docs VALUES (?, ?, ?, ?)",
            [(*[*row.values()][:3], np.array(row["embedding"], "<f4").tobytes())
             for row in table.to_pylist()],
        )  # fmt: skip
    base.close()


def shards(folder, table):
    (folder / "shards").mkdir()
    step = -(-len(table) // SHARDS)
    for number in range(SHARDS):
        pq.write_table(
            table.slice(number * step, step), folder / "shards" / f"{number}.parquet"
        )


WRITERS = {
    "w.jsonl": jsonl,
    "w.csv": table_csv,
    "w.parquet": lambda folder, table: pq.write_table(table, folder / "w.parquet"),
    "w.feather": lambda folder, table: feather.write_feather(table, str(folder / "w.feather")),
    "w.db": database,
    "shards": shards,
    "shards/*.parquet": lambda folder, table: None,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All files: the 10,000 words, with a topic that is made of their letters."""
    folder = tmp_path_factory.mktemp("tables")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENT_CACHE_DIR", str(folder / "cache"))
        space = latentcli.open()
        words = [word for _, word in space.words.items()]
        vectors = np.asarray(space.matrix)
    table = pa.table(
        {
            "id": list(range(len(words))),
            "word": words,
            "topic": [("art", "sport", "home")[len(word) % 3] for word in words],
            "embedding": pa.array([*vectors], pa.list_(pa.float32())),
        }
    )
    for write in WRITERS.values():
        write(folder, table)
    return folder


@pytest.fixture(scope="module")
def expected(folder):
    """The answers of the sample itself, with the topic."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENT_CACHE_DIR", str(folder / "cache"))
        hits = latentcli.open().neighbors("king", top=5)
    return [(hit.word, hit.score, ("art", "sport", "home")[len(hit.word) % 3]) for hit in hits]


def answers(out):
    return [(one["word"], one["score"], one["topic"]) for one in json.loads(out)["results"]]


def same(found, expected):
    return [one[0::2] for one in found] == [one[0::2] for one in expected] and np.allclose(
        [one[1] for one in found], [one[1] for one in expected], atol=1e-6
    )


@pytest.mark.parametrize("name", WRITERS)
def test_a_file(latent, folder, expected, name):
    ask = ["neighbors", "king", "-v", folder / name, "-k", "5", "--show", "topic", "-q"]
    code, out, err = latent(*ask, "--json")
    assert (code, err) == (0, "")
    assert same(answers(out), expected)
    assert same(answers(latent(*ask, "--json")[1]), expected)  # from the cache
    code, out, err = latent(*ask)
    assert (code, err) == (0, "")
    assert [line.split()[1::2] for line in out.splitlines()[3:]] == [
        [w, t] for w, _, t in expected
    ]


@pytest.mark.parametrize("name", ["w.jsonl", "w.csv", "w.parquet", "w.feather", "w.db"])
def test_a_pipe(folder, expected, name, tmp_path):
    command = [sys.executable, "-m", "latentcli", "neighbors", "king", "-v", "-", "-k", "5"]
    with (folder / name).open("rb") as file:
        source = subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE)
        done = subprocess.run(
            [*command, "--show", "topic", "--json", "-q"],
            stdin=source.stdout,
            capture_output=True,
        )
        source.stdout.close()
        source.wait()
    assert (done.returncode, done.stderr) == (0, b"")
    assert same(answers(done.stdout), expected)


@pytest.fixture(scope="module")
def url(folder):
    """A web server over the folder."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("name", ["w.jsonl", "w.csv", "w.parquet", "w.feather", "w.db"])
def test_a_web_server(latent, url, expected, name):
    pytest.importorskip("aiohttp")
    ask = [
        "neighbors",
        "king",
        "-v",
        f"{url}/{name}",
        "-k",
        "5",
        "--show",
        "topic",
        "-q",
        "--json",
    ]
    for _ in range(2):
        code, out, err = latent(*ask)
        assert (code, err) == (0, "")
        assert same(answers(out), expected)


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "tsv", "markdown", "latex"])
def test_every_format_has_the_columns(latent, folder, form):
    ask = [
        "neighbors",
        "king",
        "queen",
        "-v",
        folder / "w.parquet",
        "-k",
        "2",
        "-q",
        "-f",
        form,
    ]
    code, out, _ = latent(*ask, "--show", "topic", "--show", "id", "--where", 'topic = "art"')
    assert code == 0
    assert out.count("art") == 4 + (form == "json")  # and the condition
    if form == "csv":
        assert next(csv.reader(io.StringIO(out))) == [
            "query",
            "rank",
            "word",
            "score",
            "topic",
            "id",
        ]


def test_other_verbs(latent, folder):
    source = [
        "-v",
        folder / "w.parquet",
        "-k",
        "1",
        "-q",
        "-f",
        "csv",
        "--where",
        "topic = 'art'",
    ]
    for ask in (["analogy", "king", "man", "woman"], ["expr", "king - man + woman"]):
        code, out, _ = latent(*ask, *source, "--show", "topic", "--show", "id")
        assert code == 0
        assert out.splitlines()[1].split(",")[-2] == "art"


def test_what_is_wrong_with_it(latent, folder, words):
    table = ["neighbors", "king", "-v", folder / "w.parquet"]
    code, _, err = latent(*table, "--show", "topics")
    assert code == 2
    assert "error: --show: no column 'topics'; there are: id, word, topic\n" in err
    code, _, err = latent(*table, "--where", "topics = 1")
    assert code == 2
    assert "--where: no such column: topics in 'topics = 1'" in err
    assert latent(*table, "--where", "topic = 'none'")[0] == 1
    code, _, err = latent("neighbors", "king", "-v", words, "--show", "topic")
    assert (code, err.count("has no other columns")) == (2, 1)
    code, _, err = latent(*table, "-v", words)
    assert (code, "the last -v counts; --concat makes one space of them" in err) == (0, True)


def test_files_are_concatenated(latent, folder):
    parts = [f"{folder}/shards/{number}.parquet" for number in (1, 0)]
    code, out, _ = latent("info", "--concat", "-v", parts[0], "-v", parts[1], "--json", "-q")
    assert (code, json.loads(out)["results"][0]["rows"]) == (0, 5000)


def test_both_queries_and_vectors_on_standard_input(latent):
    code, _, err = latent("neighbors", "-", "-v", "-")
    assert code == 2
    assert "standard input" in err
