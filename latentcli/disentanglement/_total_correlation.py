"""Total correlation of codes, as if they were Gaussian: how far dimensions are from independent."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement import _covariance as covariance
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._scaling import standardised
from latentcli.disentanglement._score import Row, Score, Value
from latentcli.disentanglement._train_test_split import interval
from latentcli.numerics.types import Array

ABOUT = About(
    formula=(
        "the Kullback-Leibler divergence, in nats, of a Gaussian with the codes' covariance from the "
        "product of its marginals: (sum of log variances - log determinant) / 2"
    ),
    range="0 to infinity",
    reading="0: no dimension follows another",
    source="Watanabe, 1960; of codes: Locatello et al., 2019",
    limitations=(
        "factors, of which it knows nothing: pure noise is best; relations that are no straight "
        "line; it grows with the number of dimensions, and by (D^2 - D) / 4N from chance alone (see "
        "total_correlation_corrected)"
    ),
    factors=False,
    compat={"disentanglement_lib": {}, "disent": {}},
    differences="peers give NaN or infinity with a dimension that never changes: here it is left out",
)

_SINGULAR = 1e-12
"""An eigenvalue of the correlations, mean 1, below which dimensions depend on each other."""


@metric(ABOUT)
def total_correlation(
    codes: Codes,
    factors: Factors = None,
    *,
    ci: float | None = 0.95,
    **options: Unpack[Options],
) -> Score:
    """Measure how far dimensions are from independent, as if they were Gaussian.

    Parameters
    ----------
    codes
        (N, D) numbers, or a `Data`; factors are not looked at.
    ci
        Coverage of the interval (delta method, around the corrected value), None for none.

    Returns
    -------
    Score
        `total_correlation` in nats over dimensions that change; `total_correlation_corrected`
        without its bias, exactly for Gaussian codes. Each dimension has `information`, what the
        others tell of it. None with fewer than two such dimensions, and where some depend on others
        altogether, or there are no more rows than dimensions: it would be infinite.

    Examples
    --------
    >>> import numpy as np
    >>> total_correlation(np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])).value
    0.0
    """
    data = prepare(codes, factors, **options)
    alive = int(data.alive.sum())
    settings: dict[str, Value] = {"ci": ci}
    if alive < 2:
        return _undefined(settings, "fewer than two dimensions change: nothing to depend on")
    mean, deviation, correlation = covariance.moments(data)
    values, vectors = np.linalg.eigh(correlation)
    if data.rows <= alive or values[0] < _SINGULAR * alive:
        why = (
            f"{data.rows:,} rows are too few for {alive:,} dimensions"
            if data.rows <= alive
            else "some dimensions are sums of others"
        )
        return _undefined(settings, f"{why}: total correlation is infinite")
    value = max(0.0, float(-np.log(values).sum() / 2))
    corrected = max(0.0, value - _bias(data.rows, alive))
    inverse = (vectors / values) @ vectors.T
    low, high = (None, None)
    if ci is not None:
        moved = _influence(data, mean, deviation, inverse)
        low, high = interval(corrected, moved, ci, high=float("inf"))
    return Score(
        numbers={
            "total_correlation": value,
            "total_correlation_corrected": corrected,
            "total_correlation_low": low,
            "total_correlation_high": high,
        },
        dimensions=_dimension_rows(data, correlation, inverse),
        settings=settings,
    )


def _bias(rows: int, dimensions: int) -> float:
    """Return what a sample of Gaussian codes shows too much, whatever their correlations.

    From the expected log determinant of a Wishart matrix (Anderson, 2003, theorem 7.5.3).
    """
    from scipy.special import digamma

    degrees = rows - 1
    lost = digamma(degrees / 2) - digamma((degrees - np.arange(dimensions)) / 2)
    return float(lost.sum() / 2)


def _influence(data: Data, mean: Array, deviation: Array, inverse: Array) -> Array:
    """Return how each row (N,) moves the total correlation."""
    parts = []
    for rows in covariance.blocks(data):
        codes = standardised(data.codes[rows][:, data.alive], mean, deviation)
        parts.append(((codes**2).sum(axis=1) - (codes @ inverse * codes).sum(axis=1)) / 2)
    return np.concatenate(parts)


def _undefined(settings: dict[str, Value], reason: str) -> Score:
    return Score(
        numbers={"total_correlation": None},
        settings=settings,
        notes=(reason,),
    )


def _dimension_rows(data: Data, correlation: Array, inverse: Array) -> list[Row]:
    places = {int(j): i for i, j in enumerate(np.flatnonzero(data.alive))}
    others = np.abs(correlation - np.eye(len(correlation)))
    names = np.array(data.names)[data.alive]
    rows: list[Row] = []
    for j, name in enumerate(data.names):
        i = places.get(j)
        nearest = None if i is None else int(others[i].argmax())
        rows.append(
            {
                "dimension": name,
                "alive": i is not None,
                "information": None if i is None else float(np.log(inverse[i, i]) / 2),
                "nearest": None if nearest is None else str(names[nearest]),
                "correlation": None if i is None else float(correlation[i, nearest]),
            }
        )
    return rows
