"""The bundled words as records in every format: the same answers, with a column of the table beside them."""

import csv
import http.server
import io
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from serving import serving

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


def asked(source, *more):
    """Return the question that all files answer in the same way."""
    return ["neighbors", "king", "-v", source, "-k", "5", "--show", "topic", "-q", *more]


def rows_of(out):
    """Return the words and topics of a table for people."""
    return [tuple(line.split()[1::2]) for line in out.splitlines()[3:]]


def answers(out):
    return [(one["word"], one["score"], one["topic"]) for one in json.loads(out)["results"]]


def same(found, expected):
    return [one[0::2] for one in found] == [one[0::2] for one in expected] and np.allclose(
        [one[1] for one in found], [one[1] for one in expected], atol=1e-6
    )


@pytest.mark.parametrize("name", WRITERS)
def test_a_file(latent, folder, expected, name):
    ask = asked(folder / name)
    code, out, err = latent(*ask, "--json")
    assert (code, err) == (0, "")
    assert same(answers(out), expected)
    assert same(answers(latent(*ask, "--json")[1]), expected)  # from the cache
    code, out, err = latent(*ask)
    assert (code, err) == (0, "")
    assert rows_of(out) == [(word, topic) for word, _, topic in expected]


FILES = [name for name in WRITERS if name.startswith("w.")]


def piped(path, *more):
    """Ask vectors that come through a pipe; return (exit code, stdout, stderr)."""
    command = [sys.executable, "-m", "latentcli", *asked("-", *more)]
    with path.open("rb") as file:
        source = subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE)
        done = subprocess.run(command, stdin=source.stdout, capture_output=True, text=True)
        source.stdout.close()
        source.wait()
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", FILES)
def test_a_pipe(folder, expected, name):
    code, out, err = piped(folder / name, "--json")
    assert (code, err) == (0, "")
    assert same(answers(out), expected)


def test_a_pipe_to_a_table(folder, expected):
    code, out, err = piped(folder / "w.parquet")
    assert (code, err) == (0, "")
    assert rows_of(out) == [(word, topic) for word, _, topic in expected]


class Handler(http.server.SimpleHTTPRequestHandler):
    """A web server over the folder: /moved/NAME leads to NAME, /cut/NAME breaks off half-way."""

    def do_GET(self):
        self.server.asked.append(f"{self.command} {self.path}")
        _, kind, *name = self.path.split("/")
        if kind == "moved":
            self.send_response(307)
            self.send_header("Location", "/" + "/".join(name))
            self.end_headers()
        elif kind == "cut":
            content = Path(self.directory, *name).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content[: len(content) // 2])
        elif self.command == "HEAD":
            super().do_HEAD()
        else:
            super().do_GET()

    def do_HEAD(self):
        self.do_GET()

    def end_headers(self):
        self.send_header("ETag", self.server.tag)
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server(folder):
    pytest.importorskip("aiohttp")
    with serving(folder, Handler) as server:
        server.asked, server.tag = [], '"1"'
        yield server


@pytest.mark.parametrize("name", [*FILES, "shards/*.parquet"])
def test_a_web_server(latent, server, expected, name):
    for _ in range(2):
        code, out, err = latent(*asked(f"{server.url}/{name}", "--json"))
        assert (code, err) == (0, "")
        assert same(answers(out), expected)


def test_a_web_server_to_a_table_by_a_redirect(latent, server, expected):
    code, out, err = latent(*asked(f"{server.url}/moved/w.parquet"))
    assert (code, err) == (0, "")
    assert rows_of(out) == [(word, topic) for word, _, topic in expected]


@pytest.mark.parametrize(
    ("path", "message"), [("none.parquet", r"no such file \(404\)"), ("cut/w.parquet", "cut")]
)
def test_a_file_that_does_not_come(latent, server, own_cache, path, message):
    code, out, err = latent(*asked(f"{server.url}/{path}"))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert re.match(f"latent: error: .*{message}", err)
    assert not [file for file in own_cache.rglob("*") if file.is_file()]


def test_a_file_that_changes_on_its_server(latent, server, folder, expected):
    ask = asked(f"{server.url}/changing.parquet", "--json")
    target = folder / "changing.parquet"
    target.write_bytes((folder / "w.parquet").read_bytes())
    for _ in range(2):
        assert same(answers(latent(*ask)[1]), expected)
    assert server.asked.count("GET /changing.parquet") == 1
    table = pq.read_table(target)
    plural = pa.array([f"{topic}s" for topic in table["topic"].to_pylist()])
    pq.write_table(table.set_column(2, "topic", plural), target)
    server.tag = '"2"'
    changed = [(word, score, f"{topic}s") for word, score, topic in expected]
    assert same(answers(latent(*ask)[1]), changed)
    assert server.asked.count("GET /changing.parquet") == 2


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
    assert (code, "only the last -v is used; --concat makes one space of them" in err) == (
        0,
        True,
    )


def test_files_are_concatenated(latent, folder):
    parts = [f"{folder}/shards/{number}.parquet" for number in (1, 0)]
    code, out, _ = latent("info", "--concat", "-v", parts[0], "-v", parts[1], "--json", "-q")
    assert (code, json.loads(out)["results"][0]["rows"]) == (0, 5000)


def test_both_queries_and_vectors_on_standard_input(latent):
    code, _, err = latent("neighbors", "-", "-v", "-")
    assert code == 2
    assert "standard input" in err
