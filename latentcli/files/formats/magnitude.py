"""`.magnitude` of pymagnitude: a SQLite table of keys, a column of integers for each dimension, and norms.

Its converter (https://github.com/plasticityai/magnitude, `pymagnitude/converter.py`) divides a vector by its
norm, multiplies it by a power of ten (`precision`), and rounds it; the norm is the column `magnitude`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np

from latentcli.errors import FormatError, counted
from latentcli.files.cells import as_word
from latentcli.files.reading import Block, Findings, Reading
from latentcli.files.vector_columns import BATCH_NUMBERS

TABLE, SETTINGS = "magnitude", "magnitude_format"

_MOST_DIGITS = 30

Tables = dict[str, dict[str, list[object]]]


def is_one(tables: Tables) -> bool:
    """Tell by the two tables that each such file has, and their columns."""
    columns = tables.get(TABLE, {})
    return {"key", "dim_0"} <= {*columns} and {"key", "value"} <= {*tables.get(SETTINGS, {})}


def read(
    name: str, tables: Tables, opened: Callable[[], AbstractContextManager[sqlite3.Connection]]
) -> Reading:
    """Read the keys, and their vectors as they were before they were divided by their norms."""
    settings = tables[SETTINGS]
    found = dict(zip(settings["key"], settings["value"], strict=True))
    digits = found.get("precision")
    if not isinstance(digits, int) or not 0 <= digits <= _MOST_DIGITS:
        raise FormatError(f"{name}: a damaged .magnitude file: no `precision` of digits in it")
    columns = tables[TABLE]
    dimensions = sum(column.startswith("dim_") for column in columns)
    numbers = [f"dim_{number}" for number in range(dimensions)]
    if not {*numbers} <= {*columns}:
        raise FormatError(
            f"{name}: a damaged .magnitude file: of its dimensions some are missing"
        )
    normed = "magnitude" in columns
    requested = ["key", *numbers, *(["magnitude"] if normed else [])]
    findings = Findings()

    def blocks() -> Iterator[Block]:
        with opened() as base:
            cursor = base.execute(f"SELECT {', '.join(requested)} FROM {TABLE}")
            while rows := cursor.fetchmany(max(1, BATCH_NUMBERS // len(requested))):
                values = np.array([row[1:] for row in rows], dtype=np.float64)
                if normed:
                    values = values[:, :-1] * values[:, -1:]
                yield Block([as_word(row[0]) for row in rows], values / 10.0**digits)

    return Reading(
        format="Magnitude",
        dimensions=dimensions,
        blocks=blocks,
        findings=findings,
        notes=[f"its vectors are rounded to {counted(digits, 'digit')}"],
    )
