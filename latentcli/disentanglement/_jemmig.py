"""JEMMIG: MIG that also requires that a dimension holds nothing but its factor."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._attribution import (
    factor_rows,
    no_corrected,
    one_dimension,
    readings,
)
from latentcli.disentanglement._confidence import estimate
from latentcli.disentanglement._data import Codes, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Counts, Cut, Information
from latentcli.disentanglement._score import Score
from latentcli.numerics.types import Array

ABOUT = About(
    formula=(
        "the mean over factors v of 1 - [H(z_1, v) - I(z_1; v) + I(z_2; v)] / [H(v) + log(bins)], "
        "where z_1 and z_2 are the two dimensions with most information about v"
    ),
    range="0 to 1",
    reading="1: each factor is captured by one dimension, which has information about nothing else",
    limitations=(
        "The number of bins is part of its definition, so scores with different bins cannot be "
        "compared. Redundant dimensions halve it. Constant dimensions score 0.4 to 0.9, as their "
        "entropy is 0."
    ),
    source="Do and Tran, 2020; normalized as by Carbonneau et al., 2022",
    compat={"ubisoft": {"bins": 10}},
    differences="ubisoft counts in bits, which does not change the normalized score",
    ceiling=(
        "Factors that depend on each other, and factors of more classes than there are bins."
    ),
)


def joint_gaps(information: Information) -> Array:
    """Return H(z_1, v) - I_1 + I_2 (K,) in nats; with one dimension I_2 is 0."""
    order = np.argsort(information.mutual, axis=0, kind="stable")
    columns = np.arange(information.mutual.shape[1])
    first = order[-1]
    second = information.mutual[order[-2], columns] if len(order) > 1 else 0.0
    raw: Array = information.joint[first, columns] - information.mutual[first, columns] + second
    return raw


@metric(ABOUT)
def jemmig(
    codes: Codes,
    factors: Factors = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    ci: float | None = 0.95,
    seed: int = 0,
    **options: Unpack[Options],
) -> Score:
    """Score whether each factor (N, K) is alone in one dimension of codes (N, D).

    Returns
    -------
    Score
        `jemmig` is normalized, higher is better; `jemmig_raw` is the mean gap of the paper in nats,
        lower is better; `jemmig_corrected` has Miller and Madow's correction (None where no information is
        significant at 0.015: few bins are taken then, which raises the score of noise); `ceiling`, the score
        of perfect codes of these factors in these bins.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> round(jemmig(grid, grid, bins=4).value, 3)
    1.0
    """
    data = prepare(codes, factors, **options)
    cut = Cut(bins, binning, limits)
    binned, sharper = data.binned(cut), data.binned(cut.sharper)
    counts = binned.counts

    def normalized(information: Information) -> Array:
        most = information.entropy + np.log(bins)
        scores: Array = 1.0 - joint_gaps(information) / most
        return scores

    def plain(it: Counts) -> float:
        return float(normalized(it.plugin).mean())

    evident = bool(sharper.counts.evident.any())

    def corrected(it: Counts) -> float | None:
        return float(normalized(it.corrected).mean()) if evident else None

    raw = joint_gaps(counts.plugin)
    rows = factor_rows(data, counts.mutual, counts.factor_entropy)
    words = readings(data, sharper.counts)
    for k, (row, score) in enumerate(zip(rows, normalized(counts.plugin), strict=True)):
        row |= {"jemmig": float(score), "jemmig_raw": float(raw[k]), "reading": words[k]}
    return Score(
        numbers={
            "jemmig": estimate(plain, binned, ci=ci, seed=seed, by_bins=True),
            "jemmig_corrected": estimate(
                corrected, sharper, ci=ci, seed=seed, null=False, corrected=True, by_bins=True
            ),
            "jemmig_raw": float(raw.mean()),
            "ceiling": plain(binned.perfect),
        },
        factors=rows,
        matrix=counts.mutual / counts.factor_entropy,
        matrix_name="I(z; v) / H(v)",
        notes=(*one_dimension(data), *no_corrected("jemmig_corrected", evident)),
    )
