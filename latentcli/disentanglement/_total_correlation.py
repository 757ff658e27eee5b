"""Total correlation of codes, as if they were Gaussian: how far dimensions are from independent."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement import _covariance as covariance
from latentcli.disentanglement._about import About
from latentcli.disentanglement._covariance import Moments
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._protocol import beside_independence
from latentcli.disentanglement._scaling import standardized
from latentcli.disentanglement._score import Estimate, Score
from latentcli.disentanglement._train_test_split import interval
from latentcli.numerics.types import Array
from latentcli.results import Record

ABOUT = About(
    formula=(
        "the Kullback-Leibler divergence, in nats, of a Gaussian with the covariance of the codes from "
        "the product of its marginals: minus half the logarithm of the determinant of the correlations"
    ),
    range="0 to infinity",
    reading="0: the dimensions are uncorrelated",
    limitations=(
        "It ignores factors, so pure noise scores best. It does not see relations that are not linear. "
        "It grows with the number of dimensions, and by about (D^2 - D) / 4N from chance alone (see "
        "total_correlation_corrected)."
    ),
    source="Watanabe, 1960; of codes: Locatello et al., 2019",
    factors=False,
    compat={"disentanglement_lib": {}, "disent": {}},
    differences=(
        "other libraries give NaN or infinity with a dimension that never changes: here it is left out"
    ),
)


def total_correlation_of(root: Array) -> float:
    """Return -log det(R) / 2 of correlations R = root.T @ root, from the triangular root (D, D).

    >>> round(total_correlation_of(np.linalg.cholesky([[1, 0.9], [0.9, 1]]).T), 4)
    0.8304
    """
    return max(0.0, -float(np.log(np.abs(root.diagonal())).sum()))


@metric(ABOUT)
def total_correlation(
    codes: Codes,
    factors: Factors = None,
    *,
    ci: float | None = 0.95,
    **options: Unpack[Options],
) -> Score:
    """Measure how far dimensions of codes (N, D) are from independent, as if they were Gaussian.

    Factors are not used.

    Returns
    -------
    Score
        `total_correlation` in nats over dimensions that change, its interval by the delta method, and
        `total_correlation_chance`, the same with each dimension's rows shuffled;
        `total_correlation_corrected` without its bias, exactly for Gaussian codes. Each dimension has
        `information`, what the others say about it. None with fewer than two such dimensions, and
        where it would be infinite: a dimension is a linear combination of others, up to rounding,
        or there are no more rows than dimensions.

    Examples
    --------
    Independent dimensions, correlated ones, and one dimension:

    >>> import numpy as np
    >>> total_correlation(np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])).value
    0.0
    >>> round(total_correlation(np.array([[1, 1], [2, 2], [3, 1]])).value, 3)
    0.0
    >>> total_correlation(np.arange(5)).value is None
    True
    """
    data = prepare(codes, factors, **options)
    alive = int(data.alive.sum())
    if alive < 2:
        return _undefined("fewer than two dimensions vary: there is no dependence to measure")
    if data.rows <= alive:
        return _undefined(
            f"{data.rows:,} rows are too few for {alive:,} dimensions: total correlation is infinite"
        )
    found = covariance.moments(data)
    if np.abs(found.root.diagonal()).min() <= _rounding(data.rows, alive):
        return _undefined(
            "some dimensions are linear combinations of others: total correlation is infinite"
        )
    value = total_correlation_of(found.root)
    corrected = max(0.0, value - _bias(data.rows, alive))
    inverse_root = np.linalg.inv(found.root)
    influences = data.repeats.summed(_influence(data, found, inverse_root))

    def shuffled(codes: Array) -> float | None:
        values = np.linalg.eigvalsh(covariance.correlation_of(codes, found))
        # Shuffles of few rows can make dimensions combinations of others, too.
        if values.min() <= _rounding(data.rows, alive):
            return None
        return -float(np.log(values).sum()) / 2

    counted = Estimate(value, interval(value, influences, ci, high=np.inf))
    return Score(
        numbers={
            "total_correlation": beside_independence(
                counted, data.codes[:, data.alive], shuffled, data.repeats
            ),
            "total_correlation_corrected": Estimate(
                corrected, interval(corrected, influences, ci, high=np.inf)
            ),
        },
        dimensions=_dimension_rows(data, found.correlation, inverse_root),
    )


def _rounding(rows: int, dimensions: int) -> float:
    """Return what is left of a dimension that is a combination of others (as in matrix_rank)."""
    return max(rows, dimensions) * float(np.finfo(np.float64).eps)


def _bias(rows: int, dimensions: int) -> float:
    """Return the bias of Gaussian codes, whatever their correlations.

    From the expected log determinant of a Wishart matrix (Anderson, 2003, theorem 7.5.3).
    """
    from scipy.special import digamma

    degrees = rows - 1
    lost = digamma(degrees / 2) - digamma((degrees - np.arange(dimensions)) / 2)
    return float(lost.sum() / 2)


def _influence(data: Data, found: Moments, inverse_root: Array) -> Array:
    """Return the influence (N,) of each row on the total correlation."""
    parts = []
    for rows in covariance.blocks(data):
        codes = standardized(data.codes[rows][:, data.alive], found.mean, found.deviation)
        parts.append(((codes**2).sum(axis=1) - ((codes @ inverse_root) ** 2).sum(axis=1)) / 2)
    return np.concatenate(parts)


def _undefined(reason: str) -> Score:
    return Score(numbers={"total_correlation": None}, notes=(reason,))


def _dimension_rows(data: Data, correlation: Array, inverse_root: Array) -> list[Record]:
    information = np.log((inverse_root**2).sum(axis=1)) / 2
    places = {int(j): i for i, j in enumerate(np.flatnonzero(data.alive))}
    others = np.abs(correlation - np.eye(len(correlation)))
    names = np.array(data.names)[data.alive]
    rows: list[Record] = []
    for j, name in enumerate(data.names):
        i = places.get(j)
        nearest = None if i is None else int(others[i].argmax())
        rows.append(
            {
                "dimension": name,
                "alive": i is not None,
                "information": None if i is None else float(information[i]),
                "nearest": None if nearest is None else str(names[nearest]),
                "correlation": None if i is None else float(correlation[i, nearest]),
            }
        )
    return rows
