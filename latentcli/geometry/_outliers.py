"""Outliers: rows far from their neighbors, in thinner places than these, or far from the mean."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from latentcli.errors import LatentError, ParameterError, check_choice, counted
from latentcli.numerics.blocks import sampled
from latentcli.numerics.named_rows import NamedRows, named_rows
from latentcli.numerics.neighbors import Neighbors, nearest
from latentcli.numerics.points import Points
from latentcli.numerics.types import Array, HasMatrix, Progress
from latentcli.numerics.vectors import check_squares
from latentcli.results import Picture, Record, Result, Sheet

METHODS = {
    "lof": "local outlier factor (Breunig et al., 2000): 1 among rows as dense as their neighbors",
    "knn": "distance to the k-th nearest row (Ramaswamy et al., 2000)",
    "mahalanobis": "distance from the mean in standard deviations, with a shrunk covariance",
}
"""What an outlier can be, each with its definition."""

LEVEL = 0.025
"""Share of data sets of one Gaussian in which any row at all is called beyond it (Bonferroni)."""

_FITTED = 50_000
"""Rows at most of which mean and covariance are estimated."""

_FEWEST = 5


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OutliersResult(Result):
    """How far each row is from the others.

    `lof`, `knn` and `mahalanobis` (N,) float64 hold the scores of all rows; NaN where a row was left out.
    """

    lof: Array
    knn: Array
    mahalanobis: Array

    def pictures(self) -> tuple[Picture, ...]:
        """Return the scores of all rows by which the list is sorted."""
        from latentcli.geometry._pictures import of_outliers

        return of_outliers(self)


def outliers(
    x: HasMatrix | ArrayLike,
    *,
    method: str = "lof",
    neighbors: int = 20,
    unit: bool | None = None,
    top: int = 20,
    seed: int = 0,
    progress: Progress | None = None,
) -> OutliersResult:
    """Score how far each row is from the others, in three ways, and list the farthest.

    Parameters
    ----------
    x : (N, D)
        A space (`latentcli.open`), an array, or a file; five usable rows or more.
    method
        What the list is sorted by: "lof", "knn" or "mahalanobis".
    neighbors
        The k of LOF and of the k-th nearest row, from 1; fewer where there are not so many rows.
    unit
        Whether rows are set to length 1 first; None does so for words.
    top
        Rows to list, from 1.
    seed
        Random seed: beyond 50,000 rows the covariance is estimated from a sample.
    progress
        Called with rows done and in all.

    Returns
    -------
    OutliersResult
        A record for each listed row, with each score and its percentile: the share of the rows with a
        lower score, in percent. `mahalanobis_p` is the p-value of the distance if rows were Gaussian
        (chi-squared with as many degrees of freedom as dimensions change), for one row; of N rows, the least is about 1 / N.
        `beyond_gaussian` of the summary counts the rows with p below 0.025 / N.

    Raises
    ------
    ParameterError
        For a number out of its range.
    LatentError
        For fewer than five usable rows, or rows that are all the same.

    Examples
    --------
    >>> import numpy, latentcli
    >>> x = numpy.random.default_rng(0).standard_normal((100, 2))
    >>> x[17] = [6, -6]
    >>> latentcli.outliers(x).records[0]["row"]
    17
    """
    check_choice("method", method, METHODS)
    for name, value in (("neighbors", neighbors), ("top", top)):
        if value < 1:
            raise ParameterError(name, value, "a whole number from 1")
    if seed < 0:
        raise ParameterError("seed", seed, "a whole number from 0")
    given = named_rows(x, "x")
    unit = given.named if unit is None else unit
    usable = given.usable(unit=unit)
    which = np.flatnonzero(usable)
    if len(which) < _FEWEST:
        raise LatentError(
            f"`x` has {counted(len(which), 'usable row')}; outliers take {_FEWEST}"
        )
    points = Points(given.rows, unit, which)
    k = min(neighbors, len(which) - 1)
    for _, part in points.blocks():
        check_squares(part, "x")
    near = nearest(points, np.arange(len(which)), k, progress)
    distances, p_values = mahalanobis(points, seed)
    scores = {
        "lof": local_outlier_factors(near),
        "knn": near.distances[:, -1],
        "mahalanobis": distances,
    }
    notes = given.notes("x", usable)
    if k < neighbors:
        notes.append(f"`neighbors` is {k}: there are no more rows")
    copies = int((near.distances[:, -1] == 0).sum())
    if copies:
        notes.append(
            f"{counted(copies, 'row has', 'rows have')} {k} exact copies or more: LOF of rows near "
            "them is very large; drop the duplicates first, or take more `neighbors`"
        )
    return _result(
        given, which, scores, p_values, tuple(notes), method,
        {"method": method, "neighbors": k, "unit": unit, "top": top, "seed": seed},
    )  # fmt: skip


_SMALL = 1e-3
"""A usual distance below which distances are measured in units of it."""


def local_outlier_factors(near: Neighbors) -> Array:
    """Return the local outlier factor of all rows (N,), by scikit-learn, from their neighbors (N, k).

    The mean density of a row's neighbors, divided by its own; a density is one over the mean
    reachability distance. So 1 is a row among similar ones, and 2 one in a place half as dense.
    """
    from scipy.sparse import csr_array
    from sklearn.neighbors import LocalOutlierFactor

    count, k = near.rows.shape
    # scikit-learn takes a graph in which each row is its own first neighbor.
    every = np.arange(count)[:, None]
    columns = np.concatenate([every, near.rows], axis=1).ravel()
    # It adds 1e-10 to distances, which is much where all are very small.
    usual = float(np.median(near.distances[:, -1]))
    away = near.distances / usual if 0 < usual < _SMALL else near.distances
    values = np.concatenate([np.zeros((count, 1)), away], axis=1).ravel()
    graph = csr_array(
        (values, columns, np.arange(0, count * (k + 1) + 1, k + 1)), (count, count)
    )
    with warnings.catch_warnings(action="ignore"):  # of copies, which the notes name
        model = LocalOutlierFactor(n_neighbors=k, metric="precomputed").fit(graph)
    factors: Array = -model.negative_outlier_factor_
    return factors


def mahalanobis(points: Points, seed: int = 0) -> tuple[Array, Array]:
    """Return the Mahalanobis distance (N,) of each row to the mean, and its p-value for a Gaussian.

    The covariance is shrunk (Ledoit and Wolf, 2004), so that it can be inverted also where there are
    more dimensions than rows. Dimensions that are the same in all rows are left out.
    """
    from scipy.stats import chi2
    from sklearn.covariance import LedoitWolf

    varies = np.zeros(points.dimensions, dtype=bool)
    first = points.take(slice(0, 1))
    for _, block in points.blocks():
        varies |= (block != first).any(axis=0)
        if varies.all():
            break
    if not varies.any():
        raise LatentError("all rows of `x` are the same: there are no outliers")
    sample = points.take(sampled(len(points), _FITTED, seed))[:, varies]
    check_squares(sample, "x")
    # Numbers are squared twice: a power of two brings them to 1 at most, and leaves their digits.
    scale = np.ldexp(1.0, -int(np.frexp(np.abs(sample).max())[1]))
    fitted = LedoitWolf().fit(sample * scale)
    if not np.trace(fitted.covariance_) > 0:
        raise LatentError("all rows of `x` are the same: there are no outliers")
    squares = np.empty(len(points))
    for part, block in points.blocks():
        squares[part] = fitted.mahalanobis(block[:, varies] * scale)
    return np.sqrt(np.maximum(squares, 0.0)), chi2.sf(squares, int(varies.sum()))


def percentiles(values: Array) -> Array:
    """Return for each value (N,) the share of values that are lower, in percent.

    >>> percentiles(np.array([1.0, 3.0, 2.0, 3.0])).tolist()
    [0.0, 50.0, 25.0, 50.0]
    """
    below: Array = np.searchsorted(np.sort(values), values, side="left")
    return 100.0 * below / len(values)


def _result(
    given: NamedRows, which: Array, scores: dict[str, Array], p_values: Array,
    notes: tuple[str, ...], method: str, settings: Record,
) -> OutliersResult:  # fmt: skip
    order = np.argsort(-scores[method], kind="stable")[: int(str(settings["top"]))]
    ranks = {name: percentiles(values) for name, values in scores.items()}
    records: list[Record] = []
    for rank, place in enumerate(order.tolist(), start=1):
        row = int(which[place])
        record: Record = {"rank": rank, "row": row}
        if given.named:
            record["word"] = given.name(row)
        for name, values in scores.items():
            record[name] = float(values[place])
            record[f"{name}_percentile"] = float(ranks[name][place])
        record["mahalanobis_p"] = float(p_values[place])
        records.append(record)
    columns = tuple(records[0])
    summary: Record = {}
    for name, values in scores.items():
        summary[f"{name}_median"] = float(np.median(values))
        summary[f"{name}_p99"] = float(np.quantile(values, 0.99))
    summary["beyond_gaussian"] = int((p_values < LEVEL / len(which)).sum())
    whole = {name: np.full(len(given), np.nan) for name in scores}
    for name, values in scores.items():
        whole[name][which] = values
    optional = ("mahalanobis_p", *(f"{name}_percentile" for name in scores if name != method))
    shown = tuple(name for name in columns if not (given.named and name == "row"))
    return OutliersResult(
        **whole,
        title=f"Outliers: {counted(len(which), 'row')}, by {METHODS[method].split(':')[0]}",
        columns=columns,
        records=records,
        summary=summary,
        settings=settings,
        notes=notes,
        views=(Sheet("", shown, records, optional),),
    )
