"""The Z-max variance score: the most variable dimension identifies the factor that is free."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import numpy as np

from latentcli.disentanglement import _mutual_information as information
from latentcli.disentanglement import _voting as voting
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factor, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Cut
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._scaling import variances
from latentcli.disentanglement._score import Score
from latentcli.disentanglement._voting import Draw, Groups
from latentcli.numerics.types import Array, Progress

ABOUT = About(
    formula=(
        "the accuracy of a majority vote that predicts in which factor alone the rows of a batch differ "
        "from the dimension whose variance in the batch is the largest share of its variance over all "
        "rows"
    ),
    range="1 / number of factors to 1; with few rows noise scores far above the lower end",
    reading="1: each factor, when it alone changes, moves its own dimensions most",
    limitations=(
        "It needs rows that agree in all factors but one: where there are few of them, noise wins votes "
        "(see zmaxvar_chance) and even perfect codes score below 1. Dimensions below `threshold`, which "
        "is in the units of the codes, are left out."
    ),
    whole_rows=True,
    source="Kim, Wang, Sahu and Pavlovic, 2019, as Carbonneau et al. (2022) draw from rows",
    compat={"ubisoft": {"batch": 200, "train": 800, "evaluate": 800, "threshold": 0.05}},
    differences=(
        "rows are drawn with replacement, where ubisoft shuffles them; its scale from a uniform guess "
        "to 1 is zmaxvar_scaled; where it gives NaN a note names the factors"
    ),
    ceiling=(
        "Few rows that agree in all factors but one: a dimension then varies less than another by chance."
    ),
    perfect_codes=True,
    by_size=True,
)

_FEW = 5
"""Rows that agree in all factors but one, below which their variance is mostly noise."""


def most_variable(batches: Array) -> Array:
    """Return the dimension (n,) with the largest variance in each batch (n, L, D) of scaled codes.

    >>> most_variable(np.array([[[1.0, 5.0], [2.0, 5.0]]]))
    array([0])
    """
    return variances(batches).argmax(axis=1)


@metric(ABOUT)
def zmaxvar(
    codes: Codes,
    factors: Factors = None,
    *,
    bins: int = 3,
    batch: int = 200,
    train: int = 800,
    evaluate: int = 800,
    threshold: float = 0.05,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how well the most variable dimension (N, D) identifies the factor (N, K) that is free.

    Parameters
    ----------
    bins
        Number of equally wide classes into which continuous factors are cut.
    train, evaluate
        Batches that train the vote; batches that evaluate it.

    Returns
    -------
    Score
        `zmaxvar`, the accuracy on evaluation batches; its interval from random halves of the rows,
        at least Wilson's of so many batches;
        `zmaxvar_chance`, what these rows score with shuffled factors; `zmaxvar_train` on the training
        batches; `zmaxvar_scaled` with a uniform guess at 0. None where fewer than two factors can be
        free alone; 0 where every dimension is left out.

    Examples
    --------
    Perfect codes, and codes that never change:

    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 10)
    >>> zmaxvar(grid, grid).value
    1.0
    >>> zmaxvar(np.zeros((120, 2)), grid).value
    0.0
    """
    voting.check_batch(batch, threshold)
    data = prepare(codes, factors, **options)
    of_all = _agreeing(data, bins)

    def setup(other: Data) -> voting.Vote:
        groups = of_all if other.factors is data.factors else _agreeing(other, bins)
        free = np.array([k for k, grouped in enumerate(groups) if len(grouped.sizes)])
        if len(free) < 2:
            raise voting.Undefined(
                "fewer than two factors have rows that agree in all other factors: two are needed"
            )
        used, deviations = voting.used_dimensions(other, threshold)
        draw = _by_group(groups, batch)
        return voting.Vote(other, free, used, deviations, draw, batch, most_variable)

    score = voting.scored(
        "zmaxvar", data, setup, train=train, evaluate=evaluate, threshold=threshold, ci=ci,
        seed=seed, progress=progress,
    )  # fmt: skip
    if score.value is None:
        return score
    return replace(score, notes=(*score.notes, *_few_rows(data, of_all)))


def _agreeing(data: Data, bins: int) -> list[Groups]:
    """Group the rows, for each factor, that agree in all others; with one factor all rows."""
    labels = [_coarse(factor, bins) for factor in data.factors]
    groups = []
    for k in range(len(labels)):
        key = np.zeros(data.rows, dtype=np.intp)
        for other in labels[:k] + labels[k + 1 :]:
            _, key = np.unique(key * (int(other.max()) + 1) + other, return_inverse=True)
        groups.append(voting.group(key))
    return groups


def _coarse(factor: Factor, bins: int) -> Array:
    if factor.kind == "discrete":
        return factor.labels
    labels = information.discretize(factor.values[:, None], Cut(bins)).labels[0]
    return labels.astype(np.intp)


def _by_group(groups: list[Groups], batch: int) -> Draw:
    """Draw batches of rows that agree in all factors but one, each group equally often."""

    def draw(random: np.random.Generator, k: int, number: int) -> Array:
        chosen = random.integers(len(groups[k].sizes), size=number)
        return groups[k].draw(random, chosen, batch)

    return draw


def _few_rows(data: Data, groups: list[Groups]) -> tuple[str, ...]:
    alone, few = [], []
    for factor, grouped in zip(data.factors, groups, strict=True):
        if not len(grouped.sizes):
            alone.append(factor.name)
        elif (size := int(np.median(grouped.sizes))) < _FEW:
            few.append(f"{factor.name} ({size})")
    notes = []
    if alone:
        notes.append(f"left out, as no two rows agree in all the others: {listed(alone)}")
    if few:
        notes.append(
            f"few rows agree in all factors but one, so that noise decides votes: {listed(few)}"
        )
    return tuple(notes)
