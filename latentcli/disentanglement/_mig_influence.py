"""How much each row moves the mutual information gap: the influence function of its plug-in estimate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from latentcli.disentanglement._mutual_information import Counts
from latentcli.disentanglement._tables import log_ratios
from latentcli.numerics.types import Array


class Influence(NamedTuple):
    """What the influence of a row on a factor's gap is computed from: its bins and its class.

    `dimensions` are the one or two with most information, `ratios` their tables (B, M) of log p(z, v) /
    p(z) p(v), `surprise` (M,) is -log p(v), `entropy` its mean, `gap` the difference in information.
    """

    dimensions: list[int]
    ratios: list[Array]
    surprise: Array
    entropy: float
    gap: float
    rows: int


class Moments(NamedTuple):
    """How many values there are, their mean, and the sum of squares of their distances from it."""

    number: int
    mean: float
    squares: float


def influences(counts: Counts) -> list[Influence]:
    """Return what is needed for each factor, from the counts of all rows."""
    found = []
    for k, table in enumerate(counts.tables):
        best = np.argsort(-counts.corrected.mutual[:, k], kind="stable")[:2].tolist()
        ratios = [log_ratios(table[j]) for j in best]
        classes = table[0].sum(axis=0)
        rows = int(classes.sum())
        means = [
            float((table[j] * one).sum()) / rows for j, one in zip(best, ratios, strict=True)
        ]
        found.append(
            Influence(
                best, ratios, np.log(rows / np.maximum(classes, 1)),
                float(counts.factor_entropy[k]), means[0] - sum(means[1:]), rows,
            )
        )  # fmt: skip
    return found


def moments_of_influences(
    bins: Array, labels: Sequence[Array], plan: Sequence[Influence], rows: int
) -> list[Moments]:
    """Return the moments of the influence of some rows on the sum of all gaps, then on each gap.

    `bins` (D, n) and `labels`, each (n,), -1 for none, are theirs; `rows` is how many there are in all.
    """
    total, each = np.zeros(bins.shape[1]), []
    for one, own in zip(plan, labels, strict=True):
        known = np.flatnonzero(own >= 0)
        some, classes = (bins, own) if len(known) == len(own) else (bins[:, known], own[known])
        terms = [r[some[j], classes] for j, r in zip(one.dimensions, one.ratios, strict=True)]
        gap = terms[0] - terms[1] if len(terms) > 1 else terms[0]
        influence = (gap - one.gap / one.entropy * one.surprise[classes]) / one.entropy
        total[known] += influence * (rows / one.rows)
        each.append(moments_of(influence))
    return [moments_of(total), *each]


def moments_of(values: Array) -> Moments:
    """Return the moments of values (n,)."""
    if not len(values):
        return Moments(0, 0.0, 0.0)
    mean = float(values.mean())
    return Moments(len(values), mean, float(((values - mean) ** 2).sum()))


def deviation(parts: Iterable[Moments]) -> float:
    """Return the standard deviation of the values of several parts (Chan, Golub and LeVeque, 1983).

    >>> deviation([Moments(2, 0.0, 2.0), Moments(2, 3.0, 0.0)])  # of -1, 1, 3 and 3
    1.6583123951777
    """
    count, mean, squares = 0, 0.0, 0.0
    for one in parts:
        if not one.number:
            continue
        together = count + one.number
        away = one.mean - mean
        squares += one.squares + away**2 * count * one.number / together
        mean += away * one.number / together
        count = together
    return float(np.sqrt(squares / count)) if count else 0.0
