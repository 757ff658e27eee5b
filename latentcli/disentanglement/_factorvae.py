"""The FactorVAE score (Z-min variance): the least variable dimension identifies the fixed factor."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement import _voting as voting
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._scaling import variances
from latentcli.disentanglement._score import Score
from latentcli.numerics.types import Array, Progress

ABOUT = About(
    formula=(
        "the accuracy of a majority vote that predicts which factor a batch of rows has in common from "
        "the dimension whose variance in the batch is the smallest share of its variance over all rows"
    ),
    range="1 / number of factors to 1; with few rows noise scores far above the lower end",
    reading="1: for each factor there are dimensions that it alone keeps constant",
    limitations=(
        "It is 1 already for noisy codes, and does not tell good codes apart. Few rows let noise win "
        "votes (see factorvae_chance). It does not see factors that are split over several dimensions, "
        "nor dimensions left out by `threshold`, which is in the units of the codes."
    ),
    source="Kim and Mnih, 2018; the batch of 64 and the threshold of 0.05: Locatello et al., 2019",
    compat={
        "disentanglement_lib": {},
        "disent": {"threshold": 0.0},
        "ubisoft": {"batch": 200, "train": 800, "evaluate": 800},
    },
    differences=(
        "other libraries draw from a generator of images, or shuffle rows: here rows are drawn with "
        "replacement. Dimensions that never change are always left out, where disent lets them win "
        "every vote; ubisoft's scale from a uniform guess to 1 is factorvae_scaled"
    ),
    ceiling=(
        "Few rows in a class, and factors that depend on each other, so that fixing one narrows another."
    ),
    perfect_codes=True,
    by_size=True,
)


def least_variable(batches: Array) -> Array:
    """Return the dimension (n,) with the smallest variance in each batch (n, L, D) of scaled codes.

    >>> least_variable(np.array([[[1.0, 5.0], [2.0, 5.0]]]))
    array([1])
    """
    return variances(batches).argmin(axis=1)


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
    """Score how well the least variable dimension (N, D) identifies the factor (N, K) that is fixed.

    Continuous factors are fixed within a class.

    Parameters
    ----------
    train, evaluate
        Batches that train the vote; batches that evaluate it.

    Returns
    -------
    Score
        `factorvae`, the accuracy on evaluation batches; its interval from random halves of the rows,
        at least Wilson's of so many batches;
        `factorvae_chance`, what these rows score with shuffled factors; `factorvae_train` on the
        training batches; `factorvae_scaled` with a uniform guess at 0. Halves and shuffles are
        evaluated by at most 1,000 batches, and halves trained by as many. The matrix (D, K) holds the
        share of each factor's votes. None with one factor; 0 where every dimension is left out.

    Examples
    --------
    Perfect codes, and codes that never change:

    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 10)
    >>> factorvae(grid, grid, train=100, evaluate=100).value
    1.0
    >>> factorvae(np.zeros((120, 2)), grid).value
    0.0
    """
    voting.check_batch(batch, threshold)
    data = prepare(codes, factors, **options)

    def setup(data: Data) -> voting.Vote:
        if len(data.factors) < 2:
            raise voting.Undefined("one factor: two or more are needed")
        used, deviations = voting.used_dimensions(data, threshold)
        groups = [voting.group(factor.labels) for factor in data.factors]
        fixed = np.array([k for k, grouped in enumerate(groups) if len(grouped.sizes)])
        if len(fixed) < 2:
            raise voting.Undefined(
                "fewer than two factors have a class of two rows or more: none can be fixed"
            )
        draw = voting.by_class(groups, batch)
        return voting.Vote(data, fixed, used, deviations, draw, batch, least_variable)

    return voting.scored(
        "factorvae", data, setup, train=train, evaluate=evaluate, threshold=threshold, ci=ci,
        seed=seed, progress=progress,
    )  # fmt: skip
