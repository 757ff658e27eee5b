"""Shards: files, each with some rows of a set, and what is read of them on workers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from latentcli.distributed import _zarr
from latentcli.errors import FileError, FormatError, counted, shown
from latentcli.files import formats, joining
from latentcli.files.addresses import is_remote, separated, split_address
from latentcli.files.parts import resolve
from latentcli.files.reading import Block, Reading
from latentcli.files.store.build import narrowed
from latentcli.files.stream import Stream
from latentcli.numerics.blocks import let_go
from latentcli.numerics.types import Array

Rows = Array | None
"""Rows of a shard that count, ascending; None for all."""

PIECE = 32 << 20
"""Bytes of the rows that are in work at a time on a worker."""

_COUNTED = re.compile(r"(.*\D|)(\d+)-of-(\d+)(\D.*|)")


@dataclass(frozen=True)
class Shard:
    """A file of rows: `address` with a key, `first` the row of the set that it begins with."""

    address: str
    name: str
    first: int = 0
    rows: int = 0

    @property
    def span(self) -> slice:
        """Its rows in the set."""
        return slice(self.first, self.first + self.rows)


class Survey(NamedTuple):
    """What one pass over a shard finds."""

    rows: int
    size: int
    reading: Reading
    norms: Array
    words: list[str] | None


def inside(rows: Array, span: slice) -> Array:
    """Return those of some ascending rows that lie in a span, counted from its start."""
    begin, end = np.searchsorted(rows, [span.start, span.stop])
    return rows[begin:end] - span.start


def listed(addresses: Sequence[str], *, with_missing: bool = False) -> list[Shard]:
    """Return the shards that addresses mean, in the order of their names; nothing is fetched.

    Of numbered shards (`part-00003-of-00016`) one that is missing is an error; or it is among them, at its
    place: whoever reads it says that it is not there.
    """
    return _with_missing(
        [shard for address in addresses for shard in _listed(address)], refuse=not with_missing
    )


def note_of(skipped: Sequence[str]) -> tuple[str, ...]:
    """Say how many shards are left out, and why the first."""
    if not skipped:
        return ()
    are = counted(len(skipped), "shard is", "shards are")
    return (f"{are} left out; the first: {skipped[0]}",)


def _listed(address: str) -> list[Shard]:
    file, key = separated(address)
    tail = f"::{key}" if key else ""
    if is_remote(file):
        from latentcli.files import remote

        return [
            Shard(f"{name}{tail}", shown(name.rstrip("/").rsplit("/", 1)[-1]))
            for name in ([file] if _zarr.is_zarr(file) else remote.listed(file))
        ]
    found = _zarr.listed(file) or [part.path for part in resolve(address).parts]
    # A worker may have another working directory.
    return [Shard(f"{path.resolve()}{tail}", shown(path.name)) for path in found]


def _with_missing(shards: list[Shard], *, refuse: bool) -> list[Shard]:
    """Return numbered shards with those that are missing: `part-00003-of-00016`."""
    matches = [_COUNTED.fullmatch(shard.name) for shard in shards]
    first = matches[0] if matches else None
    if first is None or None in matches:
        return shards
    there = {
        int(match[2]): shard for match, shard in zip(matches, shards, strict=True) if match
    }
    count, least = int(first[3]), min(there)
    numbers = range(min(least, 1), min(least, 1) + count)
    missing = [number for number in numbers if number not in there]
    if not missing or count > 10 * len(shards) + 100:
        return shards
    names = [
        f"{first[1]}{str(number).zfill(len(first[2]))}-of-{first[3]}{first[4]}"
        for number in missing
    ]
    if refuse or len(there) < len(shards):
        raise FileError(f"shard {names[0]} is missing: {len(there):,} of {count:,} are there")
    file, key = separated(shards[0].address)
    folder, tail = file.rsplit("/", 1)[0], f"::{key}" if key else ""
    there |= {
        number: Shard(f"{folder}/{name}{tail}", name)
        for number, name in zip(missing, names, strict=True)
    }
    return [there[number] for number in sorted(there)]


@contextmanager
def _opened(shard: Shard) -> Iterator[tuple[Path, Reading]]:
    """Give where a shard is on this machine, and what is read of it."""
    if _zarr.is_zarr(shard.address):
        yield Path(separated(shard.address)[0]), _zarr.read(shard.address)
        return
    path, key = split_address(shard.address)
    with Stream(path, member=key) as stream:
        yield path, formats.read(stream, "" if stream.taken else key)


def blocks(shard: Shard, size: int = PIECE) -> Iterator[tuple[int, Array]]:
    """Yield (first row within the shard, rows (n, D) as they are) in pieces of about `size` bytes in float64."""
    with _opened(shard) as (_, reading):
        kept: list[Array] = []
        first = rows = 0
        for values in _parts(reading, size):
            kept.append(values)
            rows += len(values)
            if rows * reading.dimensions * 8 >= size:
                yield first, _joined(kept)
                _let_go(kept)
                first, rows, kept = first + rows, 0, []
        if rows:
            yield first, _joined(kept)
            _let_go(kept)
        if shard.rows and first + rows != shard.rows:
            raise FormatError(f"it has {first + rows:,} rows now, not {shard.rows:,}")


def _parts(reading: Reading, size: int) -> Iterator[Array]:
    """Yield rows as they are read; of an array that lies in its file as it is, as many as a piece has, not copied."""
    whole = None if reading.whole is None else reading.whole()
    if whole is None or not whole.flags.c_contiguous:
        yield from (block.values for block in reading.blocks())
        return
    rows = np.asarray(whole).reshape(-1, reading.dimensions)
    step = max(1, size // (8 * reading.dimensions))
    for start in range(0, len(rows), step):
        yield rows[start : start + step]


def _let_go(parts: list[Array]) -> None:
    """Give back the memory of what was read of a file that is mapped."""
    for part in parts:
        let_go(part)


def blocks_of(shard: Shard, rows: Rows) -> Iterator[tuple[int, Array]]:
    """Yield (how many of them came before, rows (n, D)) of those rows of a shard that count, ascending; None for all."""
    before = 0
    for first, values in blocks(shard):
        span = slice(first, first + len(values))
        part = values if rows is None else values[inside(rows, span)]
        if len(part):
            yield before, part
        before += len(part)


def pieces(shard: Shard, rows: Rows) -> Iterator[tuple[slice, Array]]:
    """Yield (place among the rows that count, their codes (n, D) as metrics take them)."""
    for start, values in blocks_of(shard, rows):
        kept = values.dtype in (np.float32, np.float64)
        yield slice(start, start + len(values)), values if kept else values.astype(np.float64)


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def survey(shard: Shard) -> Survey:
    """Read a shard once: its size, its words, and the norms of its rows."""
    with _opened(shard) as (path, reading):
        words = joining.words_beside(path)
        beside = words is not None
        norms: list[Array] = []
        for block in reading.blocks():
            if block.words is not None and not beside:
                words = [*(words or ())] if words is None else words
                words += block.words
            if not len(block.values):
                continue
            norms.append(narrowed(block.values, reading.findings)[1])
            let_go(block.values)
        found = np.concatenate(norms) if norms else np.zeros(0)
        size = path.stat().st_size if path.is_file() else 0
        plain = replace(reading, blocks=_nothing, whole=None, mapped=None, extras={})
        return Survey(len(found), size, plain, found, words)


def _nothing() -> Iterator[Block]:
    return iter(())


def column_of(shard: Shard, name: str) -> list[Any]:
    """Return a column of a table beside its vectors; the words, if it is the one they are."""
    found: list[Any] = []
    with _opened(shard) as (_, reading):
        reading.with_columns = True
        for block in reading.blocks():
            cells = (block.columns or {}).get(name, block.words)
            if cells is None:
                raise FormatError(f"no column '{shown(name)}' beside its vectors")
            found += [*cells]
    return found


def columns_of(shard: Shard) -> list[tuple[int, Mapping[str, Sequence[object]]]]:
    """Return the columns of a table beside its vectors: how many rows, and their cells by name, block by block."""
    with _opened(shard) as (_, reading):
        reading.with_columns = True
        return [(len(block.values), block.columns or {}) for block in reading.blocks()]


def take(shard: Shard, rows: Array) -> Array:
    """Return some rows (n, D) of a shard, by their ascending numbers in it."""
    found = []
    for first, values in blocks(shard):
        mine = inside(rows, slice(first, first + len(values)))
        if len(mine):
            found.append(values[mine])
        if len(rows) and rows[-1] < first + len(values):
            break
    return _joined(found)
