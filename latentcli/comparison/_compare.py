"""All measures of two spaces together."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np

from latentcli.comparison import _cka as cka
from latentcli.comparison import _procrustes as procrustes
from latentcli.comparison._moments import Side, side_of, triple
from latentcli.comparison._overlap import Overlap, Paired, overlap
from latentcli.comparison._procrustes import Rotation
from latentcli.comparison._rsa import rsa
from latentcli.errors import LatentError, counted
from latentcli.numerics.blocks import sampled
from latentcli.numerics.resampling import Estimate, bootstrap
from latentcli.numerics.types import Array, Progress

Stage = Callable[[str], AbstractContextManager[Progress | None]]
"""Opens a stage of the work by name, and gives the callback of its progress."""


@dataclass(frozen=True)
class Comparison:
    """How alike two spaces are.

    `debiased` and `biased` are linear CKA; `rotation` is X's best rotation onto Y, None if all
    rows of a side are the same; `moved` (n,) how far each row is from its partner after it, NaN
    where that cannot be said; `neighbors` the mean overlap, details in `overlap`; `k` and
    `queries` are what it was measured with, `rsa_rows` the rows that RSA was measured on.
    """

    x: Side
    y: Side
    debiased: Estimate
    biased: Estimate
    rsa: Estimate
    rsa_rows: int
    neighbors: Estimate
    overlap: Overlap
    k: int
    rotation: Rotation | None
    moved: Array


def compare(
    x: Paired,
    y: Paired,
    *,
    k: int = 10,
    metric: str = "cosine",
    level: float | None = 0.95,
    sample: int = 1000,
    seed: int = 0,
    stage: Stage = lambda name: nullcontext(),
) -> Comparison:
    """Compare two spaces whose rows are paired.

    Parameters
    ----------
    x, y
        The spaces; `x.rows[i]` and `y.rows[i]` are the same thing. Three pairs or more.
    k
        How many neighbors; no more than half of the other rows are taken.
    metric
        Of neighbors and RSA: "cosine" or "euclidean". CKA and Procrustes have none.
    level
        Of confidence, in (0, 1), for the intervals; None for none.
    sample
        How many rows, drawn by `seed`, RSA and the neighbors are measured on. CKA and
        Procrustes take all.
    """
    count = len(x.rows)
    if count < 3:
        raise LatentError(f"{counted(count, 'row')} in common: to compare takes three or more")
    first, second = side_of(x.matrix, x.rows), side_of(y.matrix, y.rows)
    with stage("adding up") as progress:
        sums = triple(first, second, np.arange(count), progress)
    debiased = Estimate(cka.debiased_cka(sums))
    if debiased.value is not None and level is not None:
        with stage("leaving rows out") as progress:
            debiased = cka.interval(
                first, second, sums, debiased.value, level=level, seed=seed, progress=progress
            )
    rotation, moved = None, np.full(count, np.nan)
    if first.scale and second.scale:
        rotation = procrustes.rotation(sums)
        with stage("rotating") as progress:
            moved = procrustes.moved(first, second, rotation, progress=progress)
    chosen = sampled(count, sample, seed)
    with stage("ranking distances") as progress:
        ranked = rsa(
            x.matrix[x.rows[chosen]],
            y.matrix[y.rows[chosen]],
            metric=metric,
            level=level,
            seed=seed,
            progress=progress,
        )
    k = min(k, max(1, (count - 1) // 2))
    with stage("searching") as progress:
        shared = overlap(x, y, chosen, k=k, metric=metric, progress=progress)
    alike = Estimate(None)
    if first.scale and second.scale:  # else all rows are neighbors, in the order of the file
        ends = (None, None) if level is None else bootstrap(shared.shares, level, seed)
        alike = Estimate(float(shared.shares.mean()), *ends)
    return Comparison(
        first,
        second,
        debiased,
        Estimate(cka.biased_cka(sums)),
        ranked,
        len(chosen),
        alike,
        shared,
        k,
        rotation,
        moved,
    )
