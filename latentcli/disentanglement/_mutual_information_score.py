"""The mutual information score: what dimensions tell of each other, two at a time."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from latentcli.disentanglement import _mutual_information as information
from latentcli.disentanglement._about import About
from latentcli.disentanglement._data import Codes, Data, Factors, prepare
from latentcli.disentanglement._metric import Options, metric
from latentcli.disentanglement._mutual_information import Binned, Cut
from latentcli.disentanglement._score import Row, Score, Value
from latentcli.numerics.parallel import each
from latentcli.numerics.types import Array, Progress

ABOUT = About(
    formula="the mean of I(z_i; z_j) in nats over all pairs of dimensions",
    range="0 to log(bins)",
    reading="0: no dimension tells anything of another",
    source="Locatello et al., 2019",
    limitations=(
        "factors, of which it knows nothing: pure noise is best; what only three dimensions together "
        "tell; chance alone gives about (bins - 1)^2 / 2N (see mutual_information_score_corrected)"
    ),
    factors=False,
    compat={"disentanglement_lib": {}, "disent": {}},
)


@metric(ABOUT)
def mutual_information_score(
    codes: Codes,
    factors: Factors = None,
    *,
    bins: int = 20,
    binning: str = "width",
    limits: tuple[float, float] = (-4.0, 4.0),
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Score:
    """Measure what dimensions tell of each other, two at a time.

    Parameters
    ----------
    codes
        (N, D) numbers, or a `Data`; factors are not looked at.
    bins, binning, limits
        How codes are cut into bins: see `information.discretize`.

    Returns
    -------
    Score
        `mutual_information_score` as published, over all pairs; `mutual_information_score_alive`
        over those that change; `mutual_information_score_corrected` over these, with Miller and
        Madow's correction, no pair below 0; `mutual_information_score_norm` the mean over these of I divided by the
        smaller entropy. The matrix (D, D) holds I, and entropies on its diagonal. None with one
        dimension.

    Examples
    --------
    >>> import numpy as np
    >>> grid = np.array([[a, b] for a in range(3) for b in range(4)])
    >>> abs(round(mutual_information_score(grid).value, 9))
    0.0
    """
    data = prepare(codes, factors, **options)
    cut = Cut(bins, binning, limits)
    settings: dict[str, Value] = {**cut.settings()}
    if data.dimensions < 2:
        return Score(
            numbers={"mutual_information_score": None},
            settings=settings,
            notes=("one dimension: there is no other to tell of",),
        )
    binned = data.binned(cut).bins
    mutual, corrected = _all_pairs(binned, progress)
    entropy = mutual.diagonal()
    apart = ~np.eye(data.dimensions, dtype=bool)
    both = apart & np.logical_and.outer(data.alive, data.alive)
    summary: dict[str, Value] = {
        "mutual_information_score": float(mutual[apart].mean()),
        "mutual_information_score_alive": None,
        "mutual_information_score_corrected": None,
        "mutual_information_score_norm": None,
    }
    if both.any():
        smaller = np.minimum.outer(entropy, entropy)[both]
        shares = np.divide(mutual[both], smaller, out=np.zeros(len(smaller)), where=smaller > 0)
        summary["mutual_information_score_alive"] = float(mutual[both].mean())
        summary["mutual_information_score_corrected"] = float(corrected[both].mean())
        summary["mutual_information_score_norm"] = float(shares.mean())
    return Score(
        numbers=summary,
        dimensions=_dimension_rows(data, mutual),
        matrix=mutual,
        matrix_name="I(z_i; z_j)",
        settings=settings,
    )


def _all_pairs(binned: Binned, progress: Progress | None) -> tuple[Array, Array]:
    """Return information (D, D), entropies on the diagonal, as counted and corrected."""
    dimensions = len(binned.labels)
    mutual, corrected = np.zeros((2, dimensions, dimensions))

    def against(j: int) -> None:
        # Each pair is counted once, and each dimension with itself for its entropy.
        before = Binned(binned.labels[: j + 1], binned.size)
        counts = information.count(before, [binned.labels[j]], [binned.size])
        mutual[: j + 1, j] = mutual[j, : j + 1] = counts.mutual[:, 0]
        corrected[: j + 1, j] = corrected[j, : j + 1] = counts.corrected.mutual[:, 0]

    each(against, range(dimensions), progress)
    return np.maximum(mutual, 0.0), corrected


def _dimension_rows(data: Data, mutual: Array) -> list[Row]:
    rows: list[Row] = []
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
