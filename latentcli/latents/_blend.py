"""Paths on which each step is a sum of two waypoints, made and measured from its weights alone.

Norms and distances follow from the products of the waypoints with each other: no step is read for
them. Codes of float32 and float16 are summed in float32.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentcli.latents import _half as half
from latentcli.latents._along import places
from latentcli.latents._interpolation import ANTIPODAL, angles, slerp_weights
from latentcli.numerics.parallel import AHEAD, processors
from latentcli.numerics.types import Array

LEAST = 1 << 14
"""Numbers of a code from which a path is blended."""

_BLOCK = 1 << 15
"""Numbers that are in work at a time: they stay in the processor's cache."""

_PART = 1 << 20
"""Numbers that are handed over at a time."""

_LARGEST_WEIGHT = 8.0
"""Sums of larger weights lose digits."""


@dataclass(frozen=True)
class Blend:
    """A path of T steps: each is `first` (T, R) of waypoint `start` and `second` (T, R) of `end` (T,).

    `arrays` are the waypoints as they came, `vectors` (P, R, D) in the type of the sums.
    """

    arrays: list[Array]
    vectors: Array
    start: Array
    end: Array
    first: Array
    second: Array

    def measures(self) -> tuple[Array, Array, Array]:
        """Return norms (T, R), distances to the step before (T,), and of each to the first (T,).

        About the mean of the waypoints, as steps are small beside the waypoints themselves.
        """
        points = self.vectors.astype(np.float64)
        center = points.mean(axis=0)
        basis = np.concatenate([center[None], points - center])
        products = np.einsum("prd,qrd->rpq", basis, basis)
        count = len(self.start)
        weights = np.zeros((count, products.shape[0], len(basis)))
        rows = np.arange(count)
        weights[:, :, 0] = self.first + self.second
        weights[rows, :, self.start + 1] += self.first
        weights[rows, :, self.end + 1] += self.second
        squared = _forms(weights, products)
        moved = _forms(np.diff(weights, axis=0), products).sum(axis=1)
        away = _forms(weights - weights[:1], products).sum(axis=1)
        steps = np.concatenate([[0.0], np.sqrt(moved)])
        return np.sqrt(squared), steps, np.sqrt(away)

    def parts(self, dtype: np.dtype[Any], whole: Array | None) -> Iterator[tuple[slice, Array]]:
        """Yield the steps (n, ...) in order, made by several threads; in `whole` (T, ...) if it is given."""
        shape = self.arrays[0].shape
        step = max(1, _PART // self.arrays[0].size)
        spans = [
            slice(start, min(start + step, len(self.start)))
            for start in range(0, len(self.start), step)
        ]
        spare: deque[Array] = deque()

        def make(part: slice) -> Array:
            if whole is not None:
                made: Array = whole[part]
            else:
                room = spare.pop() if spare else np.empty((step, *shape), dtype)
                made = room[: part.stop - part.start]
            self._fill(part, made)
            return made

        with ThreadPoolExecutor(processors()) as pool:
            waiting: deque[tuple[slice, Future[Array]]] = deque()
            for part in spans:
                waiting.append((part, pool.submit(make, part)))
                if len(waiting) > processors() + AHEAD:
                    yield from _done(waiting, spare if whole is None else None)
            while waiting:
                yield from _done(waiting, spare if whole is None else None)

    def _fill(self, part: slice, made: Array) -> None:
        rows = self.vectors.shape[1]
        narrow = made.dtype == np.float16
        kind = self.vectors.dtype
        scale = half.SCALE if narrow else 1.0
        sums, other, room = (
            np.empty(_BLOCK, kind),
            np.empty(_BLOCK, kind),
            np.empty(_BLOCK, np.uint32),
        )
        for number, step in zip(range(part.start, part.stop), made, strict=True):
            start, end = self.start[number], self.end[number]
            first, second = self.first[number], self.second[number]
            if not second.any() and (first == 1).all():
                step[...] = self.arrays[start]
                continue
            if not first.any() and (second == 1).all():
                step[...] = self.arrays[end]
                continue
            flat = step.reshape(rows, -1)
            u, v = self.vectors[start], self.vectors[end]
            for row in range(rows):
                a, b = kind.type(first[row] * scale), kind.type(second[row] * scale)
                for begin in range(0, flat.shape[1], _BLOCK):
                    mine = flat[row, begin : begin + _BLOCK]
                    size = len(mine)
                    into = sums[:size] if narrow else mine
                    np.multiply(u[row, begin : begin + size], a, out=into)
                    np.multiply(v[row, begin : begin + size], b, out=other[:size])
                    np.add(into, other[:size], out=into)
                    if narrow:
                        half.to_half(into, mine, room[:size])


def _done(
    waiting: deque[tuple[slice, Future[Array]]], spare: deque[Array] | None
) -> Iterator[tuple[slice, Array]]:
    part, future = waiting.popleft()
    made = future.result()
    yield part, made
    if spare is not None:
        spare.append(made if made.base is None else made.base)


def _forms(weights: Array, products: Array) -> Array:
    """Return w^T G w (T, R) of weights (T, R, B) and products (R, B, B), never below 0."""
    found = np.einsum("trp,rpq,trq->tr", weights, products, weights, optimize=True)
    return np.maximum(found, 0.0)


def blend(
    arrays: list[Array], times: Array, kind: str, dtype: np.dtype[Any], *, loop: bool
) -> Blend | None:
    """Return a path through waypoints (..., D) as sums; None where it takes more care than sums do.

    That is so for small codes, for opposite waypoints, very large weights, and numbers that may leave the
    range of the type.
    """
    size = arrays[0].size
    if kind not in ("lerp", "slerp") or size < LEAST or len(arrays) * size > 1 << 25:
        return None
    work = np.dtype(np.float64 if dtype == np.float64 else np.float32)
    vectors = np.stack([one.reshape(-1, one.shape[-1]) for one in arrays]).astype(work)
    legs = len(arrays) if loop else len(arrays) - 1
    if loop:
        times = times - np.floor(times)
    place = places(times, legs)
    start = np.clip(np.floor(place).astype(int), 0, legs - 1)
    end = (start + 1) % len(arrays)
    times_of_leg = (place - start)[:, None]
    first = np.broadcast_to(1 - times_of_leg, (len(times), vectors.shape[1])).copy()
    second = np.broadcast_to(times_of_leg, first.shape).copy()
    if kind == "slerp":
        for leg in np.unique(start):
            omega = angles(vectors[leg], vectors[(leg + 1) % len(arrays)])
            if (np.pi - omega < ANTIPODAL).any():
                return None
            mine = start == leg
            inner = mine & (place != start) & (place != start + 1)
            first[inner], second[inner] = slerp_weights(omega, times_of_leg[inner])
    largest = float(np.abs(vectors).max(initial=0.0))
    reach = float((np.abs(first) + np.abs(second)).max())
    bound = half.MOST if dtype == np.float16 else float(np.finfo(dtype).max) / 4
    if reach > _LARGEST_WEIGHT or not largest * reach <= bound:
        return None
    return Blend(arrays, vectors, start, end, first, second)
