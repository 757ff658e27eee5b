"""Relevance judgments (qrels), runs and identifiers of retrieval, in the layouts of TREC, BEIR and MTEB.

A set of BEIR or MTEB is a folder: `qrels/SPLIT.tsv` (or .jsonl, .parquet), `queries.jsonl` and `corpus.jsonl`
(or .parquet, or a folder of these), whose rows have an `_id` each.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from latentcli.errors import FileError, FormatError, counted, shown
from latentcli.files import lines

Qrels = dict[str, dict[str, float]]

_QUERY = ("query-id", "query_id", "qid", "query")
_DOCUMENT = ("corpus-id", "corpus_id", "doc_id", "docid", "docno", "document", "pid")
_SCORE = ("score", "relevance", "rel", "label")
_ID = ("_id", "id", "doc_id", "query_id", "docid", "qid")


def read(address: str, split: str = "test") -> Qrels:
    """Read judgments: a file (TREC's four columns, three with or without names, JSON, Parquet) or a folder."""
    path = Path(address)
    if path.is_dir():
        path = _first(
            path,
            [f"qrels/{split}", f"data/{split}", f"{split}", f"default/{split}"],
            "judgments",
        )
    return _nested(_triples(path, columns=(3, 4)), path)


def read_run(address: str) -> Qrels:
    """Read a run: TREC's six columns (query, Q0, document, rank, score, name), or JSON."""
    path = Path(address)
    return _nested(_triples(path, columns=(6,)), path)


def read_ids(address: str, kind: str = "") -> list[str]:
    """Read identifiers in the order of the rows: JSON lines or Parquet with `_id`, or one on each line.

    `kind` ("queries", "corpus") is the file of a folder of BEIR or MTEB.
    """
    path = Path(address)
    if path.is_dir():
        path = _first(path, [kind, f"{kind}/{kind}", f"{kind}/test", f"{kind}/train"], kind)
    records = _records(path)
    if records is None:
        return [line.strip() for line in lines.read(str(path))[1]]
    found = [_field(record, _ID, path) for record in records]
    return [str(one) for one in found]


def has_ids(address: str, kind: str) -> bool:
    """Tell whether a folder has the identifiers of its queries or documents."""
    try:
        read_ids(address, kind)
    except FileError:
        return False
    return True


def _first(folder: Path, stems: Iterable[str], what: str) -> Path:
    for stem in stems:
        for end in (".tsv", ".jsonl", ".jsonl.gz", ".json", ".txt", ".parquet", "-*.parquet"):
            found = sorted(folder.glob(f"{stem}{end}"))
            if len(found) == 1:
                return found[0]
    raise FileError(
        f"{folder.name}: no {what} in the layout of BEIR or MTEB, such as "
        f"{'qrels/test.tsv' if what == 'judgments' else f'{what}.jsonl'}"
    )


def _records(path: Path) -> list[dict[str, Any]] | None:
    """Return the records of JSON lines or Parquet; None for other text."""
    if path.suffix == ".parquet":
        return _parquet(path)
    name, text = lines.read(str(path))
    if not next((line for line in text if line.strip()), "").lstrip().startswith("{"):
        return None
    records = []
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{name}: line {number:,} is not a JSON object") from error
        if not isinstance(record, dict):
            raise FormatError(f"{name}: line {number:,} is not a JSON object")
        records.append(record)
    return records


def _parquet(path: Path) -> list[dict[str, Any]]:
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except (OSError, pyarrow.ArrowException) as error:
        raise FormatError(f"{path.name}: not a readable Parquet file") from error
    known = {*_QUERY, *_DOCUMENT, *_SCORE, *_ID}
    columns = [name for name in table.column_names if name in known]
    found: list[dict[str, Any]] = table.select(columns).to_pylist()
    return found


Triple = tuple[str, str, float]


def _triples(path: Path, columns: tuple[int, ...]) -> Iterator[Triple]:
    """Yield (query, document, number) of a file of judgments or of a run."""
    whole = _mapping(path)
    records = None if whole is not None else _records(path)
    if whole is not None:
        yield from _of_mapping(whole, path)
    elif records is not None:
        yield from _of_records(records, path)
    else:
        yield from _of_lines(path, columns)


def _of_mapping(whole: Mapping[str, Any], path: Path) -> Iterator[Triple]:
    for query, documents in whole.items():
        where = f"{path.name}: query {shown(query, 40)}"
        for document, score in documents.items():
            yield str(query), str(document), _number(score, where)


def _of_records(records: Iterable[dict[str, Any]], path: Path) -> Iterator[Triple]:
    for number, record in enumerate(records, 1):
        query, document, score = (
            _field(record, names, path) for names in (_QUERY, _DOCUMENT, _SCORE)
        )
        yield str(query), str(document), _number(score, f"{path.name}: record {number:,}")


def _of_lines(path: Path, columns: tuple[int, ...]) -> Iterator[Triple]:
    name, text = lines.read(str(path))
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        cells = line.split("\t") if line.count("\t") + 1 in columns else line.split()
        where = f"{name}: line {number:,}"
        if len(cells) not in columns:
            expected = " or ".join(map(str, columns))
            raise FormatError(
                f"{where} has {counted(len(cells), 'column')}, not {expected}: '{shown(line, 60)}'"
            )
        if number == 1 and len(cells) == 3 and _is_heading(cells):
            continue
        query, document = cells[0], cells[1 if len(cells) == 3 else 2]
        yield (
            query.strip(),
            document.strip(),
            _number(cells[4 if len(cells) == 6 else -1], where),
        )


def _is_heading(cells: list[str]) -> bool:
    try:
        float(cells[2])
    except ValueError:
        return True
    return False


def _mapping(path: Path) -> dict[str, Any] | None:
    """Return a JSON object of objects; None for anything else."""
    if path.suffix != ".json":
        return None
    name, text = lines.read(str(path))
    try:
        whole = json.loads("\n".join(text))
    except (ValueError, RecursionError):
        return None
    if not isinstance(whole, dict):
        raise FormatError(f"{name}: not a JSON object of queries")
    return whole if all(isinstance(one, dict) for one in whole.values()) else None


def _nested(triples: Iterator[Triple], path: Path) -> Qrels:
    found: Qrels = {}
    for query, document, number in triples:
        found.setdefault(query, {})[document] = number
    if not found:
        raise FormatError(f"{path.name}: no judgments in it")
    return found


def _field(record: Mapping[str, Any], names: tuple[str, ...], path: Path) -> Any:
    for name in names:
        if record.get(name) is not None:
            return record[name]
    raise FormatError(f"{path.name}: a record has no field '{names[0]}'")


def _number(value: object, where: str) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise FormatError(f"{where}: '{shown(value, 40)}' is no number")
    return number
