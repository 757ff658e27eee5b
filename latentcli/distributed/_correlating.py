"""Squared correlations of codes in shards with factors: sums of products by workers, merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from latentcli.disentanglement._mig_influence import Moments, deviation, moments_of
from latentcli.disentanglement._squared_correlation import Targets, influences
from latentcli.distributed._coded_shards import Look, Shards
from latentcli.distributed._shards import Rows, pieces
from latentcli.numerics.types import Array

if TYPE_CHECKING:
    from latentcli.distributed._shards import Shard

_IN_MEMORY = 1 << 27
"""Numbers of shuffled factors that are in memory at a time."""


class Scale(NamedTuple):
    """A center (D,) of the codes and how far (D,) they are from it: sums of squares neither overflow nor cancel."""

    center: Array
    reach: Array

    def of(self, values: Array) -> Array:
        """Return codes (n, D) in float64, on this scale."""
        return (values.astype(np.float64) - self.center) / self.reach


class Sums(NamedTuple):
    """Of rows with a factor: sums and sums of squares (K, D), the ends (K, D), and products (W, D) with weights."""

    first: Array
    second: Array
    least: Array
    most: Array
    products: Array


class Best(NamedTuple):
    """The one or two dimensions that predict a factor best: their means, deviations and correlations (., T)."""

    dimensions: Array
    mean: Array
    deviation: Array
    r: Array


class Correlated:
    """Squared correlations of dimensions with the targets of factors.

    `r2` is (D, K), `null` (P, D, K) the same with the factors' rows in each of P `orders`.
    """

    def __init__(
        self,
        shards: Shards,
        look: Look,
        targets: Sequence[Targets],
        orders: Iterable[list[Array]],
    ) -> None:
        self._shards, self._targets = shards, targets
        center = look.some.mean(axis=0, dtype=np.float64)
        reach = np.maximum(look.ends[1] - center, center - look.ends[0])
        self._scale = Scale(center, np.where(reach > 0, reach, 1.0))
        self._known = np.stack([one.factor.labels >= 0 for one in targets], axis=1)
        self._laid = self._weights(None)
        sums = self._sums(self._known, self._laid)
        rows = self._known.sum(axis=0)[:, None]
        self._mean = sums.first / rows
        squares = np.maximum(sums.second / rows - self._mean**2, 0.0)
        self._deviation = np.where(sums.least < sums.most, np.sqrt(squares), 0.0)
        self._r = self._correlations(sums.products)
        self.r2 = _shares(self._r)
        self.null = self._of_orders(orders)

    def _weights(self, order: list[Array] | None) -> Array:
        """Return the targets of all factors (N, W) by row, 0 where one is missing."""
        laid = []
        for k, one in enumerate(self._targets):
            whole = np.zeros((len(self._known), one.columns.shape[1]))
            known = one.factor.known
            whole[known if order is None else known[order[k]]] = one.columns
            laid.append(whole)
        return np.hstack(laid)

    def _sums(self, known: Array, weights: Array) -> Sums:
        parts = self._shards.each(
            sums,
            lambda at: (
                self._scale,
                known[self._shards.span(at)],
                weights[self._shards.span(at)],
            ),
        )
        found = [one for one in parts if one is not None]
        first, second, least, most, products = zip(*found, strict=True)
        return Sums(
            sum(first), sum(second), np.min(least, axis=0), np.max(most, axis=0), sum(products)
        )

    def _correlations(self, products: Array) -> list[Array]:
        """Return the correlations (D, T) with the targets of each factor, given products (W, D)."""
        found, start = [], 0
        for k, one in enumerate(self._targets):
            end = start + one.columns.shape[1]
            centered = products[start:end] - np.outer(one.columns.sum(axis=0), self._mean[k])
            scale = len(one.columns) * np.where(
                self._deviation[k] > 0, self._deviation[k], np.inf
            )
            found.append((centered / scale).T)
            start = end
        return found

    def _of_orders(self, orders: Iterable[list[Array]]) -> Array:
        """Return the squared correlations (P, D, K) with factors in other orders, a few in each pass."""
        width = self._laid.shape[1]
        together, waiting = max(1, _IN_MEMORY // self._laid.size), iter(orders)
        found: list[Array] = []
        none = self._known[:, :0]
        while some := [*islice(waiting, together)]:
            products = self._sums(
                none, np.hstack([self._weights(one) for one in some])
            ).products
            found += [
                _shares(self._correlations(products[start : start + width]))
                for start in range(0, len(products), width)
            ]
        return np.stack(found) if found else np.zeros((0, *self.r2.shape))

    def deviations(self, best: Sequence[Array]) -> tuple[float, list[float]]:
        """Return the standard deviations of influences on the mean of all gaps, and on each gap.

        `best` are the one or two dimensions that predict each factor best.
        """
        plan = [
            Best(some, self._mean[k, some], self._deviation[k, some], self._r[k][some])
            for k, some in enumerate(best)
        ]
        rows = self._known.sum(axis=0) / len(self._known)
        parts = self._shards.each(
            spreads,
            lambda at: (
                self._scale, self._known[self._shards.span(at)], self._laid[self._shards.span(at)],
                plan, rows,
            ),
        )  # fmt: skip
        total, *each = (
            deviation(one) for one in zip(*(p for q in parts for p in q), strict=True)
        )
        return total, each


def _shares(correlations: Sequence[Array]) -> Array:
    """Return the shares of variance (D, K) that dimensions explain, at most 1."""
    return np.stack([np.minimum(1.0, (r**2).sum(axis=1)) for r in correlations], axis=1)


def sums(shard: Shard, rows: Rows, scale: Scale, known: Array, weights: Array) -> Sums | None:
    """Return the sums of a shard; `known` (n, K) says which rows have which factor, `weights` are (n, W)."""
    found: Sums | None = None
    for place, values in pieces(shard, rows):
        codes = scale.of(values)
        some = [codes[mask] if not mask.all() else codes for mask in known[place].T]
        empty = np.zeros((0, codes.shape[1]))
        one = Sums(
            np.array([part.sum(axis=0) for part in some] or empty),
            np.array([(part**2).sum(axis=0) for part in some] or empty),
            np.array([part.min(axis=0, initial=np.inf) for part in some] or empty),
            np.array([part.max(axis=0, initial=-np.inf) for part in some] or empty),
            weights[place].T @ codes,
        )
        found = one if found is None else Sums(
            found.first + one.first, found.second + one.second,
            np.minimum(found.least, one.least), np.maximum(found.most, one.most),
            found.products + one.products,
        )  # fmt: skip
    return found


def spreads(
    shard: Shard,
    rows: Rows,
    scale: Scale,
    known: Array,
    targets: Array,
    plan: Sequence[Best],
    shares: Array,
) -> list[list[Moments]]:
    """Return the moments of the influence of rows on the mean of all gaps, then on each, piece by piece."""
    return [
        _of_piece(scale.of(values), known[place], targets[place], plan, shares)
        for place, values in pieces(shard, rows)
    ]


def _of_piece(
    codes: Array, known: Array, targets: Array, plan: Sequence[Best], shares: Array
) -> list[Moments]:
    each, start = [], 0
    for k, best in enumerate(plan):
        end = start + best.r.shape[1]
        moved = [
            influences((codes[:, j] - mean) / (deviation or np.inf), targets[:, start:end], r)
            for j, mean, deviation, r in zip(*best, strict=True)
        ]
        gap = moved[0] - moved[1] if len(moved) > 1 else moved[0]
        each.append(np.where(known[:, k], gap, 0.0) / shares[k])
        start = end
    return [moments_of(one) for one in (np.mean(each, axis=0), *each)]
