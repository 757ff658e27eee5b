"""What is measured, put together from what was given: rows, labels, outputs and relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.geometry._cloud import Cloud, Relation, coded
from latentcli.geometry._sampling import Settings
from latentcli.numerics.blocks import some_of
from latentcli.numerics.named_rows import NamedRows, named_rows
from latentcli.numerics.types import Array

Pairs = Iterable[tuple[str | int, str | int]]
"""Pairs of words, or of row numbers: from, to."""


def cloud_of(
    given: NamedRows,
    settings: Settings,
    labels: Any,
    outputs: Any,
    relations: Any,
    sections: frozenset[str],
) -> tuple[Cloud, list[str]]:
    """Put the rows that can be measured together with what is known of them, and say what is not."""
    count, notes = len(given), list[str]()
    usable = given.usable(unit=settings.unit)
    classes = None if labels is None else coded(_one_each(labels, "labels", count))
    decoded = None
    if outputs is not None:
        if np.ndim(outputs) > 2:  # pictures: never layers
            outputs = np.asarray(outputs).reshape(len(outputs), -1)
        others = named_rows(outputs, "outputs")
        decoded = others.rows
        if np.ndim(outputs) == 1:
            decoded = decoded.T
        if len(decoded) != count:
            raise LatentError(f"`outputs`: {len(decoded):,} outputs for {count:,} rows")
        usable = usable & np.isfinite(decoded).all(axis=1)
    kept = np.flatnonzero(usable)
    notes += given.notes("x", usable)

    def part(values: Array) -> Array:
        if len(kept) == count:
            return values
        return some_of(values, kept)

    found: list[Relation] = []
    if relations is not None:
        found, missing = _relations(relations, given, kept)
        notes += missing
    cloud = Cloud(
        part(given.rows),
        settings,
        None if classes is None else part(classes),
        None if decoded is None else part(decoded),
        found,
        lambda row: given.name(int(kept[row])),
        int(given.zero[kept].sum()),
        sections,
    )
    return cloud, notes


def _one_each(labels: Any, parameter: str, count: int) -> list[object]:
    """Return labels as a list, one for each row."""
    if isinstance(labels, Mapping):
        if len(labels) != 1:
            raise ParameterError(f"`{parameter}` has the columns {', '.join(labels)}: take one")
        labels = next(iter(labels.values()))
    found = np.asarray(labels, dtype=object).ravel().tolist()
    if len(found) != count:
        labeled = counted(len(found), "label")
        raise LatentError(f"`{parameter}`: {labeled} for {count:,} rows")
    return found


def _relations(
    relations: Mapping[str, Pairs] | Pairs, given: NamedRows, kept: Array
) -> tuple[list[Relation], list[str]]:
    """Return relations as pairs of rows, and a note on the words that are not there."""
    named = relations if isinstance(relations, Mapping) else {"pairs": relations}
    missing: dict[str, None] = {}

    def place(word: str | int) -> int:
        row = given.find(str(word))
        at = -1 if row is None else int(np.searchsorted(kept, row))
        if 0 <= at < len(kept) and kept[at] == row:
            return at
        missing[str(word)] = None
        return -1

    found = []
    for name, pairs in named.items():
        rows = [(place(start), place(end)) for start, end in pairs]
        there = [pair for pair in rows if min(pair) >= 0]
        found.append(Relation(name, np.array(there, dtype=np.int64).reshape(-1, 2)))
    if not any(len(relation.pairs) for relation in found):
        raise LatentError("`relations`: none of its pairs is in `x`")
    if not missing:
        return found, []
    some = ", ".join(sorted(missing)[:3]) + (", ..." if len(missing) > 3 else "")
    are = counted(len(missing), "word is", "words are")
    return found, [f"`relations`: {are} not there: {some}"]
