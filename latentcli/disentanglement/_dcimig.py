"""DCIMIG: the gap of dimensions, of which each may serve one factor only."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._attribution import (
    dimension_rows,
    factor_rows,
    no_corrected,
    one_dimension,
    readings,
)
from latentcli.disentanglement._confidence import estimate
from latentcli.disentanglement._data import Codes, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Counts, Cut
from latentcli.disentanglement._score import Score
from latentcli.numerics.types import Array

ABOUT = About(
    formula=(
        "the sum over factors v of the largest gap I(z; v) - I(z; v') of the dimensions z whose best "
        "factor is v, v' being the second best, divided by the sum of the factors' entropies"
    ),
    range="0 to 1",
    reading="1: every factor has a dimension with all information about it and about no other factor",
    limitations=(
        "Redundant dimensions do not lower it. Factors of high entropy have more weight. Factors that "
        "depend on each other put a ceiling on it."
    ),
    source="Sepliarskaia, Kiseleva and de Rijke, 2019",
    compat={"ubisoft": {"bins": 10}},
    ceiling=(
        "Factors that depend on each other, and factors of more classes than there are bins."
    ),
)


def largest_gaps(mutual: Array) -> Array:
    """Return the largest gap (K,) among the dimensions whose best factor it is; 0 without any.

    >>> largest_gaps(np.array([[1.0, 0.2], [0.9, 0.0], [0.0, 0.5]]))
    array([0.9, 0.5])
    """
    ordered = np.sort(mutual, axis=1)
    second = ordered[:, -2] if mutual.shape[1] > 1 else 0.0
    gaps = np.zeros(mutual.shape[1])
    np.maximum.at(gaps, mutual.argmax(axis=1), ordered[:, -1] - second)
    return gaps


@metric(ABOUT)
def dcimig(
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
    """Score whether each factor (N, K) has a dimension of codes (N, D) of its own.

    Returns
    -------
    Score
        `dcimig` as published; `dcimig_corrected` with Miller and Madow's correction, None where no information is
        significant at 0.015; `ceiling`,
        the score of perfect codes of these factors in these bins.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)] * 100)
    >>> round(dcimig(np.hstack([grid, grid]), grid).value, 6)
    1.0
    """
    data = prepare(codes, factors, **options)
    cut = Cut(bins, binning, limits)
    binned, sharper = data.binned(cut), data.binned(cut.sharper)
    counts = binned.counts
    rows = factor_rows(data, counts.mutual, counts.factor_entropy)
    shares = largest_gaps(counts.mutual) / counts.factor_entropy
    words, evident = readings(data, sharper.counts), bool(sharper.counts.evident.any())

    def corrected(it: Counts) -> float | None:
        return _corrected(it) if evident else None

    for k, (row, share) in enumerate(zip(rows, shares, strict=True)):
        row |= {"dcimig": float(share), "reading": words[k]}
    return Score(
        numbers={
            "dcimig": estimate(_plain, binned, ci=ci, seed=seed),
            "dcimig_corrected": estimate(
                corrected, sharper, ci=ci, seed=seed, null=False, corrected=True
            ),
            "ceiling": _plain(binned.perfect),
        },
        factors=rows,
        dimensions=dimension_rows(data, counts, counts.mutual, counts.factor_entropy),
        matrix=counts.mutual / counts.factor_entropy,
        matrix_name="I(z; v) / H(v)",
        notes=(*one_dimension(data), *no_corrected("dcimig_corrected", evident)),
    )


def _plain(counts: Counts) -> float:
    return float(largest_gaps(counts.mutual).sum() / counts.factor_entropy.sum())


def _corrected(counts: Counts) -> float:
    better = counts.corrected
    return float(largest_gaps(better.mutual).sum() / better.entropy.sum())
