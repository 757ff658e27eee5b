"""Factors in shards: the columns of all of them, and the ids of codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from latentcli.distributed import _shards
from latentcli.errors import FormatError, shown
from latentcli.files import factors
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._session import Session


def read_factors(address: str, notes: list[str]) -> dict[str, Array]:
    """Read the factors of all shards, in the order of their names, on this machine.

    Raises FormatError where shards have other columns than the first.
    """
    parts: list[dict[str, Array]] = []
    for shard in _shards.listed([address]):
        one = factors.read(shard.address, notes)
        if parts and [*one] != [*parts[0]]:
            raise FormatError(
                f"shard {shard.name}: columns {shown(', '.join(one))}; the first has "
                f"{shown(', '.join(parts[0]))}"
            )
        parts.append(one)
    return {name: np.concatenate([one[name] for one in parts]) for name in parts[0]}


def ids_of(session: Session, paths: Sequence[str], column: str) -> list[Any]:
    """Return the ids of codes, a column beside their vectors, by workers."""
    shards = _shards.listed(paths)
    return [
        one
        for part in session.each(_shards.column_of, shards, lambda _: (column,))
        for one in part
    ]
