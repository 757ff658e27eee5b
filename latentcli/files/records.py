"""Records (objects with named fields, as JSON has them) to rows of vectors and their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from latentcli.errors import FormatError
from latentcli.files import vector_columns
from latentcli.files.cells import unwrapped
from latentcli.files.reading import Findings, Reading

Record = dict[str, Any]

_LISTS = (
    "data", "embeddings", "results", "records", "rows", "items", "documents", "points", "vectors", "matches",
)  # fmt: skip
"""Fields of an answer of an API that hold its records."""

_ANSWERS = ("response", "body", "result")
"""Fields of a line of an API's batch that hold its answer."""

HOLDERS = {*_LISTS, *_ANSWERS}
"""Fields of an object that may hold other records."""


def samples_of(records: Iterable[Record]) -> dict[str, list[object]]:
    """Return the cells of some records by field; None where a record has not that field."""
    listed = [*records]
    fields = dict.fromkeys(field for record in listed for field in record)
    return {field: [record.get(field) for record in listed] for field in fields}


def inside(value: object) -> list[Record] | None:
    """Return the records that a value is or holds: a list of objects, an answer with one, or an object.

    None for what is neither.
    """
    if isinstance(value, list):
        return value if value and all(isinstance(one, dict) for one in value) else None
    if not isinstance(value, dict):
        return None
    for field in _LISTS:
        listed = value.get(field)
        if isinstance(listed, list) and listed and all(isinstance(one, dict) for one in listed):
            return listed
    for field in _ANSWERS:
        found = inside(value.get(field))
        if found is not None and found != [value[field]]:
            names = {name: one for name, one in value.items() if isinstance(one, str)}
            return [{**names, **record} for record in found]
    return [value]


def of_columns(value: object) -> list[Record] | None:
    """Return the records of an object of columns: lists of one length, one of texts, one of vectors; None for others.

    >>> of_columns({"ids": ["a", "b"], "embeddings": [[1, 2], [3, 4]], "model": "m"})
    [{'ids': 'a', 'embeddings': [1, 2]}, {'ids': 'b', 'embeddings': [3, 4]}]
    """
    if not isinstance(value, dict):
        return None
    lists = {
        name: cells
        for name, wrapped in value.items()
        if isinstance(cells := unwrapped(wrapped), (list, np.ndarray))
    }
    lengths = [len(cells) for cells in lists.values() if len(_shape(cells)) == 2]
    columns = {name: cells for name, cells in lists.items() if len(cells) in lengths[:1]}
    if not any(all(isinstance(one, str) for one in cells) for cells in columns.values()):
        return None
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _shape(cells: object) -> tuple[int, ...]:
    """Return the length of a list, and that of the first list in it."""
    if isinstance(cells, np.ndarray):
        return cells.shape
    if not isinstance(cells, list):
        return ()
    inner = cells[0] if cells else None
    return (len(cells), *_shape(inner)) if isinstance(inner, list) else (len(cells),)


def reading_of(
    name: str,
    format_: str,
    first: list[Record],
    records: Callable[[str], Iterator[list[Record]]],
    *,
    key: str = "",
    rows: int | None = None,
    notes: list[str] | None = None,
) -> Reading | None:
    """Make the reading of records; None if no field of the `first` ones holds vectors.

    `records`, called with the field of the vectors, yields all of them in lists; `rows` says how many there are, where that is known.
    """
    choice = vector_columns.choose(name, samples_of(first), key)
    if choice is None:
        return None
    findings = Findings()
    step = max(1, vector_columns.BATCH_NUMBERS // choice.dimensions)

    def batches() -> Iterator[vector_columns.Batch]:
        for part in records(choice.vectors):
            for start in range(0, len(part), step):
                some = part[start : start + step]
                cells = [record.get(choice.vectors) for record in some]
                texts = [record.get(choice.text) for record in some] if choice.text else None
                scales = [record.get(choice.scale) for record in some] if choice.scale else None
                yield vector_columns.Batch(texts, cells, columns(some), scales)

    def columns(some: list[Record]) -> dict[str, list[object]] | None:
        if not reading.with_columns:
            return None
        vectors = {choice.vectors, choice.scale or choice.vectors}
        return {
            field: cells for field, cells in samples_of(some).items() if field not in vectors
        }

    reading = Reading(
        format=format_,
        dimensions=choice.dimensions,
        blocks=lambda: vector_columns.blocks_of(name, batches(), choice.dimensions, findings),
        findings=findings,
        dtype="float64",
        key=key or choice.vectors,
        shape=None if rows is None else (rows, choice.dimensions),
        notes=[*(notes or ()), choice.note],
    )
    return reading


def no_vectors(name: str, first: list[Record]) -> FormatError:
    """Return the error of records of which no field holds vectors."""
    fields = ", ".join(samples_of(first)) or "none"
    return FormatError(
        f"{name}: none of its fields holds vectors of one length; it has {fields}"
    )
