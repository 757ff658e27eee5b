"""JSON lines: a record on each line, as encoders and the batches of an API write them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from latentcli.errors import shown
from latentcli.files import records, vector_columns
from latentcli.files.formats.text_rows import chunks
from latentcli.files.reading import Findings, Reading
from latentcli.files.records import Record
from latentcli.files.stream import HEAD, Stream

simdjson: Any
try:
    import simdjson
except ImportError:  # Python 3.14: no wheel yet; Python's parser reads the same records
    simdjson = None

_MAX_HEAD = 32 << 20


def sniff(stream: Stream) -> bool:
    """Tell by an object that is whole on the first line, with another line behind it or none."""
    head = stream.head(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] != b"{" or head[1:].lstrip()[:1] != b'"':
        return False
    lines = _first_lines(stream)
    first = _parsed(lines[0]) if lines else None
    named = not {".jsonl", ".ndjson"}.isdisjoint(stream.path.suffixes)
    return isinstance(first, dict) and (len(lines) > 1 or named)


def read(stream: Stream, key: str = "") -> Reading:
    """Read the vectors of the records with their texts, line by line."""
    first: list[Record] = []
    # Python's parser tells integers, which may have a scale, from other numbers.
    for line in _first_lines(stream):
        first += records.inside(_parsed(line)) or []
    made: list[Reading] = []
    reading = records.reading_of(
        stream.name,
        "JSON lines",
        first,
        lambda vectors: _records(stream, made[0].findings, vectors),
        key=key,
    )
    if reading is None:
        raise records.no_vectors(stream.name, first)
    made.append(reading)
    reading.table = True
    return reading


def _records(stream: Stream, findings: Findings, vectors: str) -> Iterator[list[Record]]:
    """Return the records block by block; those that repeat a key are counted."""
    plain = _plain_parser(vectors)
    number = 0

    def record_of(pairs: list[tuple[str, Any]]) -> Record:
        made = dict(pairs)
        if len(made) < len(pairs):
            findings.add("repeated_key", where=f"line {number:,}")
        return made

    for chunk in chunks(stream):
        found: list[Record] = []
        start, end = 0, -1
        while (end := chunk.find(b"\n", start := end + 1)) >= 0:
            number += 1
            if record := plain(chunk, start, end):
                found.append(record)
                continue
            line = chunk[start:end]
            if not line.strip():
                continue
            try:
                parsed = records.inside(json.loads(line, object_pairs_hook=record_of))
            except (ValueError, RecursionError) as error:
                raise stream.error(f"line {number:,} is not JSON ({shown(error)})") from error
            if parsed is None:
                raise stream.error(f"line {number:,} is not a record")
            found += parsed
        yield found


def _plain_parser(vectors: str) -> Callable[[bytes, int, int], Record | None]:
    """Return what parses a line, between two places of a block, many times as fast as Python, its vector to an array.

    `vectors` is the field of the vector. It returns None for what Python is to parse: a key twice, records in a
    record, NaN, what is no JSON.
    """
    if simdjson is None:
        return lambda *_: None
    parser, list_, object_ = simdjson.Parser(), simdjson.Array, simdjson.Object
    is_flat = _flatness(vectors)

    def parse(block: bytes, start: int, end: int) -> Record | None:
        try:
            parsed: Any = parser.parse(memoryview(block)[start:end])
            keys = [*parsed.keys()]
            if len({*keys}) < len(keys) or not records.HOLDERS.isdisjoint(keys):
                return None
            record: Record = {}
            for key in keys:
                value: Any = parsed[key]
                if isinstance(value, list_):
                    flat = key == vectors and len(value) and is_flat(block, start, end)
                    value = (
                        np.frombuffer(value.as_buffer(of_type="d")) if flat else value.as_list()
                    )
                elif isinstance(value, object_):
                    value = value.as_dict()
                record[key] = value
            return record
        except (ValueError, RuntimeError, TypeError, KeyError, AttributeError):
            return None

    return parse


def _flatness(vectors: str) -> Callable[[bytes, int, int], bool]:
    """Return what tells a line in which the list of the field `vectors` is sure to hold no other list.

    By `find`, which is many times as fast as `count`: the line has one "[", or one such field, and none in its list.
    """
    name = json.dumps(vectors, ensure_ascii=False).encode("utf-8", "surrogatepass")
    field = re.compile(re.escape(name) + rb"\s*:\s*\[")

    def is_flat(block: bytes, start: int, end: int) -> bool:
        if block.find(b"[", block.find(b"[", start) + 1, end) < 0:
            return True
        match = field.search(block, start, end)
        if match is None:
            return False
        stop = block.find(b"]", match.end(), end)
        return block.find(b"[", match.end(), stop) < 0 and block.find(name, stop, end) < 0

    return is_flat


def _first_lines(stream: Stream) -> list[bytes]:
    """Return the first lines that are whole, at least one."""
    count = HEAD
    head = stream.head(count)
    while b"\n" not in head and len(head) == count < _MAX_HEAD:
        count *= 4
        head = stream.head(count)
    lines = head.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(head) == count and len(lines) > 1:
        lines.pop()
    return [line for line in lines if line.strip()][: vector_columns.SAMPLE]


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
