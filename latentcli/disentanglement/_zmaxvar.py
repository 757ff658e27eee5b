"""The Z-max variance score: the dimension that varies most tells the factor that is free."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement import _mutual_information as information
from latentcli.disentanglement import _voting as voting
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factor, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Cut
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._score import Score, Value
from latentcli.disentanglement._voting import Draw, Groups
from latentcli.numerics.types import Array, Progress

ABOUT = About(
    formula=(
        "the accuracy of telling which factor alone differs in a batch of rows from the dimension "
        "that varies most in it, its variance taken as a share of that over all rows: a majority "
        "vote learnt from other batches"
    ),
    range="1/K (chance, K factors) to 1",
    reading="1: each factor, when it alone changes, moves its own dimensions most",
    source="Kim, Wang, Sahu and Pavlovic, 2019, as Carbonneau et al. (2022) draw from rows",
    limitations=(
        "it needs rows that agree in all factors but one: with few of them noise wins the vote, and "
        "even perfect codes score below 1; dimensions left out by the threshold, which is in the "
        "codes' units"
    ),
    compat={"ubisoft": {"batch": 200, "train": 800, "evaluate": 800, "threshold": 0.05}},
    differences=(
        "rows are drawn with replacement, where ubisoft shuffles them; its scale from chance to 1 "
        "is zmaxvar_scaled; where it gives NaN a note names the factors"
    ),
)

_FEW = 5
"""Rows that agree in all factors but one, below which what varies is hardly seen."""


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
    """Score how well the most varying dimension tells which factor alone differs in a batch.

    Parameters
    ----------
    codes, factors
        (N, D) numbers and (N, K) labels, or columns by name; or a `Data`.
    bins
        How many equally wide classes continuous factors are cut into.
    batch, train, evaluate
        Rows in a batch; batches to learn the votes from; batches to judge them by.
    threshold
        Dimensions with a smaller standard deviation are left out.
    ci
        Coverage of the interval, None for none. It tells how sure the score is with these rows,
        were more batches drawn.
    seed
        How batches are drawn.

    Returns
    -------
    Score
        `zmaxvar`, the accuracy on new batches; `zmaxvar_train` on those it was learnt from;
        `zmaxvar_scaled` with chance at 0. None where fewer than two factors can be freed alone;
        0 where every dimension is left out.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 10)
    >>> zmaxvar(grid, grid).value
    1.0
    """
    voting.check_numbers(batch, threshold, train=train, evaluate=evaluate)
    information.check_bins(bins)
    data = prepare(codes, factors, **options)
    settings: dict[str, Value] = {
        "bins": bins,
        "batch": batch,
        "train": train,
        "evaluate": evaluate,
        "threshold": threshold,
        "ci": ci,
        "seed": seed,
    }
    groups = _others(data, bins)
    held = np.array([k for k, grouped in enumerate(groups) if len(grouped.sizes)])
    if len(held) < 2:
        return voting.undefined(
            "zmaxvar",
            settings,
            "fewer than two factors have rows that agree in all the others: nothing to tell apart",
        )
    spreads = voting.deviations(data)
    used = data.alive & (spreads >= threshold)
    if not used.any():
        return voting.undefined(
            "zmaxvar", settings, "every dimension is left out by the threshold", 0.0
        )
    vote = voting.Vote(data, held, used, spreads, _drawer(groups, batch), batch, most=True)
    ballot = vote.hold(train=train, evaluate=evaluate, seed=seed, progress=progress)
    notes = (*vote.notes(threshold), *_alone(data, groups))
    return voting.scored(
        "zmaxvar", data, ballot, used=used, ci=ci, settings=settings, notes=notes
    )


def _others(data: Data, bins: int) -> list[Groups]:
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
    labels: Array = information.discretize(factor.values[:, None], Cut(bins)).labels[0]
    return labels.astype(np.intp)


def _drawer(groups: list[Groups], batch: int) -> Draw:
    """Draw batches of rows that agree in all factors but one, every agreement alike."""

    def draw(random: np.random.Generator, k: int, number: int) -> Array:
        chosen = random.integers(len(groups[k].sizes), size=number)
        return groups[k].draw(random, chosen, batch)

    return draw


def _alone(data: Data, groups: list[Groups]) -> tuple[str, ...]:
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
            f"rows that agree in all factors but one are few, and noise wins votes: {listed(few)}"
        )
    return tuple(notes)
