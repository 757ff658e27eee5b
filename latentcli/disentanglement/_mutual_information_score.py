"""The mutual information score: the information of dimensions about each other, in pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import Unpack

import numpy as np

from latentcli.disentanglement import _mutual_information as information
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Binned, Cut
from latentcli.disentanglement._protocol import beside_independence, with_halves
from latentcli.disentanglement._score import Estimate, Number, Score
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array, Progress
from latentcli.results import Record

ABOUT = About(
    formula="the mean of the mutual information I(z_i; z_j), in nats, over all pairs of dimensions",
    range="0 to log(bins)",
    reading="0: no dimension informs about another",
    limitations=(
        "It ignores factors, so pure noise scores best. It does not see what only three dimensions "
        "together show. Chance alone gives about (bins - 1)^2 / 2N (see "
        "mutual_information_score_corrected)."
    ),
    source="Locatello et al., 2019",
    factors=False,
    compat={"disentanglement_lib": {}, "disent": {}},
)


def mean_of_pairs(mutual: Array, among: Array) -> float | None:
    """Return the mean information of pairs, from I (D, D), among some dimensions (D,); None of one.

    >>> mean_of_pairs(np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([True, True]))
    0.5
    """
    pairs = ~np.eye(len(mutual), dtype=bool) & np.logical_and.outer(among, among)
    return float(mutual[pairs].mean()) if pairs.any() else None


@metric(ABOUT)
def mutual_information_score(
    codes: Codes,
    factors: Factors = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    ci: float | None = 0.95,
    seed: int = 0,
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Measure the information of dimensions of codes (N, D) about each other, in pairs.

    Factors are not used.

    Returns
    -------
    Score
        `mutual_information_score` as published, over all pairs, its interval from random halves of the rows; `mutual_information_score_chance`, the
        same with each dimension's rows shuffled; `mutual_information_score_alive` over
        those that change; `mutual_information_score_corrected` over these, with Miller and Madow's
        correction, no pair below 0; `mutual_information_score_norm`, the mean over these of I divided
        by the smaller entropy. The matrix (D, D) holds I, and entropies on its diagonal. None with
        one dimension.

    Examples
    --------
    Independent dimensions, a duplicate (its entropy, log 3), one dimension:

    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)])
    >>> abs(round(mutual_information_score(grid).value, 9))
    0.0
    >>> round(mutual_information_score(grid[:, [0, 0]]).value, 4)
    1.0986
    >>> mutual_information_score(np.arange(5)).value is None
    True
    """
    data = prepare(codes, factors, **options)
    if data.dimensions < 2:
        return Score(
            numbers={"mutual_information_score": None},
            notes=("one dimension: mutual information needs two",),
        )
    cut = Cut(bins, binning, limits)
    binned, sharper = data.binned(cut), data.binned(cut.sharper)
    mutual, corrected = _all_pairs(binned.bins, progress)
    if sharper is not binned:
        corrected = _all_pairs(sharper.bins, progress)[1]
    smaller = np.minimum.outer(mutual.diagonal(), mutual.diagonal())
    shares = np.divide(mutual, smaller, out=np.zeros_like(mutual), where=smaller > 0)
    every = np.ones(len(mutual), dtype=bool)

    def shuffled(codes: Array) -> float | None:
        binned = replace(data, codes=codes).binned(cut).bins
        return mean_of_pairs(_all_pairs(binned, None)[0], every)

    def of_part(part: Data) -> float | None:
        return mean_of_pairs(_all_pairs(part.binned(cut).bins, None)[0], every)

    counted = Estimate(mean_of_pairs(mutual, every))
    counted = with_halves(counted, data, of_part, ci=ci, seed=seed)
    numbers: dict[str, Number] = {
        "mutual_information_score": beside_independence(
            counted, data.codes, shuffled, data.repeats
        ),
        "mutual_information_score_alive": mean_of_pairs(mutual, data.alive),
        "mutual_information_score_corrected": mean_of_pairs(corrected, data.alive),
        "mutual_information_score_norm": mean_of_pairs(shares, data.alive),
    }
    return Score(
        numbers=numbers,
        dimensions=_dimension_rows(data, mutual),
        matrix=mutual,
        matrix_name="I(z_i; z_j)",
    )


def _all_pairs(binned: Binned, progress: Progress | None) -> tuple[Array, Array]:
    """Return information (D, D), entropies on the diagonal, as counted and corrected."""
    dimensions = len(binned.labels)
    mutual, corrected = np.zeros((2, dimensions, dimensions))
    pairs = dimensions * (dimensions - 1) // 2

    def count(j: int) -> None:
        # Each pair is counted once, and each dimension with itself for its entropy.
        before = Binned(binned.labels[: j + 1], binned.size)
        found = information.count(before, [binned.labels[j]], [binned.size])
        counts = replace(found, pairs=pairs)
        mutual[: j + 1, j] = mutual[j, : j + 1] = counts.mutual[:, 0]
        corrected[: j + 1, j] = corrected[j, : j + 1] = counts.corrected.mutual[:, 0]

    each(count, range(dimensions), progress)
    return mutual, corrected


def _dimension_rows(data: Data, mutual: Array) -> list[Record]:
    rows: list[Record] = []
    for j, name in enumerate(data.names):
        others = mutual[j].copy()
        others[j] = -1.0
        nearest = int(others.argmax())
        rows.append(
            {
                "dimension": name,
                "alive": bool(data.alive[j]),
                "entropy": float(mutual[j, j]),
                "nearest": data.names[nearest] if others[nearest] > 0 else None,
                "nearest_information": float(others[nearest]),
                "information": [float(value) for value in mutual[j]],
            }
        )
    return rows
