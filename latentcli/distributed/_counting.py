"""What workers compute of one shard of codes: ends, few values, joint counts of bins and classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from latentcli.disentanglement._binning import Binned, Cut, Lying, discretize_as, distinct
from latentcli.disentanglement._mutual_information import count
from latentcli.distributed._shards import Rows, pieces
from latentcli.numerics.repeats import row_hashes
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._shards import Shard


class Arrangement(NamedTuple):
    """Labels of the rows of a shard; which of them are counted, and where their bins lie, if not as all do."""

    labels: list[Array]
    mask: Array | None = None
    lying: list[Lying] | None = None


def look(
    shard: Shard, rows: Rows, most: int, first: int, step: int
) -> tuple[Array, Array, list[Array | None], Array, Array]:
    """Return the ends (D,) of dimensions, their values if at most so many, every `step`-th row, and hashes of all."""
    least, highest, some, hashes = [], [], [], []
    few: list[Array | None] = []
    for place, values in pieces(shard, rows):
        least.append(values.min(axis=0))
        highest.append(values.max(axis=0))
        hashes.append(row_hashes(values.T))
        some.append(values[(first - place.start) % step :: step])
        new = [distinct(column, most) for column in values.T]
        few = (
            new if not few else [together([*pair], most) for pair in zip(few, new, strict=True)]
        )
    return (
        np.min(least, axis=0),
        np.max(highest, axis=0),
        few,
        np.concatenate(some),
        np.concatenate(hashes),
    )


def together(parts: list[Array | None], most: int) -> Array | None:
    """Return the distinct values of all parts, None for more than `most`."""
    known = [one for one in parts if one is not None]
    if len(known) < len(parts):
        return None
    found = np.unique(np.concatenate(known))
    return found if len(found) <= most else None


def ends(shard: Shard, rows: Rows, masks: Sequence[Array]) -> list[tuple[Array, Array]]:
    """Return the ends (D,) of dimensions over each of several subsets of the rows."""
    found: list[list[tuple[Array, Array]]] = [[] for _ in masks]
    for place, values in pieces(shard, rows):
        for mine, mask in zip(found, masks, strict=True):
            part = values[mask[place]]
            if len(part):
                mine.append((part.min(axis=0), part.max(axis=0)))
    return [
        (np.min([a for a, _ in one], axis=0), np.max([b for _, b in one], axis=0))
        for one in found
    ]


def count_all(
    shard: Shard,
    rows: Rows,
    cut: Cut,
    lying: Sequence[Lying],
    sizes: Sequence[int],
    arranged: Sequence[Arrangement],
) -> list[list[Array]]:
    """Return the tables of counts (D, B, M_k), for each factor k, of each arrangement."""
    found: list[list[Array]] = [[] for _ in arranged]
    for place, values in pieces(shard, rows):
        usual = discretize_as(values, cut, lying)
        for mine, one in zip(found, arranged, strict=True):
            labels = [each[place].astype(np.intp) for each in one.labels]
            binned = usual
            if one.mask is not None:
                kept = one.mask[place]
                labels = [each[kept] for each in labels]
                binned = (
                    Binned(usual.labels[:, kept], usual.size)
                    if one.lying is None
                    else discretize_as(values[kept], cut, one.lying)
                )
            tables = count(binned, labels, sizes).tables
            mine[:] = tables if not mine else [a + b for a, b in zip(mine, tables, strict=True)]
    return found


def over_rows(
    shard: Shard,
    rows: Rows,
    cut: Cut,
    lying: Sequence[Lying],
    labels: Sequence[Array],
    function: Callable[..., Any],
    given: tuple[Any, ...],
) -> list[Any]:
    """Return `function(bins, labels, *given)` of each piece of the rows."""
    return [
        function(
            discretize_as(values, cut, lying).labels,
            [one[place].astype(np.intp) for one in labels],
            *given,
        )
        for place, values in pieces(shard, rows)
    ]
