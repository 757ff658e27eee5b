"""Tables in which one column holds vectors: which column that is, which one the text, and cells to rows.

Vectors have one length; the text column is chosen by its name, else by what it holds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from latentcli.errors import FormatError, shown
from latentcli.files import scales
from latentcli.files.arrays import KNOWN_KEYS, WORD_KEYS
from latentcli.files.cells import as_word, length_of, reason_to_drop, vector_of
from latentcli.files.reading import Block, Findings
from latentcli.numerics.types import Array

VECTOR_NAMES = ("embedding", "vector", "emb", *KNOWN_KEYS)
"""Names of columns that are taken for the vectors, in this order, when several could be."""

TEXT_NAMES = (
    "text", "word", "token", "content", "title", "name", "input", "sentence", "key", *WORD_KEYS, "document",
    "documents", "texts", "id",
)  # fmt: skip
"""Names of columns that are taken for the text, in this order."""

WORD_NAMES = ("word", "words", "token")
"""Names under which numbers are words, such as 1984."""

BATCH_NUMBERS = 1 << 19
"""Numbers in work at a time."""

SAMPLE = 64
"""Rows that are looked at before a column is chosen."""

UNNAMED = {"", "Unnamed: 0", "__index_level_0__"}
"""What data frames call an index without a name."""


def _choose_vectors(
    name: str, samples: Mapping[str, Sequence[object]], key: str
) -> tuple[str, int]:
    """Choose the column of vectors from some cells of each, with their length; ("", 0) for none.

    `key` names it. Raises FormatError where several could be, and none has a known name.
    """
    if key:
        if key not in samples:
            raise no_column(name, key, samples)
        length = length_of(samples[key])
        if not length:
            raise FormatError(f"{name}: column '{shown(key)}' holds no vectors of one length")
        return key, length
    lengths = {column: length_of(cells) for column, cells in samples.items()}
    chosen = only_or_known(name, [column for column, length in lengths.items() if length])
    return chosen, lengths.get(chosen, 0)


def only_or_known(name: str, columns: Sequence[str]) -> str:
    """Choose from columns that hold vectors: the only one, or the first of a known name; "" for none.

    Raises FormatError where there are several, and none has a known name.
    """
    if len(columns) < 2:
        return columns[0] if columns else ""
    known = [column for column in VECTOR_NAMES if column in columns]
    if not known:
        raise FormatError(
            f"{name}: several columns of vectors ({shown(', '.join(columns))}). "
            f"Pick one: {name}::{shown(columns[0])}"
        )
    return known[0]


def choose_text(texts: Mapping[str, Collection[object]], key: str = "") -> str:
    """Choose the column of text: `key`, by name, the only one, or the only one that tells rows apart.

    `texts` has some cells of each column of text; columns in which all are missing are passed over.
    """
    if key:
        return key
    texts = {
        column: cells
        for column, cells in texts.items()
        if not len(cells) or any(cell is not None for cell in cells)
    }
    if not texts:
        return ""
    lowered = {column.lower(): column for column in reversed([*texts])}
    for known in TEXT_NAMES:
        if known in lowered:
            return lowered[known]
    if len(texts) == 1:
        return next(iter(texts))
    distinct = [
        column
        for column, cells in texts.items()
        if len(cells)
        and len({*cells}) == len(cells)
        and not any(cell is None for cell in cells)
    ]
    return distinct[0] if len(distinct) == 1 else ""


def split_key(key: str, columns: Iterable[str]) -> tuple[str, str]:
    """Split `VECTORS@TEXT`, the columns that an address names; either may be "".

    >>> split_key("embedding@title", ["embedding", "title"]), split_key("a@b", ["a@b"])
    (('embedding', 'title'), ('a@b', ''))
    """
    if key in {*columns}:
        return key, ""
    vectors, _, text = key.rpartition("@") if "@" in key else (key, "", "")
    return vectors, text


_NUMBERED = re.compile(r"(.*?)([0-9]{1,6})")


class Batch(NamedTuple):
    """Some rows: their texts, the cells of vectors and the scales of these, the other columns, if requested."""

    texts: Sequence[object] | None
    cells: Sequence[object]
    columns: Mapping[str, Sequence[object]] | None = None
    scales: Sequence[object] | None = None

    def only(self, kept: Sequence[int]) -> Mapping[str, Sequence[object]] | None:
        """Return the other columns of the rows that are kept."""
        if self.columns is None or len(kept) == len(self.cells):
            return self.columns
        return {name: [cells[place] for place in kept] for name, cells in self.columns.items()}


class Choice(NamedTuple):
    """The columns that are read: of vectors, their text, their scale ("" for none); their length; a note."""

    vectors: str
    text: str
    dimensions: int
    note: str
    scale: str = ""


def choose(name: str, samples: Mapping[str, Sequence[object]], key: str = "") -> Choice | None:
    """Choose the columns of vectors and text from some cells of each; None where no column has vectors."""
    requested, text = split_key(key, samples)
    vectors, dimensions = _choose_vectors(name, samples, requested)
    if not vectors:
        return None
    if text and text not in samples:
        raise no_column(name, text, samples)
    texts = {
        column: cells
        for column, cells in samples.items()
        if column != vectors
        and all(cell is None or isinstance(cell, _kinds(column)) for cell in cells)
    }
    text = choose_text(texts, text)
    scale = scales.scale_of(vectors, samples)
    others = [column for column in samples if column not in (vectors, text, scale)]
    note = _chosen_note(vectors, text, others)
    note += f"; {scales.note(scale)}" if scale else ""
    return Choice(vectors, text, dimensions, note, scale)


def _kinds(column: str) -> type | tuple[type, ...]:
    """Return what words of a column are: numbers, too, under the name `word`."""
    return (str, int) if column.lower() in WORD_NAMES else str


def no_column(name: str, key: str, columns: Iterable[str]) -> FormatError:
    """Return the error of a table without the column that was requested."""
    return FormatError(f"{name}: no column '{shown(key)}'; it has {shown(', '.join(columns))}")


def is_id(column: str) -> bool:
    """Tell the name of a column that numbers rows or names them, and is no dimension."""
    return (
        column in UNNAMED or column.lower() in ("id", "index", "row") or column.endswith("_id")
    )


def besides_series(names: Sequence[str]) -> list[str]:
    """Return the columns of numbers beside a numbered series, PC1 to PC50: they are no dimensions.

    >>> besides_series(["PC1", "PC2", "PC3", "cluster"]), besides_series(["x", "y", "z", "w1"])
    (['cluster'], [])
    """
    series = numbered_series(names)
    return [name for name in names if series and name not in series]


def numbered_series(names: Sequence[str]) -> list[str]:
    """Return the columns that are one name with consecutive numbers from 0 or 1 behind it; [] for none.

    They are at least three, and more than those beside them, none of which ends in a number.
    """
    numbered = [(name, match) for name in names if (match := _NUMBERED.fullmatch(name))]
    numbers = sorted(int(match[2]) for _, match in numbered)
    whole = (
        len({match[1] for _, match in numbered}) == 1
        and len(numbers) > max(2, len(names) - len(numbers))
        and numbers[0] in (0, 1)
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    )
    return [name for name, _ in numbered] if whole else []


def not_dimensions(others: Sequence[str]) -> str:
    """Return the note on columns of numbers beside a numbered series."""
    return (
        f"columns of numbers beside the numbered ones are left out: {shown(', '.join(others))}"
    )


def counts_rows(values: Array) -> bool:
    """Tell a column that only numbers the rows, from 0 or 1."""
    if values.dtype.kind not in "iu" or not len(values) or int(values[0]) not in (0, 1):
        return False
    start = int(values[0])
    return bool(np.array_equal(values, np.arange(start, start + len(values))))


def blocks_of(
    name: str, batches: Iterable[Batch], dimensions: int, findings: Findings
) -> Iterator[Block]:
    """Yield (texts, cells) as rows of words and vectors; cells without a vector of D are dropped, counted.

    Rows that are dropped are named by their number, from 0.
    """
    number = 0
    kept_rows = 0
    for batch in batches:
        texts, cells, _, given = batch
        kept: list[int] = []
        rows: list[Array] = []
        for place, cell in enumerate(cells):
            vector = vector_of(cell)
            what = reason_to_drop(cell, vector, dimensions)
            if what:
                findings.add(what, where=f"first: row {number + place:,}")
                continue
            assert vector is not None
            kept.append(place)
            rows.append(vector if given is None else scales.scaled(vector, given[place]))
        number += len(cells)
        if rows:
            kept_rows += len(rows)
            words = None if texts is None else [as_word(texts[place]) for place in kept]
            if words is not None:
                findings.add("empty", sum(not word.strip() for word in words))
            yield Block(words, np.stack(rows), batch.only(kept))
    if number > 2 * kept_rows:
        where = next(iter(findings.first.values()), "")
        raise FormatError(
            f"{name}: {number - kept_rows:,} of {number:,} rows have no vector of {dimensions:,} numbers "
            f"({where})"
        )


def _chosen_note(vectors: str, text: str, left_out: Sequence[str]) -> str:
    """Say which columns were chosen, and how to choose others."""
    words = f", the words its column '{shown(text)}'" if text else ""
    others = f"; left out: {shown(', '.join(left_out))}" if left_out else ""
    return f"the vectors are its column '{shown(vectors)}'{words}{others}"
