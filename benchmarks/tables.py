"""Tables of embeddings, as an API or an encoder gives them, beside the readers of pandas, polars and pyarrow."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from measuring import Bench, Cost, Row, in_turn

DIMENSIONS = 768


def tables(bench: Bench) -> list[Row]:
    """JSON lines and Parquet to vectors, nothing kept from before; and a second query."""
    rows = 20_000 if bench.quick else 100_000
    lines, parquet = _lines(bench, rows), bench.work / f"docs.{rows}x{DIMENSIONS}.parquet"
    if not parquet.exists():
        bench.peer("write_parquet.py", str(lines), str(parquet))
    ours, pandas, polars = in_turn(
        3,
        lambda: bench.fresh("cache", "build", str(lines)),
        lambda: bench.peer("read_pandas.py", str(lines)),
        lambda: bench.peer("read_polars.py", str(lines)),
    )
    mine, arrow = in_turn(
        5,
        lambda: bench.fresh("cache", "build", str(parquet)),
        lambda: bench.peer("read_pyarrow.py", str(parquet)),
    )
    bench.latent("cache", "build", str(lines))
    ask = ("neighbors", "document 7", "-k", "3", "-v")
    again, other = in_turn(
        5,
        lambda: bench.latent(*ask, str(lines)),
        lambda: bench.latent(*ask, str(_array(bench, rows))),
    )
    size = f"{rows:,} x {DIMENSIONS}"
    return [
        _faster(f"JSON lines, {size}", ours, "pandas", pandas, ">= 5 x"),
        _faster(f"JSON lines, {size}", ours, "polars", polars, ">= 3 x"),
        Row(
            f"Parquet, {size}",
            _said(mine),
            f"pyarrow {_said(arrow)}",
            f"{mine.cpu / arrow.cpu:.2f} x its CPU time",
            "<= 2 x",
        ),
        Row(
            f"a second query of JSON lines, {size}",
            _said(again),
            f"of .npy {_said(other)}",
            f"{again.cpu / other.cpu:.2f} x its CPU time",
            "1 x",
        ),
    ]


def _lines(bench: Bench, rows: int) -> Path:
    """Make records of a number, a text, a language and a vector of float32, a record a line."""
    path = bench.work / f"docs.{rows}x{DIMENSIONS}.jsonl"
    if not path.exists():
        rng = np.random.default_rng(0)
        with path.open("w") as out:
            for number in range(rows):
                vector = rng.standard_normal(DIMENSIONS, np.float32).tolist()
                record = {"id": number, "text": f"document {number}", "lang": "en"}
                out.write(json.dumps(record | {"embedding": vector}) + "\n")
    return path


def _array(bench: Bench, rows: int) -> Path:
    """Make a .npy of as many vectors, and their words."""
    path = bench.work / f"docs.{rows}x{DIMENSIONS}.npy"
    if not path.exists():
        np.save(path, np.random.default_rng(0).standard_normal((rows, DIMENSIONS), np.float32))
        words = "".join(f"document {number}\n" for number in range(rows))
        path.with_name(f"{path.name}.words.txt").write_text(words)
    return path


def _said(cost: Cost) -> str:
    return f"{cost.wall:.2f} s, {cost.cpu:.2f} CPU s, {cost.peak:.0f} MB"


def _faster(work: str, ours: Cost, name: str, theirs: Cost, aim: str) -> Row:
    ratio = f"{theirs.cpu / ours.cpu:.1f} x faster in CPU s"
    return Row(work, _said(ours), f"{name} {_said(theirs)}", ratio, aim)
