"""The interventional robustness score: what else moves a dimension when its factor is held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import numpy as np

from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._notes import listed
from latentcli.disentanglement._score import Row, Score
from latentcli.errors import UsageError
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array, Progress

ABOUT = About(
    formula=(
        "how little a dimension strays from its mean while a factor keeps its value, against the "
        "farthest it ever strays: 1 - mean over values of the 99% quantile of the deviation / largest "
        "deviation, for the factor where that is best, mean over dimensions weighted by the largest "
        "deviation"
    ),
    range="0 to 1, and a little below 0 by chance",
    reading="1: each dimension is fixed by one factor",
    source="Suter, Miladinovic, Schoelkopf and Bauer, 2019",
    limitations=(
        "a factor in no dimension; it takes a dimension's weight from its units, so scaling one "
        "dimension moves the mean (see irs_unweighted); pure noise scores far above 0 (see "
        "irs_chance)"
    ),
    compat={"disentanglement_lib": {}, "ubisoft": {"quantile": 1.0}},
    differences="a peer's continuous factors are cut into 10 or 20 classes: here as the factors are read",
)

_BLOCK = 1 << 22
"""Numbers of codes that are put in order of a factor at a time."""


@metric(ABOUT)
def irs(
    codes: Codes,
    factors: Factors = None,
    *,
    quantile: float = 0.99,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Score how robust each dimension is against all factors but one.

    Parameters
    ----------
    codes, factors
        (N, D) numbers and (N, K) labels, or columns by name; or a `Data`.
    quantile
        Which quantile of deviations stands for the largest one; 1 is the paper's.
    seed
        How rows are shuffled for `irs_chance`.

    Returns
    -------
    Score
        `irs` over dimensions that change, 0 where none does; `irs_unweighted` their plain mean;
        `irs_chance` what `irs` is when the factors' rows are shuffled. The matrix (D, K) is
        1 - deviation / largest deviation.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)])
    >>> irs(grid, grid).value
    1.0
    """
    if not 0 < quantile <= 1:
        raise UsageError(f"--quantile is {quantile:g}; it is above 0 and at most 1")
    data = prepare(codes, factors, **options)
    labels = [factor.labels for factor in data.factors]
    reach = _reach(data)
    matrix = _robustness(data, labels, reach, quantile, progress)
    order = np.random.default_rng(seed).permutation(data.rows)
    shuffled = _robustness(data, [column[order] for column in labels], reach, quantile, None)
    value, chance = _mean(matrix, reach), _mean(shuffled, reach)
    return Score(
        numbers={
            "irs": value,
            "irs_unweighted": _mean(matrix, np.where(data.alive, 1.0, 0.0)),
            "irs_chance": chance,
        },
        factors=_factor_rows(data, matrix),
        dimensions=_dimension_rows(data, matrix, reach),
        matrix=matrix,
        matrix_name="1 - deviation / largest deviation",
        settings={"quantile": quantile, "seed": seed},
        notes=_notes(data, quantile),
    )


def _reach(data: Data) -> Array:
    """Return the largest deviation of each dimension from its mean (D,)."""
    reach = np.empty(data.dimensions)
    for j in range(data.dimensions):
        column = data.codes[:, j].astype(np.float64)
        reach[j] = np.abs(column - column.mean()).max() if data.alive[j] else 0.0
    return reach


def _mean(matrix: Array, weights: Array) -> float:
    """Return the weighted mean of each dimension's best (D, K); 0 where nothing has weight."""
    return float(matrix.max(axis=1) @ weights / weights.sum()) if weights.any() else 0.0


def _robustness(
    data: Data,
    labels: Sequence[Array],
    reach: Array,
    quantile: float,
    progress: Progress | None,
) -> Array:
    """Return 1 - deviation / largest deviation (D, K); 0 for dimensions that never change."""
    deviations = _deviations(data, labels, quantile, progress)
    scale = np.where(data.alive, reach, 1.0)[:, None]
    robust: Array = np.where(data.alive[:, None], 1 - deviations / scale, 0.0)
    return robust


def _deviations(
    data: Data, labels: Sequence[Array], quantile: float, progress: Progress | None
) -> Array:
    """Return the mean over classes of the quantile of |z - mean of z in the class| (D, K)."""
    orders = [np.argsort(column, kind="stable") for column in labels]
    ends = [np.cumsum(np.bincount(column))[:-1] for column in labels]
    step = max(1, _BLOCK // data.rows)

    def block(start: int) -> Array:
        codes = data.codes[:, start : start + step]
        return np.stack(
            [
                _quantiles(codes[order], end, quantile)
                for order, end in zip(orders, ends, strict=True)
            ],
            axis=1,
        )

    return np.concatenate(each(block, range(0, data.dimensions, step), progress))


def _quantiles(codes: Array, ends: Array, quantile: float) -> Array:
    """Return the mean quantile (D,) of deviations in groups of rows that end at `ends`."""
    total = np.zeros(codes.shape[1])
    groups = np.split(codes, ends)
    for group in groups:
        deviations = np.abs(group - group.mean(axis=0, dtype=np.float64))
        total += np.quantile(deviations, quantile, axis=0)
    return total / len(groups)


def _factor_rows(data: Data, matrix: Array) -> list[Row]:
    rows: list[Row] = []
    parents = matrix.argmax(axis=1)
    for k, factor in enumerate(data.factors):
        best = int(matrix[:, k].argmax())
        held = [
            name
            for name, parent, alive in zip(data.names, parents, data.alive, strict=True)
            if alive and parent == k
        ]
        rows.append(
            {
                "factor": factor.name,
                "kind": factor.kind,
                "classes": factor.size,
                "dimension": data.names[best],
                "irs": float(matrix[best, k]),
                "dimensions": len(held),
                "smallest_class": int(np.bincount(factor.labels).min()),
            }
        )
    return rows


def _dimension_rows(data: Data, matrix: Array, reach: Array) -> list[Row]:
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
        notes.append(
            "no dimension ever changes: there is nothing to be robust, and the score is 0"
        )
    least = 2 if quantile == 1 else int(np.ceil(1 / (1 - quantile)))
    smallest = [(factor.name, int(np.bincount(factor.labels).min())) for factor in data.factors]
    few = [f"{name} ({rows:,})" for name, rows in smallest if rows < least]
    if few:
        notes.append(
            f"the smallest classes of {listed(few)} have too few rows for a {quantile:.0%} quantile, "
            "and look robust"
        )
    return tuple(notes)
