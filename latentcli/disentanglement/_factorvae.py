"""The FactorVAE score, Z-min variance: the dimension that varies least tells the factor held."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement import _voting as voting
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._score import Score, Value
from latentcli.numerics.types import Progress

ABOUT = About(
    formula=(
        "the accuracy of telling which factor a batch of rows has in common from the dimension that "
        "varies least in it, its variance taken as a share of that over all rows: a majority vote "
        "learnt from other batches"
    ),
    range="1/K (chance, K factors) to 1",
    reading="1: for each factor there are dimensions that it alone holds still",
    source="Kim and Mnih, 2018; the batch of 64 and the threshold of 0.05: Locatello et al., 2019",
    limitations=(
        "noise: it is 1 already for noisy codes, and does not tell good codes apart; factors spread "
        "over several dimensions; dimensions left out by the threshold, which is in the codes' units"
    ),
    compat={
        "disentanglement_lib": {},
        "disent": {"threshold": 0.0},
        "ubisoft": {"batch": 200, "train": 800, "evaluate": 800},
    },
    differences=(
        "peers draw from a generator of images, or shuffle rows: here rows are drawn with "
        "replacement. Dimensions that never change are always left out, where disent lets them win "
        "every vote; ubisoft's scale from chance to 1 is factorvae_scaled"
    ),
)


@metric(ABOUT)
def factorvae(
    codes: Codes,
    factors: Factors = None,
    *,
    batch: int = 64,
    train: int = 10_000,
    evaluate: int = 5_000,
    threshold: float = 0.05,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how well the least varying dimension tells which factor a batch has in common.

    Parameters
    ----------
    codes, factors
        (N, D) numbers and (N, K) labels, or columns by name; or a `Data`. Continuous factors are
        held within a class.
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
        `factorvae`, the accuracy on new batches; `factorvae_train` on those it was learnt from;
        `factorvae_scaled` with chance at 0. The matrix (D, K) holds the share of each factor's
        votes. None with one factor; 0 where every dimension is left out.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 10)
    >>> factorvae(grid, grid, train=100, evaluate=100).value
    1.0
    """
    voting.check_numbers(batch, threshold, train=train, evaluate=evaluate)
    data = prepare(codes, factors, **options)
    settings: dict[str, Value] = {
        "batch": batch,
        "train": train,
        "evaluate": evaluate,
        "threshold": threshold,
        "ci": ci,
        "seed": seed,
    }
    if len(data.factors) < 2:
        return voting.undefined(
            "factorvae", settings, "one factor: there is nothing to tell apart"
        )
    spreads = voting.deviations(data)
    used = data.alive & (spreads >= threshold)
    if not used.any():
        return voting.undefined(
            "factorvae", settings, "every dimension is left out by the threshold", 0.0
        )
    groups = [voting.group(factor.labels) for factor in data.factors]
    held = np.array([k for k, grouped in enumerate(groups) if len(grouped.sizes)])
    if len(held) < 2:
        return voting.undefined(
            "factorvae", settings, "fewer than two factors have a class of two rows or more"
        )
    vote = voting.Vote(data, held, used, spreads, voting.by_class(groups, batch), batch)
    ballot = vote.hold(train=train, evaluate=evaluate, seed=seed, progress=progress)
    return voting.scored(
        "factorvae",
        data,
        ballot,
        used=used,
        ci=ci,
        settings=settings,
        notes=vote.notes(threshold),
    )
