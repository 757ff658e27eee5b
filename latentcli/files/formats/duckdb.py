"""DuckDB: a table with a column of lists of numbers and one of text, through duckdb: `pip install 'latentcli[duckdb]'`.

The file is opened read-only, without access to other files and without extensions; only plain tables are read,
never views nor columns that are computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import numpy as np

from latentcli.errors import FormatError, LatentError, reason, shown
from latentcli.files import arrays, arrow_columns
from latentcli.files.reading import Block, Reading
from latentcli.files.stream import Stream
from latentcli.files.vector_columns import BATCH_NUMBERS, SAMPLE

_MAGIC = b"DUCK"
_MOST_TABLES = 1000
_COMPUTED = (
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = 'main' AND is_generated = 'ALWAYS'"
)
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
    "memory_limit": "1GB",
    "lock_configuration": "true",
}


def sniff(stream: Stream) -> bool:
    """Tell by the magic bytes, behind a checksum of eight."""
    return stream.head(12)[8:] == _MAGIC


def read(stream: Stream, key: str = "") -> Reading:
    """Read the column of vectors that is meant, `TABLE`, `COLUMN` or `TABLE.COLUMN`, with its texts."""
    path = stream.unpacked()
    with _opened(stream, path) as base:
        table, columns = _choose(stream.name, base, key)
        kind = columns.look(_batches(base, table, columns.requested(), SAMPLE, limit=SAMPLE))
        if kind is None:
            raise stream.error("no rows in it")
        arrays.rows_of(stream.name, (1, columns.dimensions), kind)
    step = max(1, BATCH_NUMBERS // columns.dimensions)

    def blocks() -> Iterator[Block]:
        others = reading.with_columns
        with _opened(stream, path) as base:
            for batch in _batches(base, table, columns.requested(others=others), step):
                yield columns.block(batch, others=others)
        columns.check()

    reading = Reading(
        format="DuckDB",
        dimensions=columns.dimensions,
        blocks=blocks,
        findings=columns.findings,
        dtype=str(np.dtype(kind)),
        key=key or table,
        table=True,
        notes=[f"its table '{shown(table)}'", *columns.notes],
    )
    return reading


def _choose(name: str, base: Any, key: str) -> tuple[str, arrow_columns.Columns]:
    """Choose the table and its columns; FormatError if none, or more than one, has vectors."""
    tables = [
        row[0]
        for row in base.execute(
            "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND schema_name = 'main' "
            f"ORDER BY table_oid LIMIT {_MOST_TABLES}"
        ).fetchall()
    ]
    computed = {*base.execute(_COMPUTED).fetchall()}
    found = {}
    why = FormatError(f"{name}: no tables in it")
    for table in tables:
        inside = key
        if key == table or key.startswith((f"{table}.", f"{table}@")):
            inside = key.removeprefix(table).removeprefix(".")
        schema = base.sql(f"SELECT * FROM {_quoted(table)} LIMIT 0").to_arrow_table().schema
        plain = [field for field in schema if (table, field.name) not in computed]
        try:
            found[table] = arrow_columns.choose(name, plain, inside)
        except FormatError as error:
            why = error
    lists = {table: columns for table, columns in found.items() if columns.lists}
    found = lists or found
    if not found:
        raise why
    if len(found) > 1:
        raise FormatError(
            f"{name}: several tables of vectors ({shown(', '.join(found))}). "
            f"Pick one: {name}::{shown(next(iter(found)))}"
        )
    return next(iter(found.items()))


def _batches(
    base: Any, table: str, columns: list[str], rows: int, limit: int | None = None
) -> Iterator[Any]:
    """Yield some columns of a table as Arrow's batches."""
    names = ", ".join(map(_quoted, columns))
    few = "" if limit is None else f" LIMIT {limit}"
    yield from base.sql(f"SELECT {names} FROM {_quoted(table)}{few}").to_arrow_reader(rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _opened(stream: Stream, path: Any) -> Iterator[Any]:
    """Open a file that may be hostile: nothing is written, attached or loaded."""
    try:
        import duckdb
    except ImportError as error:
        raise stream.error(
            "DuckDB needs duckdb; install it with: pip install 'latentcli[duckdb]'"
        ) from error
    try:
        with closing(duckdb.connect(str(path), read_only=True, config=_SETTINGS)) as base:
            yield base
    except LatentError:
        raise
    except (duckdb.Error, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise stream.error(f"DuckDB cannot read it ({shown(reason(error), 200)})") from error
