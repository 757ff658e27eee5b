"""The Wasserstein distance of codes, as if they were Gaussian, from independent dimensions."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement import _covariance as covariance
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._score import Score

ABOUT = About(
    formula=(
        "the squared 2-Wasserstein distance of a Gaussian with the codes' covariance S from the "
        "product of its marginals: 2 tr S - 2 tr (diag(S)^1/2 S diag(S)^1/2)^1/2"
    ),
    range="0 to infinity; as a share of the variance (wasserstein_dependence_norm) 0 to 2",
    reading="0: no dimension follows another",
    source="Locatello et al., 2019; the closed form: Dowson and Landau, 1982",
    limitations=(
        "factors, of which it knows nothing: pure noise is best; relations that are no straight "
        "line; it is in the codes' units squared (see wasserstein_dependence_norm)"
    ),
    factors=False,
    compat={"disentanglement_lib": {}, "disent": {}},
    differences="the square root is taken of a symmetric matrix, without the peers' complex rounding",
)


@metric(ABOUT)
def wasserstein_dependence(
    codes: Codes,
    factors: Factors = None,
    **options: Unpack[Options],
) -> Score:
    """Measure how far codes are from independent dimensions, in their own units.

    Parameters
    ----------
    codes
        (N, D) numbers, or a `Data`; factors are not looked at.

    Returns
    -------
    Score
        `wasserstein_dependence`, and `wasserstein_dependence_norm` as a share of the variance; None
        with fewer than two dimensions that change.

    Examples
    --------
    >>> import numpy as np
    >>> wasserstein_dependence(np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])).value
    0.0
    """
    data = prepare(codes, factors, **options)
    if data.alive.sum() < 2:
        return Score(
            numbers={"wasserstein_dependence": None},
            notes=("fewer than two dimensions change: nothing to depend on",),
        )
    _, deviation, correlation = covariance.moments(data)
    largest = float(deviation.max())
    shares = (deviation / largest) ** 2
    matrix = correlation * np.multiply.outer(shares, shares)
    roots = np.sqrt(np.maximum(np.linalg.eigvalsh(matrix), 0.0))
    apart = max(0.0, 2 * float(shares.sum()) - 2 * float(roots.sum()))
    value = apart * largest**2
    return Score(
        numbers={
            "wasserstein_dependence": value,
            "wasserstein_dependence_norm": apart / float(shares.sum()),
            "variance": float(shares.sum()) * largest**2,
        },
        dimensions=[
            {"dimension": name, "alive": bool(alive)}
            for name, alive in zip(data.names, data.alive, strict=True)
        ],
    )
