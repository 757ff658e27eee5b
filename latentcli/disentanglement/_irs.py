"""The interventional robustness score (IRS): what else moves a dimension when its factor is fixed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factor, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._protocol import estimate
from latentcli.disentanglement._score import Score, attributed
from latentcli.errors import ParameterError
from latentcli.numerics.parallel import each
from latentcli.numerics.tails import EXTREME
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record

ABOUT = About(
    formula=(
        "the mean over dimensions, weighted by their largest deviation, of the robustness for the factor "
        "where it is highest: 1 - the mean over the factor's values of the 99% quantile of |z - mean of z "
        "given the value|, divided by the largest |z - mean of z|"
    ),
    range="0 to 1, and a little below 0 by chance",
    reading="1: each dimension is determined by one factor",
    limitations=(
        "A factor that no dimension captures does not lower it. Dimensions are weighted in their own units, so "
        "scaling one moves the mean (see irs_unweighted). Pure noise scores far above 0 (see irs_chance), "
        "the more so with small classes."
    ),
    source="Suter, Miladinovic, Schoelkopf and Bauer, 2019",
    compat={"disentanglement_lib": {}, "ubisoft": {"quantile": 1.0}},
    differences=(
        "other libraries cut continuous factors into 10 or 20 classes; here `factor_bins` does"
    ),
    ceiling=("Continuous factors, which vary within the classes into which they are cut."),
    perfect_codes=True,
    by_size=True,
)

_SORTED = 64
"""Classes from which one sort of a dimension is faster than a quantile for each."""

_BLOCK = 1 << 22
"""Numbers of codes that are sorted by a factor at a time."""


def mean_deviation(groups: Sequence[Array], quantile: float) -> Array:
    """Return the mean over groups of rows (n, D) of the quantile of |z - mean of the group| (D,).

    >>> mean_deviation([np.array([[0.0], [2.0]]), np.array([[5.0], [5.0]])], 1.0)
    array([0.5])
    """
    if len(groups) > _SORTED:
        return _mean_deviation_sorted(groups, quantile)
    total = np.zeros(groups[0].shape[1])
    for group in groups:
        deviations = np.abs(group - group.mean(axis=0, dtype=np.float64))
        total += np.quantile(deviations, quantile, axis=0)
    return total / len(groups)


def _mean_deviation_sorted(groups: Sequence[Array], quantile: float) -> Array:
    """Return the same of very many groups: one sort of each dimension instead of a quantile a group."""
    sizes = np.array([len(group) for group in groups])
    starts, number = np.cumsum(sizes) - sizes, np.repeat(np.arange(len(sizes)), sizes)
    rows = np.concatenate(groups).astype(np.float64)
    means = np.add.reduceat(rows, starts, axis=0) / sizes[:, None]
    place = (sizes - 1) * quantile
    below = np.floor(place).astype(np.intp)
    above, share = np.minimum(below + 1, sizes - 1), place - below
    total = np.empty(rows.shape[1])
    for j, column in enumerate(np.abs(rows - means[number]).T):
        ordered = column[np.lexsort((column, number))]
        low, high = ordered[starts + below], ordered[starts + above]
        total[j] = (low + share * (high - low)).mean()
    return total


@metric(ABOUT)
def irs(
    codes: Codes,
    factors: Factors = None,
    *,
    quantile: float = 0.99,
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how robust each dimension of codes (N, D) is against all factors (N, K) but one.

    Parameters
    ----------
    quantile
        Quantile of the deviations that stands for the largest one; 1 is the paper's.

    Returns
    -------
    Score
        `irs` over dimensions that change, 0 where none does; its interval from random halves of the
        rows; `irs_chance` with shuffled factors; `irs_unweighted`, the plain mean over dimensions.
        The matrix (D, K) is 1 - deviation / largest deviation.

    Examples
    --------
    Perfect codes, and codes that never change:

    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)])
    >>> irs(grid, grid).value
    1.0
    >>> irs(np.zeros((12, 2)), grid).value
    0.0
    """
    if not 0 < quantile <= 1:
        raise ParameterError("quantile", quantile, "above 0 and at most 1")
    data = prepare(codes, factors, **options)
    reach = _largest_deviation(data)
    matrix = _robustness(data, reach, quantile, progress)

    def protocol(other: Data) -> float:
        largest = _largest_deviation(other)
        return _mean(_robustness(other, largest, quantile), largest)

    score = estimate(
        _mean(matrix, reach),
        data,
        half=protocol,
        null=protocol,
        ci=ci,
        seed=seed,
        low=-1.0,
        extreme=EXTREME,
    )
    return Score(
        numbers={
            "irs": score,
            "irs_unweighted": _mean(matrix, np.where(data.alive, 1.0, 0.0)),
        },
        factors=_factor_rows(data, matrix),
        dimensions=attributed(_dimension_rows(data, matrix, reach), score),
        matrix=matrix,
        matrix_name="1 - deviation / largest deviation",
        notes=_notes(data, quantile),
    )


