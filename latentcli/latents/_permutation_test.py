"""A direction against shuffled labels: on codes held out, or, where those are too few, on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from latentcli.errors import LatentError
from latentcli.latents._direction_fits import METHODS, weights_of
from latentcli.latents._orthogonal import cleaned
from latentcli.latents._separation import auc, separation, separations
from latentcli.numerics.blocks import spans
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.types import Array

HELD_OUT = 0.3
"""The share of codes held out."""

LEAST = 10
"""Codes of each side, below which none is held out: at least 3 are."""

_REFITTED = (
    199  # permutations where each one is a new fit; of large codes, or by a solver, fewer
)

_REFITTED_FEW = 49

_LARGE = 1_000_000


@dataclass(frozen=True)
class Test:
    """How well a direction does, beside shuffled labels (a permutation test).

    `value` is the separation (for scores: the correlation) on codes held out if `held_out`, else of
    the codes that the direction was found from, each permutation with a fit of its own. `chance` is
    the mean of `permutations` shuffles of the labels, `chance_95` what 5 % of them reach, `p_value`
    the share of them, with the observed one, that reach `value`.
    """

    value: float
    chance: float
    chance_95: float
    p_value: float
    permutations: int
    held_out: bool


@dataclass(frozen=True)
class _Held:
    """Codes held out: their scores along a direction found without them, labels, cells, weights."""

    scores: Array
    labels: Array
    extra: Array | None
    shared: bool
    repeats: Repeats

    def weights(self) -> Array | None:
        if self.extra is None:
            return None
        return weights_of(self.labels, self.extra, shared=self.shared)

    def auc(self) -> float:
        return auc(self.scores, self.labels, self.weights())

    def test(self, permutations: int, seed: int) -> Test | None:
        """Shuffle the labels of the codes held out, within each combination of other labels.

        Codes that repeat each other keep one label.
        """
        weights = self.weights()
        weights = np.ones(len(self.scores)) if weights is None else weights
        value = separation(self.scores, self.labels, weights)
        if value is None:
            return None
        rng = np.random.default_rng(seed)
        count = len(self.labels)
        shuffled: list[float] = []
        for part in spans(permutations, count):
            orders = np.stack(
                [_shuffle(rng, self.extra, self.repeats) for _ in range(part.stop - part.start)]
            )
            # Weights go by label and combination, so they are shuffled with the labels.
            shuffled += separations(self.scores, self.labels[orders], weights[orders])
        return compared(value, shuffled, held_out=True)


def held_out_codes(
    codes: Array,
    labels: Array,
    extra: Array | None,
    method: str,
    seed: int,
    without: Sequence[Array],
    repeats: Repeats,
) -> _Held | None:
    """Find the direction again from 70% of each side, and score the rest with it.

    With other labels both parts are balanced over them, each by its own combinations. Codes that repeat each other are
    all held out, or none is.
    """
    distinct = repeats.once(labels)
    if min(distinct.sum(), (~distinct).sum()) < LEAST:
        return None
    rng = np.random.default_rng(seed)
    test = np.zeros(len(distinct), dtype=bool)
    for side in (distinct, ~distinct):
        rows = np.flatnonzero(side)
        test[rng.permutation(rows)[: max(1, round(HELD_OUT * len(rows)))]] = True
    test = repeats.spread(test)
    fitted, scored = (None if extra is None else extra[part] for part in (~test, test))
    shared = method == "mean"
    try:
        weights = weights_of(labels[~test], fitted, shared=shared)
        found, _ = METHODS[method](codes[~test], labels[~test], weights, seed)
        tested = repeats.of(np.flatnonzero(test))
        held = _Held(
            codes[test] @ cleaned(found, without), labels[test], scored, shared, tested
        )
        held.weights()
    except LatentError:
        return None
    return held


def in_sample(
    value: float | None,
    codes: Array,
    labels: Array,
    extra: Array | None,
    method: str,
    seed: int,
    without: Sequence[Array],
    repeats: Repeats,
) -> Test | None:
    """Shuffle the labels, find the direction again each time, and see how it separates its own codes."""
    if value is None or len(labels) < 3:
        return None
    few = method in ("logistic", "svm") or codes.size > _LARGE
    rng = np.random.default_rng(seed)
    shuffled = []
    for _ in range(_REFITTED_FEW if few else _REFITTED):
        mixed = labels[_shuffle(rng, extra, repeats)]
        try:
            weights = weights_of(mixed, extra, shared=method == "mean")
            vector = cleaned(METHODS[method](codes, mixed, weights, seed)[0], without)
            balance = weights if extra is not None else np.ones(len(mixed))
            found = separation(codes @ vector, mixed, balance)
        except LatentError:
            found = None
        shuffled.append(0.0 if found is None else found)
    return compared(value, shuffled, held_out=False)


def _shuffle(rng: np.random.Generator, extra: Array | None, repeats: Repeats) -> Array:
    """Return a random order (n,) of rows, within each combination of the other labels; equal rows get equal ones."""
    if extra is None:
        return repeats.permutation(rng)
    if repeats.first is not None:
        order = _shuffle(rng, repeats.once(extra), Repeats(repeats.distinct))
        return repeats.spread(repeats.first[order])
    count = repeats.rows
    _, cell = np.unique(extra, axis=0, return_inverse=True)
    order = np.empty(count, dtype=np.int64)
    order[np.argsort(cell.ravel(), kind="stable")] = np.lexsort(
        (rng.random(count), cell.ravel())
    )
    return order


def compared(value: float, shuffled: Sequence[float], *, held_out: bool) -> Test:
    """Return a value as a test against those of shuffles."""
    found = np.asarray(shuffled)
    reached = int((found >= value * (1 - 1e-12)).sum())
    return Test(
        value=value,
        chance=float(found.mean()),
        chance_95=float(np.quantile(found, 0.95)),
        p_value=(1 + reached) / (1 + len(found)),
        permutations=len(found),
        held_out=held_out,
    )
