"""Factors in shards: the columns of all of them, the ids of codes, and the rows of shards that are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from latentcli.distributed import _shards
from latentcli.distributed._opening import Surveyed, placed
from latentcli.errors import FileError, FormatError, LatentError, counted, shown
from latentcli.files import factors
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._session import Session


class FactorShards(NamedTuple):
    """The columns (N,) of all shards, how many rows each shard has, and by their place why others cannot be read."""

    columns: dict[str, Array]
    rows: list[int]
    bad: dict[int, str]

    @property
    def notes(self) -> tuple[str, ...]:
        """How many shards are left out, and why the first."""
        return _shards.note_of([*self.bad.values()])


def read_factors(address: str, notes: list[str], *, skip_bad: bool = False) -> FactorShards:
    """Read the factors of all shards, in the order of their names, on this machine.

    Raises FormatError where shards have other columns than the first. With `skip_bad` shards that
    cannot be read have no rows.
    """
    parts: list[dict[str, Array]] = []
    sizes: list[int] = []
    bad: dict[int, str] = {}
    for place, shard in enumerate(_shards.listed([address], with_missing=skip_bad)):
        try:
            one = factors.read(shard.address, notes)
            if parts and [*one] != [*parts[0]]:
                raise FormatError(
                    f"shard {shard.name}: columns {shown(', '.join(one))}; the first has "
                    f"{shown(', '.join(parts[0]))}"
                )
        except FileError as error:
            if not skip_bad:
                raise
            text = str(error)
            for known in (f"shard {shard.name}: ", f"{shard.name}: "):
                text = text.removeprefix(known)
            bad[place] = f"shard {shard.name}: {text}"
            sizes.append(0)
            continue
        parts.append(one)
        sizes.append(len(next(iter(one.values()), ())))
    if not parts:
        raise FileError(next(iter(bad.values()), "no shards"))
    columns = {name: np.concatenate([one[name] for one in parts]) for name in parts[0]}
    return FactorShards(columns, sizes, bad)


def ids_of(session: Session, found: Surveyed, column: str) -> list[Any]:
    """Return the ids of codes, a column beside their vectors, by workers."""
    return [
        one
        for part in session.each(_shards.column_of, found.shards, lambda _: (column,))
        for one in part
    ]


def matched(found: Surveyed, read: FactorShards) -> tuple[Surveyed, Mapping[str, Array]]:
    """Leave out the rows of shards that cannot be read, of codes and factors alike, where both are in one order.

    Factors in as many shards as the codes match them shard by shard. Of other factors the rows of one
    bad shard are those between its neighbors; of several they are unknown: a LatentError.
    """
    if not found.bad and not read.bad:
        return found, read.columns
    count = len(found.shards) + len(found.bad)
    if len(read.rows) == count:
        return _shard_by_shard(found, read)
    if read.bad or len(found.bad) > 1:
        reasons = [*found.bad.values(), *read.bad.values()]
        raise LatentError(
            f"{counted(len(reasons), 'shard')} cannot be read, and which rows of the others are theirs is "
            f"unknown: name factors in {count:,} shards, or `id`; the first: {reasons[0]}"
        )
    (place,) = found.bad
    before = sum(shard.rows for shard in found.shards[:place])
    after = sum(shard.rows for shard in found.shards[place:])
    return found, {
        name: np.concatenate([column[:before], column[max(before, len(column) - after) :]])
        for name, column in read.columns.items()
    }


def _shard_by_shard(
    found: Surveyed, read: FactorShards
) -> tuple[Surveyed, Mapping[str, Array]]:
    readable = [place for place in range(len(read.rows)) if place not in found.bad]
    both = [at for at, place in enumerate(readable) if place not in read.bad]
    if not both:
        raise FileError(next(iter({**found.bad, **read.bad}.values())))
    kept = replace(
        found,
        shards=placed([found.shards[at] for at in both]),
        surveys=[found.surveys[at] for at in both],
        bad=dict(sorted({**read.bad, **found.bad}.items())),
    )
    starts = np.cumsum([0, *read.rows])
    rows = np.concatenate(
        [np.arange(starts[readable[at]], starts[readable[at] + 1]) for at in both]
    )
    for shard, at in zip(kept.shards, both, strict=True):
        if shard.rows != read.rows[readable[at]]:
            raise LatentError(
                f"shard {shard.name} has {counted(shard.rows, 'row')}, its factors "
                f"{read.rows[readable[at]]:,}"
            )
    return kept, {name: column[rows] for name, column in read.columns.items()}
