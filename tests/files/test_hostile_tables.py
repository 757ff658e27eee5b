"""Damaged tables of every kind are answered or refused in one line; databases run no code and touch no other file."""

import json
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

COUNT = int(os.environ.get("LATENT_TEST_TABLES", "150"))
SEED = os.environ.get("LATENT_TEST_SEED", "0")
GROWTH = 250 << 20
ROOM = 4 << 30

VALUES = np.array([[1, 2, 3], [3, 2, 1], [2, 2, 2]], "<f4")
TEXTS = ["king", "queen", "man"]


def test_damaged_tables_are_answered_or_refused_in_one_line(tmp_path):
    script = Path(__file__).with_name("hostile_tables.py")
    done = subprocess.run(
        [sys.executable, str(script), SEED, str(COUNT), str(tmp_path)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM)),
    )
    assert done.returncode == 0, f"it died: {done.stderr[-2000:]}"
    found = json.loads(done.stdout)
    assert found["problems"] == []
    assert found["growth"] < GROWTH
    assert 0.1 * COUNT < found["answered"] < 0.8 * COUNT, "breaking is too mild or too strong"


WATCHED = """
import json, os, sys
here, ours = sys.argv[1], tuple(map(os.path.realpath, sys.argv[2].split(os.pathsep)))
seen = []
def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, int):
            return
        path = os.path.realpath(os.fspath(path))
        if not os.fsdecode(path).startswith((*ours, "/proc/", "/sys/", "/dev/null")):
            seen.append([event, os.fsdecode(path)])
    elif event == "sqlite3.connect":
        if not str(arguments[0]).startswith(("file:" + here, here)) and arguments[0]:
            seen.append([event, str(arguments[0])])
    elif event.startswith(("os.system", "os.exec", "os.posix_spawn", "subprocess", "socket.connect", "socket.bind", "pickle")):
        seen.append([event, str(arguments)])
    elif event in ("sqlite3.enable_load_extension", "sqlite3.load_extension"):
        seen.append([event, str(arguments)])
from latentcli.cli.app import main
import pyarrow.parquet
sys.addaudithook(watch)
code = main(sys.argv[3:])
print("SEEN " + json.dumps([code, seen]))
"""


def watched(folder, *words):
    """Run a command; return its exit code, what it said, and what it did beside reading its file."""
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    ours = os.pathsep.join(
        [str(folder), sys.prefix, sys.base_prefix, str(Path(__file__).parents[2])]
    )
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(folder), ours, *map(str, words)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "LATENT_CACHE_DIR": str(folder / "cache"), "HOME": str(folder)},
    )
    out, _, seen = done.stdout.rpartition("SEEN ")
    code, did = json.loads(seen)
    after = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert after == before
    return code, out, done.stderr, did