def _class_sizes(factor: Factor) -> Array:
    return np.bincount(factor.labels[factor.known])


def _largest_deviation(data: Data) -> Array:
    """Return max |z - mean of z| (D,)."""
    reach = np.empty(data.dimensions)
    for j in range(data.dimensions):
        column = data.codes[:, j].astype(np.float64)
        reach[j] = np.abs(column - column.mean()).max() if data.alive[j] else 0.0
    return reach


def _mean(matrix: Array, weights: Array) -> float:
    """Return the weighted mean of each dimension's best (D, K); 0 where nothing has weight."""
    return float(matrix.max(axis=1) @ weights / weights.sum()) if weights.any() else 0.0


def _robustness(
    data: Data, reach: Array, quantile: float, progress: Progress | None = None
) -> Array:
    """Return 1 - deviation / largest deviation (D, K); 0 for dimensions that never change."""
    orders = [
        factor.known[np.argsort(factor.labels[factor.known], kind="stable")]
        for factor in data.factors
    ]
    ends = [np.cumsum(_class_sizes(factor))[:-1] for factor in data.factors]
    step = max(1, _BLOCK // data.rows)

    def block(start: int) -> Array:
        codes = data.codes[:, start : start + step]
        return np.stack(
            [
                mean_deviation(np.split(codes[order], end), quantile)
                for order, end in zip(orders, ends, strict=True)
            ],
            axis=1,
        )

    starts = range(0, data.dimensions, step)
    deviations = np.concatenate(each(block, starts, progress))
    scale = np.where(data.alive, reach, 1.0)[:, None]
    return np.where(data.alive[:, None], 1 - deviations / scale, 0.0)


def _factor_rows(data: Data, matrix: Array) -> list[Record]:
    rows: list[Record] = []
    parents = np.where(data.alive, matrix.argmax(axis=1), -1)
    for k, factor in enumerate(data.factors):
        best = int(matrix[:, k].argmax())
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "classes": factor.size,
                "dimension": data.names[best],
                "irs": float(matrix[best, k]),
                "dimensions": int((parents == k).sum()),
                "smallest_class": int(_class_sizes(factor).min()),
            }
        )
    return rows


def _dimension_rows(data: Data, matrix: Array, reach: Array) -> list[Record]:
    return [
        {
            "dimension": name,
            "alive": bool(data.alive[j]),
            "factor": data.factors[int(matrix[j].argmax())].name if data.alive[j] else None,
            "irs": float(matrix[j].max()) if data.alive[j] else None,
            "largest_deviation": float(reach[j]),
            "robustness": [float(value) for value in matrix[j]],
        }
        for j, name in enumerate(data.names)
    ]


def _notes(data: Data, quantile: float) -> tuple[str, ...]:
    notes = []
    if not data.alive.any():
        notes.append("no dimension varies: robustness is not defined, and the score is 0")
    least = 2 if quantile == 1 else int(np.ceil(1 / (1 - quantile)))
    smallest = [(factor.name, int(_class_sizes(factor).min())) for factor in data.factors]
    few = [f"{name} ({rows:,})" for name, rows in smallest if rows < least]
    if few:
        notes.append(
            f"the smallest classes of {listed(few)} have too few rows for a {quantile:.0%} quantile, "
            "and look robust for that reason"
        )
    return tuple(notes)
