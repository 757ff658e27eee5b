"""The Wasserstein distance of codes, as if they were Gaussian, from independent dimensions."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement import _covariance as covariance
from latentcli.disentanglement._about import About
from latentcli.disentanglement._covariance import Moments
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._protocol import beside_independence, with_halves
from latentcli.disentanglement._score import Estimate, Score
from latentcli.numerics.types import Array

ABOUT = About(
    formula=(
        "the squared 2-Wasserstein distance of a Gaussian with the covariance S of the codes from the "
        "product of its marginals: 2 tr S - 2 tr (diag(S)^1/2 S diag(S)^1/2)^1/2"
    ),
    range="0 to infinity; as a share of the variance (wasserstein_dependence_norm) 0 to 2",
    reading="0: the dimensions are uncorrelated",
    limitations=(
        "It ignores factors, so pure noise scores best. It does not see relations that are not linear. "
        "It is in squared units of the codes (see wasserstein_dependence_norm)."
    ),
    source="Locatello et al., 2019; the closed form: Dowson and Landau, 1982",
    factors=False,
    compat={"disentanglement_lib": {}, "disent": {}},
    differences=(
        "the square root is taken of a symmetric matrix, without the complex numbers that rounding gives in other libraries"
    ),
)


def squared_distance(correlation: Array, variances: Array) -> float:
    """Return the squared distance from independence, of correlations (D, D) and variances (D,).

    >>> squared_distance(np.eye(2), np.ones(2))
    0.0
    """
    roots = np.linalg.eigvalsh(correlation * np.multiply.outer(variances, variances))
    return max(0.0, 2 * float(variances.sum() - np.sqrt(np.maximum(roots, 0.0)).sum()))


@metric(ABOUT)
def wasserstein_dependence(
    codes: Codes,
    factors: Factors = None,
    *,
    ci: float | None = 0.95,
    seed: int = 0,
    **options: Unpack[Options],
) -> Score:
    """Measure how far codes (N, D) are from independent dimensions, in their own units.

    Factors are not used.

    Returns
    -------
    Score
        `wasserstein_dependence`, its interval from random halves of the rows; `wasserstein_dependence_chance`, the same with each dimension's rows
        shuffled; `wasserstein_dependence_norm`, the same as a share of `variance`, the
        sum over dimensions. None with fewer than two dimensions that change.

    Examples
    --------
    Independent dimensions, a duplicate (2 (2 - sqrt 2) of each unit of variance), one dimension:

    >>> import numpy as np
    >>> square = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    >>> wasserstein_dependence(square).value
    0.0
    >>> twice = wasserstein_dependence(square[:, [0, 0]]).summary
    >>> round(twice["wasserstein_dependence_norm"], 3)
    0.586
    >>> wasserstein_dependence(np.arange(5)).value is None
    True
    """
    data = prepare(codes, factors, **options)
    if data.alive.sum() < 2:
        return Score(
            numbers={"wasserstein_dependence": None},
            notes=("fewer than two dimensions vary: there is no dependence to measure",),
        )
    found = covariance.moments(data)
    largest, variances = _scaled(found)

    def shuffled(codes: Array) -> float:
        correlation = covariance.correlation_of(codes, found)
        return squared_distance(correlation, variances) * largest**2

    relative, variance = squared_distance(found.correlation, variances), float(variances.sum())
    distance, share = relative * largest**2, relative / variance  # before units round it to 0
    counted = beside_independence(
        with_halves(Estimate(distance), data, _distance, ci=ci, seed=seed),
        data.codes[:, data.alive],
        shuffled,
        data.repeats,
    )
    return Score(
        numbers={
            "wasserstein_dependence": counted,
            "wasserstein_dependence_norm": share,
            "variance": variance * largest**2,
        },
        dimensions=[
            {"dimension": name, "alive": bool(alive)}
            for name, alive in zip(data.names, data.alive, strict=True)
        ],
    )


def _scaled(found: Moments) -> tuple[float, Array]:
    """Return the largest deviation, and the variances (A,) in units of its square."""
    largest = float(found.deviation.max())
    return largest, (found.deviation / largest) ** 2


def _distance(part: Data) -> float | None:
    """Return the squared distance of some of the rows; None with fewer than two dimensions that change."""
    if part.alive.sum() < 2:
        return None
    found = covariance.moments(part)
    largest, variances = _scaled(found)
    return squared_distance(found.correlation, variances) * largest**2
