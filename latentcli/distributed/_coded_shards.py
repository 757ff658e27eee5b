"""Shards of codes, the rows of them that have factors, and what a pass over them finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import numpy as np

from latentcli.distributed import _counting
from latentcli.distributed._shards import inside
from latentcli.errors import LatentError
from latentcli.numerics.tails import LOOKED_AT
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._session import Session
    from latentcli.distributed._shards import Shard

DISTINCT = 256
"""Distinct values of a dimension that are looked for, where no more bins are requested."""


class Shards(NamedTuple):
    """Codes in shards, and which of their rows (M,), ascending, have factors; None for all."""

    session: Session
    shards: tuple[Shard, ...]
    dimensions: int
    kept: Array | None

    @property
    def rows(self) -> int:
        """How many rows have factors."""
        return sum(shard.rows for shard in self.shards) if self.kept is None else len(self.kept)

    def local(self, at: int) -> Array | None:
        """Return which rows of a shard have factors, by their numbers in it; None for all."""
        return None if self.kept is None else inside(self.kept, self.shards[at].span)

    def span(self, at: int) -> slice:
        """Return the place of a shard's rows among those that have factors."""
        whole = self.shards[at].span
        if self.kept is None:
            return whole
        first, end = np.searchsorted(self.kept, [whole.start, whole.stop])
        return slice(int(first), int(end))

    def each(
        self, function: Callable[..., Any], given: Callable[[int], tuple[Any, ...]]
    ) -> list[Any]:
        """Return `function(shard, rows, *given(place))` of each shard, in their order."""
        return [
            *self.session.each(function, self.shards, lambda at: (self.local(at), *given(at)))
        ]


class Elsewhere:
    """Stands for codes (N, D) that are in shards: their size is known, and nobody has their numbers."""

    ndim = 2

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape, self.size = shape, shape[0] * shape[1]

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, _: Any) -> NoReturn:
        raise LatentError(
            f"{self.shape[0]:,} x {self.shape[1]:,} codes in shards: what needs more than their counts "
            "needs all of them in the memory of one machine; leave out `dask`, or take a sample"
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return self[0]


class Look(NamedTuple):
    """What one pass over the codes finds: ends (D,) of dimensions, their values if few, some rows (n, D).

    `hashes` (N,) are numbers that are equal for equal rows only.
    """

    ends: tuple[Array, Array]
    few: list[Array | None]
    some: Array
    hashes: Array


class LookedAt:
    """Shards of codes, and what passes over them found."""

    def __init__(self, shards: Shards) -> None:
        self.shards = shards
        self._looks: dict[int, Look] = {}

    def look(self, most: int) -> Look:
        """Look for dimensions with at most so many values."""
        if most not in self._looks:
            step = max(1, self.shards.rows // LOOKED_AT)
            found = self.shards.each(
                _counting.look, lambda at: (most, -self.shards.span(at).start % step, step)
            )
            least, highest = (
                reduce([one[i] for one in found]) for i, reduce in ((0, least_of), (1, most_of))
            )
            few = [
                _counting.together([one[2][j] for one in found], most)
                for j in range(len(least))
            ]
            some = np.concatenate([one[3] for one in found])
            hashes = np.concatenate([one[4] for one in found])
            self._looks[most] = Look((least, highest), few, some, hashes)
        return self._looks[most]


def least_of(parts: list[Array]) -> Array:
    """Return the smallest (D,) of parts (D,)."""
    return np.asarray(np.min(parts, axis=0))


def most_of(parts: list[Array]) -> Array:
    """Return the largest (D,) of parts (D,)."""
    return np.asarray(np.max(parts, axis=0))
