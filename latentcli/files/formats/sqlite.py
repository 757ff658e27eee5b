"""SQLite: a table with a column of vectors (blobs of little-endian float32, or JSON text) and one of text.

The file is opened read-only and as it lies; only plain tables are read, never views or virtual tables nor
columns that are computed, and nothing that a schema names is called.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from latentcli.errors import FormatError, LatentError, reason, shown
from latentcli.files import bounds, vector_columns
from latentcli.files.formats import magnitude
from latentcli.files.reading import Findings, Reading
from latentcli.files.stream import Stream

MAGIC = b"SQLite format 3\x00"

_ROWS = 1024
_BATCH_BYTES = 4 << 20
_MAX_CELL = 64 << 20
_MAX_TABLES = 1000
_COMPUTED = 2
"""What `table_xinfo` says of a column that is computed when it is read."""

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}

Tables = dict[str, dict[str, list[object]]]
"""The tables of a file, with some cells of each of their columns."""


def sniff(stream: Stream) -> bool:
    """Tell by the magic bytes."""
    return stream.head(16) == MAGIC


def read(stream: Stream, key: str = "") -> Reading:
    """Read the column of vectors that is meant, `TABLE`, `COLUMN` or `TABLE.COLUMN`, with its texts."""
    path = stream.unpacked()
    with _opened(stream, path) as base:
        tables = _tables(stream, base)
        if magnitude.is_one(tables) and not key:
            return magnitude.read(stream.name, tables, lambda: _opened(stream, path))
        table, choice = _choose(stream.name, tables, key)
    columns = [*tables[table]]
    findings = Findings()

    def batches() -> Iterator[vector_columns.Batch]:
        requested = [choice.vectors, choice.text] if choice.text else [choice.vectors]
        if reading.with_columns:
            requested += [name for name in columns if name not in requested]
        query = f"SELECT {', '.join(map(_quoted, requested))} FROM {_quoted(table)}"
        with _opened(stream, path) as base:
            for rows in _in_batches(_read(stream, base, query)):
                read = dict(zip(requested, map(list, zip(*rows, strict=True)), strict=True))
                others = {name: read[name] for name in columns if name in read}
                cells = others.pop(choice.vectors)
                texts = read[choice.text] if choice.text else None
                yield vector_columns.Batch(
                    texts, cells, others if reading.with_columns else None
                )

    reading = Reading(
        format="SQLite",
        dimensions=choice.dimensions,
        blocks=lambda: vector_columns.blocks_of(
            stream.name, batches(), choice.dimensions, findings
        ),
        findings=findings,
        key=key or f"{table}.{choice.vectors}",
        table=True,
        notes=[f"its table '{shown(table)}': {choice.note}"],
    )
    return reading


def _choose(name: str, tables: Tables, key: str) -> tuple[str, vector_columns.Choice]:
    """Choose the table and its columns; FormatError if none, or more than one, has vectors."""
    found = {}
    for table, columns in tables.items():
        inside = key.removeprefix(table) if _names(key, table) else key
        inside = inside.removeprefix(".")
        vectors, text = vector_columns.split_key(inside, columns)
        if (vectors and vectors not in columns) or (text and text not in columns):
            continue
        choice = vector_columns.choose(name, columns, inside)
        if choice is not None:
            found[table] = choice
    if not found:
        have = ", ".join(f"{table} ({', '.join(columns)})" for table, columns in tables.items())
        what = (
            f"no table or column of vectors '{shown(key)}'" if key else "no column of vectors"
        )
        raise FormatError(f"{name}: {what}; it has {shown(have or 'no tables')}")
    if len(found) > 1:
        raise FormatError(
            f"{name}: several tables of vectors ({shown(', '.join(found))}). "
            f"Pick one: {name}::{shown(next(iter(found)))}"
        )
    return next(iter(found.items()))


def _names(key: str, table: str) -> bool:
    """Tell whether a key begins with the name of a table."""
    return key == table or key.startswith((f"{table}.", f"{table}@"))


def _tables(stream: Stream, base: sqlite3.Connection) -> Tables:
    names = base.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        "AND sql NOT LIKE 'CREATE VIRTUAL%'"
    ).fetchmany(_MAX_TABLES)
    found: Tables = {}
    for (name,) in names:
        about = base.execute(f"PRAGMA table_xinfo({_quoted(name)})")
        columns = [str(column[1]) for column in about if column[-1] != _COMPUTED]
        quoted = ", ".join(map(_quoted, columns))
        query = f"SELECT {quoted} FROM {_quoted(name)} LIMIT {vector_columns.SAMPLE}"
        rows = [*_read(stream, base, query)] if columns else []
        found[str(name)] = {
            column: [row[place] for row in rows] for place, column in enumerate(columns)
        }
    return found


def _read(stream: Stream, base: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows, as long as they are in proportion to the file: a default value is there once for all rows."""
    size = stream.unpacked().stat().st_size
    taken = 0
    for row in base.execute(query):
        taken += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
        bounds.check_ratio(stream.name, taken, size)
        yield row


def _in_batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield rows in lists of a few megabytes, or of one row."""
    held: list[tuple[Any, ...]] = []
    size = 0
    for row in rows:
        held.append(row)
        size += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
        if len(held) == _ROWS or size > _BATCH_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


@contextmanager
def _opened(stream: Stream, path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file that may be hostile: nothing is written, attached, loaded or called."""
    uri = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as base:
            base.text_factory = _text
            base.execute("PRAGMA trusted_schema = OFF")
            base.execute("PRAGMA cell_size_check = ON")
            base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(_MAX_CELL, path.stat().st_size))
            base.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            base.set_authorizer(_allowed)
            yield base
    except LatentError:
        raise
    except (sqlite3.Error, OverflowError, ValueError) as error:
        raise stream.error(f"a damaged SQLite database ({reason(error)})") from error


def _allowed(action: int, first: Any, second: Any, *_: Any) -> int:
    """Allow to read tables, and the one function that the list of tables needs, and that of their columns."""
    like = action == sqlite3.SQLITE_FUNCTION and second == "like"
    about = action == sqlite3.SQLITE_PRAGMA and first == "table_xinfo"
    return sqlite3.SQLITE_OK if action in _ALLOWED or like or about else sqlite3.SQLITE_DENY


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
