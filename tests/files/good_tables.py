"""Tables of records in every kind that is read: `KINDS` has what makes each, a file or the files of a folder.

A record has the fields of the others, any cells; what a kind cannot hold becomes text.
"""

import csv
import io
import json
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

from latentcli.files.formats import finalfusion

try:
    import duckdb
except ImportError:
    duckdb = None

VECTOR = "embedding"
"""The field of the vectors."""

Records = list[dict[str, Any]]
Made = bytes | dict[str, bytes]


def records(words: list[str], dimensions: int = 6) -> Records:
    """Make plain records: a number, a text, a topic, a vector."""
    values = np.random.default_rng(0).normal(size=(len(words), dimensions)).astype(np.float32)
    return [
        {"id": n, "text": word, "topic": ("art", "sport")[n % 2], VECTOR: row.tolist()}
        for n, (word, row) in enumerate(zip(words, values, strict=True))
    ]


def _json(value: object) -> bytes:
    return json.dumps(value, default=str).encode("utf-8", "surrogatepass")


def json_lines(rows: Records) -> bytes:
    """Write a record a line."""
    return b"".join(_json(row) + b"\n" for row in rows)


def answers(rows: Records) -> bytes:
    """Write the lines of an API's batch."""
    return json_lines(
        [
            {"custom_id": f"r{n}", "response": {"body": {"data": [r]}}}
            for n, r in enumerate(rows)
        ]
    )


def words(rows: Records) -> bytes:
    """Write an object of word -> vector."""
    return _json({str(row.get("text", n)): row.get(VECTOR) for n, row in enumerate(rows)})


def delimited(rows: Records, separator: str = ",") -> bytes:
    """Write a table whose cells of lists are JSON."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow([*rows[0]])
    writer.writerows([_cell(cell) for cell in row.values()] for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def _cell(cell: object) -> object:
    return json.dumps(cell, default=str) if isinstance(cell, list | dict) else cell


def arrow_table(rows: Records) -> pa.Table:
    """Make a table of Arrow; columns of several kinds are text."""
    made = {}
    for name in rows[0]:
        cells = [row[name] for row in rows]
        kind = pa.list_(pa.float32()) if name == VECTOR else None
        try:
            made[name] = pa.array(cells, kind)
        except (pa.ArrowException, OverflowError, TypeError, ValueError):
            made[name] = pa.array([repr(cell) for cell in cells])
    return pa.table(made)


def parquet(rows: Records) -> bytes:
    """Write Parquet."""
    out = io.BytesIO()
    pq.write_table(arrow_table(rows), out)
    return out.getvalue()


def feather_file(rows: Records) -> bytes:
    """Write Feather, compressed."""
    out = io.BytesIO()
    feather.write_feather(arrow_table(rows), out, compression="zstd")
    return out.getvalue()


def stream(rows: Records) -> bytes:
    """Write a stream of Arrow."""
    table, out = arrow_table(rows), io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table, max_chunksize=4)
    return out.getvalue()


def database(rows: Records, *, blob: bool = True) -> bytes:
    """Write SQLite, the vectors as blobs of float32 or as JSON."""
    base = sqlite3.connect(":memory:")
    names = [*rows[0]]
    base.execute(f"CREATE TABLE docs ({', '.join(map(quoted, names))})")
    marks = ", ".join("?" * len(names))
    for row in rows:
        base.execute(
            f"INSERT INTO docs VALUES ({marks})", [_stored(row[n], blob=blob) for n in names]
        )
    base.commit()
    return base.serialize()


def _stored(cell: object, *, blob: bool) -> object:
    """Return a cell as SQLite takes it: a list of numbers as a blob, others as JSON."""
    if blob and isinstance(cell, list) and cell and all(isinstance(n, float) for n in cell):
        with np.errstate(over="ignore"):
            return np.array(cell, "<f4").tobytes()
    if isinstance(cell, str):
        return cell.encode("utf-8", "replace").decode()
    if cell is None or isinstance(cell, float | bytes):
        return cell
    if isinstance(cell, int) and abs(cell) < 1 << 63:
        return cell
    return json.dumps(cell, default=str)


def quoted(name: str) -> str:
    """Quote a name as SQL has it."""
    return '"' + name.replace('"', '""').replace("\0", "0") + '"'


def magnitude(rows: Records) -> bytes:
    """Write the tables of pymagnitude."""
    size = len(rows[0][VECTOR] or [0.0])
    base = sqlite3.connect(":memory:")
    dims = ", ".join(f"dim_{n} INTEGER" for n in range(size))
    base.execute(f"CREATE TABLE magnitude (key TEXT, {dims}, magnitude REAL)")
    base.execute("CREATE TABLE magnitude_format (key TEXT, value INTEGER)")
    base.execute("INSERT INTO magnitude_format VALUES ('precision', 7)")
    for row in rows:
        cells = [int(n * 1e7) if isinstance(n, float) else None for n in row[VECTOR] or []]
        cells = (cells + [0] * size)[:size]
        marks = ", ".join("?" * (size + 2))
        base.execute(f"INSERT INTO magnitude VALUES ({marks})", [row["text"], *cells, 1.0])
    base.commit()
    return base.serialize()


def fifu(rows: Records) -> bytes:
    """Write finalfusion."""
    texts = [str(row["text"]) for row in rows]
    values = np.array([row[VECTOR] for row in rows], np.float32)
    out = io.BytesIO()
    finalfusion.write(out, texts, [(texts, values)], values.shape[1])
    return out.getvalue()


def duck(rows: Records) -> bytes:
    """Write DuckDB."""
    made = arrow_table(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.duckdb")
        with duckdb.connect(str(path)) as base:
            base.register("made", made)
            base.execute("CREATE TABLE docs AS SELECT * FROM made")
        return path.read_bytes()


def dataset(rows: Records) -> dict[str, bytes]:
    """Write the folder of a Hugging Face dataset, in two shards."""
    half = max(1, len(rows) // 2)
    names = [f"data-{n:05}-of-00002.arrow" for n in range(2)]
    shards = [rows[:half], rows[half:] or rows[:1]]
    return {
        **{name: stream(part) for name, part in zip(names, shards, strict=True)},
        "dataset_info.json": b'{"description": ""}',
        "state.json": _json({"_data_files": [{"filename": name} for name in names]}),
    }


KINDS: dict[str, Callable[[Records], Made]] = {
    "records.jsonl": json_lines,
    "answers.jsonl": answers,
    "records.json": _json,
    "answer.json": lambda rows: _json({"object": "list", "data": rows, "model": "m"}),
    "words.json": words,
    "lists.csv": delimited,
    "lists.tsv": lambda rows: delimited(rows, "\t"),
    "semicolons.csv": lambda rows: delimited(rows, ";"),
    "lists.parquet": parquet,
    "lists.feather": feather_file,
    "stream.arrow": stream,
    "blobs.db": database,
    "texts.db": lambda rows: database(rows, blob=False),
    "words.magnitude": magnitude,
    "words.fifu": fifu,
    "dataset": dataset,
}
"""What writes records in each kind, by the name of a file."""

if duckdb is not None:
    KINDS["rows.duckdb"] = duck
