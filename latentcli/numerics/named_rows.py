"""The rows of an array, of a table's columns or of a space, as functions of the library take them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.axes import flattened_note, known_axes, samples_first
from latentcli.numerics.blocks import spans
from latentcli.numerics.named_vectors import NamedVectors
from latentcli.numerics.types import Array
from latentcli.numerics.vectors import check_squares


@dataclass(frozen=True)
class NamedRows:
    """Rows and what they are called.

    Attributes
    ----------
    rows : (N, D)
        In the dtype they came in, maybe mapped from a file.
    finite : (N,) bool
        Which rows hold numbers only; of a space, also which are not a repeated word's.
    zero : (N,) bool
        Which of them are zero.
    shape
        That of the array, samples in front, before its further axes were flattened.
    axes
        A letter for each axis of it.
    vectors
        The vectors of a space, None for an array.
    labels
        Names for rows that have no words, None without.
    find
        Returns the row of a word of a space or of a number as text; None where there is none.
    """

    rows: Array
    finite: Array
    zero: Array
    shape: tuple[int, ...]
    vectors: NamedVectors | None
    find: Callable[[str], int | None]
    axes: str = "ND"
    labels: Sequence[str] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def named(self) -> bool:
        """Whether the rows have words."""
        return self.vectors is not None and self.vectors.vocabulary.named

    def usable(self, *, unit: bool = True) -> Array:
        """Return which rows (N,) can be compared: of numbers and, where directions count, not zero."""
        return self.finite & ~self.zero if unit else self.finite

    def labeled(self, labels: Sequence[object] | None) -> NamedRows:
        """Return the rows with names, which change nothing else; LatentError for another number of them."""
        if labels is None:
            return self
        if len(labels) != len(self):
            raise LatentError(f"`labels`: {len(labels):,} for {counted(len(self), 'row')}")
        return replace(self, labels=[str(label) for label in labels])

    def name(self, row: int) -> str:
        """Return the word of a row, its label or number where it has none."""
        if self.labels is not None:
            return self.labels[row]
        return self.vectors.vocabulary.words([row])[0] if self.vectors else str(row)

    def names(self, rows: Array) -> list[str]:
        """Return the words of rows (n,), their labels or numbers where they have none."""
        numbers: list[int] = rows.tolist()
        if self.labels is not None:
            return [self.labels[number] for number in numbers]
        return (
            self.vectors.vocabulary.words(numbers) if self.vectors else list(map(str, numbers))
        )

    def notes(self, parameter: str, usable: Array) -> list[str]:
        """Say how rows were flattened, and how many of them are not usable (N,), and why."""
        text = flattened_note(self.shape, self.axes, f"`{parameter}`")
        notes = [text] if text else []
        if count := len(self) - int(usable.sum()):
            reasons = {
                "NaN or infinity": not self.finite.all(),
                "zero": bool((self.zero & ~usable).any()),
                "a repeated word": self.named and not self.finite.all(),
            }
            why = ", ".join(reason for reason, is_so in reasons.items() if is_so)
            notes.append(f"{count:,} of {counted(len(self), 'row')} left out: {why}")
        return notes


def named_rows(x: Any, parameter: str) -> NamedRows:
    """Take an array (N, ...), columns by name, or a space, given for a parameter.

    Axes are as what was read from a file knows them, else by the rule of `numerics.axes`; further ones
    are flattened. Raises ParameterError for what is no array of numbers, LatentError for axes in doubt and
    for numbers whose squares overflow.
    """
    if isinstance(x, NamedRows):
        return x
    entry = getattr(x, "entry", None)
    if entry is not None:
        return _of_space(x, entry)
    if isinstance(x, Mapping):
        x = np.column_stack([np.asarray(column) for column in x.values()])
    values = np.asarray(x)
    if values.dtype.kind not in "fiub" or not values.ndim or 0 in values.shape:
        what = f"an array of shape {values.shape} and type {values.dtype}"
        raise ParameterError(parameter, what, "an array (N, D) of numbers")
    codes, axes = by_sample(values, x, parameter)
    rows = codes.reshape(len(codes), -1)
    finite, zero = np.empty(len(rows), dtype=bool), np.empty(len(rows), dtype=bool)
    for part in spans(len(rows), rows.shape[1]):
        finite[part] = np.isfinite(rows[part]).all(axis=1)
        if rows.dtype.itemsize > 4:
            check_squares(rows[part][finite[part]], parameter)
        zero[part] = are_zero(rows[part])
    return NamedRows(
        rows, finite, zero, codes.shape, None, lambda word: _numbered(word, len(rows)), axes
    )


def are_zero(rows: Array) -> Array:
    """Return which rows (N, D) are zero (N,)."""
    with np.errstate(invalid="ignore"):  # NaN may be of the kind that signals
        return np.asarray(~rows.any(axis=1))


def by_sample(values: Array, x: Any, parameter: str) -> tuple[Array, str]:
    """Return the values of `x` with samples in front, (N, ...), and their axes: as `x` knows them, or by the rule."""
    try:
        return samples_first(values, known_axes(x), f"`{parameter}`")
    except LatentError as error:
        raise LatentError(
            f"{error}; reshape it to (N, D), or give what `latentcli.load(FILE, axes=...)` returns"
        ) from None


def _of_space(space: Any, entry: NamedVectors) -> NamedRows:
    """Take the rows of a space, whose norms are 0 where rows cannot be answers."""
    without = np.flatnonzero(~(entry.norms > 0))
    zero = np.zeros(len(entry.norms), dtype=bool)
    zero[without] = are_zero(entry.matrix[without])
    finite = (entry.norms > 0) | zero

    def find(word: str) -> int | None:
        return int(space.row(word)) if word in space else None

    return NamedRows(entry.matrix, finite, zero, entry.matrix.shape, entry, find)


def _numbered(word: str, count: int) -> int | None:
    if not (word.isdecimal() and word.isascii()) or len(word) > 18:
        return None
    return int(word) if int(word) < count else None
