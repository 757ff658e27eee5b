"""Read a file into an entry: vectors, norms and words, in a folder or in memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.errors import FormatError, counted, shown
from latentcli.files import bounds, formats, joining
from latentcli.files import labels as label_files
from latentcli.files.mapping import mapped
from latentcli.files.parts import Parts
from latentcli.files.reading import Findings, Reading
from latentcli.files.store import room
from latentcli.files.store.columns import ColumnsBuilder
from latentcli.files.store.entry import Entry
from latentcli.files.store.growing import GrowingArray
from latentcli.files.store.row_numbers import RowNumbers
from latentcli.files.store.vocabulary import Builder
from latentcli.files.stream import Stream
from latentcli.numerics.named_vectors import Vocabulary
from latentcli.numerics.types import Array, Progress

_TINY = 1e-40
"""Rows with a smaller norm may be zero in float32, if not in the file."""


def build(
    parts: Parts,
    labels: str | None,
    folder: Path | None,
    progress: Progress | None,
    *,
    columns: bool = False,
) -> Entry:
    """Read files into a folder, or into memory when that is None; with the other `columns` of a table."""
    (path, key), *more = parts.parts
    with Stream(path, progress, member=key) as stream:
        reading = formats.read(stream, "" if stream.taken else key)
        if stream.others and not stream.taken:
            others = shown(", ".join(stream.others))
            reading.notes.append(
                f"it is {stream.member}, the largest file of the zip; the others, {others}, "
                f"are read as {path.name}::NAME"
            )
        if more:
            reading = joining.joined(stream, reading, more, progress)
        reading.with_columns = columns
        if folder is not None:
            room.check(folder, reading, stream)
        sink = Sink(parts.path.name, reading, folder, mapped=reading.mapped is not None)
        try:
            sink.fill(parts.path, labels)
            entry = sink.entry(parts.path, stream)
            entry.meta["bytes"] = sum(part.path.stat().st_size for part in parts.parts)
            return entry
        finally:
            sink.close()


class Sink:
    """Where the blocks of a file go: vectors and norms to files or memory, words to a builder."""

    def __init__(
        self, name: str, reading: Reading, folder: Path | None, *, mapped: bool
    ) -> None:
        self.reading = reading
        self.name = name
        self.folder = folder
        self.mapped = mapped
        self.rows = 0
        self.named = False
        self.norms = GrowingArray(
            None if folder is None else folder / "norms.npy", np.dtype("<f8")
        )
        self.repeated: Array | None = None
        self.builder: Builder | None = None
        self.vocabulary: Vocabulary | None = None
        self.notes: list[str] = reading.notes
        self.columns = ColumnsBuilder(folder) if reading.with_columns else None
        self.vectors: GrowingArray | None = None
        if not mapped:
            place = None if folder is None else folder / "vectors.npy"
            self.vectors = GrowingArray(place, np.dtype("<f4"), (reading.dimensions,))

    def fill(self, path: Path, labels: str | None) -> None:
        """Take all blocks of the reading."""
        for words, values, columns in self.reading.blocks():
            if words is not None:
                self._add_words(words)
            if columns is not None and self.columns is not None:
                self.columns.add(columns, len(values))
            self._add_rows(values)
        if self.rows == 0:
            raise FormatError(f"{path.name}: no vectors in it")
        self._name_rows(path, labels)
        self._check_header()

    def _add_words(self, words: list[str]) -> None:
        self.named = True
        if self.builder is None:
            self.builder = Builder(self.folder)
        self.builder.add(words)

    def _add_rows(self, values: Array) -> None:
        if not len(values):
            return
        narrow, norms = narrowed(values, self.reading.findings)
        self.norms.add(norms)
        if self.folder is None and not self.mapped:
            taken = self.rows * self.reading.dimensions * 4
            bounds.check_total(self.name, taken, "its vectors")
        if self.vectors is not None:
            self.vectors.add(narrow)
        self.rows += len(values)

    def _name_rows(self, path: Path, labels: str | None) -> None:
        """Take the words from the labels, if any; drop rows whose word was there before."""
        if labels:
            words = label_files.read(labels, path, rows=self.rows)
            if len(words) != self.rows:
                raise FormatError(
                    f"{labels}: {counted(len(words), 'label')} for the "
                    f"{counted(self.rows, 'row')} of {path.name}"
                )
            if self.builder is not None:
                self.builder.close()
                self.builder = None
            self._add_words(words)
            self.notes = [note for note in self.notes if not note.startswith("the words are")]
        if self.builder is None:
            return
        distinct = not labels and self.reading.shape is None and not self.reading.table
        self.vocabulary, repeated = self.builder.finish(distinct=distinct)
        if repeated.size and not distinct:
            self.notes.append(
                f"{counted(len(repeated), 'row shares its', 'rows share their')} label with an "
                "earlier row; "
                "a label asks for the first row that has it"
            )
        elif repeated.size:
            first = self.vocabulary.words([int(repeated[0])])[0]
            self.reading.findings.add("duplicate", len(repeated), f"first: {shown(first)}")
            self.repeated = repeated

    def _check_header(self) -> None:
        declared = self.reading.declared
        if declared and declared != (self.rows, self.reading.dimensions):
            self.notes.append(
                f"its header says {declared[0]:,} x {declared[1]:,}, "
                f"its rows are {self.rows:,} x {self.reading.dimensions:,}; the rows are used"
            )

    def entry(self, path: Path, stream: Stream) -> Entry:
        """Finish the parts and put them together."""
        norms = self.norms.finish()
        if self.repeated is not None:
            norms[self.repeated] = 0.0
        vocabulary = self.vocabulary or RowNumbers(self.rows)
        findings = self.reading.findings
        matrix = self._finish_vectors()
        meta = self._describe(stream, len(vocabulary), findings)
        columns = None if self.columns is None else self.columns.finish()
        if columns is not None:
            meta["columns"] = columns.described()
        if self.folder is not None:
            for name, value in self._arrays().items():
                np.save(self.folder / f"{name}.npy", value)
        if not norms.any():
            raise FormatError(f"{path.name}: every row is zero, NaN or infinite")
        found = findings.phrases()
        notes = (
            [f"{path.name}: {'; '.join([*found, *self.notes])}"] if found or self.notes else []
        )
        return Entry(
            path, matrix, norms, vocabulary, meta, dict(self.reading.extras), notes, self.folder,
            columns=columns,
        )  # fmt: skip

    def _finish_vectors(self) -> Array:
        shape = (self.rows, self.reading.dimensions)
        if self.reading.mapped is not None:
            file, offset, _ = self.reading.mapped
            return mapped(file, np.dtype("<f4"), offset, shape)
        assert self.vectors is not None
        return self.vectors.finish()

    def _describe(self, stream: Stream, words: int, findings: Findings) -> dict[str, Any]:
        reading = self.reading
        return {
            "format": reading.format,
            "compression": stream.compression,
            "member": stream.member,
            "key": reading.key,
            "rows": self.rows,
            "words": words,
            "named": self.named,
            "dimensions": reading.dimensions,
            "dtype": reading.dtype,
            "shape": self._shape(),
            "is_array": reading.shape is not None,
            "declared": reading.declared,
            "findings": findings.counts,
            "found": [*findings.phrases(), *self.notes],
            "mapped": _where(reading),
        }

    def _shape(self) -> list[int]:
        """Return the shape of the array, without the rows that a table has no vector for."""
        shape = self.reading.shape
        if shape is None or len(shape) == 2:
            return [self.rows, self.reading.dimensions]
        return list(shape)

    def _arrays(self) -> dict[str, Array]:
        extras = self.reading.extras
        return {name: value for name, value in extras.items() if isinstance(value, np.ndarray)}

    def close(self) -> None:
        """Close the files that are written."""
        for part in (self.norms, self.vectors):
            if part is not None:
                part.close()
        if self.folder is not None:
            if self.builder is not None:
                self.builder.close()
            if self.columns is not None:
                self.columns.close()


def narrowed(values: Array, findings: Findings) -> tuple[Array, Array]:
    """Return rows (n, D) as float32, and their norms (n,) float64, 0 for rows that are never an answer.

    Rows of zeros, NaN and infinity are counted in `findings`.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        exact = np.asarray(values, dtype=np.float64)
        norms = np.sqrt(np.einsum("ij,ij->i", exact, exact))
        narrow = np.ascontiguousarray(values, dtype="<f4")
    tiny = np.flatnonzero(norms < _TINY)
    norms[tiny[(narrow[tiny] == 0).all(axis=1)]] = 0.0
    usable = np.isfinite(norms) & (norms > 0)
    if not usable.all():
        bad = narrow[~usable]
        nan = np.isnan(bad).any(axis=1)
        infinite = np.isinf(bad).any(axis=1) & ~nan
        findings.add("nan", int(nan.sum()))
        findings.add("infinite", int(infinite.sum()))
        findings.add("zero", int((~nan & ~infinite).sum()))
        norms[~usable] = 0.0
    if norms.max(initial=0.0) > np.finfo(np.float32).max:
        # Finite as it is in the file, but perhaps not in float32.
        too_large = np.isinf(narrow).any(axis=1) & (norms > 0)
        findings.add("infinite", int(too_large.sum()))
        norms[too_large] = 0.0
    return narrow, norms


def _where(reading: Reading) -> list[str | int] | None:
    """Say where mapped rows lie: the file and the byte at which they begin."""
    if reading.mapped is None:
        return None
    return [os.path.realpath(reading.mapped[0]), reading.mapped[1]]
