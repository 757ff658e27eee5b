"""What an index answered: the identifiers of the nearest of each query, the nearest first."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from latentcli.errors import FormatError, shown
from latentcli.files import lines, qrels
from latentcli.files.addresses import split_address
from latentcli.files.load import read_array

Rankings = dict[str, list[str]]

_ROW = re.compile(r".*\[([0-9]+)\]", re.DOTALL)
"""A query that is a row of a file, as `neighbors --vector` names it."""

_ARRAYS = (".npy", ".npz", ".safetensors", ".h5", ".hdf5", ".ivecs", ".parquet")


def read(address: str) -> Rankings:
    """Read answers by query.

    They are an array (Q, k), or (k,) of one query, of row numbers, -1 for none (FAISS's `I`, USearch's `keys`; `FILE.npz::KEY`), what
    `latent neighbors --json` or `--format ndjson` wrote (rows of a file of queries go by their numbers), or a TREC run (query, Q0, document, rank, score, name).
    """
    path, _ = split_address(address)
    if path.suffix.lower() in _ARRAYS:
        return _of_array(address)
    if path.suffix.lower() in (".json", ".ndjson", ".jsonl"):
        found = _of_records(address)
        if found is not None:
            return found
    return {
        query: sorted(scores, key=lambda one: -scores[one])
        for query, scores in qrels.read_run(address).items()
    }


def _of_array(address: str) -> Rankings:
    values = np.atleast_2d(read_array(address).values)
    if values.ndim != 2 or values.dtype.kind not in "iu":
        raise FormatError(
            f"{shown(address)}: {values.dtype} of shape {values.shape}; answers are whole numbers (Q, k)"
        )
    return {
        str(query): [str(row) for row in rows if row >= 0]
        for query, rows in enumerate(np.asarray(values).tolist())
    }


def _of_records(address: str) -> Rankings | None:
    """Read records of `query` and `word`, in their order; None for JSON of another kind."""
    text = "\n".join(lines.read(address)[1])
    try:
        whole: Any = json.loads(text)
    except ValueError:
        whole = None
    if isinstance(whole, dict):
        records = whole.get("results")
        if not isinstance(records, list):
            return None
    else:
        records = [json.loads(line) for line in text.splitlines() if line.strip()]
    found: Rankings = {}
    for record in records:
        if not isinstance(record, dict) or not {"query", "word"} <= record.keys():
            return None
        found.setdefault(str(record["query"]), []).append(str(record["word"]))
    rows = [_ROW.fullmatch(query) for query in found]
    if not all(rows):
        return found
    return {row[1]: answers for row, answers in zip(rows, found.values(), strict=True) if row}
