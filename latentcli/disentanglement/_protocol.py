"""Interval and chance of a score that a whole protocol computes from rows: it is run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from latentcli.disentanglement._data import Data
from latentcli.disentanglement._score import Estimate, mean_of_halves, shuffles
from latentcli.numerics.parallel import each
from latentcli.numerics.repeats import Repeats
from latentcli.numerics.resampling import half_sample_interval
from latentcli.numerics.types import Array

Protocol = Callable[[Data], float | None]
"""A score of codes and factors; None where it is not defined."""

_INDEPENDENT = 10
"""How often dimensions are shuffled: scores of many pairs vary little."""

_MOST_SHUFFLED = 500_000


def estimate(
    value: float | None,
    data: Data,
    *,
    half: Protocol,
    null: Protocol,
    ci: float | None,
    seed: int,
    low: float = 0.0,
    high: float = 1.0,
    extreme: float = 1.0,
) -> Estimate:
    """Return a value with its interval and its null scores.

    Parameters
    ----------
    value
        The score of all rows.
    half, null
        The protocol on random halves of the rows, for the interval, and on codes whose rows are
        shuffled against the factors. Both fit everything afresh. They differ where one may be
        cheaper: an interval needs the deviation of a protocol, a null score also its mean.
    ci, seed, low, high
        See `half_sample_interval`.
    extreme
        What the reach is multiplied by at least, for scores of the largest value.
    """
    if value is None:
        return Estimate(None)
    random = np.random.default_rng([seed, 1])
    orders = [data.repeats.permutation(random) for _ in range(shuffles())]
    scores = each(lambda order: null(shuffled(data, order)), orders)
    interval, found = None, []
    if ci is not None:
        halves = data.repeats.halves(seed, data.codes.size)
        found = each(lambda rows: _of_part(half, data, rows), halves)
        interval = half_sample_interval(
            value, found, ci, low=low, high=high, widened=max(extreme, data.tail_factor)
        )
    known = tuple(one for one in scores if one is not None)
    return Estimate(value, interval, known, halves=mean_of_halves(found))


def with_halves(
    estimate: Estimate, data: Data, protocol: Protocol, *, ci: float | None, seed: int
) -> Estimate:
    """Return an estimate of a score from 0 up with its interval, from random halves of the rows."""
    if ci is None or estimate.value is None:
        return estimate
    halves = data.repeats.halves(seed, data.codes.size)
    found = each(lambda rows: protocol(data.part(rows)), halves)
    interval = half_sample_interval(
        estimate.value, found, ci, low=0.0, widened=data.tail_factor
    )
    return replace(estimate, interval=interval, halves=mean_of_halves(found))


def shuffled(data: Data, order: Array) -> Data:
    """Return the data with the rows of codes in another order: factors say nothing about them."""
    return replace(data, codes=data.codes[order])


def beside_independence(
    estimate: Estimate,
    codes: Array,
    score: Callable[[Array], float | None],
    repeats: Repeats,
) -> Estimate:
    """Return an estimate with what codes (N, D) score whose dimensions are independent.

    The rows of each dimension are shuffled by themselves, repeated ones together. Of more than 500,000 numbers there are no null scores: what
    chance adds falls with the number of rows, and is small there.
    """
    if estimate.value is None or codes.size > _MOST_SHUFFLED:
        return estimate
    random = np.random.default_rng(2)
    null = []
    for _ in range(shuffles(_INDEPENDENT)):
        columns = [column[repeats.permutation(random)] for column in codes.T]
        null.append(score(np.stack(columns).T))
    known = tuple(one for one in null if one is not None)
    return replace(estimate, null=known, null_of="shuffled dimensions", most=np.inf)


def _of_part(protocol: Protocol, data: Data, rows: Array) -> float | None:
    """Return the score of some rows; None where a factor is the same in all of them."""
    part = data.part(rows)
    return protocol(part) if len(part.factors) == len(data.factors) else None