NAMES = [
    'x"; DROP TABLE docs; --', "x'); ATTACH 'other.db' AS o; --", "load_extension('evil')",
    "../../etc/passwd", "\x1b[2J", "a\nb", "=cmd|' /C calc'!A0", "COPY docs TO 'other.csv'",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A folder with a file that nothing may touch."""
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "other.db").write_bytes(b"as it was")
    return folder


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture
def database(folder):
    """A database whose names, views, triggers, defaults and columns all would do something."""
    base = sqlite3.connect(folder / "hostile.db")
    columns = "".join(f", {quoted(name)} TEXT DEFAULT 'x'" for name in NAMES)
    made = "load TEXT GENERATED ALWAYS AS (hex(zeroblob(1000000))) VIRTUAL"
    base.execute(
        f"CREATE TABLE docs (text TEXT, topic TEXT, v BLOB, big BLOB{columns}, {made})"
    )
    base.executemany(
        "INSERT INTO docs (text, topic, v) VALUES (?, 'art', ?)",
        [(text, row.tobytes()) for text, row in zip(TEXTS, VALUES, strict=True)],
    )
    base.execute("UPDATE docs SET big = zeroblob(20000000) WHERE text = 'man'")
    for number, name in enumerate(NAMES):
        base.execute(f"CREATE TABLE {quoted(name)} (n)")
        base.execute(
            f"CREATE VIEW {quoted(name + 'v')} AS SELECT load_extension('evil') AS text, "
            f"writefile('other.db', x'00') AS v, {number} AS n"
        )
        base.execute(
            f"CREATE TRIGGER {quoted(name + 't')} AFTER INSERT ON docs BEGIN DELETE FROM docs; END"
        )
    base.commit()
    base.close()
    return folder / "hostile.db"


def test_a_hostile_database_runs_no_code_and_touches_no_other_file(folder, database):
    ask = ["neighbors", "king", "-v", database, "--show", "topic", "--where", "topic = 'art'"]
    code, out, err, did = watched(folder, *ask, "-f", "csv")
    assert (code, did) == (0, []), err
    assert [line.split(",")[2] for line in out.splitlines()[1:]] == ["man", "queen"]
    assert all(line.isprintable() for line in err.splitlines())
    code, out, err, did = watched(folder, *ask, "--show", NAMES[0], "-f", "csv")
    assert (code, did, out.count(",x\n")) == (0, [], 2), (did, err)


def test_hostile_parquet_runs_no_code_and_touches_no_other_file(folder):
    zeros = bytes(20_000_000)
    names = {name: pa.array(["x"] * 3) for name in NAMES}
    table = pa.table({"text": TEXTS, "v": [*VALUES], "big": [zeros, b"", zeros]} | names)
    pq.write_table(table, folder / "hostile.parquet", compression="snappy")
    pq.write_table(table, folder / "dense.parquet", compression="zstd")
    ask = ["neighbors", "king", "-v", folder / "hostile.parquet"]
    code, out, err, did = watched(folder, *ask, "-f", "csv")
    assert (code, did) == (0, []), err  # the blobs are not read
    assert [line.split(",")[2] for line in out.splitlines()[1:]] == ["man", "queen"]
    code, out, err, did = watched(folder, *ask, "--show", NAMES[0], "-f", "csv")
    assert (code, did, out.count(",x\n")) == (0, [], 2), err
    code, _, err, did = watched(folder, "neighbors", "king", "-v", folder / "dense.parquet")
    assert (code, did, err.count("\n")) == (1, [], 1)
    assert "unpacks to more than 500 times its size" in err


def test_a_hostile_duckdb_file_runs_no_code_and_touches_no_other_file(folder):
    duckdb = pytest.importorskip("duckdb")
    (folder / "secret.csv").write_text("a,b\n1,2\n")
    with duckdb.connect(str(folder / "hostile.duckdb")) as base:
        columns = ", ".join(f"{quoted(name)} TEXT" for name in NAMES)
        base.execute(
            f"CREATE TABLE docs (text TEXT, v FLOAT[3], {columns}, "
            "made TEXT GENERATED ALWAYS AS (repeat(text, 100000000)) VIRTUAL)"
        )
        marks = ", ".join(["'x'"] * len(NAMES))
        for text, row in zip(TEXTS, VALUES.tolist(), strict=True):
            base.execute(f"INSERT INTO docs VALUES (?, ?, {marks})", [text, row])
        base.execute(
            f"CREATE VIEW leak AS SELECT content AS text, [1.0, 2.0] AS v FROM read_text('{folder}/secret.csv')"
        )
        base.execute("CREATE MACRO array_length(a) AS (SELECT error('called'))")
    ask = ["neighbors", "king", "-v", folder / "hostile.duckdb", "-f", "csv"]
    code, out, err, did = watched(folder, *ask)
    assert (code, did) == (0, []), err
    assert [line.split(",")[2] for line in out.splitlines()[1:]] == ["man", "queen"]
    code, out, err, did = watched(folder, *ask, "--show", NAMES[0])
    assert (code, did, out.count(",x\n")) == (0, [], 2), (did, err)
